#!/usr/bin/env python3
"""batch_kill.py --bulla PROGRAM --pki FOLDER [--messages N] [--seed N]: kills batches at random points and goes on.

After each kill -9 every result that has its name is whole. At the end every message has its result, the journal has each
once, nothing unfinished is left, and the manifest is that of a run which nobody interrupted. SIGTERM and SIGINT end the
process by that signal and leave the same state.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time


INTERRUPTIONS = 12  # of each kind
ROUNDS = 100


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


def write_letters(folder, count):
    letter = ("From: Alice <alice@example.com>\r\nTo: bob@example.com\r\nSubject: number {0}\r\n"
              "Date: Mon, 1 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
              "Letter {0}.\r\n")
    for number in range(count):
        path = folder / f"{number % 7}" / f"{number}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letter.format(number) + "x" * 60 * (number % 50), newline="")


def results(folder):
    """Every file that has its name, by path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path for path in files
            if not path.name.startswith(".bulla-") and ".bulla-parts" not in path.parts}


class Batch:
    def __init__(self, options, work):
        self.options, self.work, self.seconds = options, work, {}

    def command(self, verb, source, out):
        pki = pathlib.Path(self.options.pki)
        flags = {"open": ["-i", pki / "bob.pem", "--trust", pki / "root.crt", "--require", "encrypted"],
                 "encrypt": ["-r", pki / "bob.crt"]}[verb]
        name = self.work / (out + ".manifest")
        return [self.options.bulla, "batch", verb, "-q", "-j2", *flags, "--manifest", name,
                "--report", self.work / (out + ".report"), "--out", self.work / out, self.work / source]

    def run(self, verb, source, out):
        """The exit code is not 0: nobody signed the letters."""
        start = time.monotonic()
        code = subprocess.run(self.command(verb, source, out), timeout=120).returncode
        self.seconds.setdefault(verb, time.monotonic() - start)  # of the first, which does everything
        return code

    def interrupt(self, verb, source, out, signal_number):
        """True if the signal came before the end."""
        process = subprocess.Popen(self.command(verb, source, out))
        time.sleep(random.uniform(0, self.seconds[verb]))
        process.send_signal(signal_number)
        return process.wait(timeout=120) == -signal_number

    def interrupt_often(self, verb, source, out, signals):
        """Yields the name of the results' folder after each interruption, and after each end of a round. A round that
        came to its end is followed by another from the beginning, until there were enough interruptions."""
        interruptions = rounds = 0
        for number in signals * ROUNDS:
            name = f"{out}-{rounds}"
            if self.interrupt(verb, source, name, number):
                interruptions += 1
            else:
                rounds += 1
            yield name
            if interruptions >= INTERRUPTIONS and rounds > 0:
                break
        check(interruptions >= INTERRUPTIONS, f"{out}: {interruptions} interruptions alone")
        self.run(verb, source, f"{out}-{rounds}")
        yield f"{out}-{rounds}"

    def check_end(self, out, count):
        folder = self.work / out
        lines = (folder / ".bulla-journal").read_bytes().split(b"\n")[1:-1]
        paths = [json.loads(line.split(b" ", 3)[3])["path"] for line in lines]
        check(len(paths) == count and len(set(paths)) == count, f"{out}: the journal has {len(paths)} records")
        check(len(results(folder)) == count, f"{out}: {len(results(folder))} results")
        check(not (folder / ".bulla-parts").exists(), f"{out}: something unfinished is left")
        report = (self.work / (out + ".report")).read_text().splitlines()
        reported = {json.loads(line)["path"] for line in report[:-1]}
        check(len(report) == count + 1 and len(reported) == count, f"{out}: the report has {len(report)} lines")
        check(json.loads(report[-1])["summary"]["complete"], f"{out}: the summary says that it is not complete")


def run_killed_opening(batch, count):
    expected = {name: path.read_bytes() for name, path in results(batch.work / "whole").items()}
    manifest = (batch.work / "whole.manifest").read_bytes()
    check(len(expected) == count, f"{len(expected)} results without any interruption")
    for out in batch.interrupt_often("open", "in", "killed", [signal.SIGKILL]):
        for name, path in results(batch.work / out).items():
            check(path.read_bytes() == expected.get(name), f"{out}: {name} is not whole")
    for folder in batch.work.glob("killed-*.manifest"):
        batch.check_end(folder.stem, count)
        check(folder.read_bytes() == manifest, f"{folder.stem}: the manifests differ")


def run_killed_sealing(batch, count):
    """Encryption has another result each time: it must be one of them, and open."""
    for _ in batch.interrupt_often("encrypt", "letters", "sealed", [signal.SIGKILL]):
        pass
    for folder in list(batch.work.glob("sealed-*.manifest")):
        batch.check_end(folder.stem, count)
    check(batch.run("open", "sealed-0", "sealed-open") == 2, "what was encrypted does not open")
    batch.check_end("sealed-open", count)


def run_asked_to_end(batch, count):
    """The signal may come before the batch listens, or with -j2 behind its last message."""
    for out in batch.interrupt_often("open", "in", "asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]):
        parts = batch.work / out / ".bulla-parts"
        check(not parts.exists() or not list(parts.iterdir()), f"{out}: something unfinished is left after a signal")
    for folder in batch.work.glob("asked-*.manifest"):
        batch.check_end(folder.stem, count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--pki", required=True)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="bulla-batch-") as name:
        batch = Batch(options, pathlib.Path(name))
        write_letters(batch.work / "letters", options.messages)
        try:
            check(batch.run("encrypt", "letters", "in") == 0, "encryption failed")
            check(batch.run("open", "in", "whole") == 2, "opening failed")
            batch.check_end("whole", options.messages)
            for trial in (run_killed_opening, run_killed_sealing, run_asked_to_end):
                trial(batch, options.messages)
        except Failed as error:
            print(f"seed {options.seed}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
