#!/usr/bin/env python3
"""Runs `bulla cert check` over certificates with the findings of another linter beside them.

usage: run_lint.py --bulla PROGRAM --source FOLDER --rules FILE --known FILE

Each .crttest file of the folder is a PEM certificate and, behind it, a CSV with the findings of
pkilint. A row of the rules (tab separated: their code, our rules between spaces, or "-" and a reason) says what
is what. A finding of theirs that is an error or a warning must be one of ours; an error of ours must be a
finding of theirs; and where theirs has no error, ours has none. A row of the known differences (tab separated:
path, rule or code, reason) makes a difference expected; a row that is not needed fails too. The certificates
are not part of the project; the test is registered where the folder is there.
"""
import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

END = "-----END CERTIFICATE-----"
TOLD = ("ERROR", "FATAL", "WARNING")
TYPES = {"sponsored": "sponsor"}


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]
    return lines


def profile(path):
    """By which profile their test ran: the folders say it."""
    folders = path.split("/")
    if "smime_br" not in folders:
        return "none"
    kind, generation = folders[folders.index("smime_br") + 1:][:2]
    return f"{TYPES.get(kind, kind)}-{generation}"


def their_findings(path):
    with open(path, encoding="utf-8") as file:
        certificate, _, rest = file.read().partition(END)
    rows = list(csv.DictReader(io.StringIO(rest.strip())))
    return certificate + END + "\n", [(row["severity"], row["code"]) for row in rows]


def our_findings(bulla, pem, baseline):
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pem)
        file.flush()
        command = [bulla, "cert", "check", "--baseline", baseline, "--json", "-", file.name]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)
    report = json.loads(done.stdout)
    if "certificates" not in report:
        return None, done.returncode
    found = [(each["severity"], each["rule"])
             for certificate in report["certificates"] for each in certificate["findings"]]
    return found, done.returncode


class Judge:
    def __init__(self, rules, known):
        self.rules = {row[0]: row[1].split() if row[1] != "-" else [] for row in rules}
        self.known = {(row[0], row[1]): row[2] for row in known}
        self.used = set()
        self.problems = []

    def tell(self, path, what, problem):
        if (path, what) in self.known:
            self.used.add((path, what))
        else:
            self.problems.append(f"{path}: {problem}: {what}")

    def judge(self, path, theirs, ours, exit_code):
        if ours is None:
            self.tell(path, "unreadable", f"exit {exit_code}")
            return
        ids = {rule for _, rule in ours}
        errors = {rule for severity, rule in ours if severity == "error"}
        if exit_code != (1 if errors else 0):
            self.problems.append(f"{path}: exit {exit_code} with errors {sorted(errors)}")
        expected = set()
        for severity, code in theirs:
            if code not in self.rules:
                self.problems.append(f"{path}: no rule of ours for {code}")
                continue
            expected.update(self.rules[code])
            if severity in TOLD and self.rules[code] and not ids & set(self.rules[code]):
                self.tell(path, code, "not found")
        for rule in sorted(errors - expected):
            self.tell(path, rule, "found beyond theirs")
        is_good = not any(severity in ("ERROR", "FATAL") for severity, _ in theirs)
        if is_good:
            for rule in sorted(errors & expected):
                self.tell(path, rule, "an error where theirs has none")

    def finish(self):
        for path, what in sorted(set(self.known) - self.used):
            if self.known[path, what].startswith("only where libcrypto has"):
                continue
            self.problems.append(f"{path}: agrees after all: {what}")


def main():
    parser = argparse.ArgumentParser()
    for flag in ("--bulla", "--source", "--rules", "--known"):
        parser.add_argument(flag, required=True)
    options = parser.parse_args()
    judge = Judge(read_rows(options.rules), read_rows(options.known))
    count = 0
    for folder, _, files in sorted(os.walk(options.source)):
        for name in sorted(files):
            if not name.endswith(".crttest"):
                continue
            full = os.path.join(folder, name)
            path = os.path.relpath(full, options.source)
            pem, theirs = their_findings(full)
            ours, exit_code = our_findings(options.bulla, pem, profile(path))
            judge.judge(path, theirs, ours, exit_code)
            count += 1
    judge.finish()
    for problem in judge.problems:
        print(problem)
    print(f"{count} certificates, {len(judge.problems)} problems, {len(judge.used)} known differences")
    return 1 if judge.problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
