"""What a measurement can be told, in one place, and what is fixed."""
import argparse
import pathlib
import sys

from common.machine import cores, taskset_list

# Servers run on one core, what asks them on another: the first two of those that there are for this program.
SERVER_CORE, LOAD_CORE = (taskset_list(numbers[:1]) for numbers in cores())
BOTH_CORES = taskset_list(sorted({int(SERVER_CORE), int(LOAD_CORE)}))
# Quotes are asked under so many promotions, of which ten apply, and by so many connections.
PROMOTIONS = 100
CONNECTIONS = 16
PRODUCTS = 100_000

# What the gateway is measured with and is no part of the project.
TOOLS = ["Makefile", "floor.c", "load.c", "compare.py", "idle.py"]

# What can be measured, in the order in which it is.
TABLE = ["identification", "quote", "receipts", "idle", "reconnect", "start", "mixed", "loops", "upstream", "orders"]
GROWTH = ["connections", "customers", "promotions", "lines", "backlog"]

# `--quick`: everything once, with small figures, to see that all of it works.
QUICK = {"customers": 100_000, "receipts": 200_000, "rounds": 2, "seconds": 1.0, "growth_customers": 100_000,
         "growth_connections": 1_000, "growth_backlog": 10_000}
USUAL = {"customers": 1_000_000, "receipts": 10_000_000, "rounds": 5, "seconds": 2.0,
         "growth_customers": 10_000_000, "growth_connections": 10_000, "growth_backlog": 1_000_000}


def say(text):
    """What a person who waits sees of the progress."""
    print(text, file=sys.stderr, flush=True)


class BenchError(Exception):
    """A measurement that could not be made, and why. It costs its row, not the others."""


def arguments(description):
    """The options of the command line; what is not given is as usual, or small with --quick."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True,
                        help=f"folder with {', '.join(TOOLS)}")
    parser.add_argument("--programs", type=pathlib.Path, required=True,
                        help="folder with the built tillgate and upstream-simulator")
    parser.add_argument("--quick", action="store_true", help=f"small figures: {described(QUICK)}")
    parser.add_argument("--growth", action="store_true", help="also how cost grows")
    parser.add_argument("--only", nargs="+", choices=TABLE + GROWTH, metavar="NAME",
                        help=f"nothing but: {', '.join(TABLE)}; growth of {', '.join(GROWTH)}")
    parser.add_argument("--customers", type=positive, help=f"usually {USUAL['customers']:,}")
    parser.add_argument("--receipts", type=positive,
                        help=f"in the store whose start is timed, usually {USUAL['receipts']:,}")
    parser.add_argument("--rounds", type=positive, help=f"pairs of each comparison, usually {USUAL['rounds']}")
    parser.add_argument("--seconds", type=float, help=f"length of one load, usually {USUAL['seconds']:g}")
    parser.add_argument("--growth-customers", type=positive, help=f"at most, usually {USUAL['growth_customers']:,}")
    parser.add_argument("--growth-connections", type=positive,
                        help=f"at most, usually {USUAL['growth_connections']:,}")
    parser.add_argument("--growth-backlog", type=positive, help=f"at most, usually {USUAL['growth_backlog']:,}")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("out/bench"),
                        help="folder for filled stores, which later runs use again, and for the run's own files")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("bench-results"))
    options = parser.parse_args()
    missing = [name for name in TOOLS if not (options.tools / name).is_file()]
    if missing:
        parser.exit(2, f"bench: the floor and the load program are not in {options.tools} ({', '.join(missing)});"
                       " BENCH=folder\n")
    if not (options.programs / "tillgate").is_file():
        parser.exit(2, f"bench: there is no tillgate in {options.programs}\n")
    for name, value in (QUICK if options.quick else USUAL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.seconds < 0.1:
        parser.error("--seconds must be 0.1 at least")
    options.only = options.only or TABLE + (GROWTH if options.growth or options.quick else [])
    return options


def described(figures):
    return ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in figures.items())


def positive(text):
    value = int(text.replace("_", "").replace(",", ""))
    if value < 1:
        raise ValueError("must be 1 at least")
    return value
