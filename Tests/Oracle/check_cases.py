#!/usr/bin/env python3
"""Runs the oracle over the table of cases: check_cases.py [file ...]. Exits with 1 when any case differs."""

import json
import sys
from pathlib import Path

from oracle import quote

CASES = Path(__file__).parent / "cases"
ABSENT = "<absent>"


def differences(expected, actual, path=""):
    """The places where two documents differ, as readable lines."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(set(expected) | set(actual)):
            yield from differences(expected.get(key, ABSENT), actual.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (left, right) in enumerate(zip(expected, actual)):
            yield from differences(left, right, f"{path}[{index}]")
    elif expected != actual or type(expected) is not type(actual):
        yield f"{path}: expected {json.dumps(expected)}, oracle says {json.dumps(actual)}"


def refuse_fractions(text):
    raise ValueError(f"{text}: the table holds whole numbers only")


def main():
    paths = [Path(name) for name in sys.argv[1:]] or sorted(CASES.glob("*.json"))
    total = failed = 0
    names = set()
    for path in paths:
        for case in json.loads(path.read_text(encoding="utf-8"), parse_float=refuse_fractions):
            total += 1
            found = list(differences(case["expected"], quote(case["request"])))
            if case["name"] in names:
                found.append("the name is used twice")
            names.add(case["name"])
            if found:
                failed += 1
                print(f"{path.name}: {case['name']}", *found, sep="\n    ")
    print(f"{total} cases, {failed} differ")
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
