#!/usr/bin/env python3
"""Runs bulla over one source of the reference corpora and compares with expected.tsv.

usage: run_corpus.py --bulla PROGRAM --corpus FOLDER --source NAME --known FILE

A row of the known differences (tab separated: source, path, inputs, reason) makes a
difference expected; a row that agrees after all fails too. A row about an algorithm that
'bulla doctor' calls absent must end in crypto.unavailable. The corpora are not part of the
project; the tests are registered where the folder is there.
"""
import argparse
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

# Which families of findings a row is about: its maker tested signatures and paths, not
# whether the certificate is for mail and for the sender.
SIGNATURE = ("sig", "cms", "mime", "asn1", "enc", "limit", "crypto")
PATH = ("path", "cert", "revocation")
PURPOSE = ("cert.key-usage", "cert.extended-key-usage")
EXITS = {0, 1, 2, 3, 64, 65, 66, 69, 73, 74, 75, 77, 78}
ROBUST = ("robustness", "mime-parse", "mime-evasion", "info", "hp-parse")
# Rows that other tests run: below the command line, or of a later release's verbs.
TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
ELSEWHERE = ("path-validate", "p12", "load-key", "ocsp-verify", "lint")


class Runner:
    def __init__(self, bulla, folder, work):
        self.bulla, self.folder, self.work = bulla, folder, work
        _, listed, _ = self.run("doctor", "--algorithms", "--json", "-")
        self.absent = [entry["name"].replace("-", "")
                       for entry in json.loads(listed)["algorithms"] if not entry["available"]]

    def is_absent(self, row):
        """Whether the row's file is named after an algorithm that is not there."""
        words = re.split(r"[/_.]", row["path"].replace("-", "").lower())
        return any(word.startswith(name) for word in words for name in self.absent)

    def path(self, name):
        if name.startswith("data:"):
            return os.path.join(TESTS, "data", name.removeprefix("data:"))
        return os.path.join(self.folder, name)

    def run(self, *arguments):
        command = [self.bulla, *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def work_file(self, name, data):
        path = os.path.join(self.work, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def content(self):
        path = os.path.join(self.work, "content")
        if not os.path.exists(path):
            return None
        with open(path, "rb") as file:
            data = file.read()
        os.unlink(path)
        return data


def same_content(data, sha256):
    """Peers write content as it was carried or with their own line ends."""
    canonical = data.replace(b"\r\n", b"\n")
    forms = (data, canonical, canonical.replace(b"\n", b"\r\n"))
    return any(hashlib.sha256(form).hexdigest() == sha256 for form in forms)


def failures(verdict, families, ignored):
    found = [finding["rule"] for finding in verdict.get("findings", ())
             if finding["severity"] == "failure" and finding["rule"].split(".")[0] in families
             and finding["rule"] not in ignored]
    if "error" in verdict:
        found.append(verdict["error"]["rule"])
    return found


def pkits_options(runner, inputs):
    options = ["--trust", runner.path("certs/%s.crt" % inputs["anchor"])]
    for name in inputs["chain"].split(","):
        options += ["--certs", runner.path("certs/%s.crt" % name)]
    for name in inputs["crls"].split(","):
        options += ["--crls", runner.path("crls/%s.crl" % name)]
    return options + ["--revocation", "hard"]


def verify(runner, row, inputs):
    options = ["--legacy", "--form", "content", "-o", os.path.join(runner.work, "content"),
               "--release", "any", "--json", "-"]
    families = SIGNATURE
    if "anchor" in inputs:
        options += pkits_options(runner, inputs)
        families += PATH
    if "ca" in inputs:
        options += ["--trust", runner.path(inputs["ca"]), "--certs", runner.path(inputs["ca"])]
        families += PATH
    if "certfile" in inputs:
        options += ["--certs", runner.path(inputs["certfile"])]
    if "content" in inputs:
        options += ["--content", runner.path(inputs["content"])]
    if "attime" in inputs:
        options += ["--at", "@" + inputs["attime"]]
    code, out, err = runner.run("verify", *options, runner.path(row["path"]))
    try:
        verdict = json.loads(out)
    except ValueError:
        return "no verdict, exit %d: %s" % (code, err.strip())
    content = runner.content()
    ignored = PURPOSE if "ca" in inputs or "anchor" not in inputs else ()
    bad = failures(verdict, families, ignored)
    rules = {finding["rule"] for finding in verdict.get("findings", ())}
    untrusted = ("ca" in inputs or "anchor" in inputs) and rules & {
        "path.no-root", "path.self-signed", "sig.no-certificate"}
    if verdict.get("status") == "unprotected":
        bad.append("unprotected")
    unknown = [finding["rule"] for finding in verdict.get("findings", ())
               if finding["rule"] in ("sig.no-certificate", "sig.unknown-algorithm",
                                      "crypto.unavailable", "revocation.unknown")]
    if row["expect"] == "ok":
        if bad or untrusted or unknown:
            return "refused: exit %d %s" % (code, bad + unknown or "untrusted")
        if row["sha256"] and (content is None or not same_content(content, row["sha256"])):
            return "other content"
        return None
    if row["expect"] == "optional":
        # What nobody must have is known by its name, not by its OID alone.
        named = [finding for finding in verdict.get("findings", ())
                 if finding["rule"] == "sig.unknown-algorithm" and "id-" in finding.get("detail", "")]
        return None if named else "not recognised: exit %d" % code
    if row["expect"] == "fail":
        # Without a path to the root that the row names nothing is accepted.
        no_path = "anchor" in inputs and "path.no-root" in rules
        return None if bad or unknown or no_path or code not in (0, 2) else "accepted: exit %d" % code
    return None


def decrypt(runner, row, inputs):
    options = ["--legacy", "--form", "content", "-o", os.path.join(runner.work, "content")]
    if "key" in inputs:
        options += ["-i", runner.path(inputs["key"])]
    if "pwri" in inputs:
        options += ["--password-file", runner.work_file("password", inputs["pwri"].encode())]
    if "secretkey" in inputs:
        kek = runner.work_file("kek", bytes.fromhex(inputs["secretkey"]))
        if row["operation"] == "encrypteddata":
            options += ["--secret-key", kek]
        else:
            options += ["--kek", "%s:%s" % (inputs.get("keyid", ""), kek)]
    code, _, err = runner.run("decrypt", *options, runner.path(row["path"]))
    content = runner.content()
    if row["expect"] == "ok":
        if code != 0 or content is None:
            return "refused: exit %d: %s" % (code, err.strip())
        return None if not row["sha256"] or same_content(content, row["sha256"]) else "other content"
    if row["expect"] == "fail" and (code in (0, 2) or content is not None):
        return "accepted: exit %d" % code
    return None


def uncompress(runner, row, inputs):
    del inputs
    code, _, err = runner.run("open", "--require", "none", "--form", "content", "-o",
                              os.path.join(runner.work, "content"), runner.path(row["path"]))
    content = runner.content()
    if code != 0 or content is None:
        return "refused: exit %d: %s" % (code, err.strip())
    return None if not row["sha256"] or same_content(content, row["sha256"]) else "other content"


def parse_cms(runner, row, inputs):
    del inputs
    code, _, err = runner.run("inspect", runner.path(row["path"]))
    if row["expect"] == "ok" and code != 0:
        return "exit %d: %s" % (code, err.strip())
    return None


def robust(runner, row, inputs):
    del inputs
    for verb in (["open", "--require", "none", "-o", os.path.join(runner.work, "content")],
                 ["inspect", "--json", "-"]):
        code, _, err = runner.run(*verb, runner.path(row["path"]))
        runner.content()
        if code not in EXITS:
            return "%s: exit %d: %s" % (verb[0], code, err[-300:])
    return None


def hostile_rows(runner):
    with open(runner.path("EXPECT.tsv"), encoding="utf-8") as file:
        for line in file:
            name, operation, expect, threat = line.rstrip("\n").split("\t")
            yield {"path": name, "operation": operation, "expect": expect, "inputs": "",
                   "sha256": "", "note": threat}


def digest_verify(runner, row, inputs):
    """A digest proves nothing of a sender: the message is unprotected, and its content asked for."""
    code, out, err = runner.run("open", "--form", "content", "--require", "none", "--json", "-",
                                "-o", os.path.join(runner.work, "content"), runner.path(row["path"]))
    try:
        verdict = json.loads(out)
    except ValueError:
        return "no verdict, exit %d: %s" % (code, err.strip())
    content = runner.content()
    rules = {finding["rule"] for finding in verdict.get("findings", ())}
    good = "cms.digest-only" in rules and content is not None
    if row["expect"] == "ok" and not good:
        return "refused: exit %d %s" % (code, rules)
    if row["expect"] == "fail":
        return "accepted" if good else None
    return None if not row["sha256"] or same_content(content, row["sha256"]) else "other content"


def more_rows(path, source):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, row_path, words, code, says, note = line.rstrip("\n").split("\t")
                if name == source:
                    yield {"path": row_path, "operation": "command", "expect": code, "inputs": words, "sha256": says,
                           "note": note}


def command(runner, row):
    """A row of more_rows.tsv."""
    words = []
    for word in row["inputs"].split():
        path = runner.path(row["path"] if word == "@" else word)
        words.append(path if word == "@" or os.path.exists(path) else word)
    writes = ["-o", os.path.join(runner.work, "content")] if words[0] != "inspect" else []
    code, out, err = runner.run(*words, *writes)
    runner.content()
    said = out.decode("utf-8", "replace") + err
    if code != int(row["expect"]) or not any(text in said for text in row["sha256"].split("|")):
        return "exit %d: %s" % (code, said[-300:])
    return None


def hostile(runner, row):
    out = ["--form", "content", "-o", os.path.join(runner.work, "content")]
    if row["operation"] == "decrypt":
        identity = runner.work_file("ee.pem", open(runner.path("ee.key"), "rb").read() +
                                    open(runner.path("ee.crt"), "rb").read())
        code, _, err = runner.run("decrypt", "-i", identity, *out, runner.path(row["path"]))
    else:
        options = ["--trust", runner.path("ca.crt")]
        if ":" in row["operation"]:
            options += ["--content", runner.path(row["operation"].split(":")[1])]
        code, _, err = runner.run("verify", *options, *out, runner.path(row["path"]))
    content = runner.content()
    expect = row["expect"]
    if code not in EXITS:
        return "exit %d: %s" % (code, err[-300:])
    if expect.startswith("accept-or-reject"):
        return None
    if expect.startswith("accept"):
        return None if code == 0 and content is not None else "refused: exit %d: %s" % (code, err)
    # A signer whose certificate is not there cannot be judged (exit 2).
    rejects = (1, 2, 3, 65) if "indeterminate" in expect else (1, 3, 65, 69, 77)
    if code not in rejects or (content is not None and code != 2):
        return "accepted: exit %d" % code
    return None


OPERATIONS = {"verify": verify, "decrypt": decrypt, "uncompress": uncompress,
              "encrypteddata": decrypt, "digestverify": digest_verify, "parse-cms": parse_cms, "signer-matches-from": verify}


def rows(runner, source):
    yield from more_rows(os.path.join(TESTS, "corpus", "more_rows.tsv"), source)
    if os.path.exists(runner.path("EXPECT.tsv")):
        yield from hostile_rows(runner)
        return
    with open(runner.path("expected.tsv"), encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def judge(runner, row):
    if row["operation"] == "command":
        return command(runner, row)
    if "note" in row and os.path.exists(runner.path("EXPECT.tsv")):
        return hostile(runner, row)
    inputs = dict(part.split("=", 1) for part in (row["inputs"] or "").split(";") if "=" in part)
    if row["operation"] in ROBUST:
        return robust(runner, row, inputs)
    if row["operation"] in OPERATIONS:
        return OPERATIONS[row["operation"]](runner, row, inputs)
    return "the operation %s is not supported" % row["operation"]


def known_differences(path, source):
    known = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, row_path, inputs, reason = line.rstrip("\n").split("\t")
                if name == source:
                    known[(row_path, inputs)] = reason
    return known


def main():
    parser = argparse.ArgumentParser()
    for name in ("bulla", "corpus", "source", "known"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    known = known_differences(arguments.known, arguments.source)
    unused = set(known)
    passed = failed = skipped = absent = 0
    with tempfile.TemporaryDirectory() as work:
        runner = Runner(arguments.bulla, os.path.join(arguments.corpus, arguments.source), work)
        for row in rows(runner, arguments.source):
            if row["operation"] in ELSEWHERE:
                skipped += 1
                continue
            key = (row["path"], row["inputs"] or "")
            if key not in known and ("*", "") in known:
                key = ("*", "")
            problem = judge(runner, row)
            unused.discard(key)
            if runner.is_absent(row) and problem is not None and "crypto.unavailable" in problem:
                absent += 1
                continue
            if problem is None and key not in known:
                passed += 1
            elif problem is not None and key in known:
                passed += 1
            elif problem is None:
                failed += 1
                print("UNEXPECTED PASS\t%s\t%s" % key)
            else:
                failed += 1
                print("FAIL\t%s\t%s\t%s\t%s" % (*key, row["expect"], problem))
    for key in sorted(unused):
        failed += 1
        print("KNOWN DIFFERENCE WITHOUT ROW\t%s\t%s" % key)
    print("%s: %d passed, %d failed, %d not available here, %d run by other tests" %
          (arguments.source, passed, failed, absent, skipped))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
