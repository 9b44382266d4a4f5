"""From one connection to ten thousand: identifications one at a time, and what those cost that are idle."""
from growth.curves import Curve, powers
from sections.tills import weigh_gateway
from shop.requests import IDENTIFY

# A few tills are lighter than what a memory allocator hands out at a time.
IDLE_SMALLEST = 100
# The load sends the first request of every connection before it looks at an answer: that must not be all there is.
CONNECTIONS_PER_SECOND = 2500


def measure(bench):
    curve = Curve(bench, "identification", "connections", [
        ("identification by connections", "requests_per_s", "1/s"),
        ("identification by connections: p99", "p99_us", "us")])
    with bench.gateway() as gateway:
        curve.rounds(powers(bench.options.growth_connections), lambda size: bench.run_load(
            f"{size} connections", bench.ours(gateway, IDENTIFY, size, seconds=max(
                bench.seconds, size / CONNECTIONS_PER_SECOND))))
    yield from curve.rows()
    curve = Curve(bench, "idle tills", "idle tills", [("memory of an idle till by their number", "kib", "KiB")])
    with bench.gateway(is_started=False) as gateway:
        for size in powers(bench.options.growth_connections, IDLE_SMALLEST):
            curve.measure(size, lambda: weighed(bench, gateway, size))
    yield from curve.rows()


def weighed(bench, gateway, size):
    gateway.stop()
    gateway.start()
    return {"kib": weigh_gateway(bench, gateway, size)}
