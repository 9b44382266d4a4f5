"""Counts what held and keeps what did not; reads JSON as strictly as the protocol does."""
import json
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
failures = []
passed = 0


def check(condition, what):
    global passed
    if condition:
        passed += 1
    else:
        failures.append(what)


def members_once(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member name stands twice")
    return dict(pairs)


def parse_json(text):
    """Decimal digits stay decimal; duplicate names and lone surrogates are refused, as the protocol does."""
    value = json.loads(text, parse_float=Decimal, object_pairs_hook=members_once)
    json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    return value


def load(name):
    """A JSON file of this folder; without it nothing else can be judged."""
    try:
        return parse_json((HERE / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"FAILED {name}: {error}\n{passed} passed, 1 failed")
        sys.exit(1)


def finish():
    for failure in failures:
        print("FAILED", failure)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0
