"""When a promotion holds: everything that does not depend on the basket, then the basket's own minimums."""

from arithmetic import parsed_quantity
from basket import refuse_unknown_fields
from storetime import has_begun, in_birthday_window, is_not_over, within_hours_and_weekdays

WHEN_FIELDS = {
    "from", "until", "weekdays", "hours", "stores", "channels", "segments", "tiers", "customer_required",
    "first_purchase", "birthday", "minimum_amount", "minimum_quantity", "coupon", "limit_per_customer", "limit_total",
    "customers",
}


def holds_for_visit(promotion, visit):
    """Time, place, coupon, customer and limits: all that is known before the first line is looked at."""
    when = promotion.get("when", {})
    refuse_unknown_fields(when, WHEN_FIELDS, f"promotion {promotion['id']}: when")
    return (
        holds_in_time(when, visit.moment)
        and ("stores" not in when or visit.store in when["stores"])
        and ("channels" not in when or visit.channel in when["channels"])
        and ("coupon" not in when or when["coupon"] in visit.coupons)
        and holds_for_customer(when, visit)
        and is_within_limits(promotion["id"], when, visit)
    )


def holds_in_time(when, moment):
    if "from" in when and not has_begun(when["from"], moment):
        return False
    if "until" in when and not is_not_over(when["until"], moment):
        return False
    return within_hours_and_weekdays(when.get("hours"), when.get("weekdays"), moment)


def holds_for_customer(when, visit):
    """A walk-in fails every condition that asks something of the customer."""
    customer = visit.customer
    if when.get("customer_required") and customer is None:
        return False
    if when.get("first_purchase") and (customer is None or customer.get("purchases", 0) > 0):
        return False
    if "segments" in when and (customer is None or customer.get("segment") not in when["segments"]):
        return False
    if "tiers" in when and (customer is None or visit.tier["name"] not in when["tiers"]):
        return False
    if "customers" in when and (customer is None or customer["external"] not in when["customers"]):
        return False
    if "birthday" in when:
        window = when["birthday"]
        return customer is not None and in_birthday_window(
            customer.get("birthday"), window["before"], window["after"], visit.moment.day
        )
    return True


def is_within_limits(identifier, when, visit):
    """Limits count earlier receipts. Uses of nobody cannot be counted, so a walk-in has none left."""
    if "limit_per_customer" in when:
        if visit.customer is None:
            return False
        if visit.customer.get("promotion_uses", {}).get(identifier, 0) >= when["limit_per_customer"]:
            return False
    return "limit_total" not in when or visit.promotion_totals.get(identifier, 0) < when["limit_total"]


def holds_for_lines(promotion, filtered_lines):
    """The minimums, on the filtered open lines as earlier steps left them. No such line: nothing to promote."""
    when = promotion.get("when", {})
    if not filtered_lines:
        return False
    if sum(line.amount for line in filtered_lines) < when.get("minimum_amount", 0):
        return False
    minimum_quantity = parsed_quantity(when.get("minimum_quantity", 0))
    return sum(line.quantity for line in filtered_lines) >= minimum_quantity
