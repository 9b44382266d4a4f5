"""Who may do what: access.json against verbs.json, the page and the HTTPS port."""
import re

import yaml

from .report import HERE, check, load

ROLES = ["register", "app", "website", "operator"]
# What a request that names somebody else's thing is answered, besides error codes: a receipt is taken and marked.
MARKED = "marked"


def check_access(verbs, codes, page):
    access = load("access.json")
    scopes = [entry["scope"] for entry in access["scopes"]]
    check(len(set(scopes)) == len(scopes), "access.json: a scope stands twice")
    for entry in access["scopes"]:
        check(f"| {entry['scope']} | {entry['meaning']} |" in page, f"access.md: {entry['scope']} is not said as in access.json")
    check([entry["verb"] for entry in access["verbs"]] == [v["verb"] for v in verbs],
          "access.json: other verbs than verbs.json, or in another order")
    by_name = {v["verb"]: v for v in verbs}
    for entry in access["verbs"]:
        name, roles = entry["verb"], entry["roles"]
        verb = by_name.get(name, {"roles": [], "errors": []})
        check(list(roles) == verb["roles"], f"access.json: {name}: other roles than verbs.json")
        check(set(roles.values()) <= set(scopes), f"access.json: {name}: an unknown scope")
        check(("gateway" in roles.values()) == ("operator" in roles and roles["operator"] == "gateway"),
              f"access.json: {name}: only operators reach the whole gateway")
        for role, answer in entry.get("of_others", {}).items():
            check(role in roles and (answer == MARKED or answer in verb["errors"]),
                  f"access.json: {name}: {role} cannot be answered {answer}")
        row = re.search(rf"^\| {name} \| (.*?) \|$", page, re.M)
        cells = [cell.strip() for cell in row.group(1).split("|")] if row else []
        check(cells[:4] == [roles.get(role, "no") for role in ROLES], f"access.md: {name}: other scopes than access.json")
        said = cells[4] if len(cells) > 4 else ""
        for answer in entry.get("of_others", {}).values():
            check(answer in said, f"access.md: {name}: nothing is said about {answer}")
        check(entry.get("note", "") in said, f"access.md: {name}: not the note of access.json")
    check_https(access["https"], scopes, codes, page)


def check_https(operations, scopes, codes, page):
    document = yaml.safe_load((HERE / "website.openapi.yaml").read_text(encoding="utf-8"))
    wanted, open_to_all = set(), set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            wanted.add((operation["operationId"], method.upper(), path))
            if operation.get("security", document.get("security")) == []:
                open_to_all.add(operation["operationId"])
    listed = {(entry["operation"], entry["method"], entry["path"]) for entry in operations}
    check(listed == wanted, f"access.json: https differs from website.openapi.yaml: {sorted(listed ^ wanted)}")
    for entry in operations:
        name = entry["operation"]
        check(entry["website"] in scopes, f"access.json: {name}: an unknown scope")
        for column in ("other_tokens", "no_token"):
            check(entry[column] in scopes or entry[column] in codes, f"access.json: {name}: {column} is {entry[column]}")
        check((entry["no_token"] in scopes) == (name in open_to_all),
              f"access.json: {name}: website.openapi.yaml says otherwise about the token")
        cells = [f"`{entry[column]}`" if entry[column] in codes else entry[column]
                 for column in ("website", "other_tokens", "no_token")]
        row = f"| {name} | {entry['method']} {entry['path']} | {' | '.join(cells)} |"
        check(row in page, f"access.md: no row {row}")
