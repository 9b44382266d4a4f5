"""Errors, limits, verbs, states and the pages that describe them."""
import re

from .report import HERE, check, load

PAGES = ["access.md", "session.md", "customers.md", "quotes.md", "receipts.md", "orders.md", "store-app.md", "webhooks.md", "upstream.md",
         "operator.md"]


def section(page_text, heading):
    """The text under a heading that starts with the name, up to the next heading of its level or above."""
    found = re.search(rf"^(#+) `?{re.escape(heading)}\b.*$", page_text, re.M)
    if not found:
        return None
    level = len(found.group(1))
    rest = page_text[found.end():]
    end = re.search(rf"^#{{1,{level}}} ", rest, re.M)
    return rest[:end.start()] if end else rest


def check_verbs(verbs, codes, pages, grammar):
    check(len({v["verb"] for v in verbs}) == len(verbs), "verbs.json: a verb stands twice")
    for v in verbs:
        name = v["verb"]
        check(grammar.matches("verb", name), f"verbs.json: {name} is not a verb of the grammar")
        for part in ("request", "reply"):
            check((HERE / v[part]).exists(), f"verbs.json: {name}: {v[part]} is missing")
        for code in v["errors"]:
            check(code in codes, f"verbs.json: {name}: {code} is not in errors.json")
        text = section(pages.get(v["page"], ""), name)
        check(text is not None, f"{v['page']}: no section for {name}")
        if text is None:
            continue
        check(v["built"] != ("answers `not_built`" in text),
              f"{v['page']}: {name}: 'answers `not_built`' stands there exactly when it is not built")
        roles = re.search(r"^Roles: (.*?)\.", text, re.M)
        check(roles is not None and re.findall(r"\w+", roles.group(1)) == v["roles"],
              f"{v['page']}: {name}: 'Roles:' line is not {', '.join(v['roles'])}")
        for code in re.findall(r"^\| `([a-z_]+)` \|", text, re.M):
            check(code in v["errors"] or code not in codes, f"{v['page']}: {name}: {code} is not in verbs.json")
    named = {v["request"] for v in verbs} | {v["reply"] for v in verbs}
    for path in (HERE / "schemas").glob("*.re*.json"):
        if not path.name.endswith((".request.json", ".reply.json")):
            continue
        check(f"schemas/{path.name}" in named, f"schemas/{path.name} belongs to no verb")


# Where a limit of limits.json stands in a schema, as maxItems of a field.
LIMITS_IN_SCHEMAS = {
    "receipt_lines": ("sale.request", "lines"), "basket_lines": ("quote.request", "lines"),
    "payments": ("sale.request", "payments"), "receipt_taxes": ("sale.request", "taxes"),
    "shift_numbers": ("shift_close.request", "numbers"), "receipt_list_page": ("receipt_list.reply", "receipts"), "order_lines": ("order_push.request", "lines"),
    "coupons": ("quote.request", "coupons"), "consents": ("enrol.request", "consents"),
    "order_list_page": ("order_list.reply", "orders"), "order_follow_page": ("order_follow.reply", "changes"),
    "webhooks": ("webhook_list.reply", "webhooks"), "import_rows": ("import_customers.request", "rows"),
    "programmes": ("programme_put.request", "programmes"), "visit_skus": ("visit.request", "skus"),
    "visit_reasons": ("hello.reply", "visit_reasons"), "tasks_page": ("tasks.reply", "tasks"),
    "card_purchases": ("customer.reply", "purchases"), "card_orders": ("customer.reply", "orders"),
    "card_notes": ("customer.reply", "notes"),
    "stock_stores": ("stock.reply", "stores"),
    "stock_stores_named": ("stock.request", "stores"), "product_barcodes": ("product.reply", "barcodes"),
    "relay_held_streams": ("relay_status.reply", "held_streams"), "relay_streams": ("relay_status.reply", "streams"),
    "relay_quarantine_page": ("relay_quarantine.reply", "entries"),
    "related_products": ("product.reply", "related"), "stores_elsewhere": ("product.reply", "elsewhere"),
}


def check_errors(errors, pages, grammar):
    codes = {e["code"] for e in errors}
    check(len(codes) == len(errors), "errors.json: a code stands twice")
    for e in errors:
        check(grammar.matches("code", e["code"]), f"errors.json: {e['code']} is not a code of the grammar")
        check(e["retry"] in ("never", "same", "later"), f"errors.json: {e['code']}: retry is {e['retry']}")
        check(e["fields"][:1] == ["message"], f"errors.json: {e['code']}: fields begin with message")
        schema = load(f"schemas/error.{e['code']}.json")
        check(list(schema["properties"]) == e["fields"] + e.get("optional_fields", []),
              f"schemas/error.{e['code']}.json: other fields than errors.json")
        check(f"`{e['code']}`" in pages["protocol.md"], f"protocol.md does not mention {e['code']}")
    for path in (HERE / "schemas").glob("error.*.json"):
        check(path.name[6:-5] in codes, f"schemas/{path.name} is for no code of errors.json")
    upstream = (HERE / "upstream.openapi.yaml").read_text()
    for page, text in pages.items():
        for code in re.findall(r"^S: ERR [\w.:-]+ ([a-z_.]+)\b", text, re.M):
            check(code in codes, f"{page}: {code} is not in errors.json")
        for code in re.findall(r"(?:answered|answers) `([a-z_]+)`", text):
            check(code in codes, f"{page}: {code} is not in errors.json")
        for name in re.findall(r"`((?:order|basket|tasks)\.[a-z_]+|drain)`", text):
            # What upstream is told is described where upstream is; tills get other events.
            known = (f"- {name}\n" in upstream if page == "upstream.md"
                     else (HERE / f"schemas/event.{name}.json").exists())
            check(known, f"{page}: event {name} has no schema")


def check_limits(limits, pages):
    check(len({entry["name"] for entry in limits}) == len(limits), "limits.json: a limit stands twice")
    for entry in limits:
        name, value = entry["name"], entry["value"]
        check(isinstance(value, int) and entry["unit"] and entry["meaning"], f"limits.json: {name} is not complete")
        row = re.search(rf"^\| `{name}` \| ([\d,]+) (.*?) \|", pages["protocol.md"], re.M)
        check(row is not None, f"protocol.md: no row for the limit {name}")
        if row:
            check(int(row.group(1).replace(",", "")) == value and row.group(2) == entry["unit"],
                  f"protocol.md: {name} is {row.group(1)} {row.group(2)}, limits.json has {value} {entry['unit']}")

    values = {entry["name"]: entry["value"] for entry in limits}
    for name, (schema, field) in LIMITS_IN_SCHEMAS.items():
        stands = load(f"schemas/{schema}.json")["properties"][field].get("maxItems")
        check(stands == values.get(name),
              f"schemas/{schema}.json: {field} takes {stands}, limits.json has {name} {values.get(name)}")


def check_tables(verbs, pages):
    """The tables of a verb's fields say what its schemas say: all fields, in order, and which are optional."""
    for v in verbs:
        text = section(pages[v["page"]], v["verb"]) or ""
        for name in load(v["request"]).get("properties", {}):
            check(f"`{name}`" in pages[v["page"]], f"{v['page']}: {v['verb']}: nothing is said about {name}")
        for head, part in (("request", "request"), ("reply", "reply"),
                           ("further request field", "request"), ("further reply field", "reply")):
            found = re.search(rf"^\| {head} \| type \| meaning \|\n\|[ -|]*\n((?:\|.*\n)*)", text, re.M)
            if not found:
                continue
            schema = load(v[part])
            rows = [(name, ", optional" not in kind) for name, kind
                    in re.findall(r"^\| `(\w+)` \| (.*?) \|", found.group(1), re.M)]
            wanted = [(name, name in schema.get("required", [])) for name in schema["properties"]]
            if head.startswith("further"):
                wanted = [row for row in wanted if row in rows]
            check(rows == wanted, f"{v['page']}: {v['verb']}: the table '{head}' differs from {v[part]}:"
                                  f" {sorted(set(rows) ^ set(wanted))}")


def check_links(pages):
    for page, text in pages.items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            check((HERE / target).exists(), f"{page}: the link to {target} leads nowhere")
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", text):
            headings = re.findall(r"^#+ (.*)$", pages.get(target or page, ""), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            check(anchor in anchors, f"{page}: {target}#{anchor} leads nowhere")
        for number, line in enumerate(text.splitlines(), 1):
            check(len(line) <= 1200, f"{page}:{number}: a line of {len(line)} characters")


def check_states(states, verbs, pages, schemas):
    known = set(states["states"])
    in_schema = schemas.store[(HERE / "schemas/common.json").as_uri()]["$defs"]["order_state"]["enum"]
    check(states["states"] == in_schema, "orders.states.json: other states than common.json")
    check(set(states["final"]) <= known and states["initial"] in known, "orders.states.json: unknown final or initial")
    by_name = {v["verb"]: v for v in verbs}
    rows = []
    for t in states["transitions"]:
        what = f"orders.states.json: {t['from']} {t['action']} {t['to']}"
        check(t["from"] in known and t["to"] in known, f"{what}: unknown state")
        check(t["from"] not in states["final"], f"{what}: leaves a final state")
        if t["verb"]:
            check(set(t["roles"]) <= set(by_name[t["verb"]]["roles"]), f"{what}: a role that may not use {t['verb']}")
            check(t["built"] == by_name[t["verb"]]["built"], f"{what}: built differs from verbs.json")
        rows.append((t["from"], t["verb"] or "(deadline)", ", ".join(t["roles"]), t["to"], t["condition"] or ""))
    table = re.findall(r"^\| `(\w+)` \| `?([A-Z_]+|\(deadline\))`? \| ([\w, ]+) \| `(\w+)` \| ?(.*?) ?\|$",
                       pages["orders.md"], re.M)
    check(table == rows,
          f"orders.md: the table of transitions differs from orders.states.json: {sorted(set(rows) ^ set(table))}")
    picture = re.search(r"```\n(.*?)```", pages["orders.md"], re.S).group(1)
    drawn = set(re.findall(r"[a-z_]{3,}", picture))
    check(known <= drawn, f"orders.md: the picture lacks {known - drawn}")
    reached, waiting = set(), [states["initial"]]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += [t["to"] for t in states["transitions"] if t["from"] == state]
    check(reached == known, f"orders.states.json: never reached: {known - reached}")
