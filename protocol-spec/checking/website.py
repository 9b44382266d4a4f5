"""website.openapi.yaml and website.problems.json: references, examples, problems and statuses."""
import re
import warnings

import yaml

warnings.filterwarnings("ignore", category=DeprecationWarning)
from jsonschema import Draft202012Validator, RefResolver  # noqa: E402
from jsonschema.exceptions import RefResolutionError  # noqa: E402

from .report import HERE, check, load  # noqa: E402

NAME = "website.openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")


class PlainLoader(yaml.SafeLoader):
    """YAML as JSON has it: what looks like a date stays a text."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


class Document:
    def __init__(self, schemas):
        self.uri = (HERE / NAME).as_uri()
        self.root = yaml.load((HERE / NAME).read_text(encoding="utf-8"), PlainLoader)
        self.store = {**schemas.store, self.uri: self.root}

    def resolved(self, node):
        """What a reference of this document leads to."""
        if "$ref" not in node:
            return node
        return RefResolver(self.uri, self.root, store=self.store).resolve(node["$ref"])[1]

    def problem(self, schema, value):
        """None when the value fits a schema of the document, else what is wrong."""
        resolver = RefResolver(self.uri, self.root, store=self.store)
        errors = sorted(Draft202012Validator(schema, resolver=resolver).iter_errors(value), key=str)
        return f"{'/'.join(map(str, errors[0].absolute_path))}: {errors[0].message[:160]}" if errors else None


def check_website(schemas, errors, limits):
    document = Document(schemas)
    root = document.root
    check(str(root.get("openapi", "")).startswith("3.1."), f"{NAME}: not OpenAPI 3.1")
    if not check_references(document, root, "#"):
        return
    operations = [(path, method, item[method], item.get("parameters", []))
                  for path, item in root["paths"].items() for method in METHODS if method in item]
    ids = [operation["operationId"] for _, _, operation, _ in operations]
    check(len(set(ids)) == len(ids), f"{NAME}: an operationId stands twice")
    problems = check_problems(errors)
    for path, method, operation, shared in operations:
        check_operation(document, f"{NAME}: {method.upper()} {path}", path, operation, shared, problems)
    answered = {name: document.resolved(response) for name, response in root["components"]["responses"].items()}
    for name, response in answered.items():
        for example in examples(response):
            check(problems.get(example["code"]) == example["status"],
                  f"{NAME}: {name}: the example's code and status are no problem of website.problems.json")
            check(example["type"] == f"urn:tillgate:error:{example['code']}", f"{NAME}: {name}: another type")
    check_members(document, errors)
    values = {entry["name"]: entry["value"] for entry in limits}
    said = re.search(r"kept for (\d+) days", root["info"]["description"])
    check(said is not None and int(said.group(1)) == values["idempotency_answer_days"],
          f"{NAME}: the days for which keys are kept are not those of limits.json")


def check_references(document, node, where):
    """Whether every reference leads somewhere; with one that does not, nothing else can be judged."""
    if isinstance(node, list):
        return all([check_references(document, part, f"{where}/{number}") for number, part in enumerate(node)])
    if not isinstance(node, dict):
        return True
    leads = True
    if isinstance(node.get("$ref"), str):
        try:
            document.resolved(node)
        except RefResolutionError:
            leads = False
        check(leads, f"{NAME}: {where}: {node['$ref']} leads nowhere")
    return all([leads] + [check_references(document, part, f"{where}/{name}") for name, part in node.items()])


def check_problems(errors):
    """Returns the status of each problem's code."""
    codes = {entry["code"] for entry in errors}
    rows = load("website.problems.json")["problems"]
    names = [row["code"] for row in rows]
    check(len(set(names)) == len(names), "website.problems.json: a code stands twice")
    for row in rows:
        is_line = row["from"] == "errors.json"
        check(row["from"] in ("errors.json", "http"), f"website.problems.json: {row['code']}: from is {row['from']}")
        check(is_line == (row["code"] in codes), f"website.problems.json: {row['code']}: errors.json says otherwise")
        check(is_line or bool(row.get("meaning")), f"website.problems.json: {row['code']} has no meaning")
        check(400 <= row["status"] <= 599, f"website.problems.json: {row['code']}: {row['status']} is no error")
    return {row["code"]: row["status"] for row in rows}


def check_operation(document, what, path, operation, shared, problems):
    parameters = [document.resolved(part) for part in shared + operation.get("parameters", [])]
    named = {part["name"] for part in parameters if part["in"] == "path"}
    check(named == set(re.findall(r"{(\w+)}", path)), f"{what}: other parameters than the path has")
    for part in parameters:
        check(bool(part.get("description")), f"{what}: {part['name']} has no description")
        if "example" in part:
            fault = document.problem(part["schema"], part["example"])
            check(fault is None, f"{what}: the example of {part['name']}: {fault}")
    if "requestBody" in operation:
        check_media(document, f"{what}: body", document.resolved(operation["requestBody"]))
    responses = operation["responses"]
    for status, response in responses.items():
        response = document.resolved(response)
        check(bool(response.get("description")), f"{what}: {status} has no description")
        check_media(document, f"{what}: {status}", response)
        for example in examples(response) if int(status) >= 400 else []:
            check(example["status"] == int(status), f"{what}: {status}: the example has {example['status']}")
    # What the door refuses, every operation can be answered.
    wanted = {"400", "408", "413", "414", "417", "431", "501", "503", "504", "505"}
    if operation.get("security") != []:
        wanted |= {"401", "403", "406", "429"}
    check(wanted <= set(responses), f"{what}: lacks {sorted(wanted - set(responses))}")
    check({int(status) for status in responses if int(status) >= 400} <= set(problems.values()),
          f"{what}: an error that is no problem of website.problems.json")


def examples(response):
    return [media["example"] for media in response.get("content", {}).values() if "example" in media]


def check_media(document, what, part):
    for kind, media in part.get("content", {}).items():
        check("example" in media, f"{what}: {kind} has no example")
        if "example" in media:
            fault = document.problem(media["schema"], media["example"])
            check(fault is None, f"{what}: the example: {fault}")


def check_members(document, errors):
    """The problem has every field that an error of the line protocol can have here."""
    members = set(document.root["components"]["schemas"]["Problem"]["properties"])
    codes = {row["code"] for row in load("website.problems.json")["problems"]}
    # What only tills and sellers are answered.
    others = {"available", "fields", "supported"}
    for entry in errors:
        if entry["code"] in codes:
            lacking = set(entry["fields"]) - members - others
            check(not lacking, f"{NAME}: Problem lacks {sorted(lacking)} of {entry['code']}")
