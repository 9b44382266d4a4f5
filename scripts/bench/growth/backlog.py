"""From nothing unsent to a million events that wait for an upstream that is away: what a further receipt costs."""
from growth.curves import Curve
from loads.bench import with_seconds
from settings import CONNECTIONS, BenchError
from shop import requests

# The first is nothing. What is measured adds to the backlog itself, so the steps are large.
SIZES = (1, 30_000, 100_000, 300_000, 1_000_000)
SECONDS_MAXIMUM = 1
# Each round begins with nothing, and to fill takes a minute.
ROUNDS_MAXIMUM = 2
FILLERS = 64
# A filling goes by time: what is missing at the rate of the piece before, of so many seconds at most.
PIECE_SECONDS, PIECES_MAXIMUM = 30, 100


def measure(bench):
    largest = bench.options.growth_backlog
    sizes = [size for size in SIZES if size < largest] + [largest]
    curve = Curve(bench, "receipt", "unsent", [
        ("receipt of 10 lines by backlog", "requests_per_s", "1/s"), ("receipt by backlog: p99", "p99_us", "us")],
                  begins_with_nothing=True)
    reached = {}
    for _ in range(min(bench.rounds, ROUNDS_MAXIMUM)):
        with bench.gateway(manner=None) as gateway:
            for size in sizes:
                curve.measure(size, lambda: once(bench, gateway, size, reached))
    yield from curve.rows(lambda size: f"{reached[size]:,} unsent at the beginning")


def once(bench, gateway, size, reached):
    fill(bench, gateway, size)
    reached[size] = gateway.unsent()
    sale = bench.ours(gateway, requests.sale(), CONNECTIONS)
    return bench.run_load(f"backlog {size}", with_seconds(sale, min(bench.seconds, SECONDS_MAXIMUM)), is_fresh=True)


def fill(bench, gateway, size):
    """Tills bring small receipts until there are so many."""
    filler = bench.ours(gateway, requests.sale(1), FILLERS)
    rate = 0
    for _ in range(PIECES_MAXIMUM):
        missing = size - gateway.unsent()
        if missing <= 0 or size == SIZES[0]:
            return
        seconds = min(PIECE_SECONDS, max(0.2, round(missing / rate, 1))) if rate else 0.2
        rate = bench.run_load(f"backlog {size}", with_seconds(filler, seconds), is_fresh=True)["requests_per_s"]
        if not rate:
            break
    raise BenchError(f"a backlog of {size:,} was not reached: {gateway.unsent():,} unsent")
