#!/usr/bin/python3
"""Measures the gateway beside the floor and beside Redis, in turn, on one machine.

    bench.py --tools FOLDER --programs FOLDER [--customers N] [--rounds N] [--seconds S] [--only NAME ...]

Servers run on core 0, the load on core 1. A figure of one machine says little, so what counts are the ratios: the median
of the rounds, with the lowest and the highest. Results go to bench-results/. Let nothing else run meanwhile.
"""
import argparse
import pathlib
import shutil
import statistics
import sys
import tempfile

import measures
import report
import upstreams
from servers import Floor, Gateway, Redis, build_tools, settled_mib

STARTS = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder with floor.c, load.c, compare.py, idle.py")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder with the built tillgate")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one load")
    parser.add_argument("--only", nargs="*", choices=SECTIONS, default=SECTIONS, help="what to measure")
    parser.add_argument("--out", default="bench-results")
    return parser.parse_args()


SECTIONS = ["identification", "quote", "growth", "sale", "upstream", "orders", "reconnect", "idle", "start"]


def say(text):
    print(text, file=sys.stderr, flush=True)


class Run:
    """One whole measurement; ends what it started."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.tools = build_tools(options.tools.resolve(), work)
        self.servers = []
        self.rows = []
        self.has_redis = shutil.which("redis-server") is not None
        self.remarks = [] if self.has_redis else ["skipped: everything against Redis (redis-server is not installed)"]
        self.bench = measures.Bench(options.tools.resolve(), self.tools, options.rounds, options.seconds,
                                    options.customers)
        say(f"bringing {options.customers:,} customers in")
        self.gateway = Gateway(options.programs.resolve(), work, options.customers)

    def started(self, server):
        self.servers.append(server)
        return server

    def redis(self, durable=False, fill=False):
        if not self.has_redis:
            return None
        server = self.started(Redis(self.tools, self.work, durable))
        if fill:
            server.fill(self.options.customers)
        return server

    def stop(self):
        self.gateway.stop()
        for server in self.servers:
            server.stop()

    def take(self, rows):
        for row in rows:
            self.rows.append(row)
            say(report.table([row]).splitlines()[-1])

    def measure(self):
        wanted = self.options.only
        self.gateway.start()
        if {"identification", "quote", "reconnect"} & set(wanted):
            floor = self.started(Floor(self.tools, self.work, self.options.customers))
            if "identification" in wanted:
                redis = self.redis(fill=True)
                self.take(measures.identification(self.bench, self.gateway, floor, redis))
                if redis:
                    redis.stop()
            if "quote" in wanted:
                self.take(measures.quote(self.bench, self.gateway, floor))
            if "reconnect" in wanted:
                self.take(measures.reconnect(self.bench, self.gateway, floor))
            floor.stop()
        if "growth" in wanted:
            self.take(measures.growth(self.bench, self.gateway))
        if "sale" in wanted and self.has_redis:
            redis = self.redis(durable=True)
            self.take(measures.sale(self.bench, self.gateway, redis))
            redis.stop()
        if "upstream" in wanted:
            self.take(upstreams.measure(self.bench, self.gateway, self.options.programs.resolve(), self.work))
        if "orders" in wanted and self.has_redis:
            redis = self.redis(durable=True)
            self.take(measures.orders(self.bench, self.gateway, redis))
            redis.stop()
        if "idle" in wanted:
            self.gateway.stop()
            self.gateway.start()
            self.take(measures.idle(self.bench, self.gateway, self.redis()))
        if "start" in wanted:
            self.take(self.starts())

    def starts(self):
        seconds = []
        for _ in range(STARTS):
            self.gateway.stop()
            seconds.append(self.gateway.start())
        mebibytes = settled_mib(self.gateway.pid)
        journal = (self.gateway.data / "journal.sqlite").stat().st_size / 2**20
        yield measures.Row("start to the first answer", "s", round(statistics.median(seconds), 2), target=2,
                           at_most=True, note=f"{self.options.customers:,} customers, {journal:,.0f} MiB of journal")
        yield measures.Row("memory after the start", "MiB", round(mebibytes),
                           note=f"{self.options.customers:,} customers")


def main():
    options = arguments()
    facts = report.machine()
    work = pathlib.Path(tempfile.mkdtemp(prefix="tillgate-bench-"))
    run = None
    try:
        run = Run(options, work)
        run.measure()
        facts |= {"customers": options.customers, "rounds": options.rounds, "seconds_per_load": options.seconds,
                  "import_seconds": round(run.gateway.import_seconds, 1)}
        remarks = run.remarks + run.bench.refused
        print(report.table(run.rows))
        for remark in remarks:
            print(remark)
        print(f"stored: {report.store(options.out, run.rows, facts, remarks)}")
        sys.exit(1 if run.bench.refused else 0)
    finally:
        if run:
            run.stop()
        shutil.rmtree(work, ignore_errors=True)


main()
