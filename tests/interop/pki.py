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

SLH_DSA = [f"slh-dsa-{hash_name}-{bits}{speed}" for hash_name in ("sha2", "shake") for bits in (128, 192, 256)
           for speed in "sf"]
# Of the grids alone. The openssl at hand may have no such keys: then nobody has that name.
MORE_PEOPLE = {
    "ed448": (("-algorithm", "ED448"), None),
    "x25519": (("-algorithm", "X25519"), "keyAgreement"),
    "x448": (("-algorithm", "X448"), "keyAgreement"),
    "dh": (("-algorithm", "DHX", "-pkeyopt", "dh_rfc5114:3"), "keyAgreement"),
    "dsa": (None, None),  # Pki makes its parameters first
    **{name: (("-algorithm", name.upper()), "keyEncipherment") for name in ("ml-kem-512", "ml-kem-768", "ml-kem-1024")},
    **{name: (("-algorithm", name.upper()), None) for name in ("ml-dsa-44", "ml-dsa-65", "ml-dsa-87")},
    **{name: (("-algorithm", name[:-1].upper() + name[-1]), None) for name in SLH_DSA},
}
ENCRYPT_ALONE = ("x25519", "x448", "dh", "ml-kem-512", "ml-kem-768", "ml-kem-1024")


def extensions(name, use):
    usage = use if name in ENCRYPT_ALONE else "digitalSignature" + ("," + use if use else "")
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

    def __init__(self, folder, more=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self._authorities()
        self.people = set(PEOPLE)
        for serial, (name, (key, use)) in enumerate(PEOPLE.items(), start=16):
            self._person(name, key, use, serial)
        for serial, (name, (key, use)) in enumerate(MORE_PEOPLE.items() if more else (), start=64):
            try:
                self._person(name, key or self._dsa_parameters(), use, serial)
                self.people.add(name)
            except subprocess.CalledProcessError:
                pass

    def file(self, name):
        return str(self.folder / name)

    def _dsa_parameters(self):
        self._openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048",
                      "-out", "dsa.parameters")
        return ("-paramfile", "dsa.parameters")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _issue(self, name, subject, text, issuer, serial):
        (self.folder / "extensions").write_text(text)
        # Not all keys can sign a request for themselves.
        self._openssl("req", "-new", "-key", "root.key", "-subj", "/CN=" + subject, "-out", "request")
        self._openssl("pkey", "-in", name + ".key", "-pubout", "-out", "public")
        signer = (("-CA", issuer + ".crt", "-CAkey", issuer + ".key", "-force_pubkey", "public") if issuer
                  else ("-signkey", name + ".key"))
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
