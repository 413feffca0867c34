"""The programs that are measured: how each is asked for an operation.

command(operation, source, out) gives the words of a command, or None where the program cannot do it. An operation is
ACTION-FORM[-CIPHER], as in OPERATIONS of peers.py; `source` is its input, `out` where its output goes.
"""
import pathlib
import re
import shutil
import subprocess

from inputs import is_installed, run

CACHE = pathlib.Path.home() / ".cache/bulla"
JARS = [pathlib.Path("/usr/share/java", name + ".jar")
        for name in ("bcmail", "bcpkix", "bcprov", "bcutil", "javax.mail", "javax.activation")]


class Bulla:
    name = "bulla"

    def __init__(self, program, inputs):
        self.program, self.key = str(program), inputs.key

    def command(self, operation, source, out):
        action, form, *more = operation.split("-")
        key = "ec" if "ec" in more else "rsa"
        identity = ["-i", self.key(key + ".pem")]
        words = [self.program, action, "-q", "--no-progress", "-o", out]
        if action in ("sign", "seal"):
            words += identity
        if action in ("encrypt", "seal"):
            words += ["-r", self.key(key + ".crt"), "--cipher", "aes-256-" + ("gcm" if "gcm" in more else "cbc")]
        if action in ("sign", "encrypt"):
            words += ["--form", "der"] if "der" in more else ["--headers", "off"]
        if form == "opaque" and action == "sign":
            words.append("--opaque")
        if action in ("decrypt", "open"):
            words += identity
        if action in ("verify", "open"):
            words += ["--trust", self.key("roots.pem")]
        if action in ("verify", "decrypt"):
            words += ["--form", "content"]
        if form == "detached" and action == "verify":
            return [*words, "--content", source["content"], source["message"]]
        return [*words, source]


class BullaTwo(Bulla):
    """With two threads for one message (row f)."""
    name = "bulla, 2 threads"

    def command(self, operation, source, out):
        if operation.split("-")[0] not in ("seal", "open"):
            return None
        return [*super().command(operation, source, out), "--threads", "2"]


class Openssl:
    def __init__(self, inputs, prefix=(), environment=(), title=None):
        self.key, self.prefix = inputs.key, [*environment, *prefix]
        version = run(*self.prefix, *([] if prefix else ["openssl"]), "version").decode().split()[1]
        self.words = self.prefix if prefix else ["openssl"]
        self.name = title or "openssl " + version

    def command(self, operation, source, out, stream=True):
        action, form, *more = operation.split("-")
        key = "ec" if "ec" in more else "rsa"
        words = [*self.words, "cms", "-" + action, "-out", out]
        der = "der" in more
        if action == "sign":
            words += ["-signer", self.key(key + ".crt"), "-inkey", self.key(key + ".key"),
                      "-certfile", self.key(key + "-middle.crt")]
            words += ["-nodetach"] if form == "opaque" else []
        elif action == "verify":
            words += ["-CAfile", self.key("roots.pem")]
        elif action == "encrypt":
            words += ["-aes-256-gcm" if "gcm" in more else "-aes256"]
        elif action == "decrypt":
            words += ["-recip", self.key(key + ".crt"), "-inkey", self.key(key + ".key")]
        else:
            return None
        if action in ("sign", "encrypt"):
            words += ["-outform", "DER"] if der else []
            words += ["-stream"] if stream and form != "detached" else []
        else:
            words += ["-inform", "DER"] if der else []
        words += ["-binary"] if der else []
        if form == "detached" and action == "verify":
            words += ["-content", source["content"], "-in", source["message"]]
        else:
            words += ["-in", source]
        return words + ([self.key(key + ".crt")] if action == "encrypt" else [])


class OpensslWhole(Openssl):
    """Without -stream, the default for what it writes."""

    def command(self, operation, source, out, stream=False):
        action, form, *more = operation.split("-")
        if action not in ("sign", "encrypt") or form in ("clear", "detached") or "gcm" in more:
            return None
        return super().command(operation, source, out, stream)


class Gpgsm:
    def __init__(self, inputs):
        self.home = inputs.gpgsm_home()
        self.name = "gpgsm " + run("gpgsm", "--version").decode().split("\n")[0].split()[-1]

    def command(self, operation, source, out):
        action, form, *more = operation.split("-")
        der = "der" in more
        if "gcm" in more or "ec" in more or form == "clear" or action not in ("sign", "verify", "encrypt", "decrypt"):
            return None
        words = ["gpgsm", "--homedir", self.home, "--batch", "--yes", "-q", "-o", out]
        if action == "sign":
            words += ["-u", "alice@example.org", *([] if der else ["--base64"]), "--detach-sign" if form == "detached" else "--sign"]
        elif action == "encrypt":
            words += ["-r", "alice@example.org", "--cipher-algo", "AES256", *([] if der else ["--base64"]), "--encrypt"]
        else:
            words += [*([] if der else ["--assume-base64"]), "--" + action]
        if form == "detached" and action == "verify":
            return [*words, source["message"], source["content"]]
        # It knows no MIME: it gets the base64 without its header.
        return [*words, source if der or action in ("sign", "encrypt") else str(source) + ".b64"]


class Cmsutil:
    name = "cmsutil"

    def __init__(self, inputs):
        self.database = ["-d", f"sql:{inputs.nss_database()}"]

    def command(self, operation, source, out):
        action, form, *more = operation.split("-")
        if "der" not in more or "gcm" in more or "ec" in more:
            return None
        words = ["cmsutil", {"sign": "-S", "encrypt": "-E"}.get(action, "-D"), *self.database, "-o", out]
        if action == "sign":
            if form == "opaque":  # 96 octets of memory for each octet of content
                return None
            return [*words, "-N", "rsa", "-H", "SHA256", "-T", "-i", source]
        if action == "encrypt":
            return [*words, "-r", "rsa", "-i", source]
        if form == "detached":
            return [*words, "-c", source["content"], "-i", source["message"]]
        return [*words, "-i", source]


class BouncyCastle:
    name = "Bouncy Castle"

    def __init__(self, inputs, classes):
        classes.mkdir(exist_ok=True)
        path = ":".join([*map(str, JARS), str(classes)])
        source = pathlib.Path(__file__).with_name("BouncyCastleBench.java")
        run("javac", "-nowarn", "-cp", path, "-d", classes, source)
        self.words = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", path, "BouncyCastleBench", inputs.pki]

    def command(self, operation, source, out):
        action, form, *more = operation.split("-")
        if "ec" in more or "gcm" in more or form == "detached" or action not in ("sign", "verify", "encrypt", "decrypt"):
            return None
        if form == "opaque" and "der" not in more:
            return None
        return [*self.words, operation, source, out]


class Floor:
    name = "floor"

    def __init__(self, program):
        self.program = str(program)

    def command(self, operation, source, out):
        action, form, *more = operation.split("-")
        words = [action]
        if form in ("clear", "opaque"):
            words.append(form)
        cipher = "gcm" if "gcm" in more else "cbc"
        if "der" in more:
            words.append("der")
        if isinstance(source, dict):
            words, source = ["verify", "der"], source["content"]
        return [self.program, "-".join(words), cipher, source, out]


class Yardstick:
    """The primitive of the openssl command over the same file: no S/MIME."""
    name = "openssl dgst/enc"

    def command(self, operation, source, out):
        action, _, *more = operation.split("-")
        if isinstance(source, dict):
            source = source["content"]
        if action in ("sign", "verify"):
            return ["openssl", "dgst", "-sha256", "-out", out, source]
        if action == "encrypt" and "gcm" not in more:
            return ["openssl", "enc", "-aes-256-cbc", "-K", "01" * 32, "-iv", "02" * 16, "-in", source, "-out", out]
        return None


def trixie_openssl(inputs, tree, folder):
    """Debian 13's openssl with its own C library, without a chroot, or None."""
    tree = pathlib.Path(tree) if tree else CACHE / "trixie"
    libraries = next(tree.glob("usr/lib/*-linux-gnu"), None)
    if libraries is None or not (libraries / "libcrypto.so.3").exists():
        return None
    program = tree / "usr/bin/openssl"
    if not program.exists():
        package = next((CACHE / "trixie-archives").glob("openssl_*.deb"), None)
        if package is None or not is_installed("dpkg-deb"):
            return None
        run("dpkg-deb", "-x", package, folder)
        program = folder / "usr/bin/openssl"
    loader = next(libraries.glob("ld-linux*"))
    environment = ["env", "OPENSSL_CONF=/dev/null", f"OPENSSL_MODULES={libraries / 'ossl-modules'}"]
    return Openssl(inputs, [loader, "--library-path", libraries, program], environment)


def find_programs(options, inputs, work):
    """Those that are here, and the names of the others."""
    found = [Bulla(options.bulla, inputs), BullaTwo(options.bulla, inputs), Floor(options.floor), Yardstick(), Openssl(inputs)]
    found.append(OpensslWhole(inputs, title=found[-1].name + " whole"))
    missing = []

    def add(name, make):
        peer = make()
        found.append(peer) if peer else missing.append(name)

    add("Debian 13's openssl", lambda: trixie_openssl(inputs, options.trixie, work / "trixie"))
    add("gpgsm", lambda: Gpgsm(inputs) if is_installed("gpgsm", "gpg-agent") else None)
    add("cmsutil", lambda: Cmsutil(inputs) if is_installed("cmsutil", "certutil", "pk12util") else None)
    java = is_installed("java", "javac") and all(jar.exists() for jar in JARS)
    add("Bouncy Castle", lambda: BouncyCastle(inputs, work / "classes") if java else None)
    return [peer for peer in found if re.search(options.peers, peer.name)], missing


def stop_agents(inputs):
    home = inputs.folder / "g"
    if home.exists() and shutil.which("gpgconf"):
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
