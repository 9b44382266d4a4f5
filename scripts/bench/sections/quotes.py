"""What does this basket cost her? Ten lines, a hundred active promotions, beside the floor's identification."""
from loads.bench import row_of
from settings import CONNECTIONS, PROMOTIONS
from shop import programmes, requests

WARM_UP_SECONDS = 1


def measure(bench):
    with bench.gateway() as gateway, bench.floor() as floor:
        name = f"quote of 10 lines, {PROMOTIONS} promotions"
        yield from bench.attempt(name, lambda: rows(bench, name, gateway, floor))


def rows(bench, name, gateway, floor):
    ours, applied = load(bench, gateway, PROMOTIONS, 10)
    report = bench.compare("quote", ours, bench.theirs(floor, requests.IDENTIFY, CONNECTIONS))
    yield row_of(report, "requests_per_s", name, "1/s", "floor identification", 0.3,
                 note=f"{CONNECTIONS} connections, {applied} promotions apply")
    yield row_of(report, "p99_us", f"{name}: p99", "us", "floor identification", None)
    yield row_of(report, "server_cpu_us_per_request", f"server CPU per {name}", "us", "floor identification", None)


def load(bench, gateway, promotions, lines):
    """Puts so many promotions in force and returns the load of quotes, and how many promotions apply.

    A change of programme makes the gateway read each customer's account anew when they are next asked about; that is
    over before the measurement begins.
    """
    request, keys = requests.quote(lines, bench.customers)
    applied = gateway.put_programme(programmes.programme(promotions), request.replace("%t", "1").replace("%k", "0"))
    arguments = bench.ours(gateway, request, CONNECTIONS, keys=keys)
    bench.run_load("quotes", [*arguments, "-t", WARM_UP_SECONDS])
    return arguments, applied
