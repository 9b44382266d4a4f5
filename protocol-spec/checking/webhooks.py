"""The page on webhooks: its example is signed as it says, and its table says what the schema says."""
import hashlib
import hmac
import re

from .report import check, load, parse_json

SCHEMA = "webhook.order.changed.json"


def check_webhooks(text, schemas):
    schema = load(f"schemas/{SCHEMA}")
    table = re.search(r"^\| field \| type \| meaning \|\n\|[ -|]*\n((?:\|.*\n)*)", text, re.M)
    rows = [(name, ", optional" not in kind) for name, kind
            in re.findall(r"^\| `(\w+)` \| (.*?) \|", table.group(1) if table else "", re.M)]
    wanted = [(name, name in schema["required"]) for name in schema["properties"]]
    check(rows == wanted, f"webhooks.md: the table of fields differs from schemas/{SCHEMA}")
    in_feed = schemas_definition()
    check(in_feed["properties"] == schema["properties"] and in_feed["required"] == schema["required"],
          f"schemas/{SCHEMA} differs from order_change of common.json")

    secret = re.search(r"with the secret `([^`]+)`", text)
    message = re.search(r"^Tillgate-Id: (\S+)\nTillgate-Timestamp: (\d+)\n"
                        r"Tillgate-Signature: t=(\d+),v1=([0-9a-f]{64})\n\n(.*)$", text, re.M)
    check(secret is not None and message is not None, "webhooks.md: no example of a message")
    if not secret or not message:
        return
    identity, timestamp, signed_at, code, body = message.groups()
    value = parse_json(body)
    problem = schemas.problem(SCHEMA, value)
    check(problem is None, f"webhooks.md: the example: {problem}")
    check(identity == f"{value['source']}/{value['order']}/{value['number']}", "webhooks.md: the example has another id")
    computed = hmac.new(secret.group(1).encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    check(timestamp == signed_at and hmac.compare_digest(code, computed), f"webhooks.md: the code must be {computed}")


def schemas_definition():
    return load("schemas/common.json")["$defs"]["order_change"]
