#!/usr/bin/env python3
"""run_transcript.py --bulla PROGRAM --pki FOLDER --root FOLDER [--postgresql PLACE] TRANSCRIPT: runs one transcript of the command line.

A transcript is a text of commands and of what is expected of them, read from top to bottom:

    # comment
    $ COMMAND            runs it with sh in a fresh copy of the PKI folder; it must end with 0 ...
    exit CODE            ... or with this code
    stdout REGEX         its standard output has a match
    stderr REGEX         its standard error has a match
    ! stdout REGEX       it has none; the same for stderr. A dot alone: it is empty
    exists FILE          the file is there; ! exists FILE: it is not
    same FILE FILE       both have the same octets

With --postgresql (see tests/store/postgresql_server.py) POSTGRESQL is the URI of a database of its own, and

Exit 0 if all holds, 1 with the first line that does not.
"""
import argparse
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


class Failed(Exception):
    pass


class Transcript:
    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.output = {"stdout": "", "stderr": ""}
        self.code = None

    def run(self, command):
        self.settle()
        done = subprocess.run(["sh", "-c", command], cwd=self.folder, env=self.environment, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.code = done.returncode
        self.output = {"stdout": done.stdout.decode("utf-8", "replace"),
                       "stderr": done.stderr.decode("utf-8", "replace")}

    def settle(self):
        """What is said of no exit code: it is 0."""
        if self.code not in (None, 0):
            raise Failed(f"exit {self.code}\n{self.output['stderr']}")
        self.code = None

    def expect_exit(self, code):
        if self.code != int(code):
            raise Failed(f"exit {self.code}\n{self.output['stderr']}")
        self.code = None

    def expect_text(self, stream, pattern, wanted):
        text = self.output[stream]
        if bool(re.search(pattern, text, re.M)) != wanted:
            raise Failed(f"{stream} was:\n{text}")

    def expect_file(self, name, wanted):
        if os.path.lexists(os.path.join(self.folder, name)) != wanted:
            raise Failed("it is not there" if wanted else "it is there")

    def expect_same(self, names):
        first, second = (pathlib.Path(self.folder, name).read_bytes() for name in names.split())
        if first != second:
            raise Failed("they differ")

    def take(self, line):
        wanted = not line.startswith("! ")
        word, _, rest = line.removeprefix("! ").partition(" ")
        if word == "$":
            self.run(rest)
        elif word == "exit":
            self.expect_exit(rest)
        elif word in self.output:
            # An exit code that is not named is expected to be 0 all the same, at the next command.
            self.expect_text(word, rest, wanted)
        elif word == "exists":
            self.expect_file(rest, wanted)
        elif word == "same":
            self.expect_same(rest)
        else:
            raise Failed("this is no line of a transcript")


class Database:
    """A database for one transcript, on the server whose place is given."""

    def __init__(self, place):
        self.admin, folder = pathlib.Path(place).read_text(encoding="utf-8").splitlines()
        self.name = f"cli_{os.getpid()}"
        self.uri = f"postgresql:///{self.name}?host={folder}&user="

    def __enter__(self):
        self.do(f"CREATE DATABASE {self.name} OWNER bulla")
        return {"POSTGRESQL": self.uri + "bulla"}

    def __exit__(self, *_):
        self.do(f"DROP DATABASE {self.name} WITH (FORCE)")

    def do(self, sql):
        subprocess.run(["psql", "-XqAtc", sql, self.admin], check=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--bulla", "--pki", "--root"):
        parser.add_argument(name, required=True)
    parser.add_argument("--postgresql")
    parser.add_argument("transcript")
    options = parser.parse_args()
    database = Database(options.postgresql) if options.postgresql else contextlib.nullcontext({})
    with tempfile.TemporaryDirectory(prefix="bulla-cli-") as work, database as variables:
        folder = os.path.join(work, "folder")
        shutil.copytree(options.pki, folder)
        environment = {"PATH": os.path.dirname(os.path.abspath(options.bulla)) + ":" + os.environ["PATH"],
                       "HOME": work, "XDG_DATA_HOME": os.path.join(work, "data"), "LC_ALL": "C",
                       "PYTHON": sys.executable, "ROOT": options.root, "TERM": "dumb"}
        environment.update(variables)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                environment[name] = os.environ[name]
        transcript = Transcript(folder, environment)
        lines = pathlib.Path(options.transcript).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines + ["$ true"], 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                transcript.take(line)
            except (Failed, subprocess.TimeoutExpired, OSError, ValueError) as error:
                print(f"{options.transcript}:{number}: {line}\n{error}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
