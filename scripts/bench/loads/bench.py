"""What all measurements share: the stores, the servers, the load program, and comparisons in turn."""
import contextlib
import json
import os
import pathlib
import shutil
import statistics

from common.serving import HELLO
from results.rows import Row
from servers.peers import Floor, Redis, build_tools
from servers.process import end, run, settled_mib, start
from servers.upstream import Upstream
from settings import LOAD_CORE, PRODUCTS, BenchError
from shop.stores import Stores

HERE = pathlib.Path(__file__).parent
FRESH = HERE / "load-fresh"
GOOD_UPSTREAM = ()
# A load is over when its seconds are; ten thousand handshakes may come before.
LOAD_DEADLINE_S = 300


class Bench:
    """One whole run."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.programs = options.programs.resolve()
        self.bench = options.tools.resolve()
        self.tools = build_tools(self.bench, work)
        self.load = self.tools / "load"
        os.environ["LOAD"] = str(self.load)
        self.rounds, self.seconds, self.customers = options.rounds, options.seconds, options.customers
        self.stores = Stores(options.cache.resolve(), self.programs, work, min(PRODUCTS, options.customers))
        self.remarks = []
        self.has_redis = shutil.which("redis-server") is not None
        if not self.has_redis:
            self.remarks.append("skipped: everything against Redis (redis-server is not installed)")

    # Servers

    @contextlib.contextmanager
    def gateway(self, manner=GOOD_UPSTREAM, is_started=True):
        """A gateway on a fresh copy of the store with everything on; manner is what its upstream does, None: away."""
        gateway = self.stores.copy(self.customers)
        upstream = Upstream(self.programs, gateway, gateway.shop / "upstream")
        gateway.upstream = upstream.options
        gateway.its_upstream = upstream
        try:
            upstream.become(manner)
            if is_started:
                gateway.start()
                settled_mib(gateway.pid)
            yield gateway
        finally:
            upstream.stop()
            self.stores.discard(gateway)

    @contextlib.contextmanager
    def floor(self):
        floor = Floor(self.tools, self.work, self.customers)
        try:
            yield floor
        finally:
            floor.stop()

    @contextlib.contextmanager
    def redis(self, is_durable=False, is_filled=False):
        """Redis, or None where it is not installed."""
        if not self.has_redis:
            yield None
            return
        redis = Redis(self.tools, self.work, is_durable)
        try:
            if is_filled:
                redis.fill(self.customers)
            yield redis
        finally:
            redis.stop()
            shutil.rmtree(redis.folder, ignore_errors=True)

    # Loads: arguments of the load program

    def ours(self, gateway, request, connections, depth=1, keys=None, seconds=None):
        return ["-p", gateway.port, "-r", request, "-c", connections, "-d", depth, "-t", seconds or self.seconds,
                "-k", keys or self.customers, "-h", HELLO, "-C", gateway.certificate, "-K", gateway.key,
                "-P", gateway.pid, "-e", "OK"]

    def theirs(self, server, request, connections, depth=1, lines=1, prefix=None, keys=None):
        expected = ["-e", prefix] if prefix else []
        return ["-p", server.port, "-r", request, "-c", connections, "-d", depth, "-t", self.seconds,
                "-k", keys or self.customers, "-l", lines, "-P", server.pid, *expected]

    def compare(self, name, ours, theirs, is_fresh=False):
        """Both in turn, round by round: medians, and the ratios of the pairs."""
        command = ["taskset", "-c", LOAD_CORE, "python3", self.bench / "compare.py",
                   FRESH if is_fresh else self.load, self.rounds, "--", *ours, "--", *theirs]
        report = json.loads(run(command, "load", LOAD_DEADLINE_S + 2 * self.rounds * self.seconds))
        if report["refused_a"] or report["refused_b"]:
            self.remarks.append(f"{name}: {report['refused_a']} of ours and {report['refused_b']} of theirs refused")
        return report

    def load_command(self, arguments, is_fresh=False, cores=LOAD_CORE, prefix=()):
        return ["taskset", "-c", cores, *prefix, FRESH if is_fresh else self.load, *arguments]

    def run_load(self, name, arguments, is_fresh=False, cores=LOAD_CORE, prefix=()):
        """One load by itself; returns its figures."""
        command = self.load_command(arguments, is_fresh, cores, prefix)
        figures = json.loads(run(command, "load", LOAD_DEADLINE_S + self.seconds))
        if figures["refused"]:
            self.remarks.append(f"{name}: {figures['refused']} refused")
        return figures

    @contextlib.contextmanager
    def beside(self, command):
        """Runs a program beside what is measured; yields the process."""
        with open(self.work / "beside.log", "ab") as log:
            process = start(command, stdout=log, stderr=log)
        try:
            yield process
        finally:
            end(process)

    # Rows

    def attempt(self, name, rows):
        """Yields what `rows` yields; where it fails, a row that says so, and the others are measured all the same."""
        try:
            yield from rows()
        except (BenchError, OSError, ValueError, KeyError) as error:
            yield Row.failed(name, f"{type(error).__name__}: {error}" if not isinstance(error, BenchError) else error)


def with_seconds(arguments, seconds):
    """The same load for another time."""
    changed = list(arguments)
    changed[changed.index("-t") + 1] = seconds
    return changed


def row_of(report, figure, work, unit, other_name, target, at_most=False, note=None):
    """A row of what compare.py reports."""
    found = report[figure]
    return Row(work, unit, found["a"], other_name, found["b"], found["ratio"], found["low"], found["high"], target,
               at_most, note)


def row_of_pairs(pairs, work, unit, other_name, target=None, at_most=False, note=None, curve=None):
    """A row of pairs (ours, theirs), one of each round."""
    ratios = [ours / theirs for ours, theirs in pairs if theirs]
    if not ratios:
        raise BenchError(f"{work}: nothing to compare with")
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    return Row(work, unit, ours, other_name, theirs, round(statistics.median(ratios), 3), round(min(ratios), 3),
               round(max(ratios), 3), target, at_most, note, curve)


def in_turn(rounds, ours, theirs):
    """Calls both in each round, another one first each time; returns the pairs."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            right = theirs()
            pairs.append((ours(), right))
        else:
            left = ours()
            pairs.append((left, theirs()))
    return pairs
