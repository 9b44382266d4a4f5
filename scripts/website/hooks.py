"""What JSON Schema cannot say about a website's requests, so that requests meant to be valid are."""
import re
import uuid

import schemathesis

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?Z")


def valid(value, name=None):
    """Whole numbers without a point, days that the month has, and no number of a line twice."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [valid(part, name) for part in value]
    if isinstance(value, dict):
        return {key: valid(part, key) for key, part in value.items() if not (name == "lines" and key == "line")}
    if name == "pickup_until" and isinstance(value, str) and INSTANT.fullmatch(value):
        return "2030-11-25T18:00:00Z"
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    """What is valid by its form, but is for the gateway or the site to give."""
    mode = case.meta.generation.mode if case.meta else None
    if mode == schemathesis.GenerationMode.POSITIVE:
        case.body = valid(case.body)
    elif case.path.endswith("/cancel") and type(case.body).__name__ == "NotSet":
        # Left out it is valid, which the generator takes for an error.
        case.body, case.media_type = [], "application/json"
    # A cursor comes from a list or from the feed.
    after = (case.query or {}).get("after")
    if isinstance(after, str) and 0 < len(after) <= 200:
        case.query["after"] = "f0" if case.path.endswith("/changes") else "1"
    # A key is for one request; the generator takes the same one for several.
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r'"[!#-\[\]-~]{1,198}"|[!#-\[\]-~]{1,200}', key):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


def has_null(value):
    if isinstance(value, dict):
        return any(has_null(part) for part in value.values())
    if isinstance(value, list):
        return any(has_null(part) for part in value)
    return value is None


@schemathesis.hook
def filter_body(context, body):
    """Null is as good as absent in every object: nothing that must be refused."""
    return not (isinstance(body, dict) and has_null(body))
