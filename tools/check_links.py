#!/usr/bin/env python3
"""Checks that every relative link and every file named in backquotes with a slash in the Markdown pages exists."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:src|include|tests|tools|docs|fuzz|cmake|examples|packaging|bench|\.ci)/[\w./-]+)`")
PLACEHOLDER = re.compile(r"\b(?:NAME|LAYER)(?:\b|_)")
GENERATED = {"docs/rfc-coverage.md", "docs/findings.md"}


def main():
    breaches, count = [], 0
    for path in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")):
        name = path.relative_to(ROOT)
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
        targets = [(path.parent, t) for t in LINK.findall(text) if "://" not in t and not t.startswith("mailto:")]
        if str(name) not in GENERATED:
            targets += [(ROOT, t) for t in NAMED.findall(text)]
        for base, target in targets:
            if PLACEHOLDER.search(target):
                continue
            count += 1
            if not (base / target).exists():
                breaches.append(f"{name}: {target} is not there")
    for line in breaches:
        print(line)
    print(f"{count} links, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
