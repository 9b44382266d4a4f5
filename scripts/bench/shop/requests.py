"""The lines that tills send, as the load program expands them: %t a running number, %k and %g keys, RUN the run."""
import json

from shop import programmes

# Twelve digits of a card's number come from the key.
IDENTIFY = 'IDENTIFY %t {"card":"2200%g"}'


def compact(value):
    return json.dumps(value, separators=(",", ":"))


# Some of the customers that every store has: c-1 and the digits of a key.
KNOWN = "c-1%k"


def known_keys(customers, digits=5):
    """How many keys make ids of customers that there are, with so many digits at most."""
    return 10 ** min(digits, max(0, len(str(customers)) - 2))


def quote(lines, customers):
    """A basket of one of up to a thousand customers, and how many keys there are."""
    body = compact({"customer_id": KNOWN, "lines": programmes.described(programmes.basket(lines))})
    return f"QUOTE %t {body}", known_keys(customers, 3)


def receipt_body(lines=10, customer=None):
    """A sale of so many lines; its number is unique within a run, its shift is the run."""
    goods = programmes.basket(lines, receipt=True)
    total = sum(line["amount"] for line in goods)
    body = {"shift": "SHIFT", "number": "%t", "at": "2026-11-22T09:31:00Z",
            **({"customer_id": customer} if customer else {}), "lines": goods,
            "payments": [{"kind": "card", "amount": total}], "total": total}
    return compact(body).replace('"SHIFT"', "RUN")


def sale(lines=10, customer=None):
    return f"SALE %t {receipt_body(lines, customer)}"


def customer_row(number, card_prefix=2200):
    """A customer as the import takes them."""
    return (f'{{"card":"{card_prefix * 10**12 + number}","name":"Anna K.","external":"E{card_prefix}-{number}",'
            f'"segment":"premium","points":{number % 5000},"turnover":{number * 7 % 20000000}}}\n')


def product_row(number):
    """A product as the import takes them."""
    digits = f"4607{number:08}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    categories, brands, tags = programmes.CATEGORIES, programmes.BRANDS, programmes.TAGS
    return compact({
        "sku": programmes.sku(number), "name": f"Goods number {number}", "price": 9900 + number % 100 * 110,
        "barcodes": [f"{digits}{-weighted % 10}"], "category": categories[number % len(categories)],
        "brand": brands[number % len(brands)], "tags": [tags[number % len(tags)]]}) + "\n"
