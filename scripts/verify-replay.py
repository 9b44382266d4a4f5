#!/usr/bin/python3
"""Checks what a replay left, without any of the project's code.

    verify-replay.py check DATASET OUT     OUT/upstream.ndjson and OUT/summary.json against the CSV files
    verify-replay.py same OUT OTHER        two runs: the same receipts upstream, whatever their order and times

What was sold must be what the files say, to the penny before discounts; discounts and points must add up, and stand only
where somebody was to get them. Two runs agree in everything but points: who was served first decides who finds some to
spend. So promotions must take the same off every line in both, and what points paid is only checked to add up in each.

Prints what it compared, each disagreement on a line of its own, and exits with 1 when there is one.
"""
import csv
import json
import pathlib
import sys
from decimal import ROUND_HALF_UP, Decimal

SHOWN = 20


def invoices(folder):
    """Every invoice of the folder's files: number -> what upstream should have of it."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.csv")):
        with open(path, newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                entry = found.setdefault(row["InvoiceNo"], {"customer": row["CustomerID"] or None, "rows": []})
                price = (Decimal(row["UnitPrice"]) * 100).quantize(Decimal(1), ROUND_HALF_UP)
                entry["rows"].append((row["StockCode"], row["Description"], int(row["Quantity"]), int(price)))
    if not found:
        sys.exit(f"verify-replay: no invoices in {folder}")
    for number, entry in found.items():
        rows = entry.pop("rows")
        is_return = number.startswith("C") or all(row[2] < 0 for row in rows)
        entry["kind"] = "return" if is_return else "sale"
        entry["lines"] = [
            {"sku": sku, "name": name, "quantity": abs(pieces), "price": price, "amount": abs(pieces) * price}
            for sku, name, pieces, price in rows
        ]
        entry["total"] = sum(line["amount"] for line in entry["lines"])
    return found


def records(out):
    """The receipts of a run; numbers with fractions stay decimal."""
    with open(pathlib.Path(out) / "upstream.ndjson", encoding="utf-8") as file:
        return [json.loads(line, parse_float=Decimal) for line in file]


def gross(line):
    """Price x quantity in whole minor units, rounded half up."""
    return int((line["price"] * Decimal(line["quantity"])).quantize(Decimal(1), ROUND_HALF_UP))


def content(record):
    """What was sold, in one form for both sides."""
    lines = [{**{name: line[name] for name in ("sku", "name", "quantity", "price")}, "amount": gross(line)}
             for line in record["lines"]]
    return {"customer": record["customer"], "kind": record["kind"], "lines": lines,
            "total": sum(line["amount"] for line in lines)}


def taken(record, origin):
    """What was taken off the lines by promotions, or by points."""
    return [[(discount.get("id"), discount["amount"]) for discount in line.get("discounts", [])
             if discount["origin"] == origin] for line in record["lines"]]


def amounts(records, kind, origin):
    return sum(amount for record in records if record["kind"] == kind
               for line in taken(record, origin) for _, amount in line)


def discounts(record):
    """Yields what is wrong with a receipt's discounts."""
    spends = record["customer"] and record["number"][-1] in "05"
    allowed = {"sale": {"promotion", "points"} if spends else {"promotion"},
               "return": {"promotion", "points"} if "original" in record else set()}[record["kind"]]
    for number, line in enumerate(record["lines"], 1):
        taken_off = line.get("discounts", [])
        if line["amount"] != gross(line) - sum(discount["amount"] for discount in taken_off):
            yield f"{record['number']}: line {number} does not add up"
        for origin in {discount["origin"] for discount in taken_off} - allowed:
            yield f"{record['number']}: line {number} has a discount of origin {origin}"
    for name, parts in (("lines", record["lines"]), ("payments", record["payments"])):
        if sum(part["amount"] for part in parts) != record["total"]:
            yield f"{record['number']}: the {name} do not add up to the total"


def points(records, summary):
    """Yields what is wrong with the points: only welcomes and receipts bring some."""
    moved = [record["gateway"]["points"] for record in records if record["gateway"]["points"]]
    for name in ("earned", "spent"):
        total = sum(receipt[name] for receipt in moved)
        if summary[f"points_{name}"] != total:
            yield f"summary: points_{name} is {summary[f'points_{name}']}, the receipts have {total}"
    brought = summary["points_welcome"] + summary["points_earned"] - summary["points_spent"]
    held = summary["points_liability"] - summary["points_debt"]
    if brought != held:
        yield f"summary: the books hold {held} points, welcomes and receipts brought {brought}"


def compare(expected, received):
    """Both by name; yields the disagreements."""
    for name in sorted(expected.keys() - received.keys()):
        yield f"{name} is lost"
    for name in sorted(received.keys() - expected.keys()):
        yield f"{name} is not expected"
    for name in sorted(expected.keys() & received.keys()):
        for field in expected[name]:
            if expected[name][field] != received[name][field]:
                yield f"{name}: {field} is {received[name][field]!r}, expected {expected[name][field]!r}"


def by_name(receipts, name, problems, form=content):
    """Receipts by one of their members; a second one of the same name is a problem."""
    found = {}
    for record in receipts:
        if record[name] in found:
            problems.append(f"{record[name]} came twice")
        found[record[name]] = form(record)
    return found


def repeatable(record):
    """What is the same in every run."""
    return {**content(record), "promotions": taken(record, "promotion"), "original": record.get("original")}


def check(dataset, out):
    problems = []
    expected = invoices(dataset)
    received = records(out)
    problems += compare(expected, by_name(received, "number", problems))
    for record in received:
        problems += discounts(record)
    sales = [entry for entry in expected.values() if entry["kind"] == "sale"]
    returns = [entry for entry in expected.values() if entry["kind"] == "return"]
    totals = {
        "receipts": len(expected),
        "sales": len(sales),
        "returns": len(returns),
        "lines": sum(len(entry["lines"]) for entry in expected.values()),
        "gross_sales": sum(entry["total"] for entry in sales),
        "gross_returns": sum(entry["total"] for entry in returns),
        "discount_promotions": amounts(received, "sale", "promotion"),
        "discount_points": amounts(received, "sale", "points"),
        "net_sales": sum(record["total"] for record in received if record["kind"] == "sale"),
        "net_returns": sum(record["total"] for record in received if record["kind"] == "return"),
        "customers": len({entry["customer"] for entry in expected.values() if entry["customer"]}),
        "duplicates": 0,
        "lost": 0,
    }
    summary = json.loads((pathlib.Path(out) / "summary.json").read_text(encoding="utf-8"))
    for name, value in totals.items():
        if summary.get(name) != value:
            problems.append(f"summary: {name} is {summary.get(name)}, expected {value}")
    problems += points(received, summary)
    print(f"{dataset}: {totals['receipts']} receipts, {totals['lines']} lines, "
          f"sales {totals['gross_sales']}, returns {totals['gross_returns']} minor units, "
          f"off by promotions {totals['discount_promotions']}, by points {totals['discount_points']}")
    return problems


def same(out, other):
    problems = []
    runs = [records(out), records(other)]
    for receipts in runs:
        for record in receipts:
            problems += discounts(record)
    left, right = (by_name(receipts, "key", problems, repeatable) for receipts in runs)
    problems += compare(left, right)
    print(f"{len(left)} receipts in {out}, {len(right)} in {other}")
    return problems


def main():
    commands = {"check": check, "same": same}
    if len(sys.argv) != 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    problems = commands[sys.argv[1]](sys.argv[2], sys.argv[3])
    for problem in problems[:SHOWN]:
        print(problem)
    if len(problems) > SHOWN:
        print(f"... and {len(problems) - SHOWN} more")
    print("disagree" if problems else "agree")
    sys.exit(1 if problems else 0)


main()
