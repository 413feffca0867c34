"""What the measurements read: a throw-away PKI, bodies that are the same everywhere, and the peers' own stores.

Everything is made once in a folder and kept there; only the keys differ from one folder to the next.
"""
import base64
import os
import pathlib
import random
import shutil
import subprocess

MIB = 1 << 20
BOUNDARY = "=_bench_0001"
TEXT = (
    f"--{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Dear colleague,\r\n\r\nthe figures that we spoke of are in the attachment.\r\n\r\n"
    f"--{BOUNDARY}\r\nContent-Type: application/octet-stream; name=\"figures.bin\"\r\n"
    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"figures.bin\"\r\n\r\n")
TYPE = f"Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n"
FIELDS = ("From: Alice <alice@example.org>\r\nTo: Alice <alice@example.org>\r\nSubject: Figures\r\n"
          "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n")
END = f"--{BOUNDARY}--\r\n"

RSA = ("-algorithm", "RSA", "-pkeyopt")
# family: the root's key, everybody else's key
FAMILIES = {
    "rsa": ((*RSA, "rsa_keygen_bits:4096"), (*RSA, "rsa_keygen_bits:2048"), "keyEncipherment"),
    "ec": (("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),) * 2 + ("keyAgreement",),
}
AUTHORITY = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
PERSON = ("basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature,{use}\n"
          "extendedKeyUsage=emailProtection\nsubjectAltName=email:alice@example.org\n"
          "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options).stdout


def is_installed(*programs):
    return all(shutil.which(program) for program in programs)


class Inputs:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).absolute()
        self.pki = self.folder / "pki"
        self.bodies = self.folder / "bodies"
        self.bodies.mkdir(parents=True, exist_ok=True)
        if not (self.pki / "done").exists():
            self._make_pki()

    # -- keys and certificates: root, intermediate, leaf "alice" of each family

    def _make_pki(self):
        shutil.rmtree(self.pki, ignore_errors=True)
        self.pki.mkdir()
        for family, (root_key, key, use) in FAMILIES.items():
            self._issue(f"{family}-root", root_key, AUTHORITY, None)
            self._issue(f"{family}-middle", key, AUTHORITY, f"{family}-root")
            self._issue(family, key, PERSON.format(use=use), f"{family}-middle")
            self._join(f"{family}.pem", f"{family}.key", f"{family}.crt", f"{family}-middle.crt")
            # Old algorithms, the only ones that every peer reads.
            run("openssl", "pkcs12", "-export", "-inkey", f"{family}.key", "-in", f"{family}.crt", "-name", family,
                "-passout", "pass:", "-out", f"{family}.p12", "-keypbe", "PBE-SHA1-3DES", "-certpbe",
                "PBE-SHA1-3DES", "-macalg", "sha1", cwd=self.pki)
        self._join("roots.pem", "rsa-root.crt", "ec-root.crt")
        (self.pki / "done").touch()

    def _issue(self, name, key, extensions, issuer):
        run("openssl", "genpkey", *key, "-out", f"{name}.key", cwd=self.pki)
        (self.pki / "extensions").write_text(extensions)
        run("openssl", "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Bench/CN={name}", "-out", "request",
            cwd=self.pki)
        signer = ("-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key") if issuer else ("-signkey", f"{name}.key")
        serial = int.from_bytes(name.encode(), "big")
        run("openssl", "x509", "-req", "-in", "request", *signer, "-set_serial", serial, "-days", "3650", "-sha256",
            "-extfile", "extensions", "-out", f"{name}.crt", cwd=self.pki)

    def _join(self, out, *parts):
        (self.pki / out).write_text("".join((self.pki / part).read_text() for part in parts))

    def key(self, name):
        return self.pki / name

    # -- bodies

    def raw(self, size, name):
        """Octets that nothing compresses."""
        return self._body(name + ".bin", size, self._write_raw)

    def entity(self, size, name):
        """A MIME entity: a short text and one attachment in base64 of 76 columns, CRLF."""
        return self._body(name + ".mime", size, lambda out, n: self._write_entity(out, n, TYPE))

    def mail(self, size, name):
        """The same with the header of a mail."""
        return self._body(name + ".eml", size, lambda out, n: self._write_entity(out, n, FIELDS + TYPE))

    def _body(self, name, size, write):
        path = self.bodies / name
        if not path.exists():
            part = path.with_suffix(".part")
            with open(part, "wb") as out:
                write(out, size)
            part.rename(path)
        return path

    @staticmethod
    def _write_raw(out, size):
        chance = random.Random(1)
        for start in range(0, size, MIB):
            out.write(chance.randbytes(min(MIB, size - start)))

    @staticmethod
    def _write_entity(out, size, header):
        chance = random.Random(2)
        out.write((header + TEXT).encode())
        lines = max(1, (size - len(header + TEXT + END)) // 78)
        while lines > 0:
            count = min(lines, 16384)
            text = base64.b64encode(chance.randbytes(57 * count))
            out.write(b"".join(text[i:i + 76] + b"\r\n" for i in range(0, len(text), 76)))
            lines -= count
        out.write(END.encode())

    # -- the peers' stores; None where the peer is not installed

    def gpgsm_home(self):
        if not is_installed("gpgsm", "gpg-agent"):
            return None
        # Sockets want short paths.
        home = self.folder / "g"
        if not (home / "done").exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(mode=0o700)
            (home / "gpgsm.conf").write_text("disable-crl-checks\ndisable-dirmngr\nno-secmem-warning\n")
            (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\n")
            root = run("openssl", "x509", "-in", self.key("rsa-root.crt"), "-noout", "-fingerprint", "-sha1").decode()
            (home / "trustlist.txt").write_text(root.split("=")[1].strip() + " S relax\n")
            gpgsm = ("gpgsm", "--homedir", home, "--batch")
            for name in ("rsa-root.crt", "rsa-middle.crt"):
                run(*gpgsm, "--import", self.key(name))
            # No passphrase: the agent's key stretching would cost 0.8 s each time.
            subprocess.run([*map(str, gpgsm), "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import",
                            str(self.key("rsa.p12"))], input=b"\n", check=True, stderr=subprocess.DEVNULL)
            (home / "done").touch()
        return home

    def nss_database(self):
        if not is_installed("cmsutil", "certutil", "pk12util"):
            return None
        folder = self.folder / "nss"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            database = ("-d", f"sql:{folder}")
            run("certutil", "-N", *database, "--empty-password")
            run("certutil", "-A", *database, "-n", "root", "-t", "CT,C,C", "-i", self.key("rsa-root.crt"))
            run("certutil", "-A", *database, "-n", "middle", "-t", ",,", "-i", self.key("rsa-middle.crt"))
            run("pk12util", *database, "-i", self.key("rsa.p12"), "-W", "", "-K", "")
            (folder / "done").touch()
        return folder


def warm(path):
    """Reads a file into the page cache."""
    with open(path, "rb") as file:
        while file.read(MIB):
            pass


def remove(path):
    if os.path.exists(path):
        os.unlink(path)
