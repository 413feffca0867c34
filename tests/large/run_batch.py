#!/usr/bin/env python3
"""A large mbox through `bulla batch`, in bounded memory whatever its size and that of its messages.

usage: run_batch.py --bulla PROGRAM --data TESTS_DATA_X509 [--mebibytes 200] [--limit-mebibytes 64]

Half of the mbox is one message, half are many small ones. Fails if a message is not valid, or if the process is resident
with more than the limit.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HEADER = (b"From: alice@example.org\r\nTo: ec@example.org\r\nSubject: large\r\nDate: Mon, 1 Jun 2026 12:00:00 +0000\r\n"
          b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n")
LINE = b"QmFzZTY0IHRleHQgb2YgYSBsYXJnZSBhdHRhY2htZW50LCA1NyBvY3RldHMgaW4gZWFjaCBsaW5l\r\n"
FROM = b"From alice@example.org Mon Jun  1 12:00:00 2026\r\n"


def sign(bulla, data, folder, octets):
    """The path of a signed mail of about this size."""
    identity, plain, signed = (folder / name for name in ("alice.pem", "plain", f"signed-{octets}"))
    identity.write_bytes(b"".join((data / name).read_bytes() for name in ("alice.key.pem", "alice.pem", "intermediate.pem")))
    with open(plain, "wb") as out:
        out.write(HEADER)
        for _ in range(octets // len(LINE)):
            out.write(LINE)
    subprocess.run([bulla, "sign", "-q", "-i", identity, "--at", "2026-06-01T12:00:00Z", "-o", signed, plain], check=True)
    return signed


def append(mbox, path):
    mbox.write(FROM)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            mbox.write(block)
    mbox.write(b"\r\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--mebibytes", type=int, default=200)
    parser.add_argument("--limit-mebibytes", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        large = sign(options.bulla, options.data, folder, options.mebibytes << 19)
        small = sign(options.bulla, options.data, folder, 64 << 10)
        count = (options.mebibytes << 19) // os.path.getsize(small)
        with open(folder / "mbox", "wb") as mbox:
            append(mbox, large)
            for _ in range(count):
                append(mbox, small)
        os.unlink(large)
        process = subprocess.Popen(
            [options.bulla, "batch", "verify", "-j4", "--trust", options.data / "root.pem", "--at", "2026-06-01T12:00:00Z",
             "--out", folder / "out", folder / "mbox"])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        results = len(os.listdir(folder / "out" / "cur"))
        resident = usage.ru_maxrss / 1024
        print("exit %d, %d results of %d messages, %.2f s, %.1f MiB" %
              (process.returncode, results, count + 1, usage.ru_utime + usage.ru_stime, resident))
        return 0 if process.returncode == 0 and results == count + 1 and resident < options.limit_mebibytes else 1


if __name__ == "__main__":
    sys.exit(main())
