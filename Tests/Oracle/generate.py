#!/usr/bin/env python3
"""Random quote requests with the oracle's answers, one JSON object per line: {"seed", "request", "expected"}.

    generate.py --cases 1000 --seed 1

Case k has the seed S + k, so `--cases 1 --seed <its seed>` makes that case again. Every answer is checked against
the properties that hold for all quotes; a failure names the seed and ends with 1.
"""

import argparse
import json
import sys

from properties import PropertyFailed, checked_quote
from random_requests import random_request


def main():
    parser = argparse.ArgumentParser(description="Random quote requests with the oracle's answers.")
    parser.add_argument("--cases", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first case (default 1)")
    options = parser.parse_args()
    for seed in range(options.seed, options.seed + options.cases):
        request = random_request(seed)
        try:
            expected = checked_quote(request)
        except PropertyFailed as failure:
            print(f"seed {seed}: {failure}", file=sys.stderr)
            return 1
        case = {"seed": seed, "request": request, "expected": expected}
        print(json.dumps(case, ensure_ascii=False, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
