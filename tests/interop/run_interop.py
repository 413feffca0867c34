#!/usr/bin/env python3
"""run_interop.py --bulla PROGRAM [--peer NAME]... [--only TEXT] [--write FILE]: bulla and other S/MIME programs
read what the other writes.

Each feature of features.py is tried in both directions with each peer, in a temporary folder with a PKI of its own.
What a peer is known to refuse stands in known_refusals.tsv (tab separated: peer, its versions, "reads" or "writes", a
pattern of feature names, the reason); a refusal that is not there fails, and so does one that is there and does not
happen. Without --peer all that are installed run. --write makes the page with the table of results. Exit 77: no peer
is installed.
"""
import argparse
import base64
import dataclasses
import email
import fnmatch
import json
import operator
import os
import pathlib
import random
import re
import sys
import tempfile

from bouncy_castle_peer import BouncyCastlePeer
from bulla_side import Bulla
from features import ALL_DIGESTS, FEATURES, GRID
from gpgsm_peer import GpgsmPeer
from nss_peer import NssPeer
from openssl_peer import OpensslPeer
from peer import Failed, Lacks, Refused
from pki import Pki
from self_peer import SelfPeer

PEERS = {"self": SelfPeer, "openssl": OpensslPeer, "gpgsm": GpgsmPeer, "nss": NssPeer, "bouncy-castle": BouncyCastlePeer}
NO_CELL = "not defined: the algorithm's own RFC names its digests"
KNOWN = pathlib.Path(__file__).with_name("known_refusals.tsv")

TEXT = b"Dear all,\r\n\r\nthe ship leaves at dawn.\r\n--\r\nAlice\r\n"
ENTITY = b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + TEXT
HEADER = b"From: rsa@example.com\r\nTo: rsa2@example.com\r\nSubject: Dawn\r\nMIME-Version: 1.0\r\n"


def unix_lines(data):
    return data.replace(b"\r\n", b"\n")


def pkcs7_entity(der, smime_type, name):
    return (b"Content-Type: application/pkcs7-mime; smime-type=%s; name=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            % (smime_type, name)) + base64.encodebytes(der).replace(b"\n", b"\r\n")


def clear_entity(entity, der, digest):
    """multipart/signed; the last line end before a boundary belongs to the boundary."""
    micalg = digest.replace("sha", "sha-").encode()
    head = (b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=%s; boundary="=_b"\r\n\r\n'
            % micalg)
    signature = (b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n"
                 b"\r\n" + base64.encodebytes(der).replace(b"\n", b"\r\n"))
    return head + b"--=_b\r\n" + entity + b"\r\n--=_b\r\n" + signature + b"\r\n--=_b--\r\n"


def body_of(data):
    return email.message_from_bytes(data).get_payload(decode=True)


def parts_of(data):
    """The first part of a multipart/signed as it was signed, and the signature."""
    data = unix_lines(data)
    boundary = email.message_from_bytes(data).get_boundary().encode()
    _, first, second, *_ = re.split(rb"(?:^|\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\n|$)", data)
    return first.replace(b"\n", b"\r\n"), body_of(second)


class Direction:
    """One side writes, the other reads, the content must come out equal."""

    def __init__(self, folder, peer, bulla):
        self.folder, self.peer, self.bulla = folder, peer, bulla
        self.message, self.out = folder / "message", folder / "out"
        self.contents = {name: self._file(name, data) for name, data in (
            ("small", b"plain\nlines\r\nand \0 octets\xff"), ("large", random.Random(1).randbytes(3 << 20)),
            ("entity", ENTITY), ("letter", HEADER + ENTITY))}

    def _file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def _content(self, feature):
        return self.contents["large" if feature.large else "small"]

    def try_both(self, feature):
        """{"reads": how it went, "writes": how it went}, seen from the peer; None if it went well."""
        return {"reads": self._outcome(self.ours, feature), "writes": self._outcome(self.theirs, feature)}

    def _outcome(self, action, feature):
        for path in (self.message, self.out):
            path.unlink(missing_ok=True)
        try:
            self.bulla.check_people(feature)
            action(feature)
        except (Failed, Lacks, Refused) as reason:
            return reason
        return None

    @staticmethod
    def _bulla(action, *arguments):
        try:
            action(*arguments)
        except Refused as reason:
            raise Failed(str(reason)) from None

    def ours(self, feature):
        mail = feature.carrier == "mail"
        content = self.contents["letter"] if mail else self._content(feature)
        self._bulla(self.bulla.write, feature, content, self.message)
        detached = content if feature.detached and not mail else None
        # What bulla wrote is what the row says.
        self._bulla(self.bulla.read, feature, self.message, detached, self.out)
        self.out.unlink()
        if feature.kind == "nest":
            self._read_nested(feature)
        else:
            self.peer.read(feature, self.message, detached, self.out)
        # A mail's header is protected too, inside of the entity.
        self._compare(TEXT if mail else content.read_bytes(), mail, bytes.endswith)

    def theirs(self, feature):
        if self.peer.own_cipher and feature.kind in ("encrypt", "nest") and feature.cipher != self.peer.own_cipher:
            if feature.cipher in feature.name or feature.authenticated:
                raise Lacks(f"{self.peer.title} chooses the content cipher itself")
            feature = dataclasses.replace(feature, cipher=self.peer.own_cipher)
        mail = feature.carrier == "mail"
        content = self.contents["entity"] if mail else self._content(feature)
        if feature.kind == "nest":
            self._write_nested(feature, content)
        else:
            self.peer.write(feature, content, self.message)
        self._bulla(self.bulla.read, feature, self.message, content if feature.detached and not mail else None,
                    self.out)
        self._compare(content.read_bytes(), mail, operator.eq)

    def _compare(self, wanted, mail, same):
        if not self.out.exists():
            raise Failed("no content")
        seen = self.out.read_bytes()
        if mail:
            seen, wanted = unix_lines(seen), unix_lines(wanted)
        if not (same if mail else operator.eq)(seen, wanted):
            raise Failed(f"other content: {seen[:80]!r}")

    # Peers know CMS; the mail around each layer is ours, as it is that of the mail programs that use them.
    @staticmethod
    def _steps(feature):
        return (dataclasses.replace(feature, kind="sign", carrier="der", recipients=()),
                dataclasses.replace(feature, kind="encrypt", carrier="der", signers=()))

    def _write_nested(self, feature, content):
        sign, encrypt = self._steps(feature)
        signature, inner, cms = (self.folder / name for name in ("signature", "inner", "cms"))
        for path in (signature, cms):
            path.unlink(missing_ok=True)
        self.peer.sign(sign, content, signature)
        inner.write_bytes(clear_entity(content.read_bytes(), signature.read_bytes(), feature.digest) if feature.detached
                          else pkcs7_entity(signature.read_bytes(), b"signed-data", b"smime.p7m"))
        self.peer.encrypt(encrypt, inner, cms)
        kind = b"authEnveloped-data" if feature.authenticated else b"enveloped-data"
        self.message.write_bytes(HEADER + pkcs7_entity(cms.read_bytes(), kind, b"smime.p7m"))

    def _read_nested(self, feature):
        sign, encrypt = self._steps(feature)
        cms, inner, content = (self.folder / name for name in ("cms", "inner", "content"))
        cms.write_bytes(body_of(self.message.read_bytes()))
        self.peer.decrypt_as_each(encrypt, cms, inner)
        if feature.detached:
            first, signature = parts_of(inner.read_bytes())
            content.write_bytes(first)
            cms.write_bytes(signature)
        else:
            cms.write_bytes(body_of(inner.read_bytes()))
        self.peer.verify(sign, cms, content if feature.detached else None, self.out)


@dataclasses.dataclass
class Refusal:
    peer: str
    versions: str
    direction: str
    pattern: str
    reason: str

    def covers(self, peer, version, direction, feature):
        return ((self.peer, self.direction) == (peer, direction) and fnmatch.fnmatchcase(feature.name, self.pattern) and
                in_versions(version, self.versions))


def numbers(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def in_versions(version, wanted):
    """`wanted` is "*", "<VERSION" or ">=VERSION"."""
    if wanted == "*":
        return True
    if wanted.startswith("<"):
        return numbers(version) < numbers(wanted)
    return numbers(version) >= numbers(wanted)


def known_refusals():
    rows = [line.split("\t") for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    return [Refusal(*row) for row in rows]


class Judge:
    """Compares outcomes with the known refusals; keeps the results for the page."""

    def __init__(self, peer_name, version, refusals):
        self.name, self.version = peer_name, version
        self.refusals = refusals
        self.results, self.problems = {}, []
        self.counts = {"done": 0, "refused": 0, "lacking": 0}

    def shown(self):
        return f"{PEERS[self.name].title} {self.version}"

    def kept(self):
        return {"name": self.name, "version": self.version,
                "results": [[*key, reason] for key, reason in self.results.items()]}

    @classmethod
    def of(cls, kept):
        judge = cls(kept["name"], kept["version"], [])
        judge.results = {(name, direction): reason for name, direction, reason in kept["results"]}
        return judge

    def take(self, feature, direction, outcome):
        known = next((row for row in self.refusals if row.covers(self.name, self.version, direction, feature)), None)
        where = f"{self.name} {direction}: {feature.name}"
        if isinstance(outcome, Lacks):
            self._keep(feature, direction, str(outcome), "lacking")
        elif outcome is None:
            self._keep(feature, direction, None, "done")
            if known:
                self.problems.append(f"{where}: works, though known to be refused: {known.reason}")
        elif known and isinstance(outcome, Refused):
            self._keep(feature, direction, known.reason, "refused")
        else:
            self._keep(feature, direction, f"FAILS: {outcome}", "refused")
            self.problems.append(f"{where}: {outcome}")

    def _keep(self, feature, direction, reason, count):
        self.results[feature.name, direction] = reason
        self.counts[count] += 1


class Page:
    """docs/interop.md, from what judges have seen."""

    def __init__(self, judges):
        self.judges = judges
        self.notes = []

    def _mark(self, reason):
        if reason is None:
            return "✓"
        if reason not in self.notes:
            self.notes.append(reason)
        return f"[{self.notes.index(reason) + 1}](#notes)"

    def _cell(self, judge, feature):
        reads, writes = (judge.results[feature.name, direction] for direction in ("reads", "writes"))
        if judge.name == "self":
            return self._mark(reads)
        return f"{self._mark(reads)} {self._mark(writes)}"

    @staticmethod
    def _rows(heads, rows):
        yield "| | " + " | ".join(heads) + " |"
        yield "|---|" + "---|" * len(heads)
        for name, cells in rows:
            yield f"| {name} | " + " | ".join(cells) + " |"

    def _table(self, features):
        others = [judge for judge in self.judges if judge.name != "self"]
        return self._rows([judge.shown() for judge in others],
                          ((feature.name, [self._cell(judge, feature) for judge in others]) for feature in features))

    def _grid(self, judge, features):
        by_place = {(feature.row, feature.column): feature for feature in features}
        columns = list(dict.fromkeys(feature.column for feature in sorted(features, key=self._column_order)))
        rows = dict.fromkeys(feature.row for feature in features)

        def cell(row, column):
            feature = by_place.get((row, column))
            return self._mark(NO_CELL) if feature is None else self._cell(judge, feature)
        return self._rows(columns, ((row, [cell(row, column) for column in columns]) for row in rows))

    @staticmethod
    def _column_order(feature):
        return ALL_DIGESTS.index(feature.column) if feature.column in ALL_DIGESTS else -1

    def text(self):
        lines = ["# Interoperability", "",
                 "What bulla and other S/MIME programs read of each other. The first mark of a cell: bulla writes, and the",
                 "program accepts it and finds the same content. The second: the program writes, and `bulla open` accepts it,",
                 "finds the same content, and names the algorithm of the row. A number is that of the note that says whose",
                 "limit it is.", "",
                 "`tests/interop/run_interop.py --bulla PROGRAM --write docs/interop.md` writes this page; the tests",
                 "`interop.*` of ctest compare with the same limits, `tests/interop/known_refusals.tsv`. Other versions of the",
                 "programs are tried elsewhere with `--results FILE`, and come to the page by `--with FILE`.", "",
                 "Programs: " + ", ".join(judge.shown() for judge in self.judges) + "."]
        for group in dict.fromkeys(feature.group for feature in FEATURES):
            lines += ["", f"## {group}", "", *self._table([f for f in FEATURES if f.group == group])]
        for group in dict.fromkeys(feature.group for feature in GRID):
            lines += ["", f"## {group}"]
            for judge in self.judges:
                lines += ["", f"### {group}: {judge.shown()}", "",
                          *self._grid(judge, [f for f in GRID if f.group == group])]
        lines += ["", "## Notes", ""]
        lines += [f"{number}. {note}" for number, note in enumerate(self.notes, start=1)]
        return "\n".join(lines) + "\n"


def run_peer(name, arguments, folder):
    pki = Pki(folder / "pki", more=True)
    program = os.path.abspath(arguments.bulla)
    bulla = Bulla(program, pki, folder)
    peer = SelfPeer(pki, folder / "peer", program) if name == "self" else PEERS[name](pki, folder / "peer")
    try:
        judge = Judge(name, peer.version(), known_refusals())
        direction = Direction(folder, peer, bulla)
        for feature in GRID if name == "self" else (*FEATURES, *GRID):
            if arguments.only in feature.name:
                for word, outcome in direction.try_both(feature).items():
                    judge.take(feature, word, outcome)
        return judge
    finally:
        peer.close()


def run_peers(names, arguments):
    for name in names:
        with tempfile.TemporaryDirectory(prefix="interop-") as folder:
            judge = run_peer(name, arguments, pathlib.Path(folder))
        print(f"{name} {judge.version}: {judge.counts['done']} work, {judge.counts['refused']} refused, "
              f"{judge.counts['lacking']} cannot be asked for, {len(judge.problems)} unexpected")
        for problem in judge.problems:
            print("  " + problem)
        yield judge


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--peer", action="append", choices=PEERS)
    parser.add_argument("--only", default="", help="features whose name contains this")
    parser.add_argument("--write", help="the page to write")
    parser.add_argument("--results", help="the file to keep what was seen in, for --with")
    parser.add_argument("--with", action="append", default=[], dest="others", help="what was seen elsewhere")
    arguments = parser.parse_args()
    names = [name for name in arguments.peer or PEERS if PEERS[name].is_installed()]
    if not names:
        print("no peer is installed", file=sys.stderr)
        return 77
    judges = list(run_peers(names, arguments))
    if arguments.results:
        pathlib.Path(arguments.results).write_text(json.dumps([judge.kept() for judge in judges]), encoding="utf-8")
    if arguments.write:
        others = [Judge.of(kept) for path in arguments.others for kept in json.loads(pathlib.Path(path).read_text())]
        order = list(PEERS)
        judges = sorted(judges + others, key=lambda judge: (order.index(judge.name), numbers(judge.version)))
        pathlib.Path(arguments.write).write_text(Page(judges).text(), encoding="utf-8")
    return 1 if any(judge.problems for judge in judges) else 0


if __name__ == "__main__":
    sys.exit(main())
