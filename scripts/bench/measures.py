"""What is measured: each function returns rows for the table."""
import json
import os
import pathlib
import statistics
import subprocess

import orders as order_flow
import programmes
from servers import settled_mib

LOAD_CORE = "1"
HERE = pathlib.Path(__file__).parent
# Quotes are measured with so many promotions, of which ten apply, and so many connections.
PROMOTIONS = 100
CONNECTIONS = 16
WARM_UP_SECONDS = 1


class Row(dict):
    """One line of the table: what, the gateway's figure, the other's, and how they compare."""

    def __init__(self, work, unit, ours, other_name=None, other=None, ratio=None, low=None, high=None,
                 target=None, at_most=False, note=None):
        super().__init__(work=work, unit=unit, ours=ours, other_name=other_name, other=other, ratio=ratio, low=low,
                         high=high, target=target, at_most=at_most, note=note)

    @property
    def is_met(self):
        if self["target"] is None:
            return None
        value = self["ratio"] if self["ratio"] is not None else self["ours"]
        return value <= self["target"] if self["at_most"] else value >= self["target"]


class Bench:
    """The parts that all measurements share."""

    def __init__(self, bench, tools, rounds, seconds, customers):
        self.bench = bench
        self.load = tools / "load"
        self.rounds = rounds
        self.seconds = seconds
        self.customers = customers
        self.refused = []

    def ours(self, gateway, request, connections, depth=1, keys=None):
        return ["-p", gateway.port, "-r", request, "-c", connections, "-d", depth, "-t", self.seconds,
                "-k", keys or self.customers, "-h", gateway.HELLO, "-C", gateway.certificate, "-K", gateway.key,
                "-P", gateway.pid, "-e", "OK"]

    def theirs(self, server, request, connections, depth=1, lines=1, prefix=None):
        expected = ["-e", prefix] if prefix else []
        return ["-p", server.port, "-r", request, "-c", connections, "-d", depth, "-t", self.seconds,
                "-k", self.customers, "-l", lines, "-P", server.pid, *expected]

    def compare(self, name, ours, theirs, fresh=False):
        program = HERE / "load-fresh" if fresh else self.load
        command = ["taskset", "-c", LOAD_CORE, "python3", self.bench / "compare.py", program, self.rounds,
                   "--", *ours, "--", *theirs]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              env={**os.environ, "LOAD": str(self.load)})
        if done.returncode:
            raise SystemExit(f"bench: {name}: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        if report["refused_a"] or report["refused_b"]:
            self.refused.append(f"{name}: {report['refused_a']} of ours and {report['refused_b']} of theirs refused")
        return report

    def run_load(self, arguments):
        done = subprocess.run([str(part) for part in ["taskset", "-c", LOAD_CORE, self.load, *arguments]],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: load: {done.stderr.strip()}")
        return json.loads(done.stdout)


def row_of(report, figure, work, unit, other_name, target, at_most=False, note=None):
    found = report[figure]
    return Row(work, unit, found["a"], other_name, found["b"], found["ratio"], found["low"], found["high"], target,
               at_most, note)


IDENTIFY = 'IDENTIFY %t {"card":"2200%g"}'
SHAPES = [("one at a time, 16 connections", 16, 1, 0.9, 1.0), ("one at a time, 64 connections", 64, 1, 0.9, 1.0),
          ("16 deep, 16 connections", 16, 16, 0.6, 1.5)]


def identification(bench, gateway, floor, redis):
    for shape, connections, depth, floor_target, redis_target in SHAPES:
        name = f"identification, {shape}"
        ours = bench.ours(gateway, IDENTIFY, connections, depth)
        report = bench.compare(name, ours, bench.theirs(floor, IDENTIFY, connections, depth))
        yield row_of(report, "requests_per_s", name, "1/s", "floor", floor_target)
        yield row_of(report, "p99_us", f"{name}: p99", "us", "floor", None)
        if connections == 16:
            yield row_of(report, "server_cpu_us_per_request", f"server CPU per identification, {shape}", "us", "floor",
                         1.25 if depth == 1 else None, at_most=True)
        if redis:
            report = bench.compare(name, ours, bench.theirs(redis, "GET c:%g", connections, depth, 2))
            yield row_of(report, "requests_per_s", name, "1/s", "Redis GET", redis_target)


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def quote_request(bench, lines):
    """A basket of one of some known customers: c-1 with two digits less than all of them have, or three."""
    body = compact({"customer_id": "c-1%k", "lines": programmes.described(programmes.basket(lines))})
    return f"QUOTE %t {body}", 10 ** min(3, max(0, len(str(bench.customers)) - 2))


def quote_load(bench, gateway, promotions, lines):
    """Puts so many promotions in force and returns the load of quotes, and how many promotions apply.

    A change of programme makes the gateway read each customer's account anew when they are next asked about; that is over
    before the measurement begins.
    """
    request, keys = quote_request(bench, lines)
    applied = gateway.put_programme(programmes.programme(promotions), request.replace("%t", "1").replace("%k", "0"))
    load = bench.ours(gateway, request, CONNECTIONS, keys=keys)
    bench.run_load([*load, "-t", WARM_UP_SECONDS])
    return load, applied


def without_promotions(gateway):
    """What is measured next is measured without promotions."""
    gateway.put_programme(programmes.programme(0))


def quote(bench, gateway, floor):
    """Beside the floor's identification: the basket that meets ten of a hundred promotions."""
    ours, applied = quote_load(bench, gateway, PROMOTIONS, 10)
    report = bench.compare("quote", ours, bench.theirs(floor, IDENTIFY, CONNECTIONS))
    name = f"quote of 10 lines, {PROMOTIONS} promotions"
    yield row_of(report, "requests_per_s", name, "1/s", "floor identification", 0.3,
                 note=f"{CONNECTIONS} connections, {applied} promotions apply")
    yield row_of(report, "p99_us", f"{name}: p99", "us", "floor identification", None)
    yield row_of(report, "server_cpu_us_per_request", f"server CPU per {name}", "us", "floor identification", None)
    without_promotions(gateway)


def growth(bench, gateway):
    """How the cost of a quote grows: with promotions that do not apply, and with lines. Each against the smallest."""
    by_promotions = [(count, 10) for count in (10, 100, 1000)]
    by_lines = [(PROMOTIONS, count) for count in (5, 10, 50, 500)]
    yield from growth_table(bench, gateway, by_promotions, lambda size: f"{size[0]} promotions", "quote of 10 lines")
    yield from growth_table(bench, gateway, by_lines, lambda size: f"{size[1]} lines", f"quote, {PROMOTIONS} promotions")
    without_promotions(gateway)


def growth_table(bench, gateway, sizes, name, work):
    rounds, applied = [], {}
    for _ in range(bench.rounds):
        figures = {}
        for size in sizes:
            load, applied[size] = quote_load(bench, gateway, *size)
            figures[size] = bench.run_load(load)
            if figures[size]["refused"]:
                bench.refused.append(f"{work}: {figures[size]['refused']} refused with {name(size)}")
        rounds.append(figures)
    for title, figure, unit in ((work, "requests_per_s", "1/s"),
                                (f"server CPU per {work}", "server_cpu_us_per_request", "us")):
        for size in sizes:
            ratios = [figures[size][figure] / figures[sizes[0]][figure] for figures in rounds]
            median = [statistics.median(figures[which][figure] for figures in rounds) for which in (size, sizes[0])]
            is_first = size == sizes[0]
            yield Row(f"{title}: {name(size)}", unit, median[0], None if is_first else name(sizes[0]),
                      None if is_first else median[1], None if is_first else round(statistics.median(ratios), 3),
                      None if is_first else round(min(ratios), 3), None if is_first else round(max(ratios), 3),
                      note=f"{applied[size]} promotions apply")


def sale(bench, gateway, redis_durable):
    body = receipt_body()
    for connections in (1, 16, 64):
        name = f"receipt of 10 lines, durable, {connections} connections"
        ours = bench.ours(gateway, f"SALE %t {body}", connections)
        # The same bytes; Redis takes a line as a command, with the value in single quotes.
        theirs = bench.theirs(redis_durable, f"SET r:RUN:%t '{body}'", connections, prefix="+OK")
        report = bench.compare(name, ours, theirs, fresh=True)
        yield row_of(report, "requests_per_s", name, "1/s", "Redis appendfsync always", 1.0, note=f"{len(body)} bytes")
        yield row_of(report, "p99_us", f"{name}: p99", "us", "Redis appendfsync always", None)


ORDER_LINES = 3
LOAD_CONNECTIONS = 16


def orders(bench, gateway, redis):
    """From a website's push to a till's screen, beside a stream that a reader waits on; quiet, and while receipts are written."""
    website, till, register = (gateway.bundle(*device) for device in (
        ("S1", "website", "W1"), ("S1", "register", "T09"), ("S2", "register", "T01")))
    goods = order_flow.push_text(ORDER_LINES)
    line = b"ORDER_PUSH p " + goods + b"\n"
    # Numbers that no earlier run on this data had.
    fresh = os.urandom(4).hex().encode()
    receipt = receipt_body()
    ours = bench.ours(gateway, f"SALE %t {receipt}", LOAD_CONNECTIONS)
    for flag, value in (("-C", register[0]), ("-K", register[1]), ("-t", 600)):
        ours[ours.index(flag) + 1] = value
    theirs = bench.theirs(redis, f"SET r:RUN:%t '{receipt}'", LOAD_CONNECTIONS, prefix="+OK")
    theirs[theirs.index("-t") + 1] = 600
    for name, note, loads in (
            ("", f"{len(goods)} bytes", (None, None)),
            (f", while {LOAD_CONNECTIONS} tills write receipts", f"{len(goods)} bytes; receipts of {len(receipt)}",
             ([HERE / "load-fresh", *ours], [HERE / "load-fresh", *theirs]))):
        os.environ["LOAD"] = str(bench.load)
        figures = order_flow.compare(
            lambda run: order_flow.Orders(gateway, website, till, line, fresh + name[:1].encode().hex().encode() + run),
            lambda run: order_flow.Stream(redis, goods, fresh + run), bench.rounds, bench.seconds,
            *(load and ["taskset", "-c", LOAD_CORE, *load] for load in loads))
        for part in ("p50", "p99"):
            found = figures[part]
            yield Row(f"push to a till's screen{name}: {part}", "us", found["a"], "Redis XADD to XREAD", found["b"],
                      found["ratio"], found["low"], found["high"], note=note)


def receipt_body():
    lines = programmes.basket(receipt=True)
    total = sum(line["amount"] for line in lines)
    return compact({"shift": "SHIFT", "number": "%t", "at": "2026-11-22T09:31:00Z", "lines": lines,
                    "payments": [{"kind": "card", "amount": total}], "total": total}).replace('"SHIFT"', "RUN")


def idle(bench, gateway, redis, connections=1000):
    """Both freshly started: memory that an earlier load has freed would be used again and hide the cost."""
    def weigh(server, *more):
        settled_mib(server.pid)
        done = subprocess.run(["python3", str(bench.bench / "idle.py"), str(server.port), str(connections),
                               str(server.pid), *map(str, more)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: idle: {done.stderr.strip()}")
        return json.loads(done.stdout)["kib_per_connection"]

    ours = weigh(gateway, gateway.HELLO, gateway.certificate, gateway.key)
    yield Row("memory of an idle till", "KiB", ours, target=24, at_most=True, note=f"{connections} connections")
    if redis:
        theirs = weigh(redis, "PING")
        yield Row("memory of an idle till", "KiB", ours, "Redis", theirs, round(ours / theirs, 3))


def reconnect(bench, gateway, floor, connections=1000):
    """Whole connections per second: TCP, TLS and HELLO, one after the other; the floor answers HELLO as any line.

    With certificates both sides sign and check one more than the floor asks for; with tokens the work is alike.
    """
    certificate = ["-h", gateway.HELLO, "-C", gateway.certificate, "-K", gateway.key]
    token = ["-h", gateway.token_hello]
    for name, note, hello in (("certificates", "the floor asks for none", certificate), ("tokens", None, token)):
        pairs = []
        for number in range(bench.rounds):
            runs = []
            for server in (gateway, floor) if number % 2 else (floor, gateway):
                arguments = ["-p", server.port, "-r", IDENTIFY, "-c", connections, "-t", 0.1, "-k", bench.customers]
                runs.append(bench.run_load(arguments + hello)["connects_per_s"])
            pairs.append(runs if number % 2 else runs[::-1])
        ratios = [ours / theirs for ours, theirs in pairs]
        yield Row(f"1,000 tills reconnecting, with {name}", "1/s", statistics.median(pair[0] for pair in pairs), "floor",
                  statistics.median(pair[1] for pair in pairs), round(statistics.median(ratios), 3),
                  round(min(ratios), 3), round(max(ratios), 3), 0.8, note=note)
