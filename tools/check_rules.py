#!/usr/bin/env python3
"""Checks that every rule of src/base/rule.cc occurs in a test: a test's source or a scenario below tests/data.

Rules that have no test yet stand in tools/rules_without_test.txt. The list can only shrink: a rule that is neither
tested nor listed fails, and so does one that is listed and tested. `--shrink` takes the tested ones off.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "rules_without_test.txt"
HEAD = """# Rules that no test names yet. This list only shrinks: `tools/check_rules.py --shrink` takes tested rules off.
"""


def read_rules():
    """Enumerator -> slug, from the table."""
    text = (ROOT / "src/base/rule.cc").read_text()
    return dict(re.findall(r'RuleInfo\{\s*Rule::(\w+),\s*"([a-z0-9.-]+)"', text))


def named_in(folders, rules):
    """The slugs that the files name, as a slug or as an enumerator."""
    by_slug = {slug: slug for slug in rules.values()}
    by_name = {f"Rule::{name}": slug for name, slug in rules.items()}
    words = re.compile(rb"Rule::\w+|[a-z0-9]+\.[a-z0-9]+(?:-[a-z0-9]+)*")
    found = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.stat().st_size < 4_000_000:
                for word in words.findall(path.read_bytes()):
                    text = word.decode()
                    found.update(filter(None, (by_slug.get(text), by_name.get(text))))
    return found


def read_list():
    if not LIST.exists():
        return []
    return [line for line in LIST.read_text().split("\n") if line and not line.startswith("#")]


def main():
    rules = read_rules()
    if len(rules) < 100:
        print(f"only {len(rules)} rules found: the table has another form")
        return 1
    tested = named_in(["tests"], rules)
    listed = read_list()
    if "--shrink" in sys.argv:
        LIST.write_text(HEAD + "".join(f"{slug}\n" for slug in listed if slug in rules.values() and slug not in tested))
        listed = read_list()
    if "--unused" in sys.argv:
        names = {name: slug for name, slug in rules.items()}
        text = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.cc") if path.name != "rule.cc")
        for name, slug in names.items():
            if not re.search(rf"\bRule::{name}\b", text):
                print(f"{slug}: no code gives it")
    breaches = [f"{slug}: no test names it" for slug in rules.values() if slug not in tested and slug not in listed]
    breaches += [f"{slug}: is tested; take it off with tools/check_rules.py --shrink" for slug in listed if slug in tested]
    breaches += [f"{slug}: is listed and is no rule" for slug in listed if slug not in rules.values()]
    for line in breaches:
        print(line)
    print(f"{len(rules)} rules, {len(tested)} tested, {len(listed)} listed without test; {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
