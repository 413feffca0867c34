#!/usr/bin/env python3
"""online.py --bulla PROGRAM --pki FOLDER: issuers, lists and answers from `openssl` behind HTTP, with --online.

Hosts on the loopback are right, wrong, silent, or lead elsewhere; each verdict says what came of it.
"""
import argparse
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

EXTENSIONS = """basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = emailProtection
subjectAltName = email:dora@example.com
authorityInfoAccess = caIssuers;URI:{url}issuer, OCSP;URI:{url}ocsp
crlDistributionPoints = URI:{url}list
"""
CA = """[ca]
default_ca = own
[own]
database = {folder}/{name}.index
certificate = {pki}/{name}.crt
private_key = {pki}/{name}.key
default_md = sha256
default_crl_days = 30
"""


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


def run(*command, **how):
    done = subprocess.run(command, capture_output=True, check=False, **how)
    check(done.returncode == 0, f"{command}: {done.stderr}")
    return done.stdout


class Host:
    """What a CA has on its host; answers[path] is bytes, or a function from the request's body to bytes or a status."""
    def __init__(self, answers):
        self.answers, self.asked = answers, []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body):
                host.asked.append(self.path)
                answer = host.answers.get(self.path, 404)
                answer = answer(body) if callable(answer) else answer
                if isinstance(answer, int):
                    self.send_response(answer)
                    self.send_header("Location", "http://127.0.0.1:1/")
                    answer = b""
                else:
                    self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self):
                self.answer(b"")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Scene:
    def __init__(self, options, work):
        self.bulla, self.pki, self.work = options.bulla, pathlib.Path(options.pki).resolve(), work
        self.host = Host({"/ocsp": self.openssl_ocsp})
        self.issue()
        for name in ("root", "intermediate"):
            (work / f"{name}.index").touch()
            (work / f"{name}.cnf").write_text(CA.format(folder=work, pki=self.pki, name=name))
        self.issuer = run("openssl", "x509", "-in", self.pki / "intermediate.crt", "-outform", "DER")
        (work / "root.crl").write_bytes(self.list_of("root"))
        self.right = {"/issuer": self.issuer, "/ocsp": self.openssl_ocsp, "/list": self.list_of("intermediate")}
        (work / "letter.eml").write_text("From: dora@example.com\r\nSubject: a\r\n\r\nText.\r\n", newline="")
        run(self.bulla, "sign", "-i", work / "dora.pem", work / "letter.eml", "-o", work / "signed.eml")

    def issue(self):
        (self.work / "dora.ext").write_text(EXTENSIONS.format(url=f"http://{self.host.name}/"))
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", self.work / "dora.key", "-subj",
            "/CN=Dora", "-out", self.work / "dora.csr")
        run("openssl", "x509", "-req", "-in", self.work / "dora.csr", "-CA", self.pki / "intermediate.crt", "-CAkey",
            self.pki / "intermediate.key", "-set_serial", "4711", "-days", "30", "-extfile", self.work / "dora.ext",
            "-out", self.work / "dora.crt")
        (self.work / "dora.pem").write_text((self.work / "dora.key").read_text() + (self.work / "dora.crt").read_text())

    def list_of(self, name):
        pem = run("openssl", "ca", "-gencrl", "-config", self.work / f"{name}.cnf")
        return run("openssl", "crl", "-outform", "DER", input=pem)

    def openssl_ocsp(self, request):
        (self.work / "request").write_bytes(request)
        (self.work / "index").write_text(self.index())
        run("openssl", "ocsp", "-index", self.work / "index", "-rsigner", self.pki / "intermediate.crt", "-rkey",
            self.pki / "intermediate.key", "-CA", self.pki / "intermediate.crt", "-reqin", self.work / "request",
            "-respout", self.work / "answer", "-ndays", "1")
        return (self.work / "answer").read_bytes()

    revoked = False

    def index(self):
        serial = "1267"  # 4711
        state = f"R\t490101000000Z\t260101000000Z\t{serial}" if self.revoked else f"V\t490101000000Z\t\t{serial}"
        return f"{state}\tunknown\t/CN=Dora\n"

    def verify(self, code, *flags, says=(), store=None):
        command = [self.bulla, "verify", "--trust", self.pki / "root.crt", "--crls", self.work / "root.crl"]
        command += ["--store", store] if store else []
        done = subprocess.run([*command, *flags, "-v", self.work / "signed.eml"], capture_output=True, text=True,
                              check=False)
        check(done.returncode == code, f"{flags}: {done.returncode}, {done.stderr}")
        for text in says:
            check(text in done.stderr, f"{flags}: no {text}: {done.stderr}")
        asked, self.host.asked = self.host.asked, []
        return asked

    def run(self):
        online = ["--online", "--online-host", self.host.name]
        hard = [*online, "--revocation", "hard"]
        self.host.answers = dict(self.right)
        check(self.verify(2, says=["path.no-root"]) == [], "asked without --online")
        check(self.verify(2, "--online", says=["fetch.refused"]) == [], "a private address was asked")
        check(self.verify(0, *hard, says=["revocation.by-ocsp", f"http://{self.host.name}/issuer"])
              == ["/issuer", "/ocsp"], "issuer and responder")
        self.remembers(hard)
        self.host.answers["/ocsp"] = 503
        check(self.verify(0, *hard, says=["HTTP status 503"]) == ["/issuer", "/ocsp", "/list"], "the list comes next")
        self.host.answers["/ocsp"] = 302
        self.verify(0, *hard, says=["HTTP status 302"])
        self.host.answers["/ocsp"] = lambda request: b"noise"
        self.verify(0, *hard, says=["revocation.bad-answer"])
        self.host.answers["/list"] = b"x" * (11 << 20)
        self.verify(2, *hard, says=["revocation.unknown", "too long"])
        self.host.answers = dict(self.right)
        self.revoked = True
        self.verify(1, *online, says=["revocation.revoked"])
        self.revoked = False
        self.encrypts(online)

    def remembers(self, hard):
        """Processes with one store ask once."""
        store = self.work / "store"
        run(self.bulla, "store", "init", "--store", store)
        check(self.verify(0, *hard, store=store) == ["/issuer", "/ocsp"], "the first asks")
        check(self.verify(0, *hard, store=store, says=["revocation.by-ocsp"]) == [], "the second knows")
        check(self.verify(0, "--revocation", "hard", store=store) == [], "so does one that is not online")
        other = self.work / "other"
        run(self.bulla, "store", "init", "--store", other)
        self.host.answers["/issuer"] = 500
        check(self.verify(2, *hard, store=other) == ["/issuer"], "asked")
        check(self.verify(2, *hard, store=other, says=["some minutes ago"]) == [], "a failure is remembered")
        run(self.bulla, "cert", "import", "--store", other, self.pki / "intermediate.crt")
        check(self.verify(0, *hard, store=other) == ["/ocsp"], "the issuer is in the store")
        self.host.answers = dict(self.right)

    def encrypts(self, online):
        command = [self.bulla, "encrypt", "-r", self.work / "dora.crt", "--trust", self.pki / "root.crt",
                   self.work / "letter.eml", "-o", self.work / "out.eml"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        check(done.returncode != 0 and "path.no-root" in done.stderr, done.stderr)
        run(*command, *online)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--pki", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        os.environ["XDG_DATA_HOME"] = work + "/data"
        try:
            Scene(options, pathlib.Path(work)).run()
        except Failed as failed:
            print(f"FAILED: {failed}")
            return 1
    print("online: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
