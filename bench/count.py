#!/usr/bin/env python3
"""Counts the instructions of fixed operations and compares them with bench/instruction_counts.tsv.

usage: count.py --program BULLA_COUNT --data FOLDER --compiler "NAME VERSION" [--write] [--again]

Only instructions in bulla's own code count: those of libcrypto and the C library depend on the processor. A row that
rose by more than 5 % fails, and so does one that is missing; one that fell is told. --write replaces the file: do that
in the change that costs or saves, and say there why. --again counts twice and tells how far the two are apart.
Exit 77 where the counts of the file are not for this compiler or processor.
"""
import argparse
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

COUNTS = pathlib.Path(__file__).resolve().with_name("instruction_counts.tsv")
TOLERANCE = 0.05
NAME = re.compile(r"^\((\d+)\)(?: (.*))?")
CALL = re.compile(r"^calls=")
COST = re.compile(r"^[+\-*\d]\S* (\d+)")


def own_instructions(dump, program):
    """The self cost of the functions in this object, from callgrind's format (positions: line, events: Ir)."""
    objects, inside, is_call, total = {}, False, False, 0
    for line in dump.split("\n"):
        if line.startswith("ob="):
            number, name = NAME.match(line[3:]).groups()
            objects.setdefault(number, name)
            inside = objects[number] == program
        elif line.startswith("cob="):
            number, name = NAME.match(line[4:]).groups()
            objects.setdefault(number, name)
        elif CALL.match(line):
            is_call = True
        elif cost := COST.match(line):
            # The line after "calls=" is what the called function cost.
            total += int(cost[1]) if inside and not is_call else 0
            is_call = False
    return total


def count(program, data):
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--callgrind-out-file=" + folder + "/out",
                   program, data]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env=dict(os.environ, LC_ALL="C"), check=False)
        if done.returncode:
            sys.exit(done.stderr.decode("utf-8", "replace") + f"count.py: {program} ended with {done.returncode}")
        counts = {}
        for path in pathlib.Path(folder).iterdir():
            dump = path.read_text()
            if name := re.search(r"^desc: Trigger: Client Request: (.*)$", dump, re.M):
                counts[name[1]] = own_instructions(dump, program)
    return counts


def read_counts():
    """The counts of the file, and what they are for."""
    lines = COUNTS.read_text().split("\n") if COUNTS.exists() else []
    made_for = next((line[2:] for line in lines if line.startswith("# for: ")), None)
    rows = [line.split("\t") for line in lines if line and not line.startswith(("#", "operation\t"))]
    return made_for, {name: int(number) for name, number in rows}


def write_counts(made_for, counts):
    text = (f"# Instructions of bulla's own code, by callgrind (bench/count.sh). A change that moves a row by more than 5 %\n"
            f"# brings this file along (bench/count.sh --write) and says why.\n# {made_for}\noperation\tinstructions\n")
    COUNTS.write_text(text + "".join(f"{name}\t{counts[name]}\n" for name in sorted(counts)))


def compare(old, new):
    worse = []
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name), new.get(name)
        if before is None or now is None:
            print(f"{name:16} {before or '-':>12} -> {now or '-':>12}  is in one of the two only")
            worse.append(name)
            continue
        change = now / before - 1
        verdict = "ROSE" if change > TOLERANCE else "fell" if change < -TOLERANCE else ""
        print(f"{name:16} {before:12} -> {now:12} {change:+7.1%}  {verdict}")
        if change > TOLERANCE:
            worse.append(name)
    return worse


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    # Under valgrind every x86-64 of the last ten years looks alike: AVX2, no AVX-512.
    made_for = f"for: {options.compiler}, {platform.machine()}, Release"
    known_for, old = read_counts()
    if known_for != made_for and not options.write:
        print(f"the counts are {known_for}; this is {made_for}: not compared")
        return 77
    new = count(program, options.data)
    if options.again:
        second = count(program, options.data)
        for name in sorted(new):
            print(f"{name:16} {new[name]:12} {second[name]:12} {abs(second[name] / new[name] - 1):.3%} apart")
    if options.write:
        write_counts(made_for, new)
        print(f"wrote {COUNTS.name}")
        return 0
    worse = compare(old, new)
    if worse:
        print(f"\nmore instructions than before: {', '.join(worse)}\n"
              "Find the cause: callgrind_annotate, or perf over bulla_bench. If it must be, run bench/count.sh --write\n"
              "in the same change and say in its message what is bought with it.")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
