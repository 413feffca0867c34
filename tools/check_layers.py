#!/usr/bin/env python3
"""Checks that includes go along the arrows only (ARCHITECTURE.md).

The arrows are read from CMakeLists.txt (`bulla_layer(NAME USES layer...)`), so that the build and this check
cannot disagree. Prints one line a breach; exit 1 if there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The layer that each public header belongs to.
PUBLIC = {
    "base": ["bytes", "cache", "finding", "limits", "result", "rule", "rule_list", "stream", "time", "workers"],
    "asn1": ["oid"],
    "crypto": ["algorithm", "key"],
    "x509": ["certificate", "certificate_check", "fetch", "trust"],
    "message": ["capabilities", "convert", "countersign", "open", "policy", "recipients", "request", "seal", "session",
                "verdict"],
    "store": ["identity", "profile"],
    "host": ["thread_pool"],
    "net": ["net"],
}

# Folders above the library, and what they may use.
PROGRAMS = {"cli": ["store", "ca", "token", "host", "net", "message"], "gateway": ["store", "host", "message"]}

# Headers of other libraries, and where alone they stand. A gateway file with TLS is named when there is one.
FOREIGN = {
    r"openssl/.*": {"crypto", "x509"},
    r"zlib\.h": {"cms"},
    r"hwy/.*": {"mime"},
    r"toml\+\+/.*|sqlite3\.h": {"store"},
    r"curl/.*|postgresql/.*|ldap\.h|lber\.h|unbound\.h": {"net"},
    r"p11-kit/.*": {"token"},
    r"CLI/.*|nlohmann/.*|fmt/.*": {"cli", "gateway"},
}

# From base to message everything is a function of its arguments.
PURE = {"base", "asn1", "crypto", "x509", "cms", "ess", "mime", "message"}
IMPURE_HEADER = re.compile(
    r"fstream|iostream|filesystem|unistd\.h|fcntl\.h|dirent\.h|netdb\.h|poll\.h|signal\.h|syslog\.h|thread|"
    r"sys/.*|netinet/.*|arpa/.*")
IMPURE_WORD = re.compile(
    r"\b(?:std::)?(?:getenv|secure_getenv|fopen|popen|system|gettimeofday|clock_gettime|localtime|setlocale)\s*\(|"
    r"_clock::now\b|\btime\s*\(\s*(?:nullptr|NULL|0|&)")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)


def read_arrows():
    """Layer name -> all the layers that it may include, itself too."""
    text = (ROOT / "CMakeLists.txt").read_text()
    direct = {}
    for match in re.finditer(r"^bulla_layer\((\w+)([^)]*)\)", text, re.M):
        uses = re.search(r"USES((?:\s+[a-z]\w*)+)", match[2])
        direct[match[1]] = uses[1].split() if uses else []
    direct.update(PROGRAMS)
    closed = {}

    def close(name):
        if name not in closed:
            closed[name] = {name}.union(*(close(used) for used in direct[name]))
        return closed[name]

    for name in direct:
        close(name)
    return closed


def check_source(path, layer, arrows, owner, report):
    text = path.read_text(encoding="utf-8")
    for quote, name in INCLUDE.findall(text):
        if quote == "<":
            for pattern, places in FOREIGN.items():
                if re.fullmatch(pattern, name) and layer not in places:
                    report(path, f"<{name}> stands only in {', '.join(sorted(places))}")
            if layer in PURE and re.fullmatch(IMPURE_HEADER, name):
                report(path, f"<{name}>: {layer} touches no files, sockets, threads, clock")
        else:
            first, _, rest = name.partition("/")
            target = owner.get(rest) if first == "bulla" else first
            if target is None:
                report(path, f'"{name}" has no layer: add it to PUBLIC in tools/check_layers.py')
            elif target not in arrows:
                report(path, f'"{name}": includes are written from src/ or include/')
            elif target not in arrows[layer]:
                report(path, f'"{name}": {layer} must not use {target}')
    if layer in PURE:
        code = COMMENT_OR_STRING.sub("", text)
        for match in IMPURE_WORD.finditer(code):
            report(path, f"{match[0].strip()} …: {layer} is a function of its arguments")


def check_public(path, layer, arrows, owner, report):
    text = path.read_text(encoding="utf-8")
    if re.search(r"^\s*#\s*define\b", text, re.M):
        report(path, "a macro in a public header")
    for quote, name in INCLUDE.findall(text):
        if quote == "<":
            if name != "tl/expected.hpp" and not re.fullmatch(r"[a-z_]+", name):
                report(path, f"<{name}>: public headers include bulla/ and the standard library alone")
        elif not name.startswith("bulla/"):
            report(path, f'"{name}": public headers include bulla/ and the standard library alone')
        elif owner.get(name[6:]) not in arrows[layer]:
            report(path, f'"{name}": a header of {layer} must not use {owner.get(name[6:])}')


def main():
    arrows = read_arrows()
    owner = {f"{name}.h": layer for layer, names in PUBLIC.items() for name in names}
    breaches = []

    def report(path, text):
        breaches.append(f"{path.relative_to(ROOT)}: {text}")

    count = 0
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".cc", ".h"):
            layer = path.relative_to(ROOT / "src").parts[0]
            if layer not in arrows:
                report(path, f"the folder {layer} is no layer of CMakeLists.txt")
                continue
            check_source(path, layer, arrows, owner, report)
            count += 1
    for path in sorted((ROOT / "include" / "bulla").glob("*.h")):
        layer = owner.get(path.name)
        if layer is None:
            report(path, "has no layer: add it to PUBLIC in tools/check_layers.py")
            continue
        check_public(path, layer, arrows, owner, report)
        count += 1
    for line in breaches:
        print(line)
    print(f"{count} files, {len(breaches)} breaches")
    return 1 if breaches or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
