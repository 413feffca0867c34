#!/usr/bin/env python3
"""Large mail through every verb: constant memory, content equal, files and pipes. Large certificates too.

usage: run_large.py --bulla PROGRAM --data TESTS_DATA_X509 --mebibytes N [--limit-mebibytes 32]

Prints a line for each operation: seconds of CPU, resident MiB, what was compared. Fails if
an operation fails, changes the content, or is resident with more than the limit.
"""
import argparse
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

HEADER = (b"From: alice@example.org\r\nTo: ec@example.org\r\nSubject: large\r\n"
          b"Date: Mon, 1 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
          b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n")
AT = ["--at", "2026-06-01T12:00:00Z"]


def write_mail(path, mebibytes):
    line = b"QmFzZTY0IHRleHQgb2YgYSBsYXJnZSBhdHRhY2htZW50LCA1NyBvY3RldHMgaW4gZWFjaCBsaW5l\r\n"
    block = line * (1 << 14)
    with open(path, "wb") as out:
        out.write(HEADER)
        written = 0
        while written < mebibytes << 20:
            out.write(block)
            written += len(block)


def body_digest(path):
    """SHA-256 of the body: what stands behind the header, which sealing changes."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        beginning = file.read(1 << 16)
        digest.update(beginning[beginning.index(b"\r\n\r\n") + 4:])
        while True:
            block = file.read(1 << 20)
            if not block:
                return digest.hexdigest()
            digest.update(block)


class Runner:
    def __init__(self, arguments, work):
        self.arguments, self.work, self.failed, self.passed = arguments, work, 0, 0

    def path(self, name):
        return os.path.join(self.work, name)

    def run(self, label, command, source, target, pipe, exits=(0,)):
        """Runs `bulla command`, reading source and writing target, by name or by pipe."""
        full = [self.arguments.bulla, *command]
        stdin = stdout = None
        if pipe:
            stdin = subprocess.Popen(["cat", self.path(source)], stdout=subprocess.PIPE)
            stdout = open(self.path(target), "wb")
            process = subprocess.Popen(full, stdin=stdin.stdout, stdout=stdout)
        else:
            process = subprocess.Popen(full + ["-o", self.path(target), self.path(source)])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if pipe:
            stdin.stdout.close()
            stdin.wait()
            stdout.close()
        resident = usage.ru_maxrss / 1024
        seconds = usage.ru_utime + usage.ru_stime
        good = process.returncode in exits and resident < self.arguments.limit_mebibytes
        print("%-28s %-5s exit %d %7.2f s %6.1f MiB" %
              (label, "pipe" if pipe else "file", process.returncode, seconds, resident))
        self.count(good, label)
        return process.returncode in exits

    def count(self, good, label):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED: " + label)

    def same(self, label, name, digest):
        self.count(body_digest(self.path(name)) == digest, label + ": content equal")


def make_signers(runner, data, count, addresses):
    """Identities of alice whose certificates have so many addresses: 4,000 of them are 100 KB."""
    names = ",".join(["email:alice@example.org"] + ["email:a%05d@example.org" % i for i in range(addresses)])
    with open(runner.path("extensions"), "w") as out:
        out.write("keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\nsubjectAltName=%s\n" % names)
    signers = []
    for i in range(count):
        key, request, certificate = (runner.path("%s%d" % (name, i)) for name in ("key", "request", "certificate"))
        for command in (
                ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                ["req", "-new", "-key", key, "-subj", "/CN=alice", "-out", request],
                ["x509", "-req", "-in", request, "-CA", os.path.join(data, "intermediate.pem"), "-CAkey",
                 os.path.join(data, "intermediate.key.pem"), "-set_serial", str(9000 + i), "-days", "3650",
                 "-extfile", runner.path("extensions"), "-out", certificate]):
            subprocess.run(["openssl", *command], check=True, stderr=subprocess.DEVNULL)
        identity = runner.path("signer%d.pem" % i)
        with open(identity, "wb") as out:
            for path in (key, certificate, os.path.join(data, "intermediate.pem")):
                with open(path, "rb") as file:
                    out.write(file.read())
        os.chmod(identity, 0o600)
        signers += ["-i", identity]
    return signers


def run_large_certificates(runner, data, trust):
    """As many signers as there may be, with certificates of 100 KB."""
    write_mail(runner.path("small"), 0)
    signers = make_signers(runner, data, 16, 4000)
    if not runner.run("sign, 16 large signers", ["sign", *signers], "small", "crowd", False):
        return
    runner.run("  verify", ["verify", "-q", *trust], "crowd", "back", False)
    runner.run("  verify --json", ["verify", "-q", "--json", runner.path("json"), *trust], "crowd", "back", False)
    runner.run("  inspect", ["inspect"], "crowd", "back", False)


def run_recipients(runner, alice, ec, recipient, newcomer, digest):
    """Another list of recipients around the same content."""
    if not runner.run("encrypt CBC", ["encrypt", "-q", "-r", recipient], "mail", "out", False):
        return
    for threads in ("1", "2"):
        runner.run("recipients add, %s thread" % threads,
                   ["recipients", "add", "-q", "--threads", threads, "-i", ec, "-r", newcomer, *AT], "out", "more",
                   threads == "2")
        runner.run("  decrypt", ["decrypt", "-q", "-i", alice, *AT], "more", "back", False)
        runner.same("recipients add", "back", digest)
    runner.run("recipients remove", ["recipients", "remove", "-q", "-r", newcomer], "more", "less", False)
    runner.run("recipients list", ["recipients", "list"], "less", "list", True)
    for name in ("out", "more", "less", "back"):
        os.unlink(runner.path(name))


def run_convert(runner, alice, trust):
    """Clear to opaque and back, octet for octet."""
    if not runner.run("sign", ["sign", "-q", "-i", alice, *AT], "mail", "clear", False):
        return
    runner.run("convert --to opaque", ["convert", "-q", "--to", "opaque"], "clear", "opaque", False)
    runner.run("  verify", ["verify", "-q", *trust, *AT], "opaque", "none", False)
    runner.run("convert --to clear", ["convert", "-q", "--to", "clear"], "opaque", "again", True)
    runner.count(filecmp.cmp(runner.path("clear"), runner.path("again"), False), "convert: the same octets again")
    for name in ("clear", "opaque", "again", "none"):
        os.unlink(runner.path(name))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--mebibytes", type=int, required=True)
    parser.add_argument("--limit-mebibytes", type=int, default=32)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        runner = Runner(arguments, work)
        data = arguments.data
        for name in ("alice", "ec"):
            with open(runner.path(name + ".pem"), "wb") as out:
                for part in (name + ".key.pem", name + ".pem", "intermediate.pem"):
                    with open(os.path.join(data, part), "rb") as file:
                        out.write(file.read())
            os.chmod(runner.path(name + ".pem"), 0o600)
        alice, ec = runner.path("alice.pem"), runner.path("ec.pem")
        recipient = os.path.join(data, "ec.pem")
        trust = ["--trust", os.path.join(data, "root.pem")]
        write_mail(runner.path("mail"), arguments.mebibytes)
        digest = body_digest(runner.path("mail"))
        operations = (
            ("sign", ["sign", "-i", alice], "verify", ["verify", *trust]),
            ("sign --opaque", ["sign", "--opaque", "-i", alice], "verify", ["verify", *trust]),
            ("encrypt CBC", ["encrypt", "-r", recipient], "decrypt", ["decrypt", "-i", ec]),
            ("encrypt GCM", ["encrypt", "--cipher", "aes-256-gcm", "-r", recipient], "decrypt",
             ["decrypt", "-i", ec]),
            ("seal", ["seal", "-i", alice, "-r", recipient], "open", ["open", "-i", ec, *trust]),
            ("seal, 2 threads", ["seal", "--threads", "2", "-i", alice, "-r", recipient], "open, 2 threads",
             ["open", "--threads", "2", "-i", ec, *trust]),
            ("seal --triple, 4 threads", ["seal", "--triple", "--threads", "4", "-i", alice, "-r", recipient],
             "open, 4 threads", ["open", "--threads", "4", "-i", ec, *trust]),
        )
        for label, forward, back_label, back in operations:
            for pipe in (False, True):
                if not runner.run(label, forward, "mail", "out", pipe):
                    continue
                # verify writes content with -o alone.
                if pipe and back_label == "verify":
                    back = back + ["-o", runner.path("back")]
                runner.run("  " + back_label, [*back, "-q", *AT], "out",
                           "none" if pipe and back_label == "verify" else "back", pipe)
                runner.same(label, "back", digest)
                for name in ("out", "back", "none"):
                    if os.path.exists(runner.path(name)):
                        os.unlink(runner.path(name))
        run_recipients(runner, alice, ec, recipient, os.path.join(data, "alice.pem"), digest)
        run_convert(runner, alice, trust)
        if shutil.which("openssl"):
            run_large_certificates(runner, data, trust)
    print("%d passed, %d failed" % (runner.passed, runner.failed))
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
