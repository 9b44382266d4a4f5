#!/usr/bin/env python3
"""A second implementation of the quote, in exact fractions, written from the rules and not from the Swift engine.

    quote_oracle.py --seed 7 --cases 20     prints made-up baskets with the answers, as JSON
    quote_oracle.py --check FILE...         computes the cases of files again and compares the answers

The rules, once more and in the order in which they apply (amounts in minor units, rates in basis points):

 1. line amount = price x quantity, rounded half up, less the till's own discount, never below zero;
 2. points to spend: at most the smaller of the points available and the whole points in the sum over eligible lines of
    (line amount x max_redeem, rounded down); the value of what is spent is split over the eligible lines;
 3. points to earn: what is left to pay on eligible lines x the tier's rate / point value, rounded down once for the
    receipt and split back over its lines;
 4. a split is proportional, the largest remainder first, equal remainders to the earlier line.
"""

import argparse
import json
import random
import sys
from fractions import Fraction
from math import floor


def half_up(value):
    return floor(value + Fraction(1, 2))


def split(whole, weights):
    """Hands out one unit at a time by the fraction that is still owed."""
    total = sum(weights)
    if total == 0:
        return [whole] + [0] * (len(weights) - 1) if weights else []
    exact = [Fraction(whole * weight, total) for weight in weights]
    parts = [floor(share) for share in exact]
    owed = [(part - share, index) for index, (part, share) in enumerate(zip(parts, exact))]
    for _, index in sorted(owed)[: whole - sum(parts)]:
        parts[index] += 1
    assert sum(parts) == whole
    return parts


def tier_of(turnover, tiers):
    reached = [tier for tier in tiers if tier["threshold"] <= turnover]
    return reached[-1] if reached else tiers[0]


def quote(case):
    programme, customer = case["programme"], case["customer"]
    point_value = programme["point_value"]
    lines = []
    for item in case["lines"]:
        gross = half_up(Fraction(item["price"] * item["quantity_thousandths"], 1000))
        taken = min(gross, item["discount"])
        lines.append(
            {
                "gross": gross,
                "till": taken,
                "left": gross - taken,
                "eligible": item["sku"] not in programme["excluded_skus"],
            }
        )

    available = customer["points_available"] if customer else 0
    let_through = sum(
        floor(Fraction(line["left"] * programme["max_redeem"], 10000)) for line in lines if line["eligible"]
    )
    spendable = min(available, let_through // point_value)
    spent = min(case["spend"], spendable)
    by_points = [0] * len(lines)
    if spent:
        by_points = split(spent * point_value, [line["left"] if line["eligible"] else 0 for line in lines])
    spent_parts = split(spent, by_points)
    for line, part in zip(lines, by_points):
        line["left"] -= part
        assert line["left"] >= 0

    total = sum(line["left"] for line in lines)
    earned_parts, tier, tier_after, missing = [0] * len(lines), None, None, None
    if customer:
        tier = tier_of(customer["turnover"], programme["tiers"])
        bases = [line["left"] if line["eligible"] else 0 for line in lines]
        earned = floor(Fraction(sum(bases) * tier["earn_rate"], 10000) / point_value)
        earned_parts = split(earned, bases)
        after = customer["turnover"] + total
        tier_after = tier_of(after, programme["tiers"])
        higher = [t["threshold"] for t in programme["tiers"] if t["threshold"] > tier_after["threshold"]]
        missing = min(higher) - after if higher else None
    subtotal = sum(line["gross"] for line in lines)
    return {
        "lines": [
            {"amount": line["left"], "till": line["till"], "points": part, "earned": earned_part, "spent": spent_part}
            for line, part, earned_part, spent_part in zip(lines, by_points, earned_parts, spent_parts)
        ],
        "subtotal": subtotal,
        "discount": subtotal - total,
        "total": total,
        "spendable": spendable,
        "spent": spent,
        "earned": sum(earned_parts),
        "tier": tier and tier["name"],
        "tier_after": tier_after and tier_after["name"],
        "missing_to_next": missing,
    }


def made_up_programme(rng):
    thresholds = [0] + sorted(rng.sample(range(1_000, 5_000_000), rng.randint(0, 3)))
    return {
        "id": "club",
        "version": rng.randint(1, 9),
        "currency": "RUB",
        "point_value": rng.choice([1, 7, 50, 100, 100, 100, 1_000]),
        "tiers": [
            {"name": f"tier {index}", "threshold": threshold, "earn_rate": rng.choice([0, 33, 100, 300, 500, 1_000, 10_000])}
            for index, threshold in enumerate(thresholds)
        ],
        "max_redeem": rng.choice([0, 1, 2_000, 3_333, 5_000, 9_900, 10_000]),
        "excluded_skus": rng.choice([[], ["X1"], ["X1", "X2"]]),
    }


def made_up_line(rng):
    price = rng.choice([0, 1, 30, 255, 999, 1_050, 12_345, 499_999, rng.randint(1, 200_000)])
    quantity = rng.choice([1_000, 1_000, 2_000, 3_000, 500, 1, 2_474, rng.randint(1, 20_000)])
    discount = rng.choice([0, 0, 0, 1, price // 10, price, price * 30])
    sku = rng.choice(["A", "B", "C", "D", "X1", "X2"])
    return {"sku": sku, "price": price, "quantity_thousandths": quantity, "discount": discount}


def made_up_case(rng):
    programme = made_up_programme(rng)
    customer = None
    if rng.random() < 0.9:
        edge = rng.choice(programme["tiers"])["threshold"] + rng.choice([-1, 0, 1])
        customer = {
            "turnover": rng.choice([0, -500, edge, rng.randint(0, 6_000_000)]),
            "points_available": rng.choice([0, 3, 150, rng.randint(0, 100_000)]),
        }
    case = {
        "programme": programme,
        "customer": customer,
        "lines": [made_up_line(rng) for _ in range(rng.choice([0, 1, 2, 3, 5, 10, 25]))],
        "spend": rng.choice([0, 1, 10, rng.randint(0, 5_000), 10**12]),
    }
    case["expected"] = quote(case)
    return case


def check(paths):
    differences = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for number, case in enumerate(document["cases"]):
            if quote(case) != case["expected"]:
                differences += 1
                print(f"{path}: case {number} differs", file=sys.stderr)
    return 1 if differences else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--check", nargs="+", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.check:
        return check(arguments.check)
    rng = random.Random(arguments.seed)
    document = {"seed": arguments.seed, "cases": [made_up_case(rng) for _ in range(arguments.cases)]}
    print("{\n" + f'"seed": {arguments.seed},\n"cases": [')
    print(",\n".join(json.dumps(case) for case in document["cases"]))
    print("]\n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
