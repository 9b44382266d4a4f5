"""Who is this card, while everything else happens: 64 tills write receipts, a backlog drains to a slow upstream, and
as many customers as there are already are being brought in.

What identifies is a client with precedence on its core, where that is allowed: the writers, the import and the
upstream share the core with it, and their turns on it are not the gateway's latency. Quiet and mixed are measured
with the same client.
"""
import contextlib
import json
import statistics
import subprocess
import time

from loads.bench import row_of_pairs, with_seconds
from results.rows import Row
from servers.process import end, start
from settings import LOAD_CORE, BenchError
from shop import requests

WRITERS = 64
ASKERS = (16, 64)
TARGET = 3
# Some 500 events a second, whatever the machine.
SLOW_UPSTREAM = ("--delay-ms", 100, "--max-events", 50)
# The writers begin before the askers, and end after them.
LEAD_SECONDS = 1
# Unsent receipts at the beginning, per second of the measurement: more than drains meanwhile.
BACKLOG_SECONDS = 5
PRECEDENCE = ("chrt", "--fifo", "10")
WRITER_DEADLINE_S = 120
# An import of fewer would be over before it is seen.
LOADED_MINIMUM = 200_000


def measure(bench):
    for askers in ASKERS:
        name = f"identification p99 under mixed load, {askers} connections"
        yield from bench.attempt(name, lambda: rows(bench, name, askers))


def rows(bench, name, askers):
    prefix = PRECEDENCE if may_precede() else ()
    with bench.gateway(manner=None) as gateway:
        identify = bench.ours(gateway, requests.IDENTIFY, askers)
        sale = bench.ours(gateway, requests.sale(), WRITERS)

        def ask():
            return bench.run_load(name, identify, prefix=prefix)

        quiet = [ask() for _ in range(bench.rounds)]
        bench.run_load(name, with_seconds(sale, BACKLOG_SECONDS), is_fresh=True)
        gateway.its_upstream.become(SLOW_UPSTREAM)
        with Loading(bench, gateway) as loading:
            mixed, written = [], []
            for _ in range(bench.rounds):
                loading.go_on()
                with writers(bench, sale) as output:
                    mixed.append(ask())
                    loading.look()
                written.append(output["requests_per_s"])
        unsent = gateway.unsent()
    note = "; ".join([
        f"{statistics.median(written):,.0f} receipts/s meanwhile", f"{unsent:,} unsent at the end",
        f"the import ran in {loading.seen} of {bench.rounds} rounds",
        "the client has precedence on its core" if prefix else "the client shares its core"])
    for figure, title, target in (("p99_us", name, TARGET), ("p50_us", name.replace("p99", "p50"), None)):
        pairs = [(one[figure], other[figure]) for one, other in zip(mixed, quiet)]
        yield row_of_pairs(pairs, title, "us", "quiet", target, at_most=True, note=note if target else None)
    yield Row(f"{name}: throughput meanwhile", "1/s", statistics.median(one["requests_per_s"] for one in mixed),
              "quiet", statistics.median(one["requests_per_s"] for one in quiet))


def may_precede():
    """Whether this user may give a program precedence."""
    try:
        return subprocess.run([*PRECEDENCE, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def writers(bench, sale):
    """Tills that write receipts all the while; their figures are in what is yielded when it is over."""
    command = bench.load_command(with_seconds(sale, bench.seconds + 2 * LEAD_SECONDS), is_fresh=True)
    process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output = {}
    try:
        time.sleep(LEAD_SECONDS)
        if process.poll() is not None:
            raise BenchError(f"the writers ended at once: {process.stderr.read().strip()}")
        yield output
        text, words = process.communicate(timeout=WRITER_DEADLINE_S + bench.seconds)
        if process.returncode:
            raise BenchError(f"the writers failed: {words.strip()}")
        output |= json.loads(text)
    except subprocess.TimeoutExpired:
        raise BenchError(f"the writers have not ended within {WRITER_DEADLINE_S} s") from None
    finally:
        end(process)


class Loading:
    """Imports of customers that nobody knows yet, one after the other, for as long as it is wanted."""

    def __init__(self, bench, gateway):
        self.bench = bench
        self.gateway = gateway
        self.count = 0
        self.seen = 0
        self.process = None
        self.log = bench.work / "loading.log"

    def __enter__(self):
        return self

    def go_on(self):
        """Begins an import unless one is under way."""
        if self.process and self.process.poll() is None:
            return
        self.count += 1
        file = self.bench.work / "loading.ndjson"
        with open(file, "w", encoding="utf-8") as output:
            output.writelines(requests.customer_row(number, 2300 + self.count)
                              for number in range(max(self.bench.customers, LOADED_MINIMUM)))
        with open(self.log, "ab") as log:
            self.process = start(["taskset", "-c", LOAD_CORE, self.gateway.program, "import", "customers", "--data",
                                  self.gateway.data, file], stdout=log, stderr=log)

    def look(self):
        """Counts the rounds at whose end the import was still under way."""
        self.seen += self.process.poll() is None

    def __exit__(self, *_):
        if self.process:
            end(self.process)
