"""Reads the JSON Schemas and judges values by them."""
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
from jsonschema import Draft202012Validator, RefResolver  # noqa: E402
from jsonschema.exceptions import SchemaError  # noqa: E402

from .report import HERE, check, load  # noqa: E402


class Schemas:
    def __init__(self):
        self.store, self.broken = {}, set()
        for path in sorted((HERE / "schemas").glob("*.json")):
            schema = load(f"schemas/{path.name}")
            self.store[path.as_uri()] = schema
            try:
                Draft202012Validator.check_schema(schema)
                problem = None
            except SchemaError as error:
                problem = error.message
                self.broken.add(path.as_uri())
            check(problem is None, f"schemas/{path.name}: not a schema of 2020-12: {problem}")
            check(schema.get("$schema") == "https://json-schema.org/draft/2020-12/schema",
                  f"schemas/{path.name}: $schema is not 2020-12")
            self.check_parts(schema, path.name)

    def check_parts(self, node, where):
        """Every field has a description, every reference leads somewhere, unknown fields stay allowed."""
        if isinstance(node, list):
            for part in node:
                self.check_parts(part, where)
        if not isinstance(node, dict):
            return
        for name, field in node.get("properties", {}).items():
            check(bool(field.get("description")), f"schemas/{where}: {name} has no description")
        if "$ref" in node:
            file, _, path = node["$ref"].partition("#/$defs/")
            definitions = load(f"schemas/{file or where}").get("$defs", {})
            check(path in definitions, f"schemas/{where}: {node['$ref']} leads nowhere")
        check(node.get("additionalProperties") is not False, f"schemas/{where}: unknown fields must stay allowed")
        for part in node.values():
            self.check_parts(part, where)

    def problem(self, name, value):
        """None when value fits schemas/<name>, else what is wrong."""
        path = HERE / "schemas" / name
        schema = self.store.get(path.as_uri())
        if schema is None:
            return f"schemas/{name} is missing"
        if path.as_uri() in self.broken or (HERE / "schemas/common.json").as_uri() in self.broken:
            return f"schemas/{name} cannot judge anything, see above"
        resolver = RefResolver(path.as_uri(), schema, store=self.store)
        errors = sorted(Draft202012Validator(schema, resolver=resolver).iter_errors(value), key=str)
        if not errors:
            return None
        return f"{'/'.join(map(str, errors[0].absolute_path)) or 'object'}: {errors[0].message[:160]}"
