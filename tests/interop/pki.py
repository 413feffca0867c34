"""The throw-away PKI of the interoperability tests, made with the openssl command."""
import pathlib
import subprocess

PASSPHRASE = "interop"

RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def curve(name):
    return ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + name)


# name: how its key is made, and what it is for
PEOPLE = {
    "rsa": (RSA, "keyEncipherment"),
    "rsa2": (RSA, "keyEncipherment"),
    "p256": (curve("P-256"), "keyAgreement"),
    "p384": (curve("P-384"), "keyAgreement"),
    "p521": (curve("P-521"), "keyAgreement"),
    "ed25519": (("-algorithm", "ED25519"), None),
}


def extensions(name, use):
    usage = "digitalSignature" + ("," + use if use else "")
    return ("basicConstraints = critical,CA:false\n"
            f"keyUsage = critical,{usage}\n"
            "extendedKeyUsage = emailProtection\n"
            f"subjectAltName = email:{name}@example.com\n"
            "subjectKeyIdentifier = hash\n"
            "authorityKeyIdentifier = keyid\n")


CA_EXTENSIONS = ("basicConstraints = critical,CA:true\n"
                 "keyUsage = critical,keyCertSign,cRLSign\n"
                 "subjectKeyIdentifier = hash\n")


class Pki:
    """root.crt, intermediate.crt, and of each person NAME.key, .crt, .pem (all but the root) and .p12."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self._authorities()
        for serial, (name, (key, use)) in enumerate(PEOPLE.items(), start=16):
            self._person(name, key, use, serial)

    def file(self, name):
        return str(self.folder / name)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _issue(self, name, subject, text, issuer, serial):
        (self.folder / "extensions").write_text(text)
        self._openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + subject, "-out", "request")
        signer = ("-CA", issuer + ".crt", "-CAkey", issuer + ".key") if issuer else ("-signkey", name + ".key")
        self._openssl("x509", "-req", "-in", "request", *signer, "-set_serial", str(serial), "-days", "30",
                      "-sha256", "-extfile", "extensions", "-out", name + ".crt")

    def _authorities(self):
        for serial, name in enumerate(("root", "intermediate"), start=1):
            self._openssl("genpkey", *RSA, "-out", name + ".key")
            issuer = None if name == "root" else "root"
            self._issue(name, "Interop " + name, CA_EXTENSIONS, issuer, serial)

    def _person(self, name, key, use, serial):
        self._openssl("genpkey", *key, "-out", name + ".key")
        self._issue(name, name, extensions(name, use), "intermediate", serial)
        parts = [(self.folder / part).read_text() for part in (name + ".key", name + ".crt", "intermediate.crt")]
        (self.folder / (name + ".pem")).write_text("".join(parts))
        self._openssl("pkcs12", "-export", "-in", name + ".crt", "-inkey", name + ".key", "-name", name,
                      "-passout", "pass:" + PASSPHRASE, "-out", name + ".p12")
