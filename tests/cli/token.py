#!/usr/bin/env python3
"""token.py --bulla PROGRAM --pki FOLDER --tool make_token.sh --softhsm MODULE --faulty MODULE: keys in a token (issue row i).

Signs and decrypts with RSA and EC keys of a token of SoftHSM; a wrong PIN, a token that goes away and a changed
message end with the exit code that they have to, and write nothing.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


class Test:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.pki = arguments, folder, arguments.pki
        self.environment = dict(os.environ, SOFTHSM2_CONF=str(folder / "hsm/softhsm2.conf"),
                                BULLA_TEST_MODULE=str(arguments.softhsm))
        self.pin = folder / "pin"
        self.pin.write_text("1234\n")

    def make(self):
        words = [self.arguments.tool, self.folder / "hsm", self.arguments.softhsm]
        for name in "alice", "bob":
            words += [name, self.pki / f"{name}.key", self.pki / f"{name}.crt"]
        subprocess.run(list(map(str, words)), check=True)

    def run(self, expected, *words, fault=""):
        out = self.folder / "out"
        out.unlink(missing_ok=True)
        module = self.arguments.faulty if fault else self.arguments.softhsm
        done = subprocess.run([self.arguments.bulla, *map(str, words), "--token-module", module, "-o", out],
                              env=dict(self.environment, BULLA_TEST_FAULT=fault), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, start_new_session=True)
        err = done.stderr.decode("utf-8", "replace")
        check(done.returncode == expected, f"{words}: exit {done.returncode}: {err}")
        check(out.exists() == (expected == 0), f"{words}: what is written")
        return err

    def plain(self, *words):
        done = subprocess.run([self.arguments.bulla, *map(str, words)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=self.environment)
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def key(self, name):
        return ["-i", f"pkcs11:token=lab;object={name}?pin-source=file:{self.pin}"]

    def signs(self, name, *flags):
        letter = self.folder / f"from-{name}.eml"
        text = (self.pki / "letter.eml").read_text(encoding="utf-8")
        letter.write_text(text.replace("alice@example.com", f"{name}@example.com"), encoding="utf-8")
        self.run(0, "sign", *self.key(name), "--certs", self.pki / "intermediate.crt", *flags, letter)
        code, err = self.plain("verify", "--trust", self.pki / "root.crt", self.folder / "out")
        check(code == 0, f"verify: exit {code}: {err}")

    def opens(self, name, *flags):
        sealed, letter = self.folder / f"sealed-{name}.eml", self.folder / "out"
        code, err = self.plain("encrypt", "-r", self.pki / f"{name}.crt", *flags, "--cipher", "aes-256-gcm", self.pki / "letter.eml", "-o", sealed)
        check(code == 0, f"encrypt: exit {code}: {err}")
        self.run(0, "decrypt", *self.key(name), sealed)
        check(letter.stat().st_size > 0, "the content")
        self.run(75, "decrypt", *self.key(name), sealed, fault="removed")
        err = self.run(75, "open", *self.key(name), sealed, fault="removed")
        check("[io.token]" in err, err)
        # One face, whatever went wrong (T-26, T-129).
        changed = self.folder / "changed.eml"
        faces = {self.run(self.invalid, "decrypt", *self.key(name), sealed, fault="error")}
        lines = sealed.read_bytes().split(b"\n")
        lines[-3] = (b"A" if lines[-3][:1] != b"A" else b"B") + lines[-3][1:]
        changed.write_bytes(b"\n".join(lines))
        code, err = self.plain("decrypt", "-i", self.pki / f"{name}.pem", changed, "-o", self.folder / "plain")
        check(code == self.invalid, f"changed: exit {code}: {err}")
        faces.add(err)
        faces.add(self.run(self.invalid, "decrypt", *self.key(name), changed))
        check(len(faces) == 1, f"faces: {faces}")

    invalid = 1

    def refuses(self):
        letter = self.pki / "letter.eml"
        wrong = self.folder / "wrong"
        wrong.write_text("4321\n")
        uri = "pkcs11:token=lab;object=alice"
        err = self.run(77, "sign", "-i", uri, "--passphrase-file", wrong, letter)
        check("[key.bad-passphrase]" in err, err)
        err = self.run(77, "sign", "-i", uri, letter)
        check("[key.passphrase-needed]" in err, err)
        err = self.run(64, "sign", "-i", uri + "?pin-value=1234", letter)
        check("[key.token-uri]" in err and "1234" not in err, err)
        err = self.run(77, "sign", "-i", "pkcs11:token=other;object=alice?pin-source=" + str(self.other_pin()), letter)
        check("[key.not-in-token]" in err, err)
        err = self.run(75, "sign", *self.key("alice"), letter, fault="removed")
        check("[io.token]" in err, err)
        err = self.run(77, "sign", *self.key("alice"), letter, fault="locked")
        check("[key.token-locked]" in err, err)

    # The store has the URI, and the token the key.
    def keeps(self):
        store = ["--store", self.folder / "store.db"]
        module = ["--token-module", self.arguments.softhsm]
        for name in "alice", "bob":
            code, err = self.plain("key", "import", self.key(name)[1], *store, *module)
            check(code == 0, f"import: exit {code}: {err}")
        said = subprocess.run([self.arguments.bulla, "key", "list", *store], stdout=subprocess.PIPE, check=True).stdout
        check(said.count(b"in a token") == 2 and b"alice@example.com" in said, said)
        self.plain("cert", "import", self.pki / "intermediate.crt", *store)
        self.run(0, "sign", "-i", "alice@example.com", *store, self.pki / "letter.eml")
        code, err = self.plain("verify", "--trust", self.pki / "root.crt", self.folder / "out")
        check(code == 0, f"verify: exit {code}: {err}")
        sealed = self.folder / "sealed-bob.eml"
        self.run(0, "decrypt", *store, sealed)
        err = self.run(75, "decrypt", *store, sealed, fault="removed")
        check("[io.token]" in err, err)
        err = self.run(75, "sign", "-i", "alice@example.com", *store, self.pki / "letter.eml", fault="removed")
        check("[io.token]" in err, err)
        out = self.folder / "key.pem"
        code, err = self.plain("key", "export", "alice@example.com", *store, "-o", out)
        check(code == 69 and not out.exists(), f"export: exit {code}: {err}")
        self.run(0, "key", "request", "alice@example.com", *store)
        code, err = self.plain("store", "verify", *store)
        check(code == 0, f"store verify: exit {code}: {err}")

    def other_pin(self):
        path = self.folder / "other-pin"
        path.write_text("5678")
        return path


def main():
    parser = argparse.ArgumentParser()
    for name in "bulla", "pki", "tool", "softhsm", "faulty":
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    with tempfile.TemporaryDirectory() as folder:
        test = Test(parser.parse_args(), pathlib.Path(folder))
        try:
            test.make()
            test.signs("alice")
            test.signs("alice", "--pss")
            test.signs("bob")
            test.opens("alice")
            test.opens("alice", "--oaep")
            test.opens("bob")
            test.refuses()
            test.keeps()
        except Failed as failed:
            print(failed)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
