"""Receipts that are on the disk before they are answered, beside Redis that writes the same bytes as durably.

The gateway has its upstream set, and it is away: each receipt is also put in the queue for it, but the simulator,
which would share the load's core and disk, does not run. What the gateway does when it relays at the same time, and
for customers whose points change, is told beside it.
"""
from loads.bench import GOOD_UPSTREAM, row_of
from shop import requests

REDIS = "Redis appendfsync always"


def measure(bench):
    if not bench.has_redis:
        return
    with bench.redis(is_durable=True) as redis:
        with bench.gateway(manner=None) as gateway:
            for connections in (1, 16, 64):
                yield from compared(bench, gateway, redis, connections, target=1.0)
            yield from compared(bench, gateway, redis, 16, ", of known customers", requests.KNOWN)
        with bench.gateway(manner=GOOD_UPSTREAM) as gateway:
            for connections in (16, 64):
                yield from compared(bench, gateway, redis, connections, ", while upstream takes them")


def compared(bench, gateway, redis, connections, more="", customer=None, target=None):
    name = f"receipt of 10 lines, durable, {connections} connection{'s' * (connections > 1)}{more}"
    return bench.attempt(name, lambda: rows(bench, name, gateway, redis, connections, customer, target))


def rows(bench, name, gateway, redis, connections, customer, target):
    body = requests.receipt_body(customer=customer)
    # The same bytes; Redis takes a line as a command, with the value in single quotes.
    keys = requests.known_keys(bench.customers)
    report = bench.compare(name, bench.ours(gateway, f"SALE %t {body}", connections, keys=keys),
                           bench.theirs(redis, f"SET r:RUN:%t '{body}'", connections, prefix="+OK", keys=keys),
                           is_fresh=True)
    yield row_of(report, "requests_per_s", name, "1/s", REDIS, target, note=f"{len(body)} bytes")
    yield row_of(report, "p99_us", f"{name}: p99", "us", REDIS, None)
    yield row_of(report, "server_cpu_us_per_request", f"server CPU per {name}", "us", REDIS, None)
