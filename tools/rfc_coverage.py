#!/usr/bin/env python3
"""Makes docs/rfc-coverage.md: for each requirement, which code and which tests name it.

A requirement has an ID (MIME-12) and a place in the RFCs. Comments and test names cite the ID, with a hyphen, an
underscore or nothing between group and number; MIME-31..33 is a range. The list of IDs comes from requirements.md in
the folder BULLA_SHARED where that exists, else from the committed page itself.

  rfc_coverage.py           prints the page
  rfc_coverage.py --write   writes it
  rfc_coverage.py --check   exit 1 if the committed page is not current
"""
import collections
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rfc-coverage.md"
GROUPS = {
    "MIME": "MIME structure, canonical form, media types", "CMS": "CMS and PKCS #7 structures",
    "ATTR": "Attributes", "ALG": "Algorithms", "CHOOSE": "Choice of algorithms when sending",
    "KM": "Key management", "CERT": "Certificates, paths, revocation", "HP": "Header protection",
    "E2E": "End-to-end mail", "GW": "Gateways", "ESS": "Enhanced security services", "TSP": "Time stamps",
}
ID = re.compile(rf"(?<![A-Z])({'|'.join(GROUPS)})[-_]?(\d\d)(?:\.\.(?:\1[-_]?)?(\d\d))?(?!\d)")
ROW = re.compile(rf"^\| ((?:{'|'.join(GROUPS)})-\d+) \|(.*)\|\s*$", re.M)

HEAD = """# Coverage of the RFCs

{total} requirements of the S/MIME, CMS, X.509 and header protection RFCs, each with the code and the tests that name it. The
page is made from the IDs in comments and test names by `tools/rfc_coverage.py`; a requirement that nothing names is open,
even where the code happens to meet it.

{done} done (code and test), {tested} tested only, {code} code only, {open} open.
"""


def read_requirements():
    """ID -> RFC places. From the requirement matrix, or from the page."""
    shared = pathlib.Path(os.environ.get("BULLA_SHARED") or ROOT.parent / "shared") / "requirements.md"
    source = shared if shared.is_file() else PAGE
    if not source.is_file():
        sys.exit("rfc_coverage: neither requirements.md nor docs/rfc-coverage.md is there")
    wanted = {}
    for match in ROW.finditer(source.read_text(encoding="utf-8")):
        cells = [cell.strip() for cell in match[2].replace("\\|", "\0").split("|")]
        wanted[match[1]] = (cells[-2] if source == shared else cells[0]).replace("\0", "\\|")
    return wanted


def read_citations(folders):
    """ID -> files that name it."""
    cited = collections.defaultdict(set)
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in (".cc", ".h", ".txt", ".test", ".sh", ".py") and path.parent.name != "data":
                continue
            if not path.is_file():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            for group, first, last in ID.findall(text):
                for number in range(int(first), int(last or first) + 1):
                    cited[f"{group}-{number:02}"].add(str(path.relative_to(ROOT)))
    return cited


def state_of(code, tests):
    if code and tests:
        return "done"
    return "code only" if code else "tested" if tests else "open"


def make_page():
    wanted = read_requirements()
    code, tests = read_citations(["src", "include"]), read_citations(["tests"])
    states = collections.Counter(state_of(code.get(id), tests.get(id)) for id in wanted)
    parts = [HEAD.format(total=len(wanted), done=states["done"], tested=states["tested"], code=states["code only"],
                         open=states["open"])]
    for group, title in GROUPS.items():
        rows = [id for id in wanted if id.startswith(group + "-")]
        parts.append(f"\n## {title}\n\n| ID | RFC | Code | Tests | State |\n|---|---|---|---|---|\n")
        for id in rows:
            places = [", ".join(f"`{name}`" for name in sorted(cited.get(id, ()))) for cited in (code, tests)]
            parts.append(f"| {id} | {wanted[id]} | {places[0]} | {places[1]} | "
                         f"{state_of(code.get(id), tests.get(id))} |\n")
    unknown = sorted((set(code) | set(tests)) - set(wanted))
    return "".join(parts), unknown


def main():
    page, unknown = make_page()
    for id in unknown:
        print(f"{id}: is cited and is no requirement", file=sys.stderr)
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if "--check" in sys.argv:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page
        print("coverage page: " + ("current" if current else "not current; run tools/rfc_coverage.py --write"))
        return 0 if current and not unknown else 1
    print(page, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
