#!/usr/bin/env python3
"""How cost grows, and what memory the largest message takes. growth.sh builds what is needed and calls this.

CPU time and peak memory of bulla over messages from 1 KiB to --size MiB, each four times the one before; time over parts and
over recipients, inside one process; and the peak of every operation of peers.py at --size, from file to file and from
pipe to pipe.
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys

from inputs import MIB, remove
from machine import describe_machine
from peers import Bench, OPERATIONS

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("row", "what", "operation", "n", "cpu_us", "wall_us", "peak_mib", "exit")
GROWING = ("sign-clear", "verify-clear", "encrypt-mail-cbc", "decrypt-mail-cbc")


class Growth:
    def __init__(self, options):
        self.options = options
        self.lines = []

    def add(self, *line):
        self.lines.append(line)
        print("\t".join(map(str, line)), flush=True)

    def sizes(self):
        octets = 1024
        while octets < self.options.size * MIB:
            yield octets
            octets *= 4
        yield self.options.size * MIB

    def over_sizes(self):
        for octets in self.sizes():
            bench = Bench(self.options, octets)
            for operation in GROWING:
                rounds = 1 if octets > 512 * MIB else 5
                self._measure(bench, operation, "entity", rounds)
            self._clean(bench)

    def _measure(self, bench, operation, kind, rounds):
        source = bench.source(operation, kind)
        out = bench.work / "out"
        costs = [bench.measure(bench.bulla.command(operation, source, out)) for _ in range(rounds)]
        best = min(costs, key=lambda cost: cost.cpu)
        self.add("o", "size", operation, bench.octets, f"{best.cpu * 1e6:.0f}", f"{best.wall * 1e6:.0f}",
                 f"{max(cost.peak for cost in costs):.1f}", max(cost.code for cost in costs))
        remove(out)

    def inside(self):
        """Parts and recipients."""
        program = pathlib.Path(self.options.build).absolute() / "bin/bulla_bench"
        done = subprocess.run([str(program), "growth", "--benchmark_format=json", "--benchmark_min_time=0.05"], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in json.loads(done.stdout)["benchmarks"]:
            _, what, operation, count = line["name"].split("/")
            if line.get("error_occurred"):
                print(f"left out: {operation} with {count} {what}: {line['error_message']}", file=sys.stderr)
                continue
            self.add("o", what, operation, count, f"{line['cpu_time']:.1f}", f"{line['real_time']:.1f}", "-", 0)

    def memory(self):
        bench = Bench(self.options, self.options.size * MIB)
        for _, operation, kind in OPERATIONS:
            if not re.search(self.options.only, operation):
                continue
            source = bench.source(operation, kind)
            out = bench.work / "out"
            from_file = bench.bulla.command(operation, source, out)
            self._peak(bench, "file", operation, from_file)
            remove(out)
            self._peak(bench, "pipe", operation, self._piped(from_file, source, out))
            self._clean(bench, keep_bodies=True)
        self._clean(bench)

    @staticmethod
    def _piped(command, source, out):
        """The same from a pipe into a pipe; a detached content stays a file."""
        message = source["message"] if isinstance(source, dict) else source
        words = [shlex.quote(str(word)) for word in command if str(word) not in (str(message), "-o", str(out))]
        return ["sh", "-c", f"cat {shlex.quote(str(message))} | {' '.join(words)} | cat >/dev/null"]

    def _peak(self, bench, how, operation, command):
        cost = bench.measure(command)
        self.add("g", how, operation, bench.octets, f"{cost.cpu * 1e6:.0f}", f"{cost.wall * 1e6:.0f}", f"{cost.peak:.1f}",
                 cost.code)

    @staticmethod
    def _clean(bench, keep_bodies=False):
        for folder in (bench.made, *([] if keep_bodies else [bench.inputs.bodies])):
            for path in folder.iterdir():
                if bench.octets > 64 * MIB and str(bench.octets) in path.name:
                    path.unlink()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=1024, help="MiB of the largest message")
    parser.add_argument("--only", default="", help="regular expression over the operations whose memory is measured")
    parser.add_argument("--build", required=True)
    parser.add_argument("--bulla", help="another bulla than the build folder's")
    parser.add_argument("--work", default="build/bench-work")
    parser.add_argument("--results", default=HERE / "results/growth.tsv", type=pathlib.Path)
    options = parser.parse_args()
    binaries = pathlib.Path(options.build).absolute() / "bin"
    options.bulla = options.bulla or binaries / "bulla"
    options.floor, options.measure = binaries / "bulla_floor", binaries / "bench_measure"
    # Of the other programs only the maker of the messages.
    options.peers, options.trixie = r"^(bulla|openssl \d\S*)$", None
    return options


def main():
    options = parse_options()
    growth = Growth(options)
    print("\t".join(COLUMNS))
    growth.over_sizes()
    growth.inside()
    growth.memory()
    options.results.parent.mkdir(exist_ok=True)
    text = "".join(f"# {line}\n" for line in describe_machine()) + "\t".join(COLUMNS) + "\n"
    options.results.write_text(text + "".join("\t".join(map(str, line)) + "\n" for line in growth.lines))
    return 1 if any(line[-1] != 0 for line in growth.lines) else 0


if __name__ == "__main__":
    sys.exit(main())
