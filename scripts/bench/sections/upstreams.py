"""Tills beside an upstream that does not do what it should: receipts per second and p99, against the same with a good one.

One gateway, always on the same data. Each kind of upstream has its turn in each round, in an order that changes from round
to round; what it did not take is taken by a good one before the next turn, so that each begins with nothing unsent.
"""
import json
import os
import statistics
import subprocess
import time

from measures import HERE, LOAD_CORE, Row, receipt_body
from servers import Server, free_port, settled_mib

GOOD = "good"
# What the simulator is told; None: nothing listens.
KINDS = {GOOD: [], "none": None, "slow by 3 s": ["--delay-ms", 3000], "failing always": ["--fail-rate", 1],
         "resetting connections": ["--reset-rate", 1]}
TILLS = (1, 16)
# Long enough for the relay to have met the upstream, and to be in a pause or waiting for an answer.
MEETING_SECONDS = 1
DRAIN_DEADLINE_S = 300
TARGET = 2


class Upstream:
    """The simulator, on one port all the time, as well or badly behaved as its turn wants it."""

    def __init__(self, programs, gateway, work):
        self.program = programs / "upstream-simulator"
        self.gateway = gateway
        self.folder = work / "upstream"
        self.folder.mkdir()
        self.port = free_port()
        self.server = None

    @property
    def options(self):
        """How the gateway is told of it; the gateway's own authority has signed what the simulator shows."""
        return ["--upstream", f"https://127.0.0.1:{self.port}",
                "--upstream-authority", self.gateway.data / "authority/ca.pem"]

    def become(self, kind):
        self.stop()
        if KINDS[kind] is None:
            return
        ready = self.folder / "port"
        ready.unlink(missing_ok=True)
        self.server = Server("upstream", [
            self.program, "--certificate", self.gateway.data / "server/server.pem",
            "--key", self.gateway.data / "server/server.key.pem", "--port", self.port, "--port-file", ready,
            "--store", self.folder / "receipts.ndjson", "--events", self.folder / "events.ndjson", *KINDS[kind]],
            self.folder / "log")
        self.server.wait_for(ready.exists)

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None


def wait_until_sent(gateway):
    """Waits until everything that the till has stored is upstream."""
    end = time.monotonic() + DRAIN_DEADLINE_S
    while True:
        answer = gateway.ask([gateway.HELLO, "BACKLOG 1 {}"])[-1]
        unsent = json.loads(answer[5:])["unsent"] if answer.startswith("OK 1 ") else None
        if unsent == 0:
            return
        if time.monotonic() > end:
            raise SystemExit(f"bench: a good upstream has not got everything within {DRAIN_DEADLINE_S} s: {answer}")
        time.sleep(0.2)


def settle(gateway, upstream):
    """A fresh start, with nothing unsent: the pauses that the last upstream has caused are forgotten."""
    gateway.stop()
    upstream.become(GOOD)
    gateway.start(upstream.options)
    wait_until_sent(gateway)
    settled_mib(gateway.pid)


def load(bench, gateway, tills, body, seconds):
    arguments = bench.ours(gateway, f"SALE %t {body}", tills)
    arguments[arguments.index("-t") + 1] = seconds
    command = ["taskset", "-c", LOAD_CORE, HERE / "load-fresh", *arguments]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          env={**os.environ, "LOAD": str(bench.load)})
    if done.returncode:
        raise SystemExit(f"bench: load: {done.stderr.strip()}")
    return json.loads(done.stdout)


def turn(bench, gateway, upstream, kind, body):
    settle(gateway, upstream)
    upstream.become(kind)
    load(bench, gateway, TILLS[-1], body, MEETING_SECONDS)
    figures = {}
    for tills in TILLS:
        figures[tills] = load(bench, gateway, tills, body, bench.seconds)
        if figures[tills]["refused"]:
            bench.refused.append(f"upstream {kind}: {figures[tills]['refused']} receipts refused")
    return figures


def measure(bench, gateway, programs, work):
    """Yields rows: each kind of upstream against the good one, round by round."""
    body = receipt_body()
    upstream = Upstream(programs, gateway, work)
    rounds = []
    try:
        for number in range(bench.rounds):
            kinds = list(KINDS)
            # Nobody is always first, or always behind the same one.
            shift = number % len(kinds)
            order = kinds[shift:] + kinds[:shift]
            rounds.append({kind: turn(bench, gateway, upstream, kind, body) for kind in order})
        for tills in TILLS:
            yield from rows(rounds, tills, len(body))
    finally:
        gateway.stop()
        upstream.stop()
        gateway.start()


def rows(rounds, tills, size):
    for kind in [kind for kind in KINDS if kind != GOOD]:
        for figure, unit, title, target in (("requests_per_s", "1/s", "", None), ("p99_us", "us", ": p99", TARGET)):
            bad, good = ([figures[which][tills][figure] for figures in rounds] for which in (kind, GOOD))
            ratios = [one / other for one, other in zip(bad, good)]
            yield Row(f"durable receipts, {tills} {'till' if tills == 1 else 'tills'}, upstream {kind}{title}", unit,
                      statistics.median(bad), "good upstream", statistics.median(good),
                      round(statistics.median(ratios), 3), round(min(ratios), 3), round(max(ratios), 3), target,
                      at_most=True, note=f"{size} bytes")
