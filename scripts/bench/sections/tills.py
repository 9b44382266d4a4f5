"""What tills cost that are only there, and those that come back all at once."""
import json
import subprocess
import time

from loads.bench import row_of_pairs
from results.rows import Row
from servers.gateway import HELLO
from servers.process import end, run, settled_mib, start
from settings import LOAD_CORE, BenchError
from shop.requests import IDENTIFY

IDLE_TILLS = 1000
# A thousand tills in so many rows: each waits for the one before it, as a whole they do not.
STREAMS = 8
TILLS_PER_STREAM = 125
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
    """Right after a restart, 1,000 tills: TCP, TLS and HELLO; the floor answers HELLO as any line.

    With certificates both sides sign and check one more than the floor asks for; with tokens the work is alike.
    """
    with bench.gateway() as gateway:
        certificate = ["-h", HELLO, "-C", gateway.certificate, "-K", gateway.key]
        token = ["-h", gateway.token_hello]
        for name, note, hello in (("certificates", "the floor asks for none", certificate), ("tokens", None, token)):
            work = f"1,000 tills reconnecting after a restart, with {name}"
            yield from bench.attempt(work, lambda: reconnected(bench, gateway, work, note, hello))


def reconnected(bench, gateway, work, note, hello):
    pairs, times = [], []
    for _ in range(bench.rounds):
        gateway.stop()
        began = time.monotonic()
        gateway.start()
        ours = connects_per_s(bench, gateway, hello)
        times.append(time.monotonic() - began)
        with bench.floor() as floor:
            pairs.append((ours, connects_per_s(bench, floor, hello)))
    yield row_of_pairs(pairs, work, "1/s", "floor", 0.8, note=note)
    yield Row(f"{work}: from the start to the last one's greeting", "s", round(sorted(times)[len(times) // 2], 2),
              note=f"{bench.customers:,} customers")


def connects_per_s(bench, server, hello):
    arguments = ["-p", server.port, "-r", IDENTIFY, "-c", TILLS_PER_STREAM, "-t", 0.05, "-k", bench.customers, *hello]
    streams = [start(bench.load_command(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
               for _ in range(STREAMS)]
    slowest = 0
    try:
        for stream in streams:
            output, words = stream.communicate(timeout=RECONNECT_DEADLINE_S)
            if stream.returncode:
                raise BenchError(f"load: {words.strip()}")
            slowest = max(slowest, TILLS_PER_STREAM / json.loads(output)["connects_per_s"])
    except subprocess.TimeoutExpired:
        raise BenchError(f"1,000 tills are not back within {RECONNECT_DEADLINE_S} s") from None
    finally:
        for stream in streams:
            end(stream)
    return STREAMS * TILLS_PER_STREAM / slowest
