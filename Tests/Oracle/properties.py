"""What must hold for every quote, whatever the rules: sums, minimums, caps. Checked without the oracle's own steps."""

import copy
from fractions import Fraction
from math import floor

from basket import matches
from oracle import quote


class PropertyFailed(Exception):
    """A quote broke a rule that holds for all quotes; the text says which one and where."""


def must(condition, text):
    if not condition:
        raise PropertyFailed(text)


def checked_quote(request):
    """The quote of the request, after all properties have been checked on it."""
    untouched = copy.deepcopy(request)
    expected = quote(request)
    must(request == untouched, "quoting changed the request")
    must(quote(request) == expected, "quoting twice gave two answers")
    check_lines(request, expected)
    check_sums(expected)
    check_points(request, expected)
    check_promotions(request, expected)
    return expected


def half_up(value):
    return floor(value + Fraction(1, 2))


def check_lines(request, expected):
    min_prices = request["programme"].get("min_prices", {})
    must(len(request["lines"]) == len(expected["lines"]), "not one answer per line")
    gross_sum = 0
    for number, (asked, line) in enumerate(zip(request["lines"], expected["lines"]), start=1):
        gross = half_up(Fraction(asked["quantity"]) * asked["price"])
        minimum_price = max(min_prices.get(asked["sku"], 0), asked.get("min_price", 0))
        minimum = half_up(Fraction(asked["quantity"]) * minimum_price)
        gross_sum += gross
        taken_in_all = sum(taken["amount"] for taken in line["taken"])
        must(line["amount"] + taken_in_all == gross, f"line {number}: parts and whole differ")
        must(line["amount"] >= min(gross, minimum), f"line {number}: below its minimum")
        must(all(taken["amount"] > 0 for taken in line["taken"]), f"line {number}: takes nothing or gives")
        origins = [["till", "promotion", "points"].index(taken["origin"]) for taken in line["taken"]]
        must(origins == sorted(origins), f"line {number}: taken out of order")
        must(line["earned"] >= 0, f"line {number}: earns less than nothing")
    must(expected["subtotal"] == gross_sum, "subtotal")


def check_sums(expected):
    must(expected["total"] == sum(line["amount"] for line in expected["lines"]), "total is not the sum of the lines")
    must(expected["discount"] == expected["subtotal"] - expected["total"], "discount")
    points = expected["points"]
    extra_points = sum(extra["points"] for extra in points["extra"])
    must(points["earned"] == points["base"] + extra_points, "earned is not base and extras")
    must(points["earned"] == sum(line["earned"] for line in expected["lines"]), "earned is not the sum of the lines")
    must(all(extra["points"] > 0 for extra in points["extra"]), "an extra of nothing")


def check_points(request, expected):
    programme, customer, points = request["programme"], request["customer"], expected["points"]
    available = 0 if customer is None else max(0, customer["available"])
    must(points["available"] == available, "available")
    must(0 <= points["spent"] <= points["spendable"] <= available, "spent, spendable, available out of order")
    must(points["spent"] == min(request["spend"], points["spendable"]), "spent is not what was asked")
    must((expected["tier"] is None) == (expected["tier_after"] is None) == (customer is None), "tier of a walk-in")
    if customer is None:
        must(points["earned"] == 0, "a walk-in earns")
    paid = 0
    for asked, line in zip(request["lines"], expected["lines"]):
        part = sum(taken["amount"] for taken in line["taken"] if taken["origin"] == "points")
        paid += part
        must(part * 10000 <= (line["amount"] + part) * programme.get("max_redeem", 0), "points pay above the cap")
        must(part == 0 or not is_out(asked, programme, "redeem_exclude"), "points pay an excluded line")
        must(line["earned"] == 0 or not is_out(asked, programme, "earn_exclude"), "an excluded line earns")
    must(paid == points["spent"] * programme.get("point_value", 100), "points spent are not what they paid")


def is_out(asked, programme, field):
    line = FilterView(asked)
    return asked["sku"] in programme.get("excluded_skus", []) or field in programme and matches(line, programme[field])


class FilterView:
    """A line of the request as filters see it."""

    def __init__(self, asked):
        self.sku = asked["sku"]
        self.category = asked.get("category")
        self.brand = asked.get("brand")
        self.tags = asked.get("tags", [])


def check_promotions(request, expected):
    promotions = {promotion["id"]: promotion for promotion in request["programme"]["promotions"]}
    applied = {extra["id"] for extra in expected["points"]["extra"] if extra["origin"] == "promotion"}
    for line in expected["lines"]:
        identifiers = [taken["id"] for taken in line["taken"] if taken["origin"] == "promotion"]
        applied.update(identifiers)
        must(len(identifiers) == len(set(identifiers)), "a promotion took twice from one line")
        for identifier in identifiers[:-1]:
            must(not promotions.get(identifier, {}).get("exclusive"), f"{identifier} is exclusive, but not the last")
    groups = [promotions[identifier].get("group") for identifier in applied if identifier in promotions]
    named = [group for group in groups if group is not None]
    must(len(named) == len(set(named)), "two promotions of one group stack")
    must("birthday" not in applied or request["customer"] is not None, "a walk-in's birthday")
