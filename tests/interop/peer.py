"""What all peers have in common: running programs, and how they say no."""
import os
import pathlib
import shutil
import subprocess

PASSWORD = "a password of the interoperability tests"
KEK_ID = "0102030405060708"
KEK = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


class Lacks(Exception):
    """The program has no way to ask for it."""


class Refused(Exception):
    """The program was asked and failed."""


class Failed(Exception):
    """Ours did, or content was changed: no known refusal excuses it."""


def run(*command, environment=None, source=None, accepted=(0,)):
    """The program's standard output; Refused unless its exit code is accepted."""
    with open(source or os.devnull, "rb") as stdin:
        try:
            done = subprocess.run([str(word) for word in command], stdin=stdin, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environment, timeout=60)
        except subprocess.TimeoutExpired:
            raise Refused(f"{command[0]} did not end") from None
    if done.returncode not in accepted:
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        raise Refused(f"{pathlib.Path(command[0]).name} {command[1]}: exit {done.returncode}: {' / '.join(lines[-3:])}")
    return done.stdout


class Peer:
    """A program on the other side. write() makes a message of the feature, read() gives back its content."""
    title = ""
    programs = ()
    own_cipher = None  # of a program that cannot be told which one to take

    def __init__(self, pki, folder):
        self.pki = pki
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()

    @classmethod
    def is_installed(cls):
        return all(shutil.which(program) for program in cls.programs)

    def version(self):
        raise NotImplementedError

    def write(self, feature, content, out):
        {"sign": self.sign, "encrypt": self.encrypt, "compress": self.compress}[feature.kind](feature, content, out)

    def read(self, feature, message, content, out):
        """`content` is that of a detached signature. Every recipient for whom there is a key must be able to read."""
        if feature.kind == "sign":
            self.verify(feature, message, content, out)
        elif feature.kind == "compress":
            self.uncompress(feature, message, out)
        else:
            self.decrypt_as_each(feature, message, out)

    def decrypt_as_each(self, feature, message, out):
        seen = []
        for person in feature.recipients or (None,):
            self.decrypt(feature, person, message, out)
            seen.append(out.read_bytes())
        if any(data != seen[0] for data in seen):
            raise Refused("recipients see different content")

    def compress(self, feature, content, out):
        raise Lacks(f"{self.title} has no CompressedData")

    def uncompress(self, feature, message, out):
        raise Lacks(f"{self.title} has no CompressedData")

    def close(self):
        pass
