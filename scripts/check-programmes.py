#!/usr/bin/python3
"""Checks the example programmes and texts against their JSON Schemas, and the schemas against themselves.

    check-programmes.py

The gateway has checks of its own, which go further; this is what editors see.
"""
import json
import pathlib
import sys

import jsonschema
import yaml

PROGRAMMES = pathlib.Path(__file__).parent.parent / "programmes"


class Loader(yaml.SafeLoader):
    """Dates stay texts, as in the gateway."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(schema, folder):
    """What is wrong with the documents of a folder, a line each, and how many there are."""
    schema = json.loads((PROGRAMMES / schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted((PROGRAMMES / folder).glob("*.yaml"))
    found = []
    for file in files:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader)
        for error in validator.iter_errors(document):
            found.append(f"{file.name}: {error.json_path}: {error.message}")
    return found, len(files)


def main():
    checked = 0
    found = []
    for schema, folder in [("programme.schema.json", "examples"), ("texts.schema.json", "texts")]:
        more, files = faults(schema, folder)
        if not files:
            more.append(f"{folder}: there is nothing to check")
        found += more
        checked += files
    for line in found:
        print(line)
    print(f"{checked} documents, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
