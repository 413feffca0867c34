"""Our side of run_interop.py: the commands of bulla, and what it must say of a message."""
import json

from features import LEGACY, READ_ALONE, shown
from peer import KEK, KEK_ID, PASSWORD, Lacks, Refused, run

# The digest of the key derivation that bulla chooses for a curve.
CURVE_DIGESTS = {"p256": "sha256", "p384": "sha384", "p521": "sha512"}


RSA_OCTETS = 256


def options_of(pairs):
    return [word for pair in pairs for word in pair]


def wanted_signature(feature, name):
    if name in ("ed25519", "ed448"):
        return name.capitalize()
    if name.startswith(("ml-dsa", "slh-dsa")):
        return name.upper() if name.startswith("ml") else name[:-1].upper() + name[-1]
    if name == "dsa":
        return f"DSA with {shown(feature.digest)}"
    family = "ECDSA" if name.startswith("p") else "RSASSA-PSS" if feature.pss else "RSA PKCS #1 v1.5"
    salt = f", salt {salt_length(feature)}" if feature.pss else ""
    return f"{family} with {shown(feature.digest)}{salt}"


def salt_length(feature):
    if feature.digest.startswith("shake"):
        return int(feature.digest.removeprefix("shake")) // 4
    digest = int(feature.digest.removeprefix("sha3-").removeprefix("sha")) // 8
    return digest if feature.salt == "digest" else RSA_OCTETS - digest - 2


def wanted_recipient(feature, name):
    if feature.scheme == "dh":
        return "DH with sha1"
    if feature.scheme == "rsa-kem" or feature.scheme == "ml-kem":
        return feature.scheme if name == "rsa" else name
    if name.startswith(("p", "x")):
        return f"ECDH with {feature.scheme_digest}"
    if feature.scheme.startswith("oaep-"):
        return f"RSAES-OAEP with {shown(feature.scheme_digest)}"
    return "RSA PKCS #1 v1.5"


class Bulla:
    def __init__(self, program, pki, folder):
        self.program, self.pki, self.folder = program, pki, folder
        self.password = self._file("password", PASSWORD)
        self.kek = self._file("kek", KEK)

    def _file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def _identities(self, names):
        return options_of(("-i", self.pki.file(name + ".pem")) for name in names)

    def _secret(self, feature):
        if feature.scheme == "password":
            return ["--password-file", self.password]
        if feature.scheme == "scrypt":
            return ["--password-file", self.password]
        return ["--kek", f"{KEK_ID}:{self.kek}"] if feature.scheme == "kek" else []

    def check_people(self, feature):
        for name in (*feature.signers, *feature.recipients):
            if name not in self.pki.people:
                raise Lacks("no such keys before OpenSSL 3.5; bulla says so with exit 69")

    def _check_choice(self, feature):
        if feature.cipher in READ_ALONE:
            raise Lacks("bulla reads this cipher, and does not write it")
        if feature.scheme == "dh":
            raise Lacks("bulla reads Diffie-Hellman of RFC 2631, and does not write it")
        if "dsa" in feature.signers:
            raise Lacks("bulla verifies DSA, and does not sign with it")
        if feature.salt == "max":
            raise Lacks("bulla salts as long as the digest")
        if feature.scheme.startswith("oaep-") and feature.scheme_digest != "sha256":
            raise Lacks("bulla writes RSAES-OAEP with SHA-256")
        for name in feature.recipients:
            if name in CURVE_DIGESTS and feature.scheme_digest != CURVE_DIGESTS[name]:
                raise Lacks("bulla writes the key derivation that belongs to the curve")

    def write(self, feature, content, out):
        self._check_choice(feature)
        verb = {"nest": "seal"}.get(feature.kind, feature.kind)
        command = [self.program, verb, "--form", feature.carrier, "-o", out, *self._identities(feature.signers)]
        if feature.signers:
            command += ["--digest", feature.digest] + ["--pss"] * feature.pss + ["--opaque"] * (not feature.detached)
        command += options_of(("-r", self.pki.file(name + ".crt")) for name in feature.recipients)
        if feature.kind in ("encrypt", "nest"):
            command += ["--cipher", feature.cipher, *self._secret(feature)]
            command += ["--oaep"] * feature.scheme.startswith("oaep-")
            command += ["--rsa-kem"] * (feature.scheme == "rsa-kem") + ["--scrypt"] * (feature.scheme == "scrypt")
        if feature.stream:
            run(*command, source=content)
        else:
            run(*command, content)

    def read(self, feature, message, content, out):
        """Opens it as each recipient; the verdict must name what the feature says."""
        for name in feature.recipients or (None,):
            self._read_as(feature, name, message, content, out)

    def _read_as(self, feature, name, message, content, out):
        command = [self.program, "open", "--form", "content", "-o", out, "--json", "-",
                   "--trust", self.pki.file("root.crt"), "--require", "none"]
        if name:
            command += ["-i", self.pki.file(name + ".pem")]
        if feature.cipher in LEGACY:
            command += ["--legacy"]
        command += self._secret(feature) + (["--content", content] if content else [])
        verdict = json.loads(run(*command, message, accepted=(0, 1, 2, 3)))
        self._check_verdict(feature, verdict)

    # Whoever has the certificate can encrypt: without a signature nothing says who wrote it.
    def _exit(self, feature):
        return 2 if feature.kind == "encrypt" else 0

    def _check_verdict(self, feature, verdict):
        if "error" in verdict:
            raise Refused(f"bulla: {verdict['error']['rule']}: {verdict['error'].get('detail', '')}")
        found = {finding["rule"] for finding in verdict["findings"] if finding["severity"] != "note"}
        if verdict["exit"] != self._exit(feature):
            raise Refused(f"bulla: exit {verdict['exit']}, {sorted(found)}")
        allowed = {"enc.weak-cipher", "enc.broken-cipher"} if feature.cipher in LEGACY else set()
        if feature.kind == "encrypt":
            allowed.add("enc.sender-unknown" if feature.authenticated else "enc.unauthenticated")
        if found - allowed:
            raise Refused(f"bulla warns: {sorted(found)}")
        layers = {layer["kind"]: layer for layer in verdict["layers"]}
        if feature.kind == "nest":
            self._expect("layers", [layer["kind"] for layer in verdict["layers"]],
                         ["auth-enveloped" if feature.authenticated else "enveloped", "signed"])
        if feature.signers:
            self._check_signers(feature, layers["signed"])
        if feature.kind in ("encrypt", "nest"):
            self._check_recipients(feature, layers["auth-enveloped" if feature.authenticated else "enveloped"])
        if feature.kind == "compress":
            self._expect("layers", list(layers), ["compressed"])

    def _check_signers(self, feature, layer):
        apart = "clear" if feature.carrier == "mail" else "detached"
        self._expect("form", layer["form"], apart if feature.detached else "opaque")
        self._expect("signatures", sorted(signer["algorithm"] for signer in layer["signers"]),
                     sorted(wanted_signature(feature, name) for name in feature.signers))

    def _check_recipients(self, feature, layer):
        self._expect("cipher", layer["algorithm"], feature.cipher)
        if feature.recipients:
            self._expect("recipients", sorted(recipient["algorithm"] for recipient in layer["recipients"]),
                         sorted(wanted_recipient(feature, name) for name in feature.recipients))

    @staticmethod
    def _expect(what, seen, wanted):
        if seen != wanted:
            raise Refused(f"{what}: {seen} instead of {wanted}")
