"""Dialogues: those of transcripts/ and the examples in the pages."""
import json
import re
from pathlib import Path

from .report import HERE, check, parse_json

# Errors that say the request itself was wrong: its line must not pass the grammar, or its JSON the schema.
NOT_THE_LINE = {"malformed", "bad_json", "unknown_verb"}
NOT_THE_SCHEMA = {"missing_field", "bad_field", "limit"}
# Rules that a schema cannot express; a bad_field with one of these reasons comes from a request that fits its schema.
BEYOND_THE_SCHEMA = {"more than was sold", "more than available"}
EXAMPLES = {"<instant>": "2026-11-22T09:30:00Z", "<now>": "2026-11-22T09:30:00Z", "<text>": "text", "<integer>": 1}
DIRECTIVES = re.compile(r"@ (device \w+ \S+ \S+|connect [A-Z] \w+ \S+ \S+|close [A-Z]|closed( [A-Z])?|crlf"
                        r"|(customer|product|stock) \{.*\})")
TRANSCRIPT_LINE = re.compile(r"(?:([A-Z]) )?([CS]): (.*)")


def substituted(value):
    """The value with its placeholders replaced by examples; members that are <any> cannot be judged and are dropped."""
    if isinstance(value, dict):
        return {name: substituted(v) for name, v in value.items() if v != "<any>"}
    if isinstance(value, list):
        return [substituted(v) for v in value if v != "<any>"]
    if isinstance(value, str) and re.fullmatch(r"<\w+>", value):
        return EXAMPLES[value]
    return value


def without_required(problem, value):
    """A reply with an <any> member lacks it after substitution; nothing else about it may be wrong."""
    found = re.search(r"'(\w+)' is a required property", problem or "")
    return bool(found) and f'"{found.group(1)}": "<any>"' in json.dumps(value, default=str)


def page_examples(page, text):
    """The blocks of a page that show lines, as (name, lines); shortened lines (with an ellipsis) are left out."""
    for block in re.finditer(r"^```\n(.*?)^```", text, re.M | re.S):
        first = text[:block.start()].count("\n") + 2
        lines = block.group(1).splitlines()
        if any(re.match(r"[CS]: ", line) for line in lines):
            shown = [line if re.match(r"[CS]: ", line) and "…" not in line else "" for line in lines]
            yield f"{page}:{first}", shown


class Transcript:
    """One dialogue, judged while it is read. An example of a page may show an answer without its question."""

    def __init__(self, name, lines, grammar, schemas, verbs, codes, example=False):
        self.name, self.grammar, self.schemas, self.codes, self.example = name, grammar, schemas, codes, example
        self.verbs = {v["verb"]: v for v in verbs}
        self.open, self.used = {}, set()
        for number, line in enumerate(lines, 1):
            self.where = f"{self.name}:{number}"
            if line.startswith("#") or not line:
                continue
            if line.startswith("@"):
                self.directive(line)
                continue
            found = TRANSCRIPT_LINE.fullmatch(line)
            check(found is not None, f"{self.where}: neither comment, directive nor line")
            if found:
                connection, side, text = found.groups()
                self.sent(connection, text) if side == "C" else self.answered(connection, text)
        if not example:
            check(not self.open, f"{self.name}: no answer to {sorted(str(key) for key in self.open)}")
        for request in self.open.values():
            self.where = f"{self.name}: {request[:40]}"
            self.request_conforms(request)

    def directive(self, line):
        check(DIRECTIVES.fullmatch(line) is not None, f"{self.where}: unknown directive")
        if line.startswith("@ customer "):
            problem = self.schemas.problem("enrol.request.json", parse_json(line[11:]))
            check(problem is None, f"{self.where}: customer: {problem}")

    def sent(self, connection, text):
        words = text.split(" ", 2)
        tag = words[1] if len(words) > 1 and self.grammar.matches("tag", words[1]) else "-"
        self.open[connection, tag] = text

    def answered(self, connection, text):
        kind, tag, rest = text.split(" ", 2)
        rule = {"OK": "ok", "ERR": "error", "EVENT": "event"}.get(kind)
        check(rule is not None and self.grammar.matches(rule, text), f"{self.where}: not a line of the grammar")
        if kind == "EVENT":
            name, body = rest.split(" ", 1)
            self.conforms(f"event.{name}.json", body)
            return
        request = self.open.pop((connection, tag), None)
        if request is None and self.example:
            return
        check(request is not None, f"{self.where}: nothing was asked with tag {tag}")
        if request is None:
            return
        if kind == "OK":
            verb = request.split(" ", 1)[0]
            self.request_conforms(request)
            self.conforms(f"{verb.lower()}.reply.json", rest)
            self.used.add(verb)
        else:
            code, body = rest.split(" ", 1)
            check(code in self.codes, f"{self.where}: {code} is not in errors.json")
            self.conforms(f"error.{code}.json", body)
            self.request_is_wrong(request, code, parse_json(body))

    def conforms(self, schema, body):
        value = parse_json(body)
        if value == "<any>":
            return
        problem = self.schemas.problem(schema, substituted(value))
        check(problem is None or without_required(problem, value), f"{self.where}: {schema}: {problem}")
        if schema.startswith("error.") or schema.endswith("reply.json") or schema.startswith("event."):
            known = self.properties(schema)
            check(known is None or set(value) <= known,
                  f"{self.where}: {schema} has no {set(value) - (known or set())}")

    def properties(self, schema):
        found = self.schemas.store.get((HERE / "schemas" / schema).as_uri(), {})
        return set(found["properties"]) if "properties" in found else None

    def request_problem(self, request):
        """None, or why the gateway must refuse this request whatever state it is in."""
        if not self.grammar.matches("request", request):
            words = request.split(" ", 2)
            if self.grammar.matches("request", " ".join(words[:2])) and len(words) == 3:
                return "bad_json", "not one object"
            return "malformed", "not a line of the grammar"
        verb, _, body = (request.split(" ", 2) + ["{}"])[:3]
        if verb not in self.verbs:
            return "unknown_verb", verb
        try:
            value = substituted(parse_json(body))
        except ValueError as error:
            return "bad_json", str(error)
        problem = self.schemas.problem(Path(self.verbs[verb]["request"]).name, value)
        return ("bad_field", problem) if problem else None

    def request_conforms(self, request):
        problem = self.request_problem(request)
        check(problem is None, f"{self.where}: answered OK, but the request is wrong: {problem}")

    def request_is_wrong(self, request, code, body):
        problem = self.request_problem(request)
        found = problem[0] if problem else None
        if code in NOT_THE_LINE:
            check(found == code, f"{self.where}: {code}, but the request is {problem or 'right'}")
            return
        if code in NOT_THE_SCHEMA and body.get("reason") not in BEYOND_THE_SCHEMA:
            check(found == "bad_field", f"{self.where}: {code}, but the request is {problem or 'right'}")
        else:
            check(found is None, f"{self.where}: {code}, but the request is wrong: {problem}")
        verb = request.split(" ", 1)[0]
        listed = self.verbs[verb]["errors"]
        check(code in listed, f"{self.where}: verbs.json does not list {code} for {verb}")
