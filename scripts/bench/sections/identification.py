"""Who is this card? Beside the floor, and beside Redis GET over TLS."""
from loads.bench import row_of
from shop.requests import IDENTIFY

SHAPES = [("one at a time, 16 connections", 16, 1, 0.9, 1.0), ("one at a time, 64 connections", 64, 1, 0.9, 1.0),
          ("16 deep, 16 connections", 16, 16, 0.6, 1.5)]


def measure(bench):
    with bench.gateway() as gateway, bench.floor() as floor, bench.redis(is_filled=True) as redis:
        for shape in SHAPES:
            name = f"identification, {shape[0]}"
            yield from bench.attempt(name, lambda: beside_floor(bench, name, shape, gateway, floor))
            if redis:
                yield from bench.attempt(name, lambda: beside_redis(bench, name, shape, gateway, redis))


def beside_floor(bench, name, shape, gateway, floor):
    title, connections, depth, target, _ = shape
    ours = bench.ours(gateway, IDENTIFY, connections, depth)
    report = bench.compare(name, ours, bench.theirs(floor, IDENTIFY, connections, depth))
    yield row_of(report, "requests_per_s", name, "1/s", "floor", target)
    yield row_of(report, "p99_us", f"{name}: p99", "us", "floor", None)
    yield row_of(report, "server_cpu_us_per_request", f"server CPU per identification, {title}", "us", "floor",
                 1.25 if depth == 1 else None, at_most=True)


def beside_redis(bench, name, shape, gateway, redis):
    _, connections, depth, _, target = shape
    ours = bench.ours(gateway, IDENTIFY, connections, depth)
    report = bench.compare(name, ours, bench.theirs(redis, "GET c:%g", connections, depth, 2))
    yield row_of(report, "requests_per_s", name, "1/s", "Redis GET", target)
