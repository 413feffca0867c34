#!/usr/bin/env python3
"""Checks that no TRY stands in a braced initialisation after another member.

TRY leaves the function from inside an expression. g++ 12 then destroys the temporaries of the expression, but not the
members of an aggregate that are already made: they leak, keys among them. Take the value into a local first.

Usage: check_try.py FOLDER... | --self-test
"""

import pathlib
import re
import sys

# What stands before the brace of a block of statements.
BLOCK = re.compile(r"(\)|\bconst|\bnoexcept|\boverride|\belse|\bdo|:)\s*$")
OPENING = {"}": "{", ")": "(", "]": "["}


def members_before(text, position):
  """The text between the innermost brace that encloses position and position, or None where it is a block of
  statements or something else encloses it."""
  closed = []
  for at in range(position - 1, -1, -1):
    character = text[at]
    if character in OPENING:
      closed.append(OPENING[character])
    elif character in "{([":
      if closed:
        closed.pop()
      elif character == "{":
        return None if BLOCK.search(text[:at]) else text[at + 1:position]
      # A parenthesis that is open: the TRY is an argument, and what encloses the call may be a brace.
    elif character == ";" and not closed:
      return None
  return None


def without_comments(text):
  blank = lambda found: re.sub(r"[^\n]", " ", found.group())
  return re.sub(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', blank, text)


def faults_in(text):
  text = without_comments(text)
  for found in re.finditer(r"\bTRY\(", text):
    before = members_before(text, found.start())
    if before is not None and "," in before:
      yield text.count("\n", 0, found.start()) + 1


def self_test():
  samples = (
      ("R x{.a = f(), .b = TRY(g())};", True),
      ("R x{.a = f(), .b = h(1, TRY(g()))};", True),
      ("return R{.a = TRY(g()), .b = f()};", False),
      ("void f() {\n  x(a, TRY(g()));\n}", False),
      ("int f() const {\n  x(a, TRY(g()));\n}", False),
      ("list.push_back({a, TRY(g())});", True),
      ("list.push_back({TRY(g()), a});", False),
      ("R x{a, [&] { return TRY(g()); }()};", False),
  )
  wrong = [text for text, is_fault in samples if bool(list(faults_in(text))) != is_fault]
  for text in wrong:
    print(f"judged wrongly: {text}")
  return 1 if wrong else 0


def main():
  if sys.argv[1:] == ["--self-test"]:
    return self_test()
  bad = 0
  for folder in sys.argv[1:]:
    for path in sorted(pathlib.Path(folder).rglob("*")):
      if path.suffix not in (".cc", ".h"):
        continue
      for line in faults_in(path.read_text(encoding="utf-8")):
        print(f"{path}:{line}: TRY after another member of a braced initialisation: its members leak")
        bad += 1
  return 1 if bad else 0


if __name__ == "__main__":
  sys.exit(main())
