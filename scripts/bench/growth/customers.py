"""From ten thousand customers to ten million: start, memory, and identification of any of them."""
from growth.curves import Curve, powers
from results.rows import Row
from servers.process import settled_mib
from settings import CONNECTIONS
from shop.requests import IDENTIFY

SMALLEST = 10_000
# A size is left out when memory would be short: gateway and page cache need it.
MEMORY_SHARE = 0.6


def measure(bench):
    """On the cached stores themselves, without an upstream: nothing is written but what a start writes."""
    curve = Curve(bench, "customers", "customers", [
        ("identification by customers", "requests_per_s", "1/s"), ("identification by customers: p99", "p99_us", "us")])
    store = Curve(bench, "customers", "customers", [
        ("start by customers: first answer", "start_s", "s"), ("memory by customers", "memory_mib", "MiB"),
        ("import by customers", "imported_per_s", "1/s")])
    mib_per_customer = 0
    for size in powers(bench.options.growth_customers, SMALLEST):
        if mib_per_customer * size > MEMORY_SHARE * available_mib():
            yield Row.failed(f"customers: {size:,}", f"left out: {mib_per_customer * size:,.0f} MiB would be needed")
            continue
        visit = Visit(bench, size)
        try:
            store.measure(size, visit.start)
            for _ in range(bench.rounds if size in store.measured else 0):
                curve.measure(size, visit.identify)
        finally:
            visit.end()
        if size in store.measured:
            mib_per_customer = store.measured[size][0]["memory_mib"] / size
    yield from store.rows()
    yield from curve.rows()


class Visit:
    """A gateway with so many customers, for as long as it is asked."""

    def __init__(self, bench, size):
        self.bench = bench
        self.size = size
        self.gateway = None

    def start(self):
        self.gateway = self.bench.stores.in_place(self.size)
        facts = self.bench.stores.facts(self.size)
        return {"start_s": round(self.gateway.start(), 3), "memory_mib": round(settled_mib(self.gateway.pid)),
                "imported_per_s": round(self.size / max(facts["import_seconds"], 0.1))}

    def identify(self):
        arguments = self.bench.ours(self.gateway, IDENTIFY, CONNECTIONS, keys=self.size)
        return self.bench.run_load(f"{self.size} customers", arguments)

    def end(self):
        if self.gateway:
            self.gateway.stop()


def available_mib():
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("MemAvailable")) / 1024
