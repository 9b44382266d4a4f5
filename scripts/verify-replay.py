#!/usr/bin/python3
"""Checks what a replay left, without any of the project's code.

    verify-replay.py check DATASET OUT     OUT/upstream.ndjson and OUT/summary.json against the CSV files
    verify-replay.py same OUT OTHER        two runs: the same receipts upstream, whatever their order and times

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


def content(record):
    """What matters of a receipt, in one form for both sides."""
    lines = [{name: line[name] for name in ("sku", "name", "quantity", "price", "amount")} for line in record["lines"]]
    return {"customer": record["customer"], "kind": record["kind"], "lines": lines, "total": record["total"]}


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


def by_name(receipts, name, problems):
    """Receipts by one of their members; a second one of the same name is a problem."""
    found = {}
    for record in receipts:
        if record[name] in found:
            problems.append(f"{record[name]} came twice")
        found[record[name]] = content(record)
    return found


def check(dataset, out):
    problems = []
    expected = invoices(dataset)
    received = records(out)
    problems += compare(expected, by_name(received, "number", problems))
    sales = [entry for entry in expected.values() if entry["kind"] == "sale"]
    returns = [entry for entry in expected.values() if entry["kind"] == "return"]
    totals = {
        "receipts": len(expected),
        "sales": len(sales),
        "returns": len(returns),
        "lines": sum(len(entry["lines"]) for entry in expected.values()),
        "gross_sales": sum(entry["total"] for entry in sales),
        "gross_returns": sum(entry["total"] for entry in returns),
        "customers": len({entry["customer"] for entry in expected.values() if entry["customer"]}),
        "duplicates": 0,
        "lost": 0,
    }
    summary = json.loads((pathlib.Path(out) / "summary.json").read_text(encoding="utf-8"))
    for name, value in totals.items():
        if summary.get(name) != value:
            problems.append(f"summary: {name} is {summary.get(name)}, expected {value}")
    print(f"{dataset}: {totals['receipts']} receipts, {totals['lines']} lines, "
          f"sales {totals['gross_sales']}, returns {totals['gross_returns']} minor units")
    return problems


def same(out, other):
    problems = []
    left = by_name(records(out), "key", problems)
    right = by_name(records(other), "key", problems)
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
