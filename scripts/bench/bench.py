#!/usr/bin/python3
"""Measures the gateway beside the floor and beside Redis, in turn, on one machine.

    bench.py --tools FOLDER --programs FOLDER [--quick] [--growth] [--only NAME ...] [--customers N] [--rounds N] ...

Servers run on one core, the load on another. A figure of one machine says little, so what counts are the ratios: the
median of the rounds, with the lowest and the highest. Results go to bench-results/. Let nothing else run meanwhile.
"""
import os
import pathlib
import shutil
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common.machine import allow_descriptors
from growth import backlog, baskets, connections, customers
from loads.bench import Bench
from results import table
from results.rows import Row
from sections import identification, loops, mixed, orders, quotes, receipts, starts, tills, upstreams
from servers.process import stop_all
from settings import GROWTH, TABLE, arguments, say

SECTIONS = {
    "identification": identification.measure, "quote": quotes.measure, "receipts": receipts.measure,
    "idle": tills.idle, "reconnect": tills.reconnect, "start": starts.measure, "mixed": mixed.measure,
    "loops": loops.measure, "upstream": upstreams.measure, "orders": orders.measure,
    "connections": connections.measure, "customers": customers.measure, "promotions": baskets.promotions,
    "lines": baskets.lines, "backlog": backlog.measure,
}
WORK = "work-"


def work_folder(cache):
    """The run's own folder, on the disk that is measured; what runs have left behind that were killed is removed."""
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob(f"{WORK}*"):
        if not pathlib.Path(f"/proc/{old.name[len(WORK):]}").exists():
            shutil.rmtree(old, ignore_errors=True)
    work = cache / f"{WORK}{os.getpid()}"
    work.mkdir()
    return work


def measure(bench, names, rows, seconds):
    """Fills rows; what fails as a whole costs its own rows only."""
    for name in names:
        say(f"-- {name}")
        began = time.monotonic()
        try:
            for row in SECTIONS[name](bench):
                rows.append(row)
                say(table.line(row))
        except Exception as error:  # The other sections are measured all the same.
            rows.append(Row.failed(name, f"{type(error).__name__}: {error}"))
            say(table.line(rows[-1]))
        finally:
            stop_all()
        seconds[name] = round(time.monotonic() - began)


def interrupt(number, _):
    """A run that is told to stop ends what it has started, and keeps what it has measured."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def main():
    options = arguments(__doc__)
    signal.signal(signal.SIGTERM, interrupt)
    # Ten thousand connections want as many descriptors, on either side.
    allow_descriptors()
    facts = table.machine() | {name: getattr(options, name) for name in ("customers", "receipts", "rounds", "seconds")}
    rows, seconds, remarks = [], {}, []
    work = work_folder(options.cache.resolve())
    try:
        bench = Bench(options, work)
        remarks = bench.remarks
        measure(bench, [name for name in TABLE + GROWTH if name in options.only], rows, seconds)
        facts["import_seconds"] = bench.stores.facts(options.customers)["import_seconds"]
    except KeyboardInterrupt as reason:
        remarks.append(f"ended early: {reason or 'SIGINT'}")
    finally:
        stop_all()
        shutil.rmtree(work, ignore_errors=True)
    facts["seconds_of_sections"] = ", ".join(f"{name} {value}" for name, value in seconds.items())
    print(table.table(rows))
    for remark in remarks:
        print(remark)
    print(table.summary(rows))
    print(f"stored: {table.store(options.out, rows, facts, remarks)}")
    sys.exit(1 if has_failed(rows, remarks) else 0)


def has_failed(rows, remarks):
    """Whether something was not measured, or was refused: a goal that is not reached is no failure."""
    return any(row["failure"] for row in rows) or any(not remark.startswith("skipped") for remark in remarks)


main()
