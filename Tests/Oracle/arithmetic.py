"""Whole-number arithmetic of money, quantities and points.

Money is in minor units, quantities in thousandths, rates in basis points. Nothing here is ever a float.
"""

THOUSANDTHS = 1000
BASIS_POINTS = 10000


def rounded_half_up(numerator, denominator):
    """numerator ÷ denominator to the nearest whole number, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def times(price, thousandths):
    """price × quantity, rounded half up to a minor unit."""
    return rounded_half_up(price * thousandths, THOUSANDTHS)


def percentage(amount, basis_points):
    """A percentage of an amount, rounded half up to a minor unit."""
    return rounded_half_up(amount * basis_points, BASIS_POINTS)


def parsed_quantity(text):
    """Decimal text with at most three fraction digits ("2.474", "6") in thousandths; whole numbers are taken too."""
    if isinstance(text, bool) or not isinstance(text, (int, str)):
        raise ValueError(f"quantity {text!r} is neither decimal text nor a whole number")
    whole, point, fraction = str(text).partition(".")
    digits_are_sound = whole.isascii() and whole.isdigit() and (not point or fraction.isascii() and fraction.isdigit())
    if not digits_are_sound or len(fraction) > 3:
        raise ValueError(f"quantity {text!r} is not a decimal with at most three fraction digits")
    return int(whole) * THOUSANDTHS + int((fraction + "000")[:3])


def split(whole, weights):
    """Parts of `whole` in proportion to the weights: largest remainder first, equal remainders to the earlier part.

    The parts always add up to the whole. Weights that are all zero give everything to the first part.
    """
    total = sum(weights)
    if total == 0:
        return [whole] + [0] * (len(weights) - 1)
    parts = [whole * weight // total for weight in weights]
    remainders = [whole * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: whole - sum(parts)]:
        parts[index] += 1
    return parts
