"""From one promotion to a thousand, and from one line to a thousand: quotes, and receipts as they are written."""
import os

from growth.curves import Curve, powers
from sections.quotes import load
from settings import CONNECTIONS, PROMOTIONS
from shop import requests

LARGEST = 1000
LINES = 10


def promotions(bench):
    """Quotes of ten lines; beyond ten, promotions are for something else than the basket."""
    applied = {}
    curve = Curve(bench, "quote", "promotions", [
        ("quote of 10 lines by promotions", "requests_per_s", "1/s"),
        ("server CPU per quote by promotions", "server_cpu_us_per_request", "us")])

    def once(count):
        arguments, applied[count] = load(bench, gateway, count, LINES)
        return bench.run_load(f"quotes under {count} promotions", arguments)

    with bench.gateway() as gateway:
        curve.rounds(powers(LARGEST), once)
    yield from curve.rows(lambda count: f"{applied[count]} apply")


def lines(bench):
    """Quotes and receipts of so many lines."""
    quotes = Curve(bench, "quote", "lines", [
        (f"quote, {PROMOTIONS} promotions, by lines", "requests_per_s", "1/s"),
        ("server CPU per quote by lines", "server_cpu_us_per_request", "us")])
    receipts = Curve(bench, "receipt", "lines", [
        ("receipt, durable, by lines", "requests_per_s", "1/s"), ("receipt by lines: p99", "p99_us", "us"),
        ("server CPU per receipt by lines", "server_cpu_us_per_request", "us")])
    with bench.gateway(manner=None) as gateway:
        quotes.rounds(powers(LARGEST), lambda count: bench.run_load(
            f"quotes of {count} lines", load(bench, gateway, PROMOTIONS, count)[0]))
        yield from quotes.rows()
        receipts.rounds(powers(LARGEST), lambda count: written(bench, gateway, count))
        yield from receipts.rows(lambda count: f"{len(requests.receipt_body(count)):,} bytes")


def written(bench, gateway, count):
    """The request comes from a file: a thousand lines are longer than an argument may be."""
    file = bench.work / "receipt"
    run = int.from_bytes(os.urandom(3), "big") + 1_000_000
    file.write_text(requests.sale(count).replace("RUN", str(run)), encoding="utf-8")
    return bench.run_load(f"receipts of {count} lines", bench.ours(gateway, f"@{file}", CONNECTIONS))
