"""From a website's push to a till's screen, beside a stream that a reader waits on: quiet, and beside writers."""
import os

from loads import pushes
from loads.bench import with_seconds
from results.rows import Row
from shop import requests

ORDER_LINES = 3
WRITERS = 16
# Longer than any round: the writers are ended.
WRITER_SECONDS = 600


def measure(bench):
    if not bench.has_redis:
        return
    with bench.gateway() as gateway, bench.redis(is_durable=True) as redis:
        peers = Peers(bench, gateway, redis)
        for more, is_busy in (("", False), (f", while {WRITERS} tills write receipts", True)):
            name = f"push to a till's screen{more}"
            yield from bench.attempt(name, lambda: peers.rows(name, is_busy))


class Peers:
    """A website and a till at the gateway; a writer and a reader at Redis."""

    def __init__(self, bench, gateway, redis):
        self.bench, self.gateway, self.redis = bench, gateway, redis
        self.website, self.till, self.register = (gateway.bundle(*device) for device in (
            ("S1", "website", "W1"), ("S1", "register", "T09"), ("S2", "register", "T01")))
        self.goods = pushes.push_text(ORDER_LINES)

    def writers(self, is_busy):
        """The commands of the loads beside both, or none."""
        if not is_busy:
            return None, None
        body = requests.receipt_body()
        ours = self.bench.ours(self.gateway, f"SALE %t {body}", WRITERS)
        for flag, value in zip(("-C", "-K"), self.register):
            ours[ours.index(flag) + 1] = value
        theirs = self.bench.theirs(self.redis, f"SET r:RUN:%t '{body}'", WRITERS, prefix="+OK")
        return (self.bench.load_command(with_seconds(load, WRITER_SECONDS), is_fresh=True) for load in (ours, theirs))

    def rows(self, name, is_busy):
        # Numbers that no earlier run on this data had.
        fresh = os.urandom(4).hex().encode()
        line = b"ORDER_PUSH p " + self.goods + b"\n"
        figures = pushes.compare(
            lambda run: pushes.Orders(self.gateway, self.website, self.till, line, fresh + run),
            lambda run: pushes.Stream(self.redis, self.goods, fresh + run),
            self.bench.rounds, self.bench.seconds, *self.writers(is_busy))
        note = f"{len(self.goods)} bytes" + (f"; receipts of {len(requests.receipt_body())}" if is_busy else "")
        for part in ("p50", "p99"):
            found = figures[part]
            yield Row(f"{name}: {part}", "us", found["a"], "Redis XADD to XREAD", found["b"], found["ratio"],
                      found["low"], found["high"], note=note)
