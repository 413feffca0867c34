#!/usr/bin/env python3
"""discovery.py --bulla PROGRAM --pki FOLDER [--slapd FOLDER]: certificates of an address from LDAP, the DNS and HTTP.

The servers are of lookup_servers.py: right ones, slow ones, lying ones, and some that send too much. With --slapd, the
folder of that program, a directory of OpenLDAP is asked as well.
"""
import argparse
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import lookup_servers as servers
from lookup_servers import ldap_entry, ldap_result, tlv

DONE = ldap_result(0x65, 0)


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


def smimea_label(local):
    return hashlib.sha256(local.encode()).hexdigest()[:56].encode()


def smimea(usage, selector, matching, certificate, key=b""):
    data = key if selector else certificate
    data = {0: lambda x: x, 1: lambda x: hashlib.sha256(x).digest(), 2: lambda x: hashlib.sha512(x).digest()}[matching](data)
    return bytes([usage, selector, matching]) + data


class Scene:
    def __init__(self, options, work):
        self.bulla, self.pki, self.work = options.bulla, pathlib.Path(options.pki).resolve(), work
        self.slapd = options.slapd
        self.environment = {**os.environ, "HOME": str(work), "LC_ALL": "C"}
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "BULLA_STORE", "LDAPTLS_CACERT"):
            self.environment.pop(name, None)
        self.der = {name: self.openssl("x509", "-in", self.pki / f"{name}.crt", "-outform", "DER")
                    for name in ("alice", "bob", "carol", "ed", "mallory", "intermediate", "root")}
        self.bulla_store = 0

    @staticmethod
    def openssl(*words):
        return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout

    def spki(self, name):
        pem = self.openssl("x509", "-in", self.pki / f"{name}.crt", "-noout", "-pubkey")
        return subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem, check=True,
                              capture_output=True).stdout

    def run(self, *words, **environment):
        return subprocess.run([self.bulla, *map(str, words)], capture_output=True, text=True, check=False, timeout=60,
                              env={**self.environment, **environment})

    def find(self, address, *flags, code=0, keep=False, remembers=False, **environment):
        """The JSON of `cert find`; the cache is not asked unless that is the point."""
        flags = list(flags) + ([] if remembers else ["--refresh"]) + (["--keep"] if keep else [])
        start = time.monotonic()
        done = self.run("cert", "find", address, *flags, "--trust", self.pki / "root.crt", "--json", "-", **environment)
        self.took = time.monotonic() - start
        self.said = done.stderr
        check(done.returncode == code, f"{address} {flags}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        found = json.loads(done.stdout)
        check("exit" not in found or found["exit"] == code, done.stdout)
        return found

    def found(self, address, *flags, **more):
        return [(one["subject"].removeprefix("CN="), one["vouching"])
                for one in self.find(address, *flags, **more)["certificates"]]

    def new_store(self):
        self.bulla_store += 1
        self.environment["BULLA_STORE"] = str(self.work / f"store{self.bulla_store}.db")
        check(self.run("store", "init").returncode == 0, "no store")

    # LDAP

    def ldap_answer(self, base, values, handler):
        der = self.der
        entry = {"dc=right": [ldap_entry("uid=bob", {"userCertificate;binary": [der["bob"]], "mail": [b"x"]}), DONE],
                 "dc=ad": [ldap_entry("cn=bob", {"userSMIMECertificate": [self.signed], "userCertificate": [b"0\0"]}), DONE],
                 "dc=none": [DONE],
                 "dc=lying": [ldap_entry("uid=bob", {"userCertificate;binary": [der["carol"], der["mallory"]]}), DONE],
                 "dc=referral": [ldap_result(0x65, 10, tlv(0xA3, tlv(4, self.elsewhere.encode())))],
                 "dc=reference": [tlv(0x73, tlv(4, self.elsewhere.encode())), DONE],
                 "dc=many": [ldap_entry(f"uid={i}", {"userCertificate;binary": [der["bob"]]}) for i in range(11)] + [DONE],
                 "dc=full": [ldap_entry("uid=bob", {"userCertificate;binary": [der["bob"]] * 101}), DONE],
                 "dc=limit": [ldap_result(0x65, 4)],
                 "dc=missing": [ldap_result(0x65, 32)]}
        if base in entry:
            return entry[base]
        if base == "dc=oversized":  # says that 512 MiB follow
            handler.send(b"\x30\x84\x20\x00\x00\x00\x02\x01\x02\x64")
            handler.send(b"\x00" * 100_000)
        elif base == "dc=junk":
            handler.send(b"HTTP/1.1 200 OK\r\n\r\n")
        elif base == "dc=drip":
            handler.send(b"\x30\x84\x00\x00\x80\x00")
            servers.drip(handler.send, handler.server.owner.stopping)
        elif base == "dc=slow":
            handler.server.owner.stopping.wait(30)
        return None

    def ldap(self):
        self.signed = self.openssl("cms", "-sign", "-in", self.pki / "letter.eml", "-signer", self.pki / "bob.crt", "-inkey",
                                   self.pki / "bob.key", "-certfile", self.pki / "intermediate.crt", "-nodetach", "-outform",
                                   "DER")
        asked_elsewhere = []
        with servers.LdapServer(lambda *_: asked_elsewhere.append(1) or [DONE]) as elsewhere:
            self.elsewhere = elsewhere.uri("dc=right")
            with servers.LdapServer(self.ldap_answer) as server:
                self.ldap_right(server)
                self.ldap_wrong(server)
                self.ldap_injection(server)
        check(not asked_elsewhere, "a referral was followed")
        self.refused("--ldap", server.uri("dc=right"))

    def ldap_right(self, server):
        uri = server.uri("dc=right")
        intermediate = ["--ldap", server.uri("dc=ad")]
        check(self.found("bob@example.com", "--ldap", uri, code=2) == [("bob", "nobody")], "no path without its issuer")
        check("path.no-root" in json.dumps(self.find("bob@example.com", "--ldap", uri, code=2)), "why")
        found = self.find("bob@example.com", *intermediate)
        check([one["vouching"] for one in found["certificates"]] == ["path"], found)
        check(found["certificates"][0]["from"] == [f"ldap {server.uri('dc=ad')}"], found)
        check("cms.bad-certificate" in json.dumps(found["asked"]), found)
        both = self.find("bob@example.com", "--ldap", uri, *intermediate)["certificates"]
        check(len(both) == 1 and len(both[0]["from"]) == 2, both)
        check(server.seen[-1][1] == ["bob@example.com"], server.seen)

    def ldap_wrong(self, server):
        def asked(base, code):
            wait = 1 if base == "dc=junk" else 20  # which libldap reads on and on
            return self.find("bob@example.com", "--ldap", server.uri(base), "--wait", wait, code=code)
        asked("dc=none", 77)
        check("key.unknown-address" in self.said, self.said)
        lie = asked("dc=lying", 77)  # T-113
        check([one["error"]["rule"] for one in lie["not_taken"]] == ["address.other"] * 2, lie)
        for base, why in (("dc=referral", "another server"), ("dc=many", "more than ten"), ("dc=limit", "more than ten"),
                          ("dc=full", "too many"), ("dc=missing", "No such object"), ("dc=oversized", "too long"),
                          ("dc=junk", "io.network")):
            asked(base, 75)
            check(why in self.said and "io.network" in self.said, f"{base}: {self.said}")
            check(self.took < 15, f"{base}: {self.took} s")
        asked("dc=reference", 77)

    # T-146: what is typed is a value, and never part of the filter.
    def ldap_injection(self, server):
        for address in ("*)(uid=*@example.com", "\\2a@example.com", "*@example.com", "a&(b=*)|@example.com",
                        "b\u00fcro@example.com"):
            self.find(address, "--ldap", server.uri("dc=none"), code=77)
            base, values, is_equality = server.seen[-1]
            check(values[0] == address and is_equality, server.seen[-1])
        for address in ("a\nb@example.com", "nobody"):
            done = self.run("cert", "find", address, "--ldap", server.uri("dc=none"))
            check(done.returncode == 64, done.stderr)

    def refused(self, *flags, why="io.network", code=75, **more):
        self.find("bob@example.com", *flags, code=code, **more)
        check(why in self.said, self.said)

    def tls(self):
        key, certificate = self.work / "tls.key", self.work / "tls.crt"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
                     certificate, "-subj", "/CN=ldap", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
        context = servers.tls_context(certificate, key)
        trusting = {"LDAPTLS_CACERT": str(certificate)}
        careless = {"LDAPTLS_REQCERT": "never", "LDAPTLS_REQSAN": "never"}
        with servers.LdapServer(self.ldap_answer, context, tls_at_once=True) as server:
            uri = server.uri("dc=ad", "ldaps")
            check(self.found("bob@example.com", "--ldap", uri, **trusting) == [("bob", "path")], "ldaps")
            self.refused("--ldap", uri)
            self.refused("--ldap", uri, **careless)
            self.refused("--ldap", server.uri("dc=ad", "ldaps", "localhost"), **trusting)  # another name than in the certificate
        with servers.LdapServer(self.ldap_answer, context) as server:
            uri = server.uri("dc=ad")
            check(self.found("bob@example.com", "--ldap", uri, "--starttls", **trusting) == [("bob", "path")], "StartTLS")
            self.refused("--ldap", uri, "--starttls", **careless)
        with servers.LdapServer(self.ldap_answer) as server:
            self.refused("--ldap", server.uri("dc=ad"), "--starttls", why="no StartTLS")
            check(not server.seen, "it was asked in the clear")

    # HTTP

    def http_answer(self, handler):
        kind = handler.path.split("/")[1]
        if kind == "right":
            handler.reply(200, self.certs_only, Content_Type="text/plain")
        elif kind == "pem":
            handler.reply(200, (self.pki / "bob.crt").read_bytes())
        elif kind == "lying":
            handler.reply(200, self.der["mallory"])
        elif kind == "junk":
            handler.reply(200, b"<html>")
        elif kind == "redirect":
            handler.reply(302, Location=handler.path.replace("redirect", "right"))
        elif kind == "oversized":
            handler.reply(200, b"0" * 1_100_000)
        elif kind == "slow":
            handler.send_response(200)
            handler.end_headers()
            servers.drip(handler.wfile.write, handler.server.owner.stopping)
        else:
            handler.reply(404)

    def http(self):
        self.certs_only = self.openssl("crl2pkcs7", "-nocrl", "-certfile", self.pki / "bob.crt", "-certfile",
                                       self.pki / "intermediate.crt", "-outform", "DER")
        with servers.HttpServer(self.http_answer) as server:
            def asked(kind, **more):
                return self.found("bob@example.com", "--http", server.url(kind + "/{address}.p7c"), "--wait", 20, **more)
            check(asked("right") == [("bob", "path")], self.said)
            check(server.seen[-1] == "/right/bob%40example.com.p7c", server.seen)
            check(asked("pem", code=2) == [("bob", "nobody")], self.said)
            check(asked("absent", code=77) == [], self.said)
            check(asked("lying", code=77) == [] and "address.other" in self.said, self.said)
            seen = len(server.seen)
            check(asked("redirect", code=75) == [] and len(server.seen) == seen + 1, "a redirection was followed")
            check(asked("junk", code=75) == [] and "no certificate" in self.said, self.said)
            check(asked("oversized", code=75) == [] and "too long" in self.said, self.said)
            self.find("a..b?c=d&e#f%@example.com", "--http", server.url("x?{address}"), code=77)
            check(server.seen[-1] == "/x?a..b%3fc%3dd%26e%23f%25%40example.com", server.seen[-1])
        for template in ("http://127.0.0.1/none", "http://{address}.example.com/", "file:///etc/{address}",
                         "http://user:secret@127.0.0.1/{address}", "{address}"):
            done = self.run("cert", "find", "bob@example.com", "--http", template)
            check(done.returncode == 64 and "secret" not in done.stderr, f"{template}: {done.stderr}")

    # The DNS

    def zones(self):
        signed = servers.Zone("example.com", self.work)
        der = self.der

        def add(local, *rdatas):
            for rdata in rdatas:
                signed.add((smimea_label(local), b"_smimecert"), servers.SMIMEA, rdata)
        add("bob", smimea(3, 0, 0, der["bob"]), smimea(3, 0, 0, b"no certificate" * 100))  # more than UDP takes
        add("carol", smimea(3, 1, 1, der["carol"], self.spki("carol")))  # the key's digest: CERT-74
        add("alice", smimea(3, 0, 2, der["alice"]), b"\x07\x00\x00xyz", b"\x03\x00\x01short")
        add("lying", smimea(3, 0, 0, der["bob"]))
        add("many", *(smimea(3, 0, 1, bytes([i])) for i in range(60)))
        add("bogus", smimea(3, 0, 0, der["bob"]))
        signed.spoilt.add((smimea_label("bogus"), b"_smimecert", b"example", b"com"))
        signed.add((b"bob",), servers.CERT, b"\0\1\0\0\0" + der["bob"])
        signed.add((b"bob",), servers.CERT, b"\0\4\0\0\0http://127.0.0.1/")
        open_zone = servers.Zone("example.net")
        open_zone.add((smimea_label("bob"), b"_smimecert"), servers.SMIMEA, smimea(3, 0, 0, der["bob"]))
        open_zone.add((b"bob",), servers.CERT, b"\0\1\0\0\0" + der["bob"])
        return signed, open_zone

    def dns(self):
        signed, open_zone = self.zones()
        anchor = self.work / "anchor.key"
        anchor.write_text(signed.anchor)
        with servers.DnsServer([signed, open_zone], silent={smimea_label("silent")}) as server:
            self.resolver = ["--dns-server", f"127.0.0.1:{server.port}", "--trust-anchor", anchor]
            self.dns_right(server)
            self.dns_wrong(server)
            self.dns_with_others()
            self.keeping()
            self.misses(server)
            self.budget()

    def smimea(self, address, *flags, **more):
        return self.found(address, "--smimea", *self.resolver, *flags, **more)

    def dns_right(self, server):
        check(self.smimea("bob@example.com") == [("bob", "dns")], self.said)  # CERT-71, CERT-73
        check(server.over_tcp, "CERT-75: over TCP")
        check(((smimea_label("bob"), b"_smimecert", b"example", b"com"), 53) in server.seen, server.seen)
        check(self.smimea('"bob"@EXAMPLE.com') == [("bob", "dns")], self.said)  # quotes do not count
        check(self.smimea("Bob@example.com", code=77) == [], "the case of a local part counts")
        check(self.smimea("nobody@example.com", code=77) == [], self.said)
        found = self.find("bob@example.com", "--dns-cert", *self.resolver, code=2)
        check([one["vouching"] for one in found["certificates"]] == ["nobody"], found)
        check("cms.bad-certificate" in json.dumps(found), found)

    def dns_wrong(self, server):
        lie = self.find("lying@example.com", "--smimea", *self.resolver, code=77)
        check(lie["not_taken"][0]["error"]["rule"] == "address.other", lie)
        check(self.smimea("bogus@example.com", code=1) == [] and "address.dns-bogus" in self.said, self.said)
        check(self.smimea("many@example.com", code=75) == [] and "too many records" in self.said, self.said)
        # CERT-73: not signed, as if it were not there.
        check(self.smimea("bob@example.net", code=77) == [] and "address.dns-insecure" in self.said, self.said)
        found = self.found("bob@example.net", "--dns-cert", *self.resolver, code=77)
        check(found == [], "a certificate for another address")
        self.find("bob@[127.0.0.1]", "--smimea", *self.resolver, code=64)
        done = self.run("cert", "find", "bob@example.com", "--smimea", "--trust-anchor", self.work / "absent")
        check(done.returncode == 78 and "config.bad" in done.stderr, done.stderr)
        done = self.run("cert", "find", "bob@example.com", "--smimea", "--dns-server", "ns.example.com")
        check(done.returncode == 64 and "IP address" in done.stderr, done.stderr)

    def dns_with_others(self):
        """What the DNS says decides about what a directory has."""
        def answer(base, values, handler):
            names = base.removeprefix("dc=").split("+")
            return [ldap_entry("uid=x", {"userCertificate;binary": [self.der[name] for name in names]}), DONE]
        with servers.LdapServer(answer) as server:
            check(self.smimea("carol@example.com", "--ldap", server.uri("dc=carol")) == [("carol", "dns")], self.said)
            check(self.smimea("alice@example.com", "--ldap", server.uri("dc=alice+mallory")) == [("alice", "dns")], self.said)
            check("address.dns-differs" in self.said, self.said)
            check(self.smimea("carol@example.com", code=77) == [], "a digest is no certificate")
            check(self.smimea("bogus@example.com", "--ldap", server.uri("dc=bob"), code=1) == [], self.said)

    def keeping(self):
        self.new_store()
        kept = self.find("bob@example.com", "--smimea", *self.resolver, keep=True)["kept"]
        check([one["result"] for one in kept] == ["added"], kept)
        sealed = self.run("encrypt", "-r", "bob@example.com", self.pki / "letter.eml", "-o", self.work / "sealed.eml")
        check(sealed.returncode == 0, sealed.stderr)
        shown = self.run("cert", "show", "bob@example.com")
        check("from smimea 127.0.0.1:" in shown.stdout and "vouched for by dns" in shown.stdout, shown.stdout)
        # What nobody vouches for is held until a person confirms it.
        with servers.LdapServer(lambda *_: [ldap_entry("uid=x", {"userCertificate;binary": [self.der["mallory"]]}),
                                            DONE]) as server:
            kept = self.find("alice@example.com", "--ldap", server.uri("dc=x"), keep=True, code=2)
            check([one["result"] for one in kept["kept"]] == ["held"] and "store.unvouched" in self.said, self.said)
            sealed = self.run("encrypt", "-r", "alice@example.com", self.pki / "letter.eml", "-o", self.work / "no.eml")
            check(sealed.returncode == 77, sealed.stderr)
            fingerprint = kept["certificates"][0]["sha256"]
            check(self.run("cert", "import", fingerprint).returncode == 0, "accepted")
            sealed = self.run("encrypt", "-r", "alice@example.com", self.pki / "letter.eml", "-o", self.work / "yes.eml")
            check(sealed.returncode == 0, sealed.stderr)
        # T-09: another key than the address has is held, whoever vouches for it.
        with servers.LdapServer(lambda *_: [ldap_entry("uid=x", {"userCertificate": [self.der["alice"]]}), DONE]) as server:
            kept = self.find("alice@example.com", "--smimea", *self.resolver, "--ldap", server.uri("dc=x"), keep=True)
            check([one["result"] for one in kept["kept"]] == ["held"] and "store.held" in self.said, self.said)
        check(self.run("store", "verify").returncode == 0, "sound")
        out = self.work / "bob.pem"
        self.find("bob@example.com", "--smimea", *self.resolver, "-o", out)
        check(out.read_text().count("BEGIN CERTIFICATE") == 1, out.read_text())

    def misses(self, server):
        """CERT-75: what is not there is not asked for again at once, by no process."""
        flags = ["--smimea", *self.resolver]
        self.find("nobody@example.com", *flags, code=77)
        seen = len(server.seen)
        again = self.find("nobody@example.com", *flags, code=77, remembers=True)
        check(len(server.seen) == seen and again["asked"][0]["remembered"], again)
        check("--refresh asks again" in self.said, self.said)
        self.find("bogus@example.com", *flags, code=1)
        check(self.find("bogus@example.com", *flags, code=1, remembers=True)["asked"][0]["remembered"], self.said)
        self.find("nobody@example.com", *flags, code=77)
        check(len(server.seen) > seen, "--refresh asks")
        names = [path.name for path in (self.work / ".cache/bulla/misses").iterdir()]
        check(names and all(len(name) == 64 for name in names), names)

    def budget(self):
        """All who are slow together take no longer than one of them may."""
        with servers.LdapServer(self.ldap_answer) as ldap, servers.HttpServer(self.http_answer) as http:
            slow = ["--wait", 1, "--ldap", ldap.uri("dc=slow"), "--ldap", ldap.uri("dc=drip"), "--http",
                    http.url("slow/{address}"), "--smimea", *self.resolver]
            found = self.find("silent@example.com", *slow, code=75)
            check(self.took < 10, f"{self.took} s")
            check([one["error"]["rule"] for one in found["asked"]] == ["io.network"] * 4, found)
            # And who is quick is heard.
            slow[1] = 2
            check(self.found("bob@example.com", *slow) == [("bob", "dns")], self.said)
            check(self.took < 10, f"{self.took} s")

    def openldap(self):
        """A directory of OpenLDAP: found there, and what it exports is imported."""
        folder = self.work / "slapd"
        (folder / "db").mkdir(parents=True)
        port = servers.free_port()
        schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
        (folder / "slapd.conf").write_text(
            schemas + "modulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nmaxsize 10485760\n"
            f"suffix dc=example,dc=com\nrootdn cn=admin,dc=example,dc=com\ndirectory {folder}/db\n")
        entry = "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Lab\n\n"
        published = self.run("cert", "publish", "--ldif", "--dn", "uid=bob,dc=example,dc=com", self.pki / "bob.crt").stdout
        value = published[published.index("userCertificate;binary:: "):].removesuffix("-\n")
        entry += ("dn: uid=bob,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: bob\ncn: bob\nsn: bob\n"
                  "mail: bob@example.com\n" + value)
        conf = ["-f", str(folder / "slapd.conf")]
        tools = pathlib.Path(self.slapd)
        done = subprocess.run([tools / "slapadd", *conf], input=entry, text=True, capture_output=True, check=False)
        check(done.returncode == 0, done.stderr)
        with subprocess.Popen([tools / "slapd", *conf, "-d", "0", "-h", f"ldap://127.0.0.1:{port}/"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                for _ in range(100):
                    with socket.socket() as one:
                        if one.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                uri = f"ldap://127.0.0.1:{port}/dc=example,dc=com"
                check(self.found("bob@example.com", "--ldap", uri, code=2) == [("bob", "nobody")], self.said)
                check(self.found("nobody@example.com", "--ldap", uri, code=77) == [], self.said)
                check(self.found("*@example.com", "--ldap", uri, code=77) == [], self.said)
                check(self.found("bob@example.com", "--ldap", uri.replace("=example", "=nowhere"), code=75) == [], self.said)
            finally:
                process.terminate()
                process.wait()
        exported = subprocess.run([tools / "slapcat", *conf], capture_output=True, check=True).stdout
        (self.work / "export.ldif").write_bytes(exported)
        self.new_store()
        done = self.run("cert", "import", self.work / "export.ldif")
        check(done.returncode == 0 and "bob@example.com" in done.stdout, done.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bulla", required=True)
    parser.add_argument("--pki", required=True)
    parser.add_argument("--slapd")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(options, pathlib.Path(work))
        parts = [scene.ldap, scene.tls, scene.http, scene.dns]
        # It was there when the build was configured; the tests may run elsewhere.
        if options.slapd and (pathlib.Path(options.slapd) / "slapd").exists():
            parts.append(scene.openldap)
        for part in parts:
            start = time.monotonic()
            try:
                part()
            except Failed as failed:
                print(f"FAILED: {part.__name__}: {failed}")
                return 1
            print(f"{part.__name__}: {time.monotonic() - start:.1f} s")
    print("discovery: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
