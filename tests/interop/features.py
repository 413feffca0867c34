"""What is tried with each peer: one Feature is one row of the table, in both directions."""
import dataclasses

DIGESTS = ("sha256", "sha384", "sha512")
CIPHERS = ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "3des-cbc", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm")
# What bulla writes as well, and what it reads alone.
AEAD = ("aes-128-ccm", "aes-192-ccm", "aes-256-ccm", "chacha20-poly1305")
READ_ALONE = ("camellia-128-cbc", "camellia-192-cbc", "camellia-256-cbc", "seed-cbc", "aria-128-cbc", "aria-192-cbc",
              "aria-256-cbc", "des-cbc", "rc2-40-cbc", "rc2-64-cbc", "rc2-128-cbc")
LEGACY = ("3des-cbc", "des-cbc", "rc2-40-cbc", "rc2-64-cbc", "rc2-128-cbc")
ALL_DIGESTS = ("sha224", *DIGESTS, "sha3-224", "sha3-256", "sha3-384", "sha3-512", "shake128", "shake256")
ML_DSA_DIGESTS = {"ml-dsa-44": ("sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512", "shake128", "shake256"),
                  "ml-dsa-65": ("sha384", "sha512", "sha3-384", "sha3-512", "shake256"),
                  "ml-dsa-87": ("sha512", "sha3-512", "shake256")}
SLH_DSA_DIGESTS = {"sha2-128": "sha256", "sha2-192": "sha512", "sha2-256": "sha512", "shake-128": "shake128",
                   "shake-192": "shake256", "shake-256": "shake256"}
AGREEMENT_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")


@dataclasses.dataclass(frozen=True)
class Feature:
    """`kind` is sign, encrypt, compress or nest; `carrier` der, pem or mail. `stream`: the writer does not know the
    size before; `large`: more than fits into one definite-length message of the writer's."""
    group: str
    name: str
    kind: str
    signers: tuple = ()
    digest: str = "sha256"
    pss: bool = False
    salt: str = "digest"
    detached: bool = False
    recipients: tuple = ()
    cipher: str = "aes-256-cbc"
    # for RSA: pkcs1, oaep-DIGEST or rsa-kem; for EC: ecdh-DIGEST; dh; ml-kem; password; scrypt; kek
    scheme: str = "pkcs1"
    carrier: str = "der"
    stream: bool = False
    large: bool = False
    row: str = ""  # where it stands in a grid
    column: str = ""

    @property
    def authenticated(self):
        return self.cipher.endswith(("-gcm", "-ccm", "-poly1305"))

    @property
    def scheme_digest(self):
        return self.scheme.partition("-")[2]


def shown(digest):
    if digest.startswith(("sha3-", "shake")):
        return digest.upper()
    return digest.upper().replace("SHA", "SHA-")


def signatures():
    algorithms = [("RSA PKCS #1 v1.5", {"signers": ("rsa",)}, DIGESTS),
                  ("RSASSA-PSS", {"signers": ("rsa",), "pss": True}, DIGESTS),
                  ("ECDSA P-256", {"signers": ("p256",)}, DIGESTS),
                  ("ECDSA P-384", {"signers": ("p384",)}, DIGESTS),
                  ("ECDSA P-521", {"signers": ("p521",)}, ("sha512",)),
                  ("Ed25519", {"signers": ("ed25519",)}, ("sha512",))]
    for title, options, digests in algorithms:
        for digest in digests:
            for form in ("opaque", "detached"):
                yield Feature("Signatures", f"{title}, {shown(digest)}, {form}", "sign", digest=digest,
                              detached=form == "detached", **options)
    yield Feature("Signatures", "RSASSA-PSS, SHA-256, longest salt", "sign", ("rsa",), pss=True, salt="max")
    yield Feature("Signatures", "two signers, RSA and ECDSA", "sign", ("rsa", "p256"))


def encryption():
    for cipher in CIPHERS:
        yield Feature("Encryption", f"RSA PKCS #1 v1.5, {cipher}", "encrypt", recipients=("rsa",), cipher=cipher)
    for digest in ("sha1", *DIGESTS):
        yield Feature("Encryption", f"RSAES-OAEP {shown(digest)}, aes-256-cbc", "encrypt", recipients=("rsa",),
                      scheme="oaep-" + digest)
    yield Feature("Encryption", "RSAES-OAEP SHA-256, aes-256-gcm", "encrypt", recipients=("rsa",),
                  cipher="aes-256-gcm", scheme="oaep-sha256")
    for digest in AGREEMENT_DIGESTS:
        yield Feature("Encryption", f"ECDH P-256 KDF {shown(digest)}, aes-256-cbc", "encrypt", recipients=("p256",),
                      scheme="ecdh-" + digest)
    for cipher in ("aes-128-cbc", "3des-cbc", "aes-128-gcm", "aes-256-gcm"):
        yield Feature("Encryption", f"ECDH P-256 KDF SHA-256, {cipher}", "encrypt", recipients=("p256",),
                      cipher=cipher, scheme="ecdh-sha256")
    for person, digest in (("p384", "sha384"), ("p521", "sha512")):
        yield Feature("Encryption", f"ECDH {person.upper().replace('P', 'P-')} KDF {shown(digest)}, aes-256-cbc",
                      "encrypt", recipients=(person,), scheme="ecdh-" + digest)
    yield Feature("Encryption", "two recipients, RSA", "encrypt", recipients=("rsa", "rsa2"))
    yield Feature("Encryption", "two recipients, RSA and ECDH", "encrypt", recipients=("rsa", "p256"),
                  scheme="ecdh-sha256")
    for cipher in ("aes-256-cbc", "aes-256-gcm"):
        yield Feature("Encryption", f"password, {cipher}", "encrypt", cipher=cipher, scheme="password")
        yield Feature("Encryption", f"key-encryption key, {cipher}", "encrypt", cipher=cipher, scheme="kek")


def forms():
    signed = {"kind": "sign", "signers": ("rsa",)}
    enveloped = {"kind": "encrypt", "recipients": ("rsa",)}
    for title, options in (("signed", signed), ("enveloped", enveloped), ("compressed", {"kind": "compress"})):
        yield Feature("Forms", f"{title}, DER" if title == "compressed" else f"{title}, 3 MiB", large=True, **options)
        yield Feature("Forms", f"{title}, streamed", large=True, stream=True, **options)
    yield Feature("Forms", "authenticated-enveloped, streamed", large=True, stream=True, cipher="aes-256-gcm",
                  **enveloped)
    yield Feature("Forms", "detached, streamed", large=True, stream=True, detached=True, **signed)
    for title, options in (("signed", signed), ("enveloped", enveloped)):
        yield Feature("Forms", f"{title}, PEM", carrier="pem", **options)
    mail = {"carrier": "mail"}
    yield Feature("Forms", "mail, multipart/signed", detached=True, **mail, **signed)
    yield Feature("Forms", "mail, application/pkcs7-mime signed-data", **mail, **signed)
    yield Feature("Forms", "mail, enveloped-data", **mail, **enveloped)
    yield Feature("Forms", "mail, authEnveloped-data", cipher="aes-256-gcm", **mail, **enveloped)
    yield Feature("Forms", "mail, compressed-data", "compress", **mail)


def nesting():
    both = {"kind": "nest", "signers": ("rsa",), "recipients": ("rsa2",), "carrier": "mail"}
    yield Feature("Nesting", "opaque signature inside encryption", **both)
    yield Feature("Nesting", "clear signature inside encryption", detached=True, **both)
    yield Feature("Nesting", "clear signature inside authenticated encryption", detached=True,
                  **{**both, "cipher": "aes-256-gcm"})


SIGNATURE_GRID, RECIPIENT_GRID = "Signature and digest", "Recipient and content cipher"


def signature_kinds():
    """(title, its options, the digests that it can have)"""
    yield "RSA PKCS #1 v1.5", {"signers": ("rsa",)}, ALL_DIGESTS[:-2]
    yield "RSASSA-PSS", {"signers": ("rsa",), "pss": True}, ALL_DIGESTS
    for name in ("p256", "p384", "p521"):
        yield "ECDSA " + name.upper().replace("P", "P-"), {"signers": (name,)}, ALL_DIGESTS
    yield "Ed25519", {"signers": ("ed25519",)}, ("sha512",)
    yield "Ed448", {"signers": ("ed448",)}, ("shake256",)
    yield "DSA", {"signers": ("dsa",)}, ("sha224", "sha256")
    for name, digests in ML_DSA_DIGESTS.items():
        yield name.upper(), {"signers": (name,)}, digests
    for hash_name, digest in SLH_DSA_DIGESTS.items():
        for speed in "sf":
            name = "slh-dsa-" + hash_name + speed
            yield "SLH-DSA-" + hash_name.upper() + speed, {"signers": (name,)}, (digest,)


def recipient_kinds():
    yield "RSA PKCS #1 v1.5", {"recipients": ("rsa",)}
    yield "RSAES-OAEP", {"recipients": ("rsa",), "scheme": "oaep-sha256"}
    yield "RSA-KEM", {"recipients": ("rsa",), "scheme": "rsa-kem"}
    for name, digest in (("p256", "sha256"), ("p384", "sha384"), ("p521", "sha512")):
        yield "ECDH " + name.upper().replace("P", "P-"), {"recipients": (name,), "scheme": "ecdh-" + digest}
    yield "X25519", {"recipients": ("x25519",), "scheme": "hkdf-sha256"}
    yield "X448", {"recipients": ("x448",), "scheme": "hkdf-sha512"}
    yield "Diffie-Hellman", {"recipients": ("dh",), "scheme": "dh"}
    for name in ("ml-kem-512", "ml-kem-768", "ml-kem-1024"):
        yield name.upper(), {"recipients": (name,), "scheme": "ml-kem"}
    yield "key-encryption key", {"scheme": "kek"}
    yield "password, PBKDF2", {"scheme": "password"}
    yield "password, scrypt", {"scheme": "scrypt"}


def grids():
    for title, options, digests in signature_kinds():
        for digest in digests:
            yield Feature(SIGNATURE_GRID, f"grid: {title}, {digest}", "sign", digest=digest, row=title, column=digest,
                          **options)
    for title, options in recipient_kinds():
        for cipher in (*CIPHERS, *AEAD, *READ_ALONE):
            yield Feature(RECIPIENT_GRID, f"grid: {title}, {cipher}", "encrypt", cipher=cipher, row=title,
                          column=cipher, **options)


GRID = tuple(grids())
FEATURES = (*signatures(), *encryption(), *forms(), *nesting())
