#!/usr/bin/python3
"""Programmes of any number of promotions, and the basket that they are asked about.

    programmes.py PROMOTIONS     prints the programme, to try it out with `tillgate programme put`

The first ten promotions apply to the basket of ten lines, each by another effect and other conditions; a programme of
fewer has the first of them. The further ones are of the same kinds, and each is for something else than this basket
at this till: other products, categories, brands, tags, stores, days, segments, tiers, customers, channels, coupons.
They are spread between the ten in the order of priority.
"""
import json
import sys

MET = 10
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CATEGORIES = ["food/dairy/milk", "food/bread", "home/kitchen/mugs", "home/garden", "care"]
BRANDS = ["Zorro", "Mondo", "Alpha"]
TAGS = ["seasonal", "local", "eco", "bulk"]


def sku(number):
    return f"46071005{number:05}"


def basket(count=10, receipt=False):
    """So many different lines, as a till sends them; a receipt's lines have names and amounts too."""
    lines = []
    for number in range(count):
        line = {"sku": sku(number), "quantity": number % 3 + 1, "price": 9900 + number % 100 * 110}
        if receipt:
            line |= {"name": f"Goods number {number}", "amount": line["price"] * line["quantity"]}
        lines.append(line)
    return lines


def described(lines):
    """The same lines with what promotions ask about: category, brand, tags."""
    return [{**line, "category": CATEGORIES[number % len(CATEGORIES)], "brand": BRANDS[number % len(BRANDS)],
             "tags": [TAGS[number % len(TAGS)]]} for number, line in enumerate(lines)]


def met():
    """What applies to the basket, each in another way."""
    return [
        {"when": {"weekdays": WEEK}, "products": {"categories": ["food/dairy"]}, "effect": {"percent_off": 700}},
        {"products": {"brands": ["Zorro"]}, "effect": {"n_for_m": {"n": 4, "m": 3}}},
        {"when": {"from": "2020-01-01", "until": "2099-12-31"}, "products": {"skus": [sku(1), sku(4), sku(7)]},
         "effect": {"amount_off_unit": 300}},
        {"products": {"skus": [sku(3)]}, "effect": {"fixed_price": 8990}},
        {"group": "kitchen", "when": {"channels": ["till", "app"]}, "products": {"categories": ["home"]},
         "effect": {"percent_off": 300}},
        {"effect": {"bundle": {"items": [{"products": {"skus": [sku(5)]}}, {"products": {"skus": [sku(6)]}}],
                               "price": 18000}}},
        {"when": {"customer_required": True, "minimum_amount": 50000},
         "products": {"exclude": {"tags": ["bulk"]}}, "effect": {"amount_off_basket": 1000}},
        {"when": {"segments": ["premium"]}, "products": {"categories": ["food"]},
         "effect": {"extra_points_percent": 200}},
        {"when": {"tiers": ["base", "silver", "gold"]}, "products": {"tags": ["eco"]},
         "effect": {"points_multiplier": 20000}},
        {"when": {"stores": ["S1", "S2"], "minimum_quantity": 5}, "effect": {"extra_points": 25}},
    ]


def other(number):
    """What is for something else than the basket: the kinds take turns."""
    effect = [{"percent_off": 500 + number % 1000}, {"amount_off_unit": 100 + number % 50},
              {"n_for_m": {"n": 3, "m": 2}}, {"extra_points": 10}, {"points_multiplier": 20000}][number % 5]
    wanted = [
        {"products": {"skus": [sku(50_000 + number * 20 + item) for item in range(20)]}},
        {"products": {"categories": [f"sport/kind-{number}"]}},
        {"products": {"brands": [f"Brand {number}"]}},
        {"products": {"tags": [f"campaign-{number}"]}},
        {"when": {"stores": [f"S{number + 10}", f"S{number + 11}"]}},
        {"when": {"from": f"20{30 + number % 60}-03-01", "until": f"20{30 + number % 60}-03-31"},
         "products": {"categories": ["food"]}},
        {"when": {"segments": [f"segment-{number}"]}, "products": {"brands": ["Mondo"]}},
        {"when": {"coupon": f"COUPON-{number}", "minimum_amount": 10000}},
        {"when": {"customers": [f"X{number}"], "limit_per_customer": 1}},
        {"when": {"channels": ["web"]}, "products": {"tags": ["local"]}},
        {"when": {"tiers": ["platinum"]}, "products": {"skus": [sku(2)]}},
    ][number % 11]
    return {**wanted, "effect": effect}


def programme(count):
    """A programme of so many promotions."""
    promotions = []
    further = max(0, count - MET)
    for number, promotion in enumerate(met()[:count]):
        promotions.append({"id": f"met-{number}", "name": f"Promotion {number}",
                           "priority": 1 + number * max(1, count // MET), **promotion})
    for number in range(further):
        promotions.append({"id": f"other-{number}", "name": f"Other {number}", "priority": 1 + number,
                           **other(number)})
    return {
        "id": "bench", "version": 1 + count, "currency": "RUB", "point_value": 100, "max_redeem": 3000,
        "tiers": [{"name": "base", "threshold": 0, "earn_rate": 300},
                  {"name": "silver", "threshold": 3000000, "earn_rate": 500},
                  {"name": "gold", "threshold": 10000000, "earn_rate": 700},
                  {"name": "platinum", "threshold": 900000000, "earn_rate": 900}],
        "activation_days": 14, "expiry_days": 365, "every_nth": {"n": 5, "multiplier": 20000},
        "birthday": {"before": 7, "after": 7, "multiplier": 20000},
        "thresholds": [{"amount": 100000, "points": 50}], "promotions": promotions,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    json.dump(programme(int(sys.argv[1])), sys.stdout, indent=1)
    print()
