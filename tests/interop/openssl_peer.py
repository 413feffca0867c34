"""OpenSSL's command `openssl cms`."""
from features import READ_ALONE
from peer import KEK, KEK_ID, PASSWORD, Lacks, Peer, run

FORMS = {"der": "DER", "pem": "PEM", "mail": "SMIME"}
CIPHERS = {"3des-cbc": "-des-ede3-cbc", "rc2-128-cbc": "-rc2-cbc"}


class OpensslPeer(Peer):
    title = "openssl cms"
    programs = ("openssl",)

    def version(self):
        return run("openssl", "version").decode().split()[1]

    def _out(self, feature, out):
        # -binary: the octets are taken as they are, line ends too.
        stream = ["-stream"] if feature.stream else []
        header = ["-from", "rsa@example.com", "-to", "rsa2@example.com", "-subject", "Dawn"]
        return ["-outform", FORMS[feature.carrier], "-binary", "-out", out, *stream,
                *(header if feature.carrier == "mail" else [])]

    def sign(self, feature, content, out):
        if feature.stream and feature.detached:
            raise Lacks("openssl cms writes the content too when it streams DER")
        command = ["openssl", "cms", "-sign", "-in", content, "-md", feature.digest,
                   "-certfile", self.pki.file("intermediate.crt"), *self._out(feature, out)]
        for name in feature.signers:
            command += ["-signer", self.pki.file(name + ".crt"), "-inkey", self.pki.file(name + ".key")]
            if feature.pss:
                command += ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:" + feature.salt]
        run(*command, *([] if feature.detached else ["-nodetach"]))

    def verify(self, feature, message, content, out):
        # In mail the line ends are brought to CRLF before they are signed.
        octets = [] if feature.carrier == "mail" else ["-binary"]
        detached = ["-content", content] if content else []
        run("openssl", "cms", "-verify", "-in", message, "-inform", FORMS[feature.carrier], *octets, *detached,
            "-CAfile", self.pki.file("root.crt"), "-out", out)

    def encrypt(self, feature, content, out):
        if feature.scheme in ("rsa-kem", "ml-kem"):
            raise Lacks("OpenSSL's CMS has no KEMRecipientInfo")
        if feature.scheme == "scrypt":
            raise Lacks("OpenSSL's CMS derives keys of passwords with PBKDF2 alone")
        if feature.scheme == "password" and feature.cipher.startswith(("des-", "rc2-")):
            raise Lacks("OpenSSL wraps the key of a password with the content cipher, and bulla unwraps none with DES and "
                        "RC2")
        providers = ["-provider", "legacy", "-provider", "default"] if feature.cipher in READ_ALONE else []
        command = ["openssl", "cms", "-encrypt", "-in", content, CIPHERS.get(feature.cipher, "-" + feature.cipher),
                   *providers, *self._out(feature, out)]
        for name in feature.recipients:
            command += ["-recip", self.pki.file(name + ".crt")]
            if feature.scheme.startswith("oaep-"):
                command += ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:" + feature.scheme_digest,
                            "-keyopt", "rsa_mgf1_md:" + feature.scheme_digest]
            elif name.startswith("p"):
                command += ["-keyopt", "ecdh_kdf_md:" + feature.scheme_digest]
        if feature.scheme == "password":
            command += ["-pwri_password", PASSWORD]
        if feature.scheme == "kek":
            command += ["-secretkey", KEK, "-secretkeyid", KEK_ID]
        run(*command)

    def decrypt(self, feature, person, message, out):
        if feature.scheme in ("password", "scrypt"):
            key = ["-pwri_password", PASSWORD]
        elif feature.scheme == "kek":
            key = ["-secretkey", KEK, "-secretkeyid", KEK_ID]
        else:
            key = ["-recip", self.pki.file(person + ".crt"), "-inkey", self.pki.file(person + ".key")]
        run("openssl", "cms", "-decrypt", "-in", message, "-inform", FORMS[feature.carrier], "-binary", *key,
            "-out", out)

    def compress(self, feature, content, out):
        run("openssl", "cms", "-compress", "-in", content, *self._out(feature, out))

    def uncompress(self, feature, message, out):
        run("openssl", "cms", "-uncompress", "-in", message, "-inform", FORMS[feature.carrier], "-binary",
            "-out", out)
