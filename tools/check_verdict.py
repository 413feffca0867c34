#!/usr/bin/env python3
"""check_verdict.py FILE...: checks verdicts that bulla wrote (--json) against docs/verdict.schema.json.

Knows the part of JSON Schema that the schema uses, and fails on a keyword that it does not know. Members that the
schema does not name are reported too: they are not documented. `-` reads standard input.
"""
import json
import pathlib
import re
import sys

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "docs" / "verdict.schema.json"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
IGNORED = {"$schema", "$defs", "title", "description", "properties", "required", "items"}


def check(value, schema, root, place, report):
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, place, report)
        return
    for word, wanted in schema.items():
        if word == "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            if not any(isinstance(value, TYPES[name]) for name in names):
                report(place, f"is not of type {wanted}")
                return
        elif word == "enum" and value not in wanted:
            report(place, f"{value!r} is none of {wanted}")
        elif word == "const" and value != wanted:
            report(place, f"{value!r} is not {wanted!r}")
        elif word == "pattern" and not re.search(wanted, value):
            report(place, f"{value!r} does not fit {wanted}")
        elif word == "anyOf":
            attempts = []
            for option in wanted:
                errors = []
                check(value, option, root, place, lambda *error: errors.append(error))
                attempts.append(errors)
            if all(attempts):
                for error in min(attempts, key=len):
                    report(*error)
        elif word not in IGNORED | {"enum", "const", "pattern"}:
            raise ValueError(f"the schema uses {word}, which check_verdict.py does not know")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                report(place, f"{name} is missing")
        for name, member in value.items():
            if name in known:
                check(member, known[name], root, f"{place}.{name}", report)
            elif known:
                report(place, f"{name} is not in the schema")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            check(item, schema["items"], root, f"{place}[{i}]", report)


def main():
    root = json.loads(SCHEMA.read_text(encoding="utf-8"))
    count = 0
    for name in sys.argv[1:]:
        value = json.load(sys.stdin) if name == "-" else json.loads(pathlib.Path(name).read_text(encoding="utf-8"))

        def report(place, text):
            nonlocal count
            count += 1
            print(f"{name}: {place}: {text}")

        check(value, root, root, "verdict", report)
    return 1 if count or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
