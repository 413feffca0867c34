"""GnuPG's gpgsm with a gpg-agent of its own."""
import os
import subprocess

from peer import Lacks, Peer, Refused, run

CIPHERS = {"aes-128-cbc": "AES", "aes-192-cbc": "AES192", "aes-256-cbc": "AES256", "3des-cbc": "3DES"}
DIGESTS = ("sha224", "sha256", "sha384", "sha512")
CURVES = {"p256": b"NIST P-256", "p384": b"NIST P-384", "p521": b"NIST P-521"}
KDF_DIGESTS = {"p256": "sha256", "p384": "sha384", "p521": "sha512"}
PEOPLE = ("rsa", "rsa2", *CURVES)


def elements(der):
    """(tag, contents) of each DER element in a row."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7f
            length, at = int.from_bytes(der[at:at + count], "big"), at + count
        yield tag, der[at:at + length]
        at += length


def expression(*words):
    """A canonical S-expression; numbers are signed, big endian."""
    text = b""
    for word in words:
        if isinstance(word, int):
            word = word.to_bytes(word.bit_length() // 8 + 1, "big")
        text += word if word.startswith(b"(") else b"%d:%s" % (len(word), word)
    return b"(" + text + b")"


def rsa_key(der):
    (_, sequence), = elements(der)
    _, n, e, d, p, q, *_ = (int.from_bytes(value, "big") for _, value in elements(sequence))
    p, q = sorted((p, q))  # libgcrypt wants the smaller first
    fields = ((b"n", n), (b"e", e), (b"d", d), (b"p", p), (b"q", q), (b"u", pow(p, -1, q)))
    return expression(b"private-key", expression(b"rsa", *(expression(*field) for field in fields)))


def ec_key(der, curve):
    (_, sequence), = elements(der)
    _, (_, d), _, (_, wrapped_point) = elements(sequence)
    (_, point), = elements(wrapped_point)
    return expression(b"private-key", expression(
        b"ecc", expression(b"curve", curve), expression(b"q", point[1:]), expression(b"d", int.from_bytes(d, "big"))))


class GpgsmPeer(Peer):
    title = "gpgsm"
    programs = ("gpgsm", "gpg-agent", "gpgconf")

    def __init__(self, pki, folder):
        super().__init__(pki, folder)
        os.chmod(self.folder, 0o700)
        self.environment = dict(os.environ, GNUPGHOME=str(self.folder), LC_ALL="C")
        (self.folder / "gpgsm.conf").write_text("disable-crl-checks\nno-common-certs-import\nbatch\n")
        fingerprint = run("openssl", "x509", "-in", pki.file("root.crt"), "-noout", "-fingerprint", "-sha1")
        (self.folder / "trustlist.txt").write_text(fingerprint.decode().strip().partition("=")[2] + " S relax\n")
        people = PEOPLE
        self._gpgsm("--import", *(pki.file(name + ".crt") for name in ("root", "intermediate", *people)))
        self._install_keys(people)

    def version(self):
        return run("gpgsm", "--version").decode().splitlines()[0].split()[-1]

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, stderr=subprocess.DEVNULL, timeout=20)

    def _gpgsm(self, *arguments):
        return run("gpgsm", *arguments, environment=self.environment)

    # The status lines decide, as they do in GPGME: the exit code is 2 for a mere note, such as that another recipient
    # has no key here.
    def _status(self, *arguments):
        lines = run("gpgsm", "--status-fd", "1", *arguments, environment=self.environment, accepted=range(256))
        return [line.split()[1] for line in lines.decode("utf-8", "replace").splitlines()
                if line.startswith("[GNUPG:] ")]

    # The importer of 2.2 knows no EC keys and no PKCS #12 of OpenSSL 3, its agent does: the key files are written as
    # the agent would.
    def _install_keys(self, people):
        folder = self.folder / "private-keys-v1.d"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.keys = {}
        for name, grip in self._keygrips().items():
            if name not in people:
                continue
            der = run("openssl", "pkey", "-traditional", "-in", self.pki.file(name + ".key"), "-outform", "DER")
            self.keys[name] = folder / (grip + ".key")
            self.keys[name].write_bytes(ec_key(der, CURVES[name]) if name in CURVES else rsa_key(der))

    def _keygrips(self):
        grips, grip = {}, None
        for line in self._gpgsm("--list-keys", "--with-colons", "--with-keygrip").decode().splitlines():
            fields = line.split(":")
            if fields[0] == "grp":
                grip = fields[9]
            elif fields[0] == "uid" and fields[9].startswith("CN="):
                grips.setdefault(fields[9].removeprefix("CN="), grip)
        return grips

    def _form(self, feature):
        if feature.carrier == "mail":
            raise Lacks("gpgsm reads and writes CMS without MIME")
        if "ed25519" in feature.signers:
            raise Lacks("gpgsm knows no EdDSA in CMS")
        if not {*feature.signers, *feature.recipients} <= {*PEOPLE}:
            raise Lacks("gpgsm knows keys of RSA and the NIST curves alone")
        if feature.kind == "sign" and feature.digest not in DIGESTS:
            raise Lacks("gpgsm signs and verifies with SHA-2 alone")
        return ["--armor"] if feature.carrier == "pem" else []

    def sign(self, feature, content, out):
        if feature.pss:
            raise Lacks("gpgsm cannot be asked for RSASSA-PSS")
        users = [word for name in feature.signers for word in ("--local-user", name + "@example.com")]
        self._gpgsm(*self._form(feature), *users, "--digest-algo", feature.digest.upper(), "--output", out,
                    "--detach-sign" if feature.detached else "--sign", content)

    def verify(self, feature, message, content, out):
        self._form(feature)
        if content:
            said = self._status("--verify", message, content)
            out.write_bytes(content.read_bytes())
        else:
            said = self._status("--output", out, "--verify", message)
        for word in ("GOODSIG", "VALIDSIG", "TRUST_FULLY"):
            if said.count(word) != len(feature.signers):
                raise Refused(f"gpgsm: {' '.join(said)}")

    def encrypt(self, feature, content, out):
        self._form(feature)
        if not feature.scheme.startswith(("pkcs1", "ecdh")):
            raise Lacks("gpgsm encrypts to certificates alone, with RSA PKCS #1 v1.5 or ECDH")
        if feature.authenticated:
            raise Lacks("gpgsm cannot be asked for AuthEnvelopedData")
        if feature.cipher not in CIPHERS:
            raise Lacks("gpgsm cannot be asked for this cipher")
        if feature.scheme.startswith("ecdh") and any(
                feature.scheme_digest != KDF_DIGESTS.get(name, feature.scheme_digest) for name in feature.recipients):
            raise Lacks("gpgsm chooses the key derivation itself")
        users = [word for name in feature.recipients for word in ("--recipient", name + "@example.com")]
        self._gpgsm(*self._form(feature), *users, "--cipher-algo", CIPHERS[feature.cipher], "--output", out,
                    "--encrypt", content)

    def decrypt(self, feature, person, message, out):
        self._form(feature)
        if person is None:
            raise Lacks("gpgsm opens with private keys alone")
        if feature.scheme == "rsa-kem":
            raise Lacks("gpgsm has no KEMRecipientInfo")
        out.unlink(missing_ok=True)
        others = [path for name, path in self.keys.items() if name != person]
        for path in others:
            path.rename(path.with_suffix(".hidden"))
        try:
            said = self._status("--output", out, "--decrypt", message)
        finally:
            for path in others:
                path.with_suffix(".hidden").rename(path)
        if "DECRYPTION_OKAY" not in said:
            raise Refused(f"gpgsm: {' '.join(said)}")
