"""How long a start takes with a million customers and ten million receipts, until the first card is answered."""
import os
import pathlib
import signal
import statistics

from results.rows import Row
from servers.process import settled_mib
from servers.upstream import Upstream
from settings import BenchError

STARTS = 3
DROP_CACHES = pathlib.Path("/proc/sys/vm/drop_caches")
TARGET_S = 2


def measure(bench):
    """On the cached store itself: it is too large to copy, and what a start writes there does no harm."""
    customers, receipts = bench.customers, bench.options.receipts
    name = f"start with {customers:,} customers and {receipts:,} receipts: first answer"
    yield from bench.attempt(name, lambda: rows(bench, name, customers, receipts))


def rows(bench, name, customers, receipts):
    gateway = bench.stores.in_place(customers, receipts)
    journal = bench.stores.facts(customers, receipts)["journal_mib"]
    folder = bench.work / "start-upstream"
    upstream = Upstream(bench.programs, gateway, folder)
    gateway.upstream = upstream.options
    try:
        upstream.become(())
        gateway.start()
        seconds = [restart(gateway) for _ in range(STARTS)]
        yield Row(name, "s", round(statistics.median(seconds), 2), target=TARGET_S, at_most=True,
                  note=f"{journal:,} MiB of journal; {min(seconds):.2f} to {max(seconds):.2f} s")
        yield Row(f"{name}: memory after it", "MiB", round(settled_mib(gateway.pid)))
        seconds = [restart(gateway, signal.SIGKILL) for _ in range(STARTS)]
        yield Row(f"{name}, after a kill", "s", round(statistics.median(seconds), 2),
                  note=f"{min(seconds):.2f} to {max(seconds):.2f} s")
        if os.access(DROP_CACHES, os.W_OK):
            seconds = [restart(gateway, is_cold=True) for _ in range(STARTS)]
            yield Row(f"{name}, nothing of the disk in memory", "s", round(statistics.median(seconds), 2),
                      note=f"{min(seconds):.2f} to {max(seconds):.2f} s")
    finally:
        gateway.stop()
        upstream.stop()


def restart(gateway, number=signal.SIGTERM, is_cold=False):
    gateway.stop(number)
    if is_cold:
        os.sync()
        try:
            DROP_CACHES.write_text("3", encoding="ascii")
        except OSError as error:
            raise BenchError(f"cannot empty the page cache: {error}") from None
    return gateway.start()
