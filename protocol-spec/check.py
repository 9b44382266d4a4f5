#!/usr/bin/python3
"""Checks that the files of this folder agree with each other.

Needs python3, python3-jsonschema and python3-yaml (Debian: apt-get install ...). Run it from anywhere:

    /usr/bin/python3 protocol-spec/check.py

It prints every failure, then "N passed, M failed", and exits 1 when something failed.
"""
import re
import sys

sys.dont_write_bytecode = True

try:
    import jsonschema  # noqa: F401
    import yaml  # noqa: F401
except ImportError as error:
    print(f"FAILED {error}: apt-get install python3-jsonschema python3-yaml, then use /usr/bin/python3")
    print("0 passed, 1 failed")
    sys.exit(1)

from checking.access import check_access  # noqa: E402
from checking.grammar import Grammar  # noqa: E402
from checking.lists import PAGES, check_errors, check_limits, check_links  # noqa: E402
from checking.lists import check_states, check_tables, check_verbs  # noqa: E402
from checking.report import HERE, check, failures, finish, load  # noqa: E402
from checking.schemas import Schemas  # noqa: E402
from checking.transcripts import Transcript, page_examples  # noqa: E402
from checking.webhooks import check_webhooks  # noqa: E402
from checking.website import check_website  # noqa: E402


def main():
    grammar = Grammar((HERE / "grammar.abnf").read_text(encoding="utf-8"))
    for rule in grammar.rules:
        try:
            re.compile(grammar.pattern(rule))
            problem = None
        except (KeyError, ValueError, re.error) as error:
            problem = error
        check(problem is None, f"grammar.abnf: {rule}: {problem}")
    if failures:
        return finish()
    errors, limits = load("errors.json")["errors"], load("limits.json")["limits"]
    verbs, states = load("verbs.json")["verbs"], load("orders.states.json")
    pages = {page: (HERE / page).read_text(encoding="utf-8") for page in ["README.md", "protocol.md"] + PAGES
             if (HERE / page).exists()}
    for page in ["README.md", "protocol.md"] + PAGES:
        check(page in pages, f"{page} is missing")
        pages.setdefault(page, "")
    codes = {e["code"] for e in errors}
    schemas = Schemas()
    check_errors(errors, pages, grammar)
    check_limits(limits, pages)
    check_verbs(verbs, codes, pages, grammar)
    check_access(verbs, codes, pages["access.md"])
    check_tables(verbs, pages)
    check_links(pages)
    check_states(states, verbs, pages, schemas)
    check_webhooks(pages["webhooks.md"], schemas)
    check_website(schemas, errors, limits)
    used = set()
    for path in sorted((HERE / "transcripts").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        used |= Transcript(f"transcripts/{path.name}", lines, grammar, schemas, verbs, codes).used
    for page, text in pages.items():
        for name, lines in page_examples(page, text):
            Transcript(name, lines, grammar, schemas, verbs, codes, example=True)
    for v in verbs:
        if v["built"] and v["page"] != "operator.md":
            check(v["verb"] in used, f"transcripts: {v['verb']} is built, but no transcript shows it")
    return finish()


if __name__ == "__main__":
    sys.exit(main())
