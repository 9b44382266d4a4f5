"""What each money effect would take from each line. Nothing is changed here: a list of (line, discount) comes back.

Discounts are already cut to the line's room, so their sum is what the promotion is worth.
"""

from arithmetic import percentage, split, times
from basket import matches


def money_discounts(effect, lines, open_lines):
    """`lines`: the filtered open lines; `open_lines`: all open ones, since a gift may lie outside the filter."""
    kind, value = the_effect(effect)
    if kind == "gift":
        wanted = gift_discounts(value, open_lines)
    else:
        wanted = MONEY_EFFECTS[kind](value, lines)
    cut = [(line, min(discount, line.room)) for line, discount in wanted]
    return [(line, discount) for line, discount in cut if discount > 0]


def the_effect(effect):
    """The one kind of effect that a promotion has, and its value."""
    if len(effect) != 1:
        raise ValueError(f"a promotion has exactly one effect, not {sorted(effect)}")
    return next(iter(effect.items()))


def percent_off(basis_points, lines):
    return [(line, percentage(line.amount, basis_points)) for line in lines]


def amount_off_unit(amount, lines):
    return [(line, times(amount, line.quantity)) for line in lines]


def amount_off_basket(amount, lines):
    """What does not fit into a line's room is not moved to the others."""
    return list(zip(lines, split(amount, [line.amount for line in lines])))


def fixed_price(price, lines):
    return [(line, line.amount - times(price, line.quantity)) for line in lines]


def n_for_m(rule, lines):
    """All whole units together, dearest first; of every full group of n the cheapest n − m are free."""
    size, paid = rule["n"], rule["m"]
    units = [index for index, line in enumerate(lines) for _ in range(line.whole_units)]
    units.sort(key=lambda index: (-lines[index].unit_value, index))
    free_units = [0] * len(lines)
    for start in range(0, len(units) - size + 1, size):
        for index in units[start + paid : start + size]:
            free_units[index] += 1
    return [(line, line.unit_value * free) for line, free in zip(lines, free_units)]


def bundle(rule, lines):
    """As many bundles as can be filled one after another; their saving is split by the value that each line gave."""
    units_left = [line.whole_units for line in lines]
    bundles = 0
    while (left_after := units_after_one_bundle(rule["items"], lines, units_left)) is not None:
        units_left = left_after
        bundles += 1
    values = [line.unit_value * (line.whole_units - left) for line, left in zip(lines, units_left)]
    givers = [index for index, line in enumerate(lines) if line.whole_units > units_left[index]]
    saving = sum(values) - rule["price"] * bundles
    if saving <= 0:
        return []
    parts = split(saving, [values[index] for index in givers])
    return [(lines[index], part) for index, part in zip(givers, parts)]


def units_after_one_bundle(items, lines, units_left):
    """The units left on each line once one more bundle is made, or None when it cannot be filled."""
    left = list(units_left)
    for item in items:
        needed = item["quantity"]
        for index, line in enumerate(lines):
            if matches(line, item.get("products")):
                given = min(needed, left[index])
                left[index] -= given
                needed -= given
        if needed > 0:
            return None
    return left


def gift_discounts(rule, open_lines):
    """Whole units of the gift's SKU become free, in line order, up to the quantity given away."""
    needed = rule.get("quantity", 1)
    discounts = []
    for line in open_lines:
        if line.sku == rule["sku"]:
            given = min(needed, line.whole_units)
            needed -= given
            discounts.append((line, line.unit_value * given))
    return discounts


MONEY_EFFECTS = {
    "percent_off": percent_off,
    "amount_off_unit": amount_off_unit,
    "amount_off_basket": amount_off_basket,
    "fixed_price": fixed_price,
    "n_for_m": n_for_m,
    "bundle": bundle,
}
POINTS_EFFECTS = {"extra_points", "extra_points_percent", "points_multiplier"}
EFFECTS = set(MONEY_EFFECTS) | POINTS_EFFECTS | {"gift"}
