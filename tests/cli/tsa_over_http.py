#!/usr/bin/env python3
"""tsa_over_http.py --bulla PROGRAM --pki FOLDER: timestamps from `openssl ts` behind HTTP (RFC 3161 3.4).

Signs with --tsa URL, and checks the verdict; then asks hosts that answer otherwise, or not at all.
"""
import argparse
import contextlib
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

CONFIG = """[tsa]
default_tsa = t
[t]
serial = {folder}/serial
signer_cert = {pki}/tsa.crt
certs = {pki}/intermediate.crt
signer_key = {pki}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


@contextlib.contextmanager
def serve(answer):
    """A host on a free port of the loopback: answer(query) is status, content type, body."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            status, content_type, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Scene:
    def __init__(self, options, work):
        self.bulla, self.pki, self.work = options.bulla, pathlib.Path(options.pki).resolve(), work
        (work / "serial").write_text("01\n")
        (work / "tsa.cnf").write_text(CONFIG.format(folder=work, pki=self.pki))
        (work / "letter.eml").write_text("From: alice@example.com\r\nSubject: a\r\n\r\nText.\r\n", newline="")

    def openssl_ts(self, query):
        (self.work / "query").write_bytes(query)
        done = subprocess.run(["openssl", "ts", "-reply", "-config", self.work / "tsa.cnf", "-queryfile",
                               self.work / "query"], capture_output=True, check=True)
        return 200, "application/timestamp-reply", done.stdout

    def sign(self, url, *flags):
        return subprocess.run([self.bulla, "sign", "-i", self.pki / "alice.pem", "--tsa", url, *flags,
                               self.work / "letter.eml", "-o", self.work / "signed.eml"],
                              capture_output=True, text=True, check=False)

    def refused(self, url, why, code=75):
        (self.work / "signed.eml").unlink(missing_ok=True)
        done = self.sign(url)
        check(done.returncode == code and why in done.stderr, f"{url}: {done.returncode}, {done.stderr}")
        check(not (self.work / "signed.eml").exists(), f"{url}: something was written")
        check(done.stderr.count("\n") <= 2, done.stderr)

    def run(self):
        with serve(self.openssl_ts) as url:
            done = self.sign(url)
            check(done.returncode == 0, done.stderr)
        verdict = self.work / "verdict.json"
        done = subprocess.run([self.bulla, "verify", "--trust", self.pki / "root.crt", "--json", verdict,
                               self.work / "signed.eml"], capture_output=True, text=True, check=False)
        check(done.returncode == 0 and "by CN=tsa: valid" in done.stderr, done.stderr)
        check('"proven_time": "20' in json.dumps(json.loads(verdict.read_text())), verdict.read_text())
        self.refused(url, "io.network")  # it has stopped
        with serve(lambda query: (503, "text/plain", b"later")) as url:
            self.refused(url, "HTTP status 503")
        with serve(lambda query: (200, "text/html", b"<html>")) as url:
            self.refused(url, "text/html")
        # A refusal: TimeStampResp { PKIStatusInfo { rejection } }.
        with serve(lambda query: (200, "application/timestamp-reply", bytes.fromhex("30053003020102"))) as url:
            self.refused(url, "refuses")
        with serve(lambda query: (200, "application/timestamp-reply", b"noise")) as url:
            self.refused(url, "[", code=65)
        self.goes_on_after_an_outage()
        first = self.openssl_ts
        kept = []
        with serve(lambda query: kept.append(kept[0] if kept else first(query)) or kept[-1]) as url:
            check(self.sign(url).returncode == 0, "the first answer is good")
            self.refused(url, "sig.timestamp", code=69)  # an answer to what was asked before


    def goes_on_after_an_outage(self):
        """What a batch could not stamp is no result: the next run does it."""
        (self.work / "in").mkdir()
        (self.work / "in" / "letter.eml").write_bytes((self.work / "letter.eml").read_bytes())

        def batch(url):
            return subprocess.run([self.bulla, "batch", "sign", "-i", self.pki / "alice.pem", "--tsa", url,
                                   "--journal", self.work / "journal", "--out", self.work / "out",
                                   self.work / "in"],
                                  capture_output=True, text=True, check=False)
        is_up = []
        with serve(lambda query: self.openssl_ts(query) if is_up else (503, "text/plain", b"later")) as url:
            done = batch(url)
            check(done.returncode == 75, f"{done.returncode}, {done.stderr}")
            is_up.append(True)
            done = batch(url)
            check(done.returncode == 0, f"{done.returncode}, {done.stderr}")
        check((self.work / "out" / "letter.eml").exists(), "nothing was signed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--pki", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        try:
            Scene(options, pathlib.Path(work)).run()
        except Failed as failed:
            print(f"FAILED: {failed}")
            return 1
    print("timestamps over HTTP: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
