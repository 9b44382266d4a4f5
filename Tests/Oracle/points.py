"""Points: what may be spent and on which lines it falls, and what the receipt earns from each source."""

from arithmetic import BASIS_POINTS, split
from basket import matches
from effects import the_effect
from storetime import in_birthday_window


def tier_at(tiers, turnover):
    """The highest tier whose threshold is reached; the first one also below its threshold."""
    return [tier for tier in tiers if tier["threshold"] <= turnover or tier is tiers[0]][-1]


def is_kept_out(line, programme, field):
    """Excluded from earning (`earn_exclude`) or from being paid with points (`redeem_exclude`)."""
    if line.sku in programme.get("excluded_skus", []):
        return True
    return field in programme and matches(line, programme[field])


# Spending


def redeem_cap(line, max_redeem):
    """The most of one line that points may pay, never beyond its room."""
    return min(line.amount * max_redeem // BASIS_POINTS, line.room)


def spend_points(lines, visit):
    """Takes the points asked for from the lines; answers with (spendable, spent)."""
    programme = visit.programme
    point_value = programme.get("point_value", 100)
    eligible = [line for line in lines if not is_kept_out(line, programme, "redeem_exclude")]
    caps = [redeem_cap(line, programme.get("max_redeem", 0)) for line in eligible]
    spendable = min(visit.points_available, sum(caps) // point_value)
    spent = min(visit.spend, spendable)
    if spent > 0:
        parts = split(spent * point_value, [line.amount for line in eligible])
        for line, part in zip(eligible, cut_to_caps(parts, caps)):
            line.take(part, "points")
    return spendable, spent


def cut_to_caps(parts, caps):
    """Each part at most its cap; what was cut goes, in line order, where there is cap left."""
    cut = [min(part, cap) for part, cap in zip(parts, caps)]
    rest = sum(parts) - sum(cut)
    for index, cap in enumerate(caps):
        more = min(rest, cap - cut[index])
        cut[index] += more
        rest -= more
    return cut


# Earning


def points_for(amount, rate, point_value):
    """amount × rate ÷ point value, rounded down once."""
    return amount * rate // (BASIS_POINTS * point_value)


def multiplier_extra(base_points, multiplier):
    """What a multiplier adds to the base points; multipliers never compound."""
    return base_points * (multiplier - BASIS_POINTS) // BASIS_POINTS


def base_points_by_line(base_lines, rate, point_value):
    """The receipt's base points, and each base line's part of them."""
    amounts = [line.amount for line in base_lines]
    base = points_for(sum(amounts), rate, point_value)
    parts = split(base, amounts) if base_lines else []
    return base, dict(zip(base_lines, parts))


def promotion_points(promotion, touched, rate, point_value):
    """Extra points of one promotion on the lines it touched, as those lines stand now.

    A multiplier works on what the touched lines earn by themselves, rounded down once: their parts of the receipt's
    split points may have been rounded up.
    """
    kind, value = the_effect(promotion["effect"])
    if kind == "extra_points":
        return value
    if kind == "extra_points_percent":
        return points_for(sum(line.amount for line in touched), value, point_value)
    base = points_for(sum(line.amount for line in touched), rate, point_value)
    return multiplier_extra(base, value)


def mechanic_extras(visit, base, total):
    """Extra points of the programme's own mechanics: [(origin, points)]."""
    programme, customer = visit.programme, visit.customer
    extras = []
    if "every_nth" in programme and (customer.get("purchases", 0) + 1) % programme["every_nth"]["n"] == 0:
        extras.append(("every_nth", bonus(programme["every_nth"], base)))
    birthday = programme.get("birthday")
    if birthday and in_birthday_window(
        customer.get("birthday"), birthday["before"], birthday["after"], visit.moment.day
    ):
        extras.append(("birthday", multiplier_extra(base, birthday.get("multiplier", BASIS_POINTS))))
    reached = [threshold for threshold in programme.get("thresholds", []) if threshold["amount"] <= total]
    if reached:
        extras.append(("threshold", bonus(max(reached, key=lambda threshold: threshold["amount"]), base)))
    return extras


def bonus(rule, base):
    """Fixed points and a multiplier of one mechanic together."""
    return rule.get("points", 0) + multiplier_extra(base, rule.get("multiplier", BASIS_POINTS))


def earn_points(lines, visit, points_promotions):
    """Writes each line's earned points; answers with (base points, the listed extras)."""
    point_value = visit.programme.get("point_value", 100)
    base_lines = [line for line in lines if visit.earns(line)]
    base, base_by_line = base_points_by_line(base_lines, visit.tier["earn_rate"], point_value)
    for line, part in base_by_line.items():
        line.earned += part
    sources = []
    if base_lines:
        total = sum(line.amount for line in lines)
        sources = [({"origin": origin}, points, base_lines) for origin, points in mechanic_extras(visit, base, total)]
    for promotion, touched in points_promotions:
        points = promotion_points(promotion, touched, visit.tier["earn_rate"], point_value)
        sources.append(({"origin": "promotion", "id": promotion["id"]}, points, touched))
    extras = []
    for entry, points, earning_lines in sources:
        if points > 0:
            extras.append(dict(entry, points=points))
            for line, part in zip(earning_lines, split(points, [line.amount for line in earning_lines])):
                line.earned += part
    return base, extras
