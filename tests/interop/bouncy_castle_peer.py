"""Bouncy Castle's bcpkix and bcmail, driven by BouncyCastlePeer.java."""
import pathlib
import subprocess

from peer import KEK, KEK_ID, PASSWORD, Lacks, Peer, Refused, run

JARS = [pathlib.Path("/usr/share/java", name + ".jar")
        for name in ("bcmail", "bcpkix", "bcprov", "bcutil", "javax.mail", "javax.activation")]
SHORT_KEYS = ("des-cbc", "rc2-40-cbc", "rc2-64-cbc")
SOURCE = pathlib.Path(__file__).with_name("BouncyCastlePeer.java")


class BouncyCastlePeer(Peer):
    title = "Bouncy Castle"
    programs = ("java", "javac")

    @classmethod
    def is_installed(cls):
        return super().is_installed() and all(jar.exists() for jar in JARS)

    def __init__(self, pki, folder):
        super().__init__(pki, folder)
        path = ":".join([*map(str, JARS), str(self.folder)])
        run("javac", "-nowarn", "-cp", path, "-d", self.folder, SOURCE)
        self.java = subprocess.Popen(["java", "-XX:TieredStopAtLevel=1", "-cp", path, "BouncyCastlePeer"], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def close(self):
        self.java.stdin.close()
        self.java.wait(timeout=20)

    def version(self):
        return self._ask("version")

    def _ask(self, *words):
        self.java.stdin.write("\t".join(map(str, words)) + "\n")
        self.java.stdin.flush()
        answer, _, rest = self.java.stdout.readline().strip().partition("\t")
        if answer != "ok":
            raise Refused(rest or "Java ended")
        return rest

    def _form(self, feature):
        if feature.carrier == "pem":
            raise Lacks("not tried: Bouncy Castle leaves PEM to its caller")
        return "mail" if feature.carrier == "mail" else "stream" if feature.stream else "der"

    def sign(self, feature, content, out):
        if feature.salt == "max":
            raise Lacks("Bouncy Castle salts as long as the digest unless told otherwise")
        if feature.signers[0].startswith("ml-dsa"):
            raise Lacks("Bouncy Castle 1.80 signs something else than the attributes; OpenSSL 3.5 refuses it too")
        form = self._form(feature)
        signed = "detached" if feature.detached else "opaque"
        if form == "mail":
            form = "mail-clear" if feature.detached else "mail-opaque"
        elif form == "der" or feature.detached:
            form = signed
        algorithm = feature.digest.upper() + ("+PSS" if feature.pss else "")
        self._ask("sign", form, algorithm, ",".join(self.pki.file(name + ".p12") for name in feature.signers),
                  self.pki.file("intermediate.crt"), content, out)

    def verify(self, feature, message, content, out):
        self._form(feature)
        self._ask("verify", self.pki.file("root.crt"), message, content or "-", out)

    def _secret(self, feature):
        if feature.scheme == "scrypt":
            raise Lacks("Bouncy Castle derives keys of passwords with PBKDF2 alone")
        return {"password": "password:" + PASSWORD, "kek": f"kek:{KEK_ID}:{KEK}"}.get(feature.scheme)

    def encrypt(self, feature, content, out):
        form = self._form(feature)
        if feature.scheme == "dh":
            raise Lacks("Bouncy Castle has no Diffie-Hellman of RFC 2631 in CMS")
        if feature.cipher in SHORT_KEYS and feature.scheme.startswith(("kek", "ecdh", "ml-kem")):
            raise Lacks("AES key wrap takes no key of less than 16 octets")
        if feature.authenticated and form != "der":
            raise Lacks("bcmail has no AuthEnvelopedData, bcpkix does not stream it")
        self._ask("encrypt", form, feature.cipher, self._secret(feature) or feature.scheme,
                  ",".join(self.pki.file(name + ".crt") for name in feature.recipients) or "-", content, out)

    def decrypt(self, feature, person, message, out):
        self._form(feature)
        self._ask("decrypt", self._secret(feature) or self.pki.file(person + ".p12"), message, out)

    def compress(self, feature, content, out):
        self._ask("compress", self._form(feature), content, out)

    def uncompress(self, feature, message, out):
        self._ask("uncompress", message, out)
