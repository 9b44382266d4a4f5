#!/usr/bin/env python3
"""An independent reading of the loyalty rules: quote(request) -> expected.

    oracle.py < requests.ndjson > expected.ndjson

Written from the rules alone, in another language than the engine, with whole numbers only, so that a kopeck on which
the two differ is a mistake in one of them. Slow and plain on purpose.
"""

import json
import sys

from basket import Line, matches, refuse_unknown_fields
from conditions import holds_for_lines, holds_for_visit
from effects import EFFECTS, POINTS_EFFECTS, money_discounts, the_effect
from points import earn_points, is_kept_out, promotion_points, spend_points, tier_at
from storetime import StoreTime, in_birthday_window

PROGRAMME_FIELDS = {
    "id", "version", "currency", "point_value", "max_redeem", "quote_lifetime_ms", "excluded_skus", "tiers",
    "tier_window_days", "segments", "earn_exclude", "redeem_exclude", "min_prices", "activation_days", "expiry_days",
    "hold_minutes", "welcome", "site_registration", "every_nth", "birthday", "thresholds", "promotions",
}
PROMOTION_FIELDS = {"id", "name", "priority", "group", "exclusive", "when", "products", "effect"}
REQUEST_FIELDS = {
    "programme", "store", "channel", "at", "utc_offset_seconds", "spend", "coupons", "customer", "promotion_totals",
    "lines",
}


class Visit:
    """Everything about the request but its lines: who, where, when, and under which programme."""

    def __init__(self, request):
        refuse_unknown_fields(request, REQUEST_FIELDS, "request")
        self.programme = request["programme"]
        refuse_unknown_fields(self.programme, PROGRAMME_FIELDS, "programme")
        self.store = request["store"]
        self.channel = request["channel"]
        self.moment = StoreTime(request["at"], request.get("utc_offset_seconds", 0))
        self.spend = request.get("spend", 0)
        self.coupons = request.get("coupons", [])
        self.promotion_totals = request.get("promotion_totals", {})
        self.customer = request.get("customer")
        self.tier = None
        self.points_available = 0
        if self.customer is not None:
            self.tier = tier_at(self.programme["tiers"], self.customer.get("turnover", 0))
            self.points_available = max(0, self.customer.get("available", 0))

    def earns(self, line):
        return not is_kept_out(line, self.programme, "earn_exclude")


def quote(request):
    """The quote of one request: till's discounts, promotions, points to spend, points to earn, in this order."""
    visit = Visit(request)
    lines = [Line(line, visit.programme.get("min_prices", {})) for line in request["lines"]]
    points_promotions = apply_promotions(lines, visit)
    spendable = spent = base = 0
    extras = []
    if visit.customer is not None:
        spendable, spent = spend_points(lines, visit)
        base, extras = earn_points(lines, visit, points_promotions)
    return answer(lines, visit, spendable, spent, base, extras)


def answer(lines, visit, spendable, spent, base, extras):
    subtotal = sum(line.gross for line in lines)
    total = sum(line.amount for line in lines)
    tier_after = None
    if visit.customer is not None:
        tier_after = tier_at(visit.programme["tiers"], visit.customer.get("turnover", 0) + total)
    return {
        "lines": [{"amount": line.amount, "taken": line.taken, "earned": line.earned} for line in lines],
        "subtotal": subtotal,
        "discount": subtotal - total,
        "total": total,
        "points": {
            "available": visit.points_available,
            "spendable": spendable,
            "spent": spent,
            "earned": base + sum(extra["points"] for extra in extras),
            "base": base,
            "extra": extras,
        },
        "tier": visit.tier and visit.tier["name"],
        "tier_after": tier_after and tier_after["name"],
    }


# Promotions


def apply_promotions(lines, visit):
    """Takes the money of all promotions; answers with [(promotion, touched lines)] for those that give points."""
    points_promotions = []
    for step in steps(promotions_of(visit)):
        chosen = best_of_group(step, lines, visit)
        if chosen is not None:
            apply_promotion(chosen, lines, visit, points_promotions)
    return points_promotions


def promotions_of(visit):
    """The programme's promotions in order, with the birthday discount as one of them while it lasts."""
    promotions = list(visit.programme.get("promotions", []))
    birthday = visit.programme.get("birthday", {})
    if birthday.get("discount") and visit.customer is not None and in_birthday_window(
        visit.customer.get("birthday"), birthday["before"], birthday["after"], visit.moment.day
    ):
        effect = {"percent_off": birthday["discount"]}
        promotions.append({"id": "birthday", "priority": birthday.get("priority", 100), "effect": effect})
    for promotion in promotions:
        refuse_unknown_fields(promotion, PROMOTION_FIELDS, f"promotion {promotion['id']}")
        refuse_unknown_fields(promotion["effect"], EFFECTS, f"promotion {promotion['id']}: effect")
    return sorted(promotions, key=lambda promotion: (promotion.get("priority", 100), promotion["id"].encode()))


def steps(promotions):
    """One list per step: a promotion on its own, or a whole group at the position of its first member."""
    groups = {}
    for promotion in promotions:
        key = ("group", promotion["group"]) if "group" in promotion else ("alone", promotion["id"])
        groups.setdefault(key, []).append(promotion)
    return list(groups.values())


def best_of_group(members, lines, visit):
    """The member that gives most of those that hold now; a promotion on its own needs no comparison."""
    holding = [
        promotion
        for promotion in members
        if holds_for_visit(promotion, visit) and holds_for_lines(promotion, filtered_lines(promotion, lines))
    ]
    if "group" not in members[0]:
        return holding[0] if holding else None
    worth = [worth_now(promotion, lines, visit) for promotion in holding]
    best = max(worth, default=0)
    return holding[worth.index(best)] if best > 0 else None


def filtered_lines(promotion, lines):
    """Lines that the promotion's filter chooses and that no exclusive promotion has closed."""
    return [line for line in lines if not line.is_closed and matches(line, promotion.get("products"))]


def gives_points(promotion):
    return the_effect(promotion["effect"])[0] in POINTS_EFFECTS


def discounts_now(promotion, lines):
    open_lines = [line for line in lines if not line.is_closed]
    return money_discounts(promotion["effect"], filtered_lines(promotion, lines), open_lines)


def earning_lines(promotion, lines, visit):
    """The lines for which a points effect gives points: none without a customer, never those kept out of earning."""
    if visit.customer is None:
        return []
    return [line for line in filtered_lines(promotion, lines) if visit.earns(line)]


def worth_now(promotion, lines, visit):
    """What the promotion would give on its own at this position, in money."""
    if not gives_points(promotion):
        return sum(discount for _, discount in discounts_now(promotion, lines))
    touched = earning_lines(promotion, lines, visit)
    if not touched:
        return 0
    point_value = visit.programme.get("point_value", 100)
    return promotion_points(promotion, touched, visit.tier["earn_rate"], point_value) * point_value


def apply_promotion(promotion, lines, visit, points_promotions):
    """Takes the discount, or notes who will earn; an exclusive promotion closes the lines it gave something for."""
    if gives_points(promotion):
        touched = earning_lines(promotion, lines, visit)
        if touched:
            points_promotions.append((promotion, touched))
    else:
        discounts = discounts_now(promotion, lines)
        touched = [line for line, _ in discounts]
        for line, discount in discounts:
            line.take(discount, "promotion", promotion["id"])
    if promotion.get("exclusive"):
        for line in touched:
            line.is_closed = True


if __name__ == "__main__":
    for text in sys.stdin:
        print(json.dumps(quote(json.loads(text)), ensure_ascii=False))
