"""What tills cost that are only there, and those that come back all at once."""
import collections
import json
import statistics
import subprocess
import time

from common.serving import HELLO
from loads.bench import row_of_pairs
from results.rows import Row
from servers.process import end, processor_seconds, run, settled_mib, start
from settings import LOAD_CORE, BenchError
from shop.requests import IDENTIFY

IDLE_TILLS = 1000
RETURNING_TILLS = 1000
# Those that come back at a time.
STREAMS = 8
TARGET = 0.8
RECONNECT_DEADLINE_S = 120


def weigh(bench, server, connections, *more):
    """KiB per idle connection of a server that was freshly started: memory that was freed would be used again."""
    settled_mib(server.pid)
    found = run(["taskset", "-c", LOAD_CORE, "python3", bench.bench / "idle.py", server.port, connections, server.pid,
                 *more], "idle.py", 60 + connections // 50)
    return json.loads(found)["kib_per_connection"]


def weigh_gateway(bench, gateway, connections):
    return weigh(bench, gateway, connections, HELLO, gateway.certificate, gateway.key)


def idle(bench):
    """Memory of an idle till."""
    def rows():
        with bench.gateway() as gateway, bench.redis() as redis:
            ours = weigh_gateway(bench, gateway, IDLE_TILLS)
            yield Row("memory of an idle till", "KiB", ours, target=24, at_most=True, note=f"{IDLE_TILLS} connections")
            if redis:
                theirs = weigh(bench, redis, IDLE_TILLS, "PING")
                yield Row("memory of an idle till", "KiB", ours, "Redis", theirs, round(ours / theirs, 3))

    yield from bench.attempt("memory of an idle till", rows)


def reconnect(bench):
    """1,000 tills: TCP, TLS and HELLO; the floor answers HELLO as any line.

    Right after a restart they come some at a time, and the gateway is still bringing its customers in. Once it has,
    they come one after the other, as the load program connects by itself. With certificates both sides sign and check
    one more than the floor asks for; with tokens the work is alike.
    """
    with bench.gateway() as gateway:
        certificate = ["-h", HELLO, "-C", gateway.certificate, "-K", gateway.key]
        token = ["-h", gateway.token_hello]
        for name, note, hello in (("certificates", "the floor asks for none", certificate), ("tokens", None, token)):
            work = f"1,000 tills reconnecting, with {name}"
            yield from bench.attempt(work, lambda: reconnected(bench, gateway, work, note, hello))


def reconnected(bench, gateway, work, note, hello):
    together, in_line, costs, times = [], [], [], []
    for _ in range(bench.rounds):
        gateway.stop()
        began = time.monotonic()
        gateway.start()
        ours = come_back(bench, gateway, hello, STREAMS)
        times.append(time.monotonic() - began)
        settled_mib(gateway.pid)
        our_line = come_back(bench, gateway, hello)
        with bench.floor() as floor:
            theirs = come_back(bench, floor, hello, STREAMS)
            their_line = come_back(bench, floor, hello)
        together.append((ours.per_s, theirs.per_s))
        in_line.append((our_line.per_s, their_line.per_s))
        costs.append((our_line.server_us, their_line.server_us))
    yield row_of_pairs(together, f"{work}, {STREAMS} at a time, right after a restart", "1/s", "floor", TARGET,
                       note=note)
    yield row_of_pairs(in_line, f"{work}, one after the other", "1/s", "floor", TARGET, note=note)
    yield row_of_pairs(costs, f"server CPU for each of {work}", "us", "floor", note=note)
    yield Row(f"{work}: from the start to the last one's greeting", "s", round(statistics.median(times), 2),
              note=f"{bench.customers:,} customers")


Return = collections.namedtuple("Return", "per_s server_us")


def come_back(bench, server, hello, streams=1):
    """A thousand connections in so many rows: each waits for the one before it, as a whole they do not."""
    each = RETURNING_TILLS // streams
    arguments = ["-p", server.port, "-r", IDENTIFY, "-c", each, "-t", 0.01, "-k", bench.customers, *hello]
    used = processor_seconds(server.pid)
    loads = [start(bench.load_command(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
             for _ in range(streams)]
    slowest = 0
    try:
        for load in loads:
            output, words = load.communicate(timeout=RECONNECT_DEADLINE_S)
            if load.returncode:
                raise BenchError(f"load: {words.strip()}")
            slowest = max(slowest, each / json.loads(output)["connects_per_s"])
    except subprocess.TimeoutExpired:
        raise BenchError(f"1,000 tills are not back within {RECONNECT_DEADLINE_S} s") from None
    finally:
        for load in loads:
            end(load)
    return Return(RETURNING_TILLS / slowest, (processor_seconds(server.pid) - used) * 1e6 / RETURNING_TILLS)
