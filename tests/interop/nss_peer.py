"""Mozilla's cmsutil, over the library inside Thunderbird."""
import ctypes

from pki import PASSPHRASE
from peer import Lacks, Peer, Refused, run

PEOPLE = ("rsa", "rsa2", "p256", "p384", "p521")


class NssPeer(Peer):
    title = "NSS cmsutil"
    programs = ("cmsutil", "certutil", "pk12util")
    own_cipher = "aes-128-cbc"

    def __init__(self, pki, folder):
        super().__init__(pki, folder)
        self.databases = {name: self._make_database(name) for name in PEOPLE}

    # One for each person, with her key alone: cmsutil opens with whichever key fits.
    def _make_database(self, owner):
        folder = self.folder / owner
        folder.mkdir()
        database = ["-d", f"sql:{folder}"]
        run("certutil", "-N", *database, "--empty-password")
        run("certutil", "-A", *database, "-n", "root", "-t", "CT,C,C", "-i", self.pki.file("root.crt"))
        run("pk12util", *database, "-i", self.pki.file(owner + ".p12"), "-W", PASSPHRASE)
        for name in ("intermediate", *PEOPLE):
            if name != owner:
                run("certutil", "-A", *database, "-n", name, "-t", ",,", "-i", self.pki.file(name + ".crt"))
        return database

    def version(self):
        library = ctypes.CDLL("libnss3.so")
        library.NSS_GetVersion.restype = ctypes.c_char_p
        return library.NSS_GetVersion().decode().split()[0]

    def _check_form(self, feature):
        if feature.carrier != "der":
            raise Lacks("cmsutil reads and writes DER alone")
        if "ed25519" in feature.signers:
            raise Lacks("NSS knows no EdDSA in CMS")
        if not {*feature.signers, *feature.recipients} <= {*PEOPLE}:
            raise Lacks("NSS knows keys of RSA and the NIST curves alone")
        if feature.kind == "sign" and feature.digest.startswith("sha3-") or feature.digest.startswith("shake"):
            raise Lacks("NSS signs and verifies with SHA-2 alone")

    def sign(self, feature, content, out):
        self._check_form(feature)
        if feature.pss:
            raise Lacks("cmsutil cannot be asked for RSASSA-PSS")
        if feature.digest == "sha224":
            raise Lacks("cmsutil cannot be asked for SHA-224")
        if len(feature.signers) > 1:
            raise Lacks("cmsutil signs with one key")
        name, = feature.signers
        run("cmsutil", "-S", *self.databases[name], "-N", name, "-G", "-H", feature.digest.upper(),
            *(["-T"] if feature.detached else []), "-i", content, "-o", out)

    def verify(self, feature, message, content, out):
        self._check_form(feature)
        reader = self.databases["rsa2"]
        detached = ["-c", content] if content else []
        shown = run("cmsutil", "-D", *reader, "-i", message, *detached, "-h", "1", "-n")
        if shown.count(b"status=GoodSignature") != len(feature.signers):
            raise Refused(shown.decode("utf-8", "replace").strip())
        if content:
            out.write_bytes(content.read_bytes())
        else:
            run("cmsutil", "-D", *reader, "-i", message, "-o", out)

    def encrypt(self, feature, content, out):
        self._check_form(feature)
        if not feature.scheme.startswith(("pkcs1", "ecdh")):
            raise Lacks("NSS encrypts to certificates alone, with RSA PKCS #1 v1.5 or ECDH")
        if feature.authenticated:
            raise Lacks("NSS has no AuthEnvelopedData")
        if feature.row and feature.cipher == "aes-128-cbc" and {"p384", "p521"} & {*feature.recipients}:
            raise Lacks("NSS cmsutil chooses the content cipher itself")
        addresses = ",".join(name + "@example.com" for name in feature.recipients)
        run("cmsutil", "-E", *self.databases["rsa"], "-r", addresses, "-i", content, "-o", out)

    def decrypt(self, feature, person, message, out):
        self._check_form(feature)
        if person is None:
            raise Lacks("NSS opens with private keys alone")
        if feature.scheme == "rsa-kem":
            raise Lacks("NSS has no KEMRecipientInfo")
        run("cmsutil", "-D", *self.databases[person], "-i", message, "-o", out)
