"""Tills beside an upstream that does not do what it should: receipts and their p99, against the same with a good one.

One gateway, always on the same data. Each kind of upstream has its turn in each round, in an order that changes from
round to round; what it did not take is taken by a good one before the next turn, so that each begins with nothing
unsent.
"""
import time

from loads.bench import GOOD_UPSTREAM, row_of_pairs, with_seconds
from servers.process import settled_mib
from settings import BenchError
from shop import requests

GOOD = "good"
# What the simulator is told; None: nothing listens.
KINDS = {GOOD: GOOD_UPSTREAM, "none": None, "slow by 3 s": ("--delay-ms", 3000), "failing always": ("--fail-rate", 1),
         "resetting connections": ("--reset-rate", 1)}
TILLS = (1, 16)
# Long enough for the relay to have met the upstream, and to be in a pause or waiting for an answer.
MEETING_SECONDS = 1
DRAIN_DEADLINE_S = 300
TARGET = 2


def measure(bench):
    name = "durable receipts beside a bad upstream"
    yield from bench.attempt(name, lambda: rows(bench))


def rows(bench):
    """Each kind of upstream against the good one, round by round."""
    rounds = []
    with bench.gateway() as gateway:
        for number in range(bench.rounds):
            kinds = list(KINDS)
            # Nobody is always first, or always behind the same one.
            shift = number % len(kinds)
            rounds.append({kind: turn(bench, gateway, kind) for kind in kinds[shift:] + kinds[:shift]})
    size = len(requests.receipt_body())
    for tills in TILLS:
        for kind in [kind for kind in KINDS if kind != GOOD]:
            work = f"durable receipts, {tills} {'till' if tills == 1 else 'tills'}, upstream {kind}"
            for figure, unit, title, target in (("requests_per_s", "1/s", "", None), ("p99_us", "us", ": p99", TARGET)):
                pairs = [tuple(figures[which][tills][figure] for which in (kind, GOOD)) for figures in rounds]
                yield row_of_pairs(pairs, f"{work}{title}", unit, "good upstream", target, at_most=True,
                                   note=f"{size} bytes")


def turn(bench, gateway, kind):
    settle(gateway)
    gateway.its_upstream.become(KINDS[kind])
    name = f"receipts, upstream {kind}"
    loads = {tills: bench.ours(gateway, requests.sale(), tills) for tills in TILLS}
    bench.run_load(name, with_seconds(loads[TILLS[-1]], MEETING_SECONDS), is_fresh=True)
    return {tills: bench.run_load(name, arguments, is_fresh=True) for tills, arguments in loads.items()}


def settle(gateway):
    """A fresh start, with nothing unsent: the pauses that the last upstream has caused are forgotten."""
    gateway.stop()
    gateway.its_upstream.become(GOOD_UPSTREAM)
    gateway.start()
    wait_until_sent(gateway)
    settled_mib(gateway.pid)


def wait_until_sent(gateway):
    """Waits until everything that the till has stored is upstream."""
    last = time.monotonic() + DRAIN_DEADLINE_S
    while True:
        unsent = gateway.unsent()
        if unsent == 0:
            return
        if time.monotonic() > last:
            raise BenchError(f"a good upstream has not got everything within {DRAIN_DEADLINE_S} s: {unsent} unsent")
        time.sleep(0.2)
