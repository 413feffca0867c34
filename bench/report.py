#!/usr/bin/env python3
"""report.py [--check]: makes docs/performance.md and docs/growth.svg from bench/results/*.tsv.

Each goal is a ratio between two rows of one run; what has no row in the results is told as not measured. --check fails
where the page is not what the results give.
"""
import pathlib
import re
import sys

from growth_plot import draw

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/results"
PAGE, PLOT = ROOT / "docs/performance.md", ROOT / "docs/growth.svg"
# Written by hand, from profiles.
UNMET = ROOT / "bench/unmet.md"
# Written by hand, from bulla_store_bench.
STORE = ROOT / "bench/store.md"

DGST, ANY_OPENSSL, FIRST_OPENSSL = r"openssl dgst/enc", r"openssl 3\.\d+\.\d+", r"openssl 3\.0"
WHOLE = r"openssl .* whole"
# row, operation, against, at least: the other one's CPU time over bulla's
LARGE_GOALS = [
    ("a", "verify-clear", DGST, 0.9), ("a", "verify-clear", ANY_OPENSSL, 25),
    ("a", "verify-clear-ec", DGST, 0.9), ("a", "verify-clear-ec", ANY_OPENSSL, 25),
    ("b", "sign-clear", "floor", 0.85), ("b", "sign-clear", ANY_OPENSSL, 1.7),
    ("b", "sign-opaque", "floor", 0.85), ("b", "sign-opaque", ANY_OPENSSL, 2.1),
    ("b", "verify-opaque", "floor", 0.85), ("b", "verify-opaque", ANY_OPENSSL, 10),
    ("c", "encrypt-mail-cbc", "floor", 0.85), ("c", "encrypt-mail-cbc", ANY_OPENSSL, 1.9),
    ("c", "encrypt-mail-cbc", WHOLE, 4),
    ("c", "encrypt-mail-gcm", "floor", 0.85), ("c", "encrypt-mail-gcm", ANY_OPENSSL, 3.5),
    *[("d", f"decrypt-mail-{cipher}", against, ratio) for cipher in ("cbc", "gcm")
      for against, ratio in (("floor", 0.75), (ANY_OPENSSL, 14), ("Bouncy Castle", 9), ("gpgsm", 20))
      if cipher == "cbc" or against in ("floor", ANY_OPENSSL)],
    *[("e", operation, "floor", 0.75 if operation.startswith("decrypt") else 0.9)
      for operation in ("sign-detached-der", "verify-detached-der", "sign-opaque-der", "verify-opaque-der",
                        "encrypt-cms-cbc-der", "encrypt-cms-gcm-der", "decrypt-cms-cbc-der", "decrypt-cms-gcm-der")],
    *[("e", operation, "best peer", 1) for operation in
      ("sign-detached-der", "verify-detached-der", "sign-opaque-der", "verify-opaque-der", "encrypt-cms-cbc-der",
       "encrypt-cms-gcm-der", "decrypt-cms-cbc-der", "decrypt-cms-gcm-der")],
    ("e", "verify-opaque-der", "gpgsm", 8), ("e", "decrypt-cms-cbc-der", "gpgsm", 8),
    ("f", "seal-mail-cbc", "floor", 1 / 1.2), ("f", "seal-mail-gcm", "floor", 1 / 1.2),
    ("f", "open-mail-cbc", "floor", 1 / 1.2), ("f", "open-mail-gcm", "floor", 1 / 1.2),
]
# row, cases, who, column, libcrypto, at least
SMALL_GOALS = [
    ("h", r"verify/(4|20)k/.*", "bulla", "x_peer", "", 3),
    ("i", r"verify/(4|20)k/.*", "seen", "of_primitive", "", 0.6),
    ("i", r"verify/(4|20)k/.*", "seen", "x_peer", "3.0", 13), ("i", r"verify/(4|20)k/.*", "seen", "x_peer", "3.5", 8),
    ("j", r"(sign|decrypt)/(4|20)k/rsa", "bulla", "of_primitive", "", 0.95),
    ("j", r"sign/(4|20)k/ec", "bulla", "of_primitive", "", 0.8),
    ("j", r"decrypt/(4|20)k/ec", "bulla", "of_primitive", "", 0.75),
    ("k", r"encrypt/1(0|00|000)/rsa", "bulla", "of_primitive", "", 0.9),
    ("k", r"encrypt/1(0|00|000)/ec", "bulla", "of_primitive", "", 0.85),
    ("k", r"decrypt_one_of_1000/.*", "bulla", "of_primitive", "", 0.75),
    ("m", r"mime/(64M|real_.*)", "bulla", "x_peer", "", 3),
]
COLUMN = {"x_peer": "the peer", "of_primitive": "the primitive"}


class Table:
    """A file of results: the lines about the machine, and rows as dictionaries."""

    def __init__(self, name):
        path = RESULTS / name
        lines = path.read_text().splitlines() if path.exists() else []
        self.machine = [line[2:] for line in lines if line.startswith("# ")]
        rows = [line.split("\t") for line in lines if not line.startswith("# ")]
        self.rows = [dict(zip(rows[0], row)) for row in rows[1:]] if rows else []


def verdict(value, least):
    return f"{value:.2f} | {least:.2f} | {'met' if value >= least else '**not met**'}"


def against(rows, operation, wanted):
    """The rows of the programs that a goal names, hardest first; those of exit code 0 only."""
    fits = [row for row in rows if row["operation"] == operation and row["exit"] == "0" and row["program"] != "bulla"]
    if wanted == "best peer":
        fits = [row for row in fits if row["program"] not in ("floor", "openssl dgst/enc")]
    elif wanted == ANY_OPENSSL:
        fits = [row for row in fits if re.fullmatch(wanted, row["program"])]
    else:
        fits = [row for row in fits if re.match(wanted, row["program"])]
    return sorted(fits, key=lambda row: float(row["cpu_ratio"]))


def large_goals(table):
    for row, operation, wanted, least in LARGE_GOALS:
        fits = against(table.rows, operation, wanted)
        if not fits:
            yield f"| {row} | {operation} | {wanted} | – | {least:.2f} | not measured |"
            continue
        name = fits[0]["program"] + (" (the best)" if wanted == "best peer" else "")
        yield f"| {row} | {operation} | {name} | {verdict(float(fits[0]['cpu_ratio']), least)} |"


def small_goals(table):
    for row, cases, who, column, library, least in SMALL_GOALS:
        fits = [line for line in table.rows if re.fullmatch(cases, line["case"]) and line["program"] == who and
                line["threads"] == "1" and line["library"].startswith(library) and line[column] != "-"]
        if not fits:
            yield f"| {row} | {cases} | {COLUMN[column]} | – | {least:.2f} | not measured |"
        for line in fits:
            yield (f"| {row} | {line['case']}{', seen' if who == 'seen' else ''} | {COLUMN[column]}, libcrypto "
                   f"{line['library']} | {verdict(float(line[column]), least)} |")


def thread_goals(table):
    """Wall time for one operation with one thread over that with two."""
    alone = {(line["case"], line["program"], line["library"]): float(line["wall_us"]) for line in table.rows
             if line["threads"] == "1"}
    for line in table.rows:
        key = (line["case"], line["program"], line["library"])
        if line["threads"] == "2" and key in alone and not line["case"].startswith("verify/200k"):
            yield f"| l | {line['case']} {line['program']} | one thread, libcrypto {line['library']} | " \
                  f"{verdict(alone[key] / float(line['wall_us']), 1.9)} |"


def start_goals(table):
    times = {(line["case"], line["program"].split()[0]): float(line["cpu_us"]) for line in table.rows
             if line["row"] == "n"}
    if ("start/sign", "bulla") not in times:
        yield "| n | start | openssl | – | | not measured |"
        return
    yield f"| n | sign | openssl cms -sign | {verdict(times['start/sign', 'openssl'] / times['start/sign', 'bulla'], 1)} |"
    yield f"| n | verify, default trust | 8 ms | {verdict(8000 / times['start/verify, default trust', 'bulla'], 1)} |"


def two_thread_goals(table):
    """Wall time of one message with one thread over that with two."""
    for operation in ("seal-mail-cbc", "seal-mail-gcm", "open-mail-cbc", "open-mail-gcm"):
        fits = against(table.rows, operation, "bulla, 2 threads")
        told = verdict(1 / float(fits[0]["wall_ratio"]), 1 / 0.7) if fits else f"– | {1 / 0.7:.2f} | not measured"
        yield f"| f | {operation}, 2 threads | one thread | {told} |"


def memory_goals(table):
    """One line for all operations that were measured from a file, one from a pipe; the goal is for 4 GiB."""
    rows = [line for line in table.rows if line["row"] == "g"]
    for how in ("file", "pipe"):
        fits = [line for line in rows if line["what"] == how]
        bad = [line["operation"] for line in fits if line["exit"] != "0"]
        if not fits or bad:
            yield f"| g | from a {how} | 32 MiB | – | 1.00 | {'failed: ' + ', '.join(bad) if bad else 'not measured'} |"
            continue
        worst = max(fits, key=lambda line: float(line["peak_mib"]))
        size = int(worst["n"]) / 2**20
        told = verdict(32 / float(worst["peak_mib"]), 1)
        if size < 4096:
            told = told.replace("| met", f"| holds at {size:.0f} MiB, not measured at 4 GiB")
        yield f"| g | {len(fits)} operations from a {how}; most: {worst['operation']}, {worst['peak_mib']} MiB | 32 MiB | {told} |"


def goals(large, small, growth):
    lines = [*large_goals(large), *two_thread_goals(large), *memory_goals(growth), *small_goals(small), *thread_goals(small), *start_goals(small)]
    met = sum(line.endswith("| met |") for line in lines)
    return ["## Goals", "",
            f"{met} of {len(lines)} are met. The ratio is the other one's CPU time over bulla's (row g: 32 MiB over the "
            "peak; rows with two threads: wall time); it has to reach the goal. 1.00 against the floor would be no overhead at all. Where a goal names "
            "openssl, the faster release counts. Large rows are of one size; rows a and f ask for 1 GiB too. "
            "The floor decodes base64 more slowly than bulla's own kernel does (case "
            "kernel/base64_decode below), so its ratios in verify-opaque, decrypt-mail and open-mail flatter bulla. Row l wants "
            "two cores that nothing else uses.", "",
            "| row | work | against | ratio | goal | |", "|---|---|---|---:|---:|---|", *lines, ""]


def large_table(table):
    lines = ["## Large messages", ""]
    if not table.rows:
        return lines + ["Not measured.", ""]
    lines += [f"Whole processes, {table.rows[0]['mib']} MiB of content, from a file to /dev/null, of decryption to a "
              "file. `same`: the output was compared with the original, what a program wrote after another one had opened "
              "it.", "",
              "| row | operation | program | same | CPU ms | wall ms | peak MiB | x CPU | x wall |",
              "|---|---|---|---|---:|---:|---:|---:|---:|"]
    for row in table.rows:
        same = row["same"] if row["exit"] == "0" else f"exit {row['exit']}"
        lines.append(f"| {row['row']} | {row['operation']} | {row['program']} | {same} | {float(row['cpu_s']) * 1000:.0f} | "
                     f"{float(row['wall_s']) * 1000:.0f} | {row['peak_mib']} | {row['cpu_ratio']} | {row['wall_ratio']} |")
    return lines + [""]


def small_table(table):
    lines = ["## Small mails, MIME, start of a process", ""]
    if not table.rows:
        return lines + ["Not measured.", ""]
    lines += ["Inside one process but for row n. `primitive` is the hash or cipher over the mail and the public-key "
              "operations alone; `cms` is libcrypto's own CMS; `seen` is bulla with a Session that has seen the sender.",
              "", "| row | case | program | libcrypto | threads | CPU us | wall us | of the primitive | x peer |",
              "|---|---|---|---|---:|---:|---:|---:|---:|"]
    for row in table.rows:
        lines.append("| " + " | ".join(row[name] for name in ("row", "case", "program", "library", "threads", "cpu_us",
                                                              "wall_us", "of_primitive", "x_peer")) + " |")
    return lines + [""]


def growth_section(table):
    lines = ["## Cost against size, parts and recipients", ""]
    if not any(row["row"] == "o" for row in table.rows):
        return lines + ["Not measured.", ""]
    lines += ["![CPU time against size, parts and recipients, both axes logarithmic](growth.svg)", "",
              "Both axes are logarithmic: a straight line that rises as the dashed one is linear cost. The flat beginning of "
              "the first is the start of a process.", "",
              "| over | operation | from | to | CPU us, from | CPU us, to | to, for each unit: CPU us |",
              "|---|---|---:|---:|---:|---:|---:|"]
    series = {}
    for row in table.rows:
        if row["row"] == "o":
            series.setdefault((row["what"], row["operation"]), []).append((int(row["n"]), float(row["cpu_us"])))
    for (what, operation), points in series.items():
        (low, first), (high, last) = points[0], points[-1]
        unit = 2**20 if what == "size" else 1
        lines.append(f"| {what} | {operation} | {low} | {high} | {first:.0f} | {last:.0f} | {last / high * unit:.2f} |")
    return lines + ["", "A unit of size is 1 MiB.", ""], series


def page():
    large = Table(max((path.name for path in RESULTS.glob("large-*.tsv")), default="large.tsv",
                      key=lambda name: int(re.search(r"\d+", name)[0])))
    small, growth = Table("small.tsv"), Table("growth.tsv")
    section = growth_section(growth)
    section, series = section if isinstance(section, tuple) else (section, {})
    machine = [f"- {line}" for line in large.machine or small.machine]
    text = ["# Performance", "",
            "Made by `bench/report.py` from what `bench/peers.sh`, `bench/small.sh` and `bench/growth.sh` measured; what a "
            "figure means and how to measure again is in [bench/README.md](../bench/README.md). Ratios are of one run; "
            "times of a shared machine move by 10 to 25 %.", "", *machine, "",
            *goals(large, small, growth), *UNMET.read_text().rstrip().split("\n"), "", *section, *large_table(large), *small_table(small),
            *STORE.read_text().rstrip().split("\n")]
    return "\n".join(text).rstrip() + "\n", draw(series)


def main():
    text, plot = page()
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text() == text and PLOT.read_text() == plot
        print("docs/performance.md: " + ("up to date" if same else "make it again with bench/report.py"))
        return 0 if same else 1
    PAGE.write_text(text)
    PLOT.write_text(plot)
    print(f"wrote {PAGE.relative_to(ROOT)} and {PLOT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
