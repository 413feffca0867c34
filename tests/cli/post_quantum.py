#!/usr/bin/env python3
"""post_quantum.py --bulla PROGRAM --data FOLDER: mail that is signed by ML-DSA-65 and encrypted by ML-KEM-768.

Where libcrypto has the algorithms, two ends of bulla exchange it, and what was made elsewhere (FOLDER, its make.sh) opens.
Where it has not, each command that needs them ends with exit 69 and crypto.unavailable, and names what would provide them.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ALGORITHMS = {"ml-dsa-65", "ml-kem-768"}


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


class Test:
    def __init__(self, program, data, folder):
        self.program, self.data, self.folder = program, data, folder

    def run(self, *words):
        done = subprocess.run([self.program, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def absent(self):
        _, listed, _ = self.run("doctor", "--algorithms", "--json", "-")
        rows = {row["name"]: row for row in json.loads(listed)["algorithms"] if row["name"] in ALGORITHMS}
        check(set(rows) == ALGORITHMS, f"doctor lists {sorted(rows)}")
        return [row for row in rows.values() if not row["available"]]

    def opens(self, message):
        code, out, err = self.run("open", "-i", self.data / "recipient.pem", "--trust", self.data / "root.crt", "--json",
                                  "-", "-o", self.folder / "out", message)
        check(code == 0, f"open {message.name}: exit {code}: {err}")
        sealed, signed = json.loads(out)["layers"]
        check([recipient["algorithm"] for recipient in sealed["recipients"]] == ["ml-kem-768"], "the recipient")
        check([signer["algorithm"] for signer in signed["signers"]] == ["ML-DSA-65"], "the signer")
        check(b"Still closed.\r\n" in (self.folder / "out").read_bytes(), "the content")

    def exchange(self):
        letter, sealed = self.data / "letter.eml", self.folder / "sealed.eml"
        code, _, err = self.run("seal", "-i", self.data / "signer.pem", "-r", self.data / "recipient.pem", letter, "-o",
                                sealed)
        check(code == 0, f"seal: exit {code}: {err}")
        self.opens(sealed)
        self.opens(self.data / "sealed.eml")
        changed = bytearray(sealed.read_bytes())
        changed[len(changed) // 2] ^= 1
        sealed.write_bytes(changed)
        code, _, _ = self.run("open", "-i", self.data / "recipient.pem", "--trust", self.data / "root.crt", "-o",
                              self.folder / "changed", sealed)
        check(code not in (0, 2) and not (self.folder / "changed").exists(), f"changed: exit {code}")

    def make(self, *words):
        done = subprocess.run(["openssl", *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
        check(done.returncode == 0, f"openssl {words}: {done.stderr.decode('utf-8', 'replace')}")

    # Everything in it is of CNSA 2.0: the one message that the profile takes whole.
    def follows_cnsa2(self):
        folder = self.folder
        self.make("req", "-x509", "-newkey", "ML-DSA-87", "-nodes", "-keyout", "root.key", "-out", "root.crt", "-subj", "/CN=Root",
                  "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        for name, key, usage in ("signer", "ML-DSA-87", "digitalSignature"), ("kem", "ML-KEM-1024", "keyEncipherment"):
            (folder / "extensions").write_text(f"keyUsage=critical,{usage}\nextendedKeyUsage=emailProtection\n"
                                               f"subjectAltName=email:alice@example.com\n")
            self.make("genpkey", "-algorithm", key, "-out", f"{name}.key")
            self.make("pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
            self.make("x509", "-new", "-force_pubkey", f"{name}.pub", "-subj", f"/CN={name}", "-CA", "root.crt", "-CAkey", "root.key",
                      "-days", "30", "-extfile", "extensions", "-out", f"{name}.crt")
            (folder / f"{name}.pem").write_bytes((folder / f"{name}.key").read_bytes() + (folder / f"{name}.crt").read_bytes())
        letter, sealed, opened = folder / "from_alice.eml", folder / "cnsa2.eml", folder / "cnsa2.out"
        letter.write_text("From: alice@example.com\nTo: alice@example.com\nSubject: x\n\nStill closed.\n")
        profile = ["--profile", "cnsa2"]
        code, _, err = self.run("seal", *profile, "-i", folder / "signer.pem", "-r", folder / "kem.crt", letter, "-o", sealed)
        check(code == 0, f"seal for cnsa2: exit {code}: {err}")
        trust = ["--trust", folder / "root.crt"]
        code, _, err = self.run("open", *profile, "-i", folder / "kem.pem", *trust, sealed, "-o", opened)
        check(code == 0 and b"Still closed." in opened.read_bytes(), f"open for cnsa2: exit {code}: {err}")
        code, _, err = self.run("seal", *profile, "-i", folder / "signer.pem", "-r", self.data / "recipient.crt", letter, "-o", folder / "no")
        check(code == 78 and "policy.algorithm" in err, f"ML-KEM-768 for cnsa2: exit {code}: {err}")
        code, _, err = self.run("open", *profile, "-i", self.data / "recipient.pem", "--trust", self.data / "root.crt",
                                self.data / "sealed.eml", "-o", folder / "no")
        check(code != 0 and "policy.algorithm" in err, f"ML-DSA-65 for cnsa2: exit {code}: {err}")

    def refuse(self):
        data, out = self.data, ["-o", self.folder / "out"]
        trust = ["--trust", data / "root.crt"]
        commands = [["encrypt", "-r", data / "recipient.crt", *out, data / "letter.eml"],
                    ["sign", "-i", data / "signer.pem", *out, data / "letter.eml"],
                    ["seal", "-i", data / "signer.pem", "-r", data / "recipient.crt", *out, data / "letter.eml"],
                    ["open", "-i", data / "recipient.pem", *trust, *out, data / "sealed.eml"],
                    ["decrypt", "-i", data / "recipient.pem", *out, data / "sealed.eml"],
                    ["verify", *trust, data / "signed.eml"]]
        for command in commands:
            code, _, err = self.run(*command)
            check(code == 69, f"{command[0]}: exit {code}: {err}")
            check("crypto.unavailable" in err and "OpenSSL 3.5" in err, f"{command[0]} says: {err}")
            check(not (self.folder / "out").exists(), f"{command[0]} has written something")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="post-quantum-") as folder:
        test = Test(arguments.bulla, arguments.data, pathlib.Path(folder))
        try:
            absent = test.absent()
            if absent:
                check(all("OpenSSL 3.5" in row["provider"] for row in absent), "doctor names no provider")
                test.refuse()
            else:
                test.exchange()
                test.follows_cnsa2()
        except Failed as reason:
            print(reason)
            return 1
    print("not available here" if absent else "exchanged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
