"""Basket lines while they are being discounted, and the filters that choose among them."""

from arithmetic import parsed_quantity, rounded_half_up, times, THOUSANDTHS


class Line:
    """One line of the basket: what is left to pay on it (`amount`), who took what, and what it may not go below."""

    def __init__(self, request, min_prices):
        self.sku = request["sku"]
        self.category = request.get("category")
        self.brand = request.get("brand")
        self.tags = request.get("tags", [])
        self.quantity = parsed_quantity(request["quantity"])
        self.gross = times(request["price"], self.quantity)
        self.amount = self.gross
        min_price = max(min_prices.get(self.sku, 0), request.get("min_price", 0))
        self.minimum = times(min_price, self.quantity)
        self.taken = []
        self.is_closed = False
        self.earned = 0
        self.take(request.get("discount", 0), "till")

    @property
    def room(self):
        """The most that may still be taken from the line."""
        return max(0, self.amount - self.minimum)

    @property
    def whole_units(self):
        return self.quantity // THOUSANDTHS

    @property
    def unit_value(self):
        return rounded_half_up(self.amount * THOUSANDTHS, self.quantity)

    def take(self, discount, origin, identifier=None):
        """Takes the discount, cut to the line's room, and remembers who took it."""
        amount = min(discount, self.room)
        if amount <= 0:
            return
        entry = {"origin": origin, "amount": amount}
        if identifier is not None:
            entry = {"origin": origin, "id": identifier, "amount": amount}
        self.taken.append(entry)
        self.amount -= amount


def is_at_or_below(category, path):
    """Whether a category is the path itself or lies below it."""
    return category == path or category.startswith(path + "/")


def matches(line, product_filter):
    """Every kind that the filter names must have a match, and the exclusion must not hold. No filter: every line."""
    if product_filter is None:
        return True
    refuse_unknown_fields(product_filter, FILTER_FIELDS, "filter")
    if "skus" in product_filter and line.sku not in product_filter["skus"]:
        return False
    if "categories" in product_filter:
        if line.category is None:
            return False
        if not any(is_at_or_below(line.category, path) for path in product_filter["categories"]):
            return False
    if "brands" in product_filter and line.brand not in product_filter["brands"]:
        return False
    if "tags" in product_filter and not any(tag in line.tags for tag in product_filter["tags"]):
        return False
    return "exclude" not in product_filter or not matches(line, product_filter["exclude"])


FILTER_FIELDS = {"skus", "categories", "brands", "tags", "exclude"}


def refuse_unknown_fields(document, known, what):
    """A misspelt rule must not pass for a rule that is absent."""
    unknown = set(document) - known
    if unknown:
        raise ValueError(f"{what}: unknown fields {sorted(unknown)}")
