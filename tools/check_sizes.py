#!/usr/bin/env python3
"""Checks the sizes of the house: functions under 80 lines, files under 800, public headers under 250.

Functions are found by matching braces: a `{` at namespace or class scope whose head has a parameter list opens
one. That is no parser of C++, and need not be: the code is formatted by clang-format and has few macros.
`--list` prints every function with its length; `--self-test` checks the finder itself.
"""
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_FUNCTION = 80
MAX_FILE = 800
MAX_PUBLIC_HEADER = 250

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/                           # comments
      | R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"       # raw strings
      | "(?:\\.|[^"\\\n])*"                          # strings
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'          # characters; not the ' of 1'000
      | ^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*               # directives
    """, re.S | re.M | re.X)
SCOPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:inline\s+|typedef\s+)?(namespace|class|struct|union|enum|extern)\b", re.S)
LABEL = re.compile(r"^(?:\s*(?:public|private|protected)\s*:(?!:))+")


def blank(text):
    """The text with comments, literals and directives replaced by blanks; line ends stay."""
    def erase(match):
        kept = "".join(c if c == "\n" else " " for c in match[0])
        return kept if match[0].lstrip().startswith(("//", "/*", "#")) else '"' + kept[1:]
    return TOKEN.sub(erase, text)


def kind_of(head, inside):
    """What a `{` with this head opens: "scope", "function" or "block"."""
    if inside in ("function", "block"):
        return "block"
    head = LABEL.sub("", head).strip()
    if SCOPE.match(head):
        return "scope"
    if not head:  # the body behind an initialiser list with braces
        return "function"
    flat = re.sub(r"\boperator\s*(?:[=!<>]=?=?|\(\))", "operator", head)
    depth = 0
    for c in flat:
        depth += (c in "(<[") - (c in ")>]")
        if c == "=" and depth <= 0:
            return "function" if "](" in flat or "] (" in flat else "block"
    return "function" if ")" in flat or "]" in flat else "block"


def functions(text):
    """Yields (first line, line count, name) of each function."""
    code = blank(text)
    stack = []  # (kind, line of the head)
    head_start = 0
    line = 1
    lines = [0] * (len(code) + 1)
    for i, c in enumerate(code):
        lines[i] = line
        line += c == "\n"
    found = []
    for i, c in enumerate(code):
        if c == ";":
            head_start = i + 1
        elif c == "{":
            raw = code[head_start:i]
            inside = stack[-1][0] if stack else "scope"
            kind = kind_of(raw, inside)
            skip = len(raw) - len(LABEL.sub("", raw).lstrip())
            stack.append((kind, lines[min(head_start + skip, i)], raw))
            head_start = i + 1
        elif c == "}":
            if not stack:
                raise ValueError(f"line {lines[i]}: a brace too many")
            kind, first, raw = stack.pop()
            if kind == "function":
                name = re.search(r"([~\w:]+(?:\s*,\s*\w+)?)\s*\(", raw)
                found.append((first, lines[i] - first + 1, name[1] if name else "function"))
            head_start = i + 1
    if stack:
        raise ValueError("a brace is not closed")
    return found


def sources():
    for folder in ("include", "src", "tests", "fuzz", "examples", "bench", "tools"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cc", ".h"):
                yield path


def self_test():
    sample = '''namespace a {
struct S : public T {
 public:
  S(int x) : x_{x} {
    f();
  }
  bool operator==(const S&) const { return "{" == std::string("}"); }
 private:
  int x_{0};
};
// {
template <typename T>
Result<T> g(
    int n = 1'000) {
  if (n) {
    return {1, 2};
  }
  auto h = [](int) { return R"x({)x"; };
}
constexpr std::array kTable = {
    Row{1, f(2)},
};
TEST(Name, does) {
}
}  // namespace a
'''
    got = [(first, count) for first, count, _ in functions(sample)]
    expected = [(4, 1), (4, 3), (7, 1), (12, 8), (23, 2)]
    if got not in (expected, expected[1:]):
        print(f"the finder is wrong: {got}")
        return 1
    long = "void f() {\n" + "  g();\n" * 78 + "}\n"
    if [count for _, count, _ in functions(long)] != [80]:
        print("the finder miscounts")
        return 1
    print("the finder is right")
    return 0


def main():
    if "--self-test" in sys.argv:
        return self_test()
    breaches, lengths = [], []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        count = text.count("\n")
        limit = MAX_PUBLIC_HEADER if name.parts[0] == "include" else MAX_FILE
        if count >= limit:
            breaches.append(f"{name}: {count} lines; the limit is {limit}")
        try:
            found = functions(text)
        except ValueError as error:
            breaches.append(f"{name}: {error}")
            continue
        for first, length, function in found:
            if name.parts[0] in ("src", "include"):
                lengths.append(length)
            if "--list" in sys.argv:
                print(f"{length:4} {name}:{first} {function}")
            if length >= MAX_FUNCTION:
                breaches.append(f"{name}:{first}: {function} has {length} lines; the limit is {MAX_FUNCTION}")
    for line in breaches:
        print(line)
    median = statistics.median(lengths) if lengths else 0
    print(f"{len(lengths)} functions in src and include, median {median:g} lines; {len(breaches)} breaches")
    return 1 if breaches or not lengths else 0


if __name__ == "__main__":
    sys.exit(main())
