"""Two loops on two cores beside one: they must give more.

Gateway and load share both cores, so two loops cannot give twice as much: what the load takes is missing. The notes
say how much of a core each gateway has used.
"""
import statistics

from loads.bench import in_turn, row_of_pairs
from sections.quotes import load
from servers.process import settled_mib
from settings import BOTH_CORES, CONNECTIONS, PROMOTIONS
from shop.requests import IDENTIFY

TARGET = 1.0


def measure(bench):
    with bench.gateway(is_started=False) as one, bench.gateway(is_started=False) as two:
        one.start(loops=1, cores=BOTH_CORES)
        two.start(loops=2, cores=BOTH_CORES)
        for gateway in (one, two):
            settled_mib(gateway.pid)
        deep = [bench.ours(gateway, IDENTIFY, CONNECTIONS, 16) for gateway in (two, one)]
        name = "two loops: identification, 16 deep, 16 connections"
        yield from bench.attempt(name, lambda: rows(bench, name, *deep))
        name = f"two loops: quote of 10 lines, {PROMOTIONS} promotions"
        yield from bench.attempt(name, lambda: quotes(bench, name, two, one))


def quotes(bench, name, two, one):
    yield from rows(bench, name, *(load(bench, gateway, PROMOTIONS, 10)[0] for gateway in (two, one)))


def rows(bench, name, two, one):
    pairs = in_turn(bench.rounds, *(lambda arguments=arguments: bench.run_load(name, arguments, cores=BOTH_CORES)
                                    for arguments in (two, one)))
    cores = [statistics.median(cores_used(pair[side]) for pair in pairs) for side in (0, 1)]
    yield row_of_pairs([tuple(figures["requests_per_s"] for figures in pair) for pair in pairs], name, "1/s",
                       "one loop", TARGET,
                       note=f"{cores[0]:.2f} cores used against {cores[1]:.2f}; the load shares them")


def cores_used(figures):
    return figures["requests_per_s"] * figures["server_cpu_us_per_request"] / 1e6
