#!/usr/bin/env python3
"""Compares what `tillgate export` has written with what upstream has received, without any of the project's code.

check-export.py UPSTREAM FOLDER [CURRENCY_DIGITS]
    UPSTREAM  receipts as upstream received them, one JSON object a line
    FOLDER    receipts.csv, lines.csv, payments.csv, taxes.csv and poslog.xml of the same receipts
"""
import collections
import csv
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml
from decimal import Decimal

ARTS = "{http://www.nrf-arts.org/IXRetail/namespace/}"
OWN = "{urn:tillgate:poslog:1}"
SHOWN = 20


def sign(receipt):
    if receipt["kind"] == "correction":
        return 1 if receipt["direction"] == "sale" else -1
    return {"sale": 1, "return": -1, "void": 0}[receipt["kind"]]


def minor(text, digits):
    return int(Decimal(text).scaleb(digits))


def rows(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        found = collections.defaultdict(list)
        for row in csv.DictReader(file, strict=True):
            found[row["key"]].append(row)
        return found


def plain(text):
    """A text behind the apostrophe that keeps spreadsheets from calculating."""
    return text[1:] if re.match(r"'[=+\-@\t\r]", text) else text


def unescaped(text):
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text or "")


def check_csv(receipts, folder, digits, wrong):
    heads, lines, payments = (rows(folder, name) for name in ("receipts", "lines", "payments"))
    taxes = rows(folder, "taxes")
    for key in set(heads) | set(lines) | set(payments) | set(taxes):
        if key not in receipts:
            wrong(f"{key}: upstream does not have it")
    for key, receipt in receipts.items():
        factor = sign(receipt)
        if len(heads[key]) != 1:
            wrong(f"{key}: {len(heads[key])} rows in receipts.csv")
            continue
        head = heads[key][0]
        expected = factor * receipt.get("total", 0)
        if minor(head["total"], digits) != expected or head["kind"] != receipt["kind"]:
            wrong(f"{key}: total {head['total']} of a {head['kind']}, expected {expected}")
        charged = sum(line["amount"] for line in receipt.get("lines", []))
        taken = sum(part["amount"] for line in receipt.get("lines", []) for part in line.get("discounts", []))
        given = sum(payment["amount"] for payment in receipt.get("payments", []))
        for column, amount in (("gross", charged + taken), ("discount", taken), ("paid", given),
                               ("change", receipt.get("change", 0))):
            if minor(head[column], digits) != factor * amount:
                wrong(f"{key}: {column} {head[column]}, expected {factor * amount}")
        points = receipt["gateway"]["points"] or {}
        for name in ("earned", "spent"):
            if head[f"points_{name}"] != str(points.get(name, "")):
                wrong(f"{key}: points_{name} {head[f'points_{name}']}")
        if plain(head["customer"]) != (receipt["customer"] or ""):
            wrong(f"{key}: customer {head['customer']}")
        if head["marks"].split() != receipt["gateway"]["marks"]:
            wrong(f"{key}: marks {head['marks']}")
        sold = [(line["sku"], line["name"], factor * Decimal(str(line["quantity"])), factor * line["amount"])
                for line in receipt.get("lines", []) if factor]
        found = [(plain(row["sku"]), plain(row["name"]), Decimal(row["quantity"]), minor(row["amount"], digits))
                 for row in lines[key]]
        if sold != found:
            wrong(f"{key}: lines {found}, expected {sold}")
        columns = ("discount_till", "discount_promotion", "discount_points", "discount_other")
        if factor * taken != sum(minor(row[column], digits) for row in lines[key] for column in columns):
            wrong(f"{key}: other discounts than {factor * taken}")
        paid = [(payment["kind"], factor * payment["amount"]) for payment in receipt.get("payments", []) if factor]
        if receipt.get("change") and factor:
            paid.append(("cash", -factor * receipt["change"]))
        if paid != [(plain(row["tender"]), minor(row["amount"], digits)) for row in payments[key]]:
            wrong(f"{key}: other payments than {paid}")
        if receipt.get("taxes") and factor:
            stated = [(tax["rate"], factor * tax["base"], factor * tax["amount"]) for tax in receipt["taxes"]]
            if stated != [(minor(row["tax_rate"], 2), minor(row["base"], digits), minor(row["tax"], digits))
                          for row in taxes[key]]:
                wrong(f"{key}: other taxes than {stated}")


def check_poslog(receipts, path, digits, wrong):
    seen = set()
    for _, element in xml.iterparse(path):
        if element.tag != ARTS + "Transaction":
            continue
        key = element.findtext(ARTS + "TransactionID")
        receipt = receipts.get(key)
        if receipt is None or key in seen:
            wrong(f"{key}: stands in poslog.xml and not with upstream, or twice")
            continue
        seen.add(key)
        factor = sign(receipt)
        retail = element.find(ARTS + "RetailTransaction")
        items = retail.findall(f"{ARTS}LineItem/{ARTS}Sale") + retail.findall(f"{ARTS}LineItem/{ARTS}Return")
        found = [(unescaped(item.findtext(ARTS + "ItemID")), unescaped(item.findtext(ARTS + "Description")),
                  Decimal(item.findtext(ARTS + "Quantity")), minor(item.findtext(ARTS + "ExtendedAmount"), digits))
                 for item in items]
        sold = [(line["sku"], line["name"], Decimal(str(line["quantity"])), line["amount"])
                for line in receipt.get("lines", [])]
        if found != sold:
            wrong(f"{key}: POSLog lines {found}, expected {sold}")
        totals = {total.get("TotalType"): minor(total.text, digits) for total in retail.findall(ARTS + "Total")}
        if totals["TransactionGrandAmount"] != factor * receipt.get("total", 0):
            wrong(f"{key}: POSLog total {totals}")
        tenders = retail.findall(f"{ARTS}LineItem/{ARTS}Tender")
        paid = sum(minor(tender.findtext(ARTS + "Amount"), digits) for tender in tenders)
        if factor and paid != sum(payment["amount"] for payment in receipt.get("payments", [])):
            wrong(f"{key}: POSLog payments {paid}")
        text = json.loads(unescaped(element.findtext(OWN + "Till")), parse_float=Decimal)
        if any(receipt.get(name) != value for name, value in text.items()):
            wrong(f"{key}: the till's message is another one than upstream's")
        element.clear()
    for key in set(receipts) - seen:
        wrong(f"{key}: is not in poslog.xml")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    digits = int(sys.argv[3]) if len(sys.argv) == 4 else 2
    folder = pathlib.Path(sys.argv[2])
    with open(sys.argv[1], encoding="utf-8") as file:
        receipts = {receipt["key"]: receipt for receipt in (json.loads(line, parse_float=Decimal) for line in file)}
    problems = []
    check_csv(receipts, folder, digits, problems.append)
    check_poslog(receipts, folder / "poslog.xml", digits, problems.append)
    for problem in problems[:SHOWN]:
        print(problem)
    if len(problems) > SHOWN:
        print(f"... and {len(problems) - SHOWN} more")
    print(f"{len(receipts)} receipts: the export and upstream", "disagree" if problems else "agree")
    sys.exit(1 if problems else 0)


main()
