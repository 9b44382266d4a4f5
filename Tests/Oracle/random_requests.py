"""Random quote requests: every mechanic, condition and effect, with numbers chosen to round badly.

A request is made from one seed alone. Conditions are drawn around the request's own store, time and customer, so that
most of them hold and the others miss narrowly.
"""

import random
from datetime import date, timedelta

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CATALOGUE = [
    {"sku": "APPLE", "category": "food/fruit/apples", "brand": "Orchard", "tags": ["weighed", "fresh"]},
    {"sku": "GRAPE", "category": "food/fruit/grapes", "brand": "Orchard", "tags": ["weighed", "fresh"]},
    {"sku": "CHEESE", "category": "food/dairy/cheese", "brand": "Alp", "tags": ["weighed"]},
    {"sku": "MILK", "category": "food/dairy/milk", "brand": "Alp", "tags": ["fresh"]},
    {"sku": "SHAKE", "category": "food/dairy/milkshake", "brand": "Zing", "tags": ["drink", "new"]},
    {"sku": "COLA", "category": "food/drinks", "brand": "Zing", "tags": ["drink"]},
    {"sku": "WINE", "category": "alcohol/wine", "brand": "Alp", "tags": ["drink", "adult"]},
    {"sku": "CIG", "category": "tobacco", "brand": "Smoke", "tags": ["adult"]},
    {"sku": "SHIRT", "category": "clothes/tops/shirts", "brand": "Loom", "tags": ["new"]},
    {"sku": "SOCKS", "category": "clothes/socks", "brand": "Loom", "tags": []},
    {"sku": "PHONE", "category": "tech/phones", "brand": "Volt", "tags": ["new"]},
    {"sku": "CASE", "category": "tech/phones/cases", "brand": "Volt"},
    {"sku": "MUG", "tags": ["gift"]},
    {"sku": "CARD", "category": "cards"},
]
CATEGORIES = [
    "food", "food/fruit", "food/dairy", "food/dairy/milk", "food/drinks", "alcohol", "tobacco", "clothes",
    "clothes/tops", "tech", "tech/phones", "tech/phones/cases", "cards",
]
BRANDS = ["Orchard", "Alp", "Zing", "Smoke", "Loom", "Volt"]
TAGS = ["weighed", "fresh", "new", "drink", "adult", "gift"]
AWKWARD_PRICES = [1, 2, 3, 5, 7, 33, 99, 333, 667, 999, 1001, 3333, 8990, 9999, 12345, 66667]
MOMENTS = [
    "2028-02-29T12:00:00Z", "2028-02-28T20:59:59.999Z", "2027-02-28T21:00:00Z", "2027-03-01T03:30:00Z",
    "2026-12-31T20:59:59Z", "2026-12-31T21:00:00Z", "2027-01-01T00:00:00Z", "2026-03-13T22:30:00Z",
]
OFFSETS = [0, 10800, 10800, 10800, 19800, 43200, -14400, -36000]


class Draw(random.Random):
    """Seeded draws, whole numbers only."""

    def percent(self, chance):
        return self.randrange(100) < chance

    def some(self, choices, most):
        return self.sample(choices, self.randint(1, min(most, len(choices))))


def random_request(seed):
    draw = Draw(seed)
    moment = random_moment(draw)
    customer = random_customer(draw, moment["today"])
    context = dict(moment, customer=customer, store=draw.choice(["s1", "s2"]), channel=random_channel(draw))
    context["coupons"] = draw.sample(["SPRING", "VIP", "TEN"], draw.randint(0, 3))
    programme = random_programme(draw, context)
    request = {
        "programme": programme,
        "store": context["store"],
        "channel": context["channel"],
        "at": moment["at"],
        "utc_offset_seconds": moment["offset"],
        "spend": draw.choice([0, 0, 1, 7, 50, 1000, 10**7]),
        "coupons": context["coupons"],
        "customer": customer,
        "promotion_totals": random_uses(draw, programme),
        "lines": random_lines(draw),
    }
    if customer is not None:
        customer["promotion_uses"] = random_uses(draw, programme)
    return request


def random_channel(draw):
    return draw.choice(["till", "till", "till", "app", "web"])


def random_moment(draw):
    """An instant, the store's offset, and the local day and minute to draw conditions around."""
    offset = draw.choice(OFFSETS)
    if draw.percent(30):
        at = draw.choice(MOMENTS)
    else:
        day = date(2026, 1, 1) + timedelta(days=draw.randrange(1200))
        clock = f"{draw.randrange(24):02}:{draw.choice([0, 15, 30, 59]):02}:{draw.choice([0, 0, 59]):02}"
        at = f"{day.isoformat()}T{clock}Z"
    minutes = int(at[11:13]) * 60 + int(at[14:16]) + offset // 60
    today = date.fromisoformat(at[:10]) + timedelta(days=minutes // 1440)
    return {"at": at, "offset": offset, "today": today, "minute": minutes % 1440}


def random_customer(draw, today):
    if draw.percent(15):
        return None
    turnover = draw.choice([0, 0, 1, 2999999, 3000000, 9999999, 10000000, -5000, draw.randrange(12_000_000)])
    customer = {
        "external": draw.choice(["anna", "boris", "carl"]),
        "turnover": turnover,
        "available": draw.choice([0, 1, 13, 100, 2500, -20, 10**6, draw.randrange(5000)]),
        "purchases": draw.choice([0, 0, 1, 2, 4, 9, draw.randrange(50)]),
    }
    if draw.percent(70):
        customer["segment"] = draw.choice(["economy", "premium"])
    if draw.percent(80):
        customer["birthday"] = random_birthday(draw, today)
    return customer


def random_birthday(draw, today):
    if draw.percent(20):
        return "1992-02-29"
    near = today + timedelta(days=draw.choice([0, 0, -1, 1, -3, 3, -4, 4, draw.randrange(-180, 180)]))
    year = 1988 if (near.month, near.day) == (2, 29) else draw.randint(1940, 2010)
    return near.replace(year=year).isoformat()


# Basket


def random_lines(draw):
    count = draw.choice([1, 1, 2, 2, 3, 3, 4, 5, 6, 8, draw.randint(9, 20), draw.randint(20, 40)])
    shelf = draw.some(CATALOGUE, len(CATALOGUE))
    return [random_line(draw, draw.choice(shelf)) for _ in range(count)]


def random_line(draw, article):
    price = draw.choice(AWKWARD_PRICES + [draw.randint(1, 200_000)] * 8)
    line = {"sku": article["sku"], "quantity": random_quantity(draw, article), "price": price}
    if draw.percent(12):
        line["discount"] = draw.choice([1, 50, price, 10 * price, draw.randint(1, price)])
    line.update({field: article[field] for field in ("category", "brand", "tags") if field in article})
    if draw.percent(10):
        line["min_price"] = random_minimum(draw, price)
    return line


def random_quantity(draw, article):
    if "weighed" in article.get("tags", []) and draw.percent(90) or draw.percent(4):
        any_weight = f"{draw.randrange(6)}.{draw.randint(1, 999):03}"
        return draw.choice(["0.001", "0.5", "0.333", "2.474", "1.250", any_weight])
    return str(draw.choice([1, 1, 1, 1, 2, 2, 3, 4, 5, draw.randint(1, 12)]))


def random_minimum(draw, price):
    return draw.choice([0, 1, price, price - price // 10, price // 2, price + 1])


# Programme


def random_programme(draw, context):
    tiers = [
        {"name": "base", "threshold": 0, "earn_rate": draw.choice([0, 100, 300, 333, 500])},
        {"name": "silver", "threshold": 3_000_000, "earn_rate": draw.choice([500, 777])},
        {"name": "gold", "threshold": 10_000_000, "earn_rate": draw.choice([1000, 1250])},
    ]
    programme = {"id": "shop", "version": draw.randint(1, 99), "currency": "RUB", "tiers": tiers[: draw.randint(1, 3)]}
    optional = {
        "point_value": (30, lambda: draw.choice([1, 7, 50, 100, 1000])),
        "max_redeem": (75, lambda: draw.choice([1000, 3000, 3333, 5000, 9900, 10000])),
        "excluded_skus": (25, lambda: draw.some(["CIG", "CARD", "MUG", "COLA"], 2)),
        "earn_exclude": (20, lambda: random_filter(draw)),
        "redeem_exclude": (20, lambda: random_filter(draw)),
        "min_prices": (30, lambda: random_min_prices(draw)),
        "every_nth": (25, lambda: random_bonus(draw, n=draw.choice([1, 2, 3, 5]))),
        "birthday": (35, lambda: random_birthday_rule(draw)),
        "thresholds": (30, lambda: random_thresholds(draw)),
    }
    for field, (chance, value) in optional.items():
        if draw.percent(chance):
            programme[field] = value()
    programme["promotions"] = random_promotions(draw, context, [tier["name"] for tier in programme["tiers"]])
    return programme


def random_min_prices(draw):
    articles = draw.some(CATALOGUE, 4)
    return {article["sku"]: draw.choice([1, 999, 8990, draw.randint(1, 100_000)]) for article in articles}


def random_bonus(draw, **rule):
    """Points, a multiplier, or both."""
    kind = draw.randrange(3)
    if kind != 1:
        rule["points"] = draw.choice([1, 7, 50, 333])
    if kind != 0:
        rule["multiplier"] = random_multiplier(draw)
    return rule


def random_multiplier(draw):
    return draw.choice([10000, 11000, 12500, 13333, 15000, 20000, 30000])


def random_birthday_rule(draw):
    rule = {"before": draw.choice([0, 1, 3, 7]), "after": draw.choice([0, 1, 3, 7])}
    if draw.percent(60):
        rule["multiplier"] = random_multiplier(draw)
    if draw.percent(60):
        rule["discount"] = draw.choice([500, 1000, 1500, 3333])
        if draw.percent(50):
            rule["priority"] = draw.choice([1, 50, 100, 200])
    if draw.percent(30):
        rule["gift_points"] = 500
    return rule


def random_thresholds(draw):
    amounts = sorted(draw.sample([1, 5000, 10000, 50000, 100_000, 333_333, 1_000_000], draw.randint(1, 3)))
    return [random_bonus(draw, amount=amount) for amount in amounts]


def random_uses(draw, programme):
    return {promotion["id"]: draw.choice([0, 1, 2, 5]) for promotion in programme["promotions"] if draw.percent(50)}


# Promotions


def random_promotions(draw, context, tiers):
    count = draw.choice([0, 1, 1, 2, 3, 4, 5, 6, 8, 12])
    return [random_promotion(draw, context, tiers, number) for number in range(count)]


def random_promotion(draw, context, tiers, number):
    promotion = {"id": f"{draw.choice(['a', 'B', 'c', 'x', 'z'])}{number}"}
    if draw.percent(50):
        promotion["priority"] = draw.choice([1, 10, 50, 100, 100, 200])
    if draw.percent(30):
        promotion["group"] = draw.choice(["g", "h"])
    if draw.percent(20):
        promotion["exclusive"] = True
    when = random_conditions(draw, context, tiers)
    if when:
        promotion["when"] = when
    if draw.percent(60):
        promotion["products"] = random_filter(draw)
    promotion["effect"] = random_effect(draw)
    return promotion


def random_filter(draw):
    chosen = {}
    kinds = {
        "skus": [article["sku"] for article in CATALOGUE],
        "categories": CATEGORIES,
        "brands": BRANDS,
        "tags": TAGS,
    }
    for kind in draw.some(list(kinds), 1 if draw.percent(80) else 2):
        chosen[kind] = draw.some(kinds[kind], 4)
    if draw.percent(25):
        kind = draw.choice(list(kinds))
        excluded = {kind: draw.some(kinds[kind], 2)}
        chosen = {"exclude": excluded} if draw.percent(40) else dict(chosen, exclude=excluded)
    return chosen


def random_effect(draw):
    kind = draw.choice(list(EFFECTS))
    return {kind: EFFECTS[kind](draw)}


def random_n_for_m(draw):
    n = draw.choice([2, 3, 3, 4, 5])
    return {"n": n, "m": draw.randint(1, n - 1)}


def random_bundle(draw):
    parts = draw.choice([1, 2, 2, 3])
    items = [{"products": random_filter(draw), "quantity": draw.choice([1, 1, 1, 2])} for _ in range(parts)]
    return {"items": items, "price": draw.choice([1, 999, 9999, draw.randint(1, 150_000)])}


def random_gift(draw):
    gift = {"sku": draw.choice(["MUG", "SOCKS", "CASE", "APPLE"])}
    if draw.percent(50):
        gift["quantity"] = draw.randint(1, 4)
    return gift


EFFECTS = {
    "percent_off": lambda draw: draw.choice([1, 333, 500, 700, 1000, 1500, 5000, 9999, 10000]),
    "amount_off_unit": lambda draw: draw.choice([1, 7, 500, 5000, 100_000]),
    "amount_off_basket": lambda draw: draw.choice([1, 2, 7, 100, 777, 1000, 10_001, 500_000]),
    "fixed_price": lambda draw: draw.choice([1, 99, 9900, 50_000]),
    "n_for_m": random_n_for_m,
    "bundle": random_bundle,
    "gift": random_gift,
    "extra_points": lambda draw: draw.choice([1, 7, 50, 333]),
    "extra_points_percent": lambda draw: draw.choice([1, 100, 333, 1000]),
    "points_multiplier": random_multiplier,
}


def random_conditions(draw, context, tiers):
    """None to three conditions; those that ask something of the visit are drawn around what it is."""
    conditions = {
        "from": lambda: random_bound(draw, context, [-30, -1, 0, 0, 1]),
        "until": lambda: random_bound(draw, context, [-1, 0, 0, 1, 30]),
        "weekdays": lambda: random_weekdays(draw, context),
        "hours": lambda: random_hours(draw, context),
        "stores": lambda: draw.choice([["s1"], ["s1", "s2"], ["s2"]]),
        "channels": lambda: draw.choice([["till"], ["app", "web"], ["till", "app"]]),
        "segments": lambda: draw.choice([["premium"], ["economy", "premium"]]),
        "tiers": lambda: draw.some(tiers, 2),
        "customer_required": lambda: True,
        "first_purchase": lambda: True,
        "birthday": lambda: {"before": draw.choice([0, 3]), "after": draw.choice([0, 3])},
        "minimum_amount": lambda: draw.choice([1, 999, 9999, 50_000, 200_000]),
        "minimum_quantity": lambda: draw.choice(["0.5", "1", "2", "2.475", "3", "10"]),
        "coupon": lambda: draw.choice(["SPRING", "VIP", "TEN"]),
        "limit_per_customer": lambda: draw.choice([1, 2, 3]),
        "limit_total": lambda: draw.choice([1, 2, 6]),
        "customers": lambda: draw.some(["anna", "boris", "carl"], 2),
    }
    chosen = draw.sample(list(conditions), draw.choice([0, 0, 0, 1, 1, 2, 3]))
    if "hours" in chosen and draw.percent(30) and "weekdays" not in chosen:
        chosen.append("weekdays")
    drawn = {name: conditions[name]() for name in chosen}
    # A period that ends before it begins is a contradiction that a programme is refused for.
    if "from" in drawn and "until" in drawn and not is_period(drawn["from"], drawn["until"]):
        del drawn["until"]
    return drawn


def is_period(start, end):
    """Whether a bound of the same kind comes after another; a plain last day may be the first one."""
    if len(start) != len(end):
        return start[:10] < end[:10]
    return start <= end if len(start) == 10 else start < end


def random_bound(draw, context, days):
    """A plain date or an instant some days from the visit; an instant at distance 0 is the visit itself."""
    distance = timedelta(days=draw.choice(days))
    if draw.percent(50):
        return (context["today"] + distance).isoformat()
    moment_day = date.fromisoformat(context["at"][:10]) + distance
    return moment_day.isoformat() + context["at"][10:]


def random_weekdays(draw, context):
    today = context["today"].weekday()
    return draw.choice([[WEEKDAYS[today]], [WEEKDAYS[today - 1]], [WEEKDAYS[today - 1], WEEKDAYS[today]], WEEKDAYS[:5]])


def random_hours(draw, context):
    """Hours that begin or end at the visit's own minute half of the time, often across midnight."""
    start = (context["minute"] + draw.choice([0, 0, 1, -1, -60, 120, -300])) % 1440
    end = (start + draw.choice([1, 60, 300, 720, 1300])) % 1440
    return {"from": f"{start // 60:02}:{start % 60:02}", "until": f"{end // 60:02}:{end % 60:02}"}
