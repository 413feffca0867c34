#!/usr/bin/env python3
"""Small mails: rates inside one process, and what one process costs. small.sh builds what is needed and calls this.

Each round runs bulla_bench once, which measures one after the other what is compared; a figure is the median over the
rounds, a ratio the median of the ratios of each round. Time is CPU time of the process but where it says wall.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

from inputs import Inputs, remove, run
from machine import describe_machine
from programs import Bulla, CACHE, Openssl

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("row", "case", "program", "library", "threads", "rounds", "cpu_us", "wall_us", "of_primitive", "x_peer")
SYSTEM_ROOTS = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def row_of(case):
    """The row of the table of goals that a case belongs to."""
    action, how_many, *_ = case.split("/")
    if action == "verify":
        return "h"
    if action in ("kernel", "mime"):
        return {"kernel": "-", "mime": "m"}[action]
    return "k" if action == "decrypt_one_of_1000" or (action == "encrypt" and how_many != "1") else "j"


class Sample:
    """One line of Google Benchmark: OPERATION/SIZE/FAMILY/WHO[/process_time/real_time[/threads:N]]."""

    def __init__(self, line):
        words = [word for word in line["name"].split("/") if not word.endswith("_time")]
        threads = [word for word in words if word.startswith("threads:")]
        words = [word for word in words if word not in threads]
        self.case, self.who = "/".join(words[:-1]), words[-1]
        self.threads = int(threads[0].split(":")[1]) if threads else 1
        unit = {"ns": 1e-3, "us": 1, "ms": 1e3}[line["time_unit"]]
        self.cpu, self.wall = line["cpu_time"] * unit, line["real_time"] * unit


class Rates:
    def __init__(self, library, prefix, options):
        self.library, self.options = library, options
        self.command = [*map(str, prefix), str(options.build / "bulla_bench")]
        self.samples = collections.defaultdict(list)  # (case, who, threads): one for each round

    def add_round(self):
        """Mails to parse in a process of their own."""
        for names in [self.options.only] if self.options.only else ["-^mime/", "^mime/"]:
            self._add(names)

    def _add(self, names):
        environment = dict(os.environ, **({"BULLA_BENCH_MAILS": self.options.mails} if self.options.mails else {}))
        done = subprocess.run([*self.command, "--benchmark_format=json",
                               f"--benchmark_min_time={self.options.seconds}", f"--benchmark_filter={names}"],
                              env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in json.loads(done.stdout)["benchmarks"]:
            sample = Sample(line)
            self.samples[sample.case, sample.who, sample.threads].append(sample)

    def ratio(self, case, who, other, name="cpu"):
        """How many times as long the other one takes."""
        ours, theirs = self.samples[who], self.samples.get((case, other, 1))
        if not theirs:
            return "-"
        return f"{statistics.median(getattr(b, name) / getattr(a, name) for a, b in zip(ours, theirs)):.3f}"

    def peer(self, case):
        """Who else does a case."""
        return next((who for who in ("cms", "gmime", "libcrypto") if (case, who, 1) in self.samples), "")

    def lines(self):
        for (case, who, threads), samples in sorted(self.samples.items()):
            row = "i" if who == "seen" else row_of(case)
            yield ("l" if threads > 1 else row, case, who, self.library, threads, len(samples),
                   f"{statistics.median(s.cpu for s in samples):.2f}",
                   f"{statistics.median(s.wall for s in samples):.2f}",
                   self.ratio(case, (case, who, threads), "primitive"),
                   self.ratio(case, (case, who, threads), self.peer(case)))


class StartUp:
    """Row n: one whole process for a mail of 1 KB."""

    def __init__(self, options, inputs):
        self.options, self.inputs = options, inputs
        self.report = inputs.folder / "report"
        mail = inputs.entity(1024, "entity-1k")
        made = inputs.folder / "made"
        made.mkdir(exist_ok=True)
        signed, bundle = made / "start-signed", made / "bundle.pem"
        openssl, bulla = Openssl(inputs), Bulla(options.build / "bulla", inputs)
        run(*openssl.command("sign-clear", mail, signed), "-from", "alice@example.org")
        bundle.write_bytes(inputs.key("roots.pem").read_bytes() +
                           (SYSTEM_ROOTS.read_bytes() if SYSTEM_ROOTS.exists() else b""))
        verify = [bulla.program, "verify", "-q", "-o", "/dev/null"]
        self.commands = {
            ("sign", "bulla"): bulla.command("sign-clear", mail, "/dev/null"),
            ("sign", openssl.name): openssl.command("sign-clear", mail, "/dev/null"),
            # The root of the measurements is none of the system's: all of them are looked through.
            ("verify, default trust", "bulla"): [*verify, signed],
            ("verify, system's roots and ours", "bulla"): [*verify, "--trust", bundle, signed],
            ("verify, system's roots and ours", openssl.name):
                ["openssl", "cms", "-verify", "-CAfile", bundle, "-no-CApath", "-no-CAstore", "-in", signed, "-out",
                 "/dev/null"],
            ("version", "bulla"): [bulla.program, "--version"],
            ("version", openssl.name): ["openssl", "version"],
        }
        self.costs = collections.defaultdict(list)

    def add_round(self):
        for key, command in self.commands.items():
            remove(self.report)
            subprocess.run([str(self.options.build / "bench_measure"), str(self.report), *map(str, command)],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            _, user, system, wall, _ = map(int, self.report.read_text().split())
            self.costs[key].append((user + system, wall))

    def lines(self):
        for (case, who), costs in self.costs.items():
            yield ("n", "start/" + case, who, "-", 1, len(costs), f"{statistics.median(c for c, _ in costs):.0f}",
                   f"{statistics.median(w for _, w in costs):.0f}", "-", "-")


def trixie_prefix(tree):
    """Words that start a program of this Debian with the C library and libcrypto of Debian 13."""
    tree = pathlib.Path(tree) if tree else CACHE / "trixie"
    libraries = next(tree.glob("usr/lib/*-linux-gnu"), None)
    if libraries is None or not (libraries / "libcrypto.so.3").exists():
        return None, None
    version = re.search(rb"OpenSSL (\d\.\d+\.\d+) ", (libraries / "libcrypto.so.3").read_bytes())
    here = f"/usr/lib/{libraries.name}"
    return [next(libraries.glob("ld-linux*")), "--library-path", f"{libraries}:{here}"], version[1].decode()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="CPU time for each measurement of a round")
    parser.add_argument("--only", default="", help="regular expression over the cases; '^start' for row n")
    parser.add_argument("--build", required=True)
    parser.add_argument("--trixie", help="a tree of Debian 13 (default: the one of tools/fresh_debian.sh)")
    parser.add_argument("--mails", help="a folder with real mails, *.eml, for row m")
    parser.add_argument("--work", default="build/bench-work")
    parser.add_argument("--results", default=HERE / "results/small.tsv", type=pathlib.Path)
    options = parser.parse_args()
    options.build = pathlib.Path(options.build).absolute() / "bin"
    return options


def main():
    options = parse_options()
    version = run("openssl", "version").decode().split()[1]
    groups = []
    if not options.only.startswith("^start"):
        groups.append(Rates(version, [], options))
        prefix, other = trixie_prefix(options.trixie)
        if prefix:
            groups.append(Rates(other, prefix, options))
        else:
            print("left out, not found: Debian 13's libcrypto", file=sys.stderr)
    if not options.only or options.only.startswith("^start"):
        groups.append(StartUp(options, Inputs(options.work)))
    for _ in range(options.rounds):
        for group in groups:
            group.add_round()
    lines = sorted(line for group in groups for line in group.lines())
    print(f"{'':2}{'case':42}{'program':16}{'library':8}{'thr':>4}{'CPU us':>11}{'wall us':>11}{'of prim.':>9}{'x peer':>8}")
    for row, case, who, library, threads, _, cpu, wall, of_primitive, x_peer in lines:
        print(f"{row:2}{case:42}{who:16}{library:8}{threads:4}{float(cpu):11.1f}{float(wall):11.1f}{of_primitive:>9}{x_peer:>8}")
    if not options.only:
        options.results.parent.mkdir(exist_ok=True)
        text = "".join(f"# {line}\n" for line in describe_machine()) + "\t".join(COLUMNS) + "\n"
        options.results.write_text(text + "".join("\t".join(map(str, line)) + "\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
