#!/usr/bin/env python3
"""Large messages: every program on the same file, in turn. peers.sh builds what is needed and calls this.

Each round runs every program once (A B C A B C …), so that what else the machine does meets all alike. Of CPU and wall
time the median is told; a ratio is the median over the rounds of (peer / bulla in that round). The peak is the highest.
Output goes to /dev/null, of decryption to a file. One run before, not measured, is compared with the original; what a
program writes is opened by another one first.
"""
import argparse
import filecmp
import pathlib
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

from inputs import Inputs, MIB, remove, warm
from machine import describe_machine
from programs import find_programs, stop_agents

HERE = pathlib.Path(__file__).resolve().parent
# row of the table of goals, operation, input
OPERATIONS = [
    ("a", "verify-clear", "entity"), ("a", "verify-clear-ec", "entity"),
    ("b", "sign-clear", "entity"), ("b", "sign-opaque", "entity"), ("b", "verify-opaque", "entity"),
    ("c", "encrypt-mail-cbc", "entity"), ("c", "encrypt-mail-gcm", "entity"),
    ("d", "decrypt-mail-cbc", "entity"), ("d", "decrypt-mail-gcm", "entity"),
    ("e", "sign-detached-der", "raw"), ("e", "verify-detached-der", "raw"),
    ("e", "sign-opaque-der", "raw"), ("e", "verify-opaque-der", "raw"),
    ("e", "encrypt-cms-cbc-der", "raw"), ("e", "encrypt-cms-gcm-der", "raw"),
    ("e", "decrypt-cms-cbc-der", "raw"), ("e", "decrypt-cms-gcm-der", "raw"),
    ("f", "seal-mail-cbc", "mail"), ("f", "seal-mail-gcm", "mail"),
    ("f", "open-mail-cbc", "mail"), ("f", "open-mail-gcm", "mail"),
]
UNDO = {"sign": "verify", "encrypt": "decrypt", "seal": "open"}
COLUMNS = ("row", "operation", "program", "mib", "same", "exit", "rounds", "cpu_s", "wall_s", "peak_mib", "cpu_ratio",
           "wall_ratio")


@dataclass
class Cost:
    code: int
    cpu: float
    wall: float
    peak: float


@dataclass
class Series:
    program: object
    command: list
    same: str = "-"
    costs: list = field(default_factory=list)

    def median(self, name):
        return statistics.median(getattr(cost, name) for cost in self.costs)


class Bench:
    def __init__(self, options, octets):
        self.options, self.octets = options, octets
        self.work = pathlib.Path(options.work).absolute()
        self.work.mkdir(parents=True, exist_ok=True)
        self.inputs = Inputs(self.work)
        self.made = self.work / "made"
        self.made.mkdir(exist_ok=True)
        self.programs, missing = find_programs(options, self.inputs, self.work)
        for name in missing:
            print(f"left out, not found: {name}", file=sys.stderr)
        self.bulla = self.programs[0]
        self.openssl = next(p for p in self.programs if p.name.startswith("openssl ") and "/" not in p.name)

    def measure(self, command):
        report = self.work / "report"
        remove(report)
        subprocess.run([str(self.options.measure), str(report), *map(str, command)], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=1200, check=False)
        code, user, system, wall, peak = map(int, report.read_text().split())
        return Cost(code, (user + system) / 1e6, wall / 1e6, peak / 1024)

    # -- inputs of what opens

    def original(self, kind):
        return getattr(self.inputs, kind)(self.octets, f"{kind}-{self.octets}")

    def source(self, operation, kind):
        """The message that an operation reads, made by openssl; of seal's inverse by bulla."""
        action, form, *more = operation.split("-")
        content = self.original(kind)
        making = {"verify": "sign", "decrypt": "encrypt", "open": "seal"}.get(action)
        if making is None:
            return content
        maker = self.bulla if making == "seal" else self.openssl
        message = self.made / f"{operation}-{self.octets}"
        if not message.exists():
            command = [*maker.command("-".join([making, form, *more]), content, message)]
            if making == "sign" and "der" not in more:
                command += ["-from", "alice@example.org"]  # bulla compares it with the signer
            subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL)
            if "der" not in more:
                self._strip(message)
        return {"content": content, "message": message} if form == "detached" else message

    @staticmethod
    def _strip(message):
        """The base64 without its header, for programs that know no MIME."""
        with open(message, "rb") as file, open(f"{message}.b64", "wb") as out:
            while file.readline().strip():
                pass
            while block := file.read(MIB):
                out.write(block)

    # -- is the output right?

    def check(self, series, operation, kind, source):
        out, back = self.work / "checked", self.work / "back"
        command = series.program.command(operation, source, out)
        cost = self.measure(command)
        same = "no" if cost.code else "-"
        if cost.code == 0 and series.program.name not in ("floor", "openssl dgst/enc"):
            same = self._compare(series, operation, kind, out, back)
        for path in (out, back):
            remove(path)
        return same

    def _compare(self, series, operation, kind, out, back):
        action, form, *more = operation.split("-")
        original = self.original(kind)
        if action in UNDO:
            opener = self.openssl if series.program is self.bulla and action != "seal" else self.bulla
            if "der" not in more and not series.program.name.startswith(("bulla", "openssl")):
                return "-"  # no mail
            made = {"content": original, "message": out} if form == "detached" else out
            opened = "-".join([UNDO[action], form, *more])
            # Only the signature is bulla's question here: without a From it would not be settled.
            words = [*opener.command(opened, made, back), *(["--release", "any"] if opener is self.bulla and action == "sign" else [])]
            cost = self.measure(words)
            if cost.code not in ((0, 2) if opener is self.bulla else (0,)):
                return "no"
        else:
            if form == "detached" and not out.exists():
                return "-"
            back = out
        if kind == "mail":
            return "yes" if self._body(back) == self._body(original) else "no"
        return "yes" if filecmp.cmp(back, original, shallow=False) else "no"

    @staticmethod
    def _body(path):
        """Everything after the header of a mail."""
        return path.read_bytes().partition(b"\r\n\r\n")[2]

    # -- rows

    def run(self, row, operation, kind):
        source = self.source(operation, kind)
        for path in source.values() if isinstance(source, dict) else [source]:
            warm(path)
        out = self.work / "out" if operation.startswith(("decrypt", "open")) else "/dev/null"
        all_series = []
        for program in self.programs:
            command = program.command(operation, source, out)
            if command:
                series = Series(program, command)
                series.same = self.check(series, operation, kind, source)
                all_series.append(series)
        for _ in range(self.options.rounds):
            for series in all_series:
                if series.costs and series.costs[-1].wall > self.options.slow:
                    continue
                remove(self.work / "out")
                series.costs.append(self.measure(series.command))
        remove(self.work / "out")
        return [self._line(row, operation, series, all_series[0]) for series in all_series]

    def _line(self, row, operation, series, bulla):
        def ratio(name):
            return statistics.median(getattr(theirs, name) / max(getattr(ours, name), 1e-6)
                                     for theirs, ours in zip(series.costs, bulla.costs))
        return (row, operation, series.program.name, self.options.size, series.same,
                max(cost.code for cost in series.costs), len(series.costs), f"{series.median('cpu'):.3f}",
                f"{series.median('wall'):.3f}", f"{max(cost.peak for cost in series.costs):.1f}",
                f"{ratio('cpu'):.2f}", f"{ratio('wall'):.2f}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=64, help="MiB of content")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=float, default=4, help="what takes more seconds is run once")
    parser.add_argument("--only", default="", help="regular expression over 'ROW OPERATION'")
    parser.add_argument("--peers", default="", help="regular expression over the programs' names")
    parser.add_argument("--build", required=True, help="build folder")
    parser.add_argument("--bulla", help="another bulla than the build folder's")
    parser.add_argument("--trixie", help="a tree of Debian 13 (default: the one of tools/fresh_debian.sh)")
    parser.add_argument("--work", default="build/bench-work")
    parser.add_argument("--results", help="default: bench/results/large-SIZE.tsv")
    options = parser.parse_args()
    binaries = pathlib.Path(options.build).absolute() / "bin"
    options.bulla = options.bulla or binaries / "bulla"
    options.floor, options.measure = binaries / "bulla_floor", binaries / "bench_measure"
    options.results = pathlib.Path(options.results or HERE / f"results/large-{options.size}.tsv")
    return options


def main():
    options = parse_options()
    bench = Bench(options, options.size * MIB)
    lines = []
    print(f"{'':2}{'operation':22}{'program':22}{'same':>5}{'CPU ms':>9}{'wall ms':>9}{'MiB':>8}{'x CPU':>8}{'x wall':>8}")
    try:
        for row, operation, kind in OPERATIONS:
            if not re.search(options.only, f"{row} {operation}"):
                continue
            for line in bench.run(row, operation, kind):
                lines.append(line)
                _, _, program, _, same, code, _, cpu, wall, peak, cpu_ratio, wall_ratio = line
                print(f"{row:2}{operation:22}{program:22}{same if code == 0 else f'exit {code}':>5}{float(cpu) * 1000:9.1f}"
                      f"{float(wall) * 1000:9.1f}{peak:>8}{cpu_ratio:>8}{wall_ratio:>8}", flush=True)
    finally:
        stop_agents(bench.inputs)
    if not options.only and not options.peers:
        options.results.parent.mkdir(exist_ok=True)
        text = "".join(f"# {line}\n" for line in describe_machine()) + "\t".join(COLUMNS) + "\n"
        text += "".join("\t".join(map(str, line)) + "\n" for line in lines)
        options.results.write_text(text)
    bad = [line for line in lines if line[4] == "no" or (line[2] == "bulla" and line[5])]
    for line in bad:
        print(f"not the original: {line[1]} by {line[2]}")
    return 1 if any(line[2] == "bulla" for line in bad) else 0


if __name__ == "__main__":
    sys.exit(main())
