"""Servers on free ports of the loopback that answer as a test says: LDAP, a DNS with DNSSEC, HTTP.

Each runs in threads of this process and is used as `with LdapServer(...) as server:`.
"""
import base64
import http.server
import pathlib
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import time


class Server:
    """A socketserver in a thread; `seen` is what was asked."""

    def __init__(self, servers):
        self.servers = servers
        self.seen = []
        self.stopping = threading.Event()

    def __enter__(self):
        for server in self.servers:
            server.owner = self
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.port = self.servers[0].server_address[1]
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()


class Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # who breaks off is no error here


class Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass


# LDAP (RFC 4511)

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes(4, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(size)]) + size + body


def integer(value, tag=2):
    return tlv(tag, value.to_bytes(4, "big"))


def read_tlv(data, at=0):
    """Tag, contents, and where the next begins."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at:at + count], "big"), at + count
    return tag, data[at:at + length], at + length


def read_all(data):
    parts, at = [], 0
    while at < len(data):
        tag, contents, at = read_tlv(data, at)
        parts.append((tag, contents))
    return parts


def ldap_message(number, operation):
    return tlv(0x30, integer(number), operation)


def ldap_result(tag, code, *more):
    return tlv(tag, integer(code, 10), tlv(4), tlv(4), *more)


def ldap_entry(name, attributes):
    """attributes: name to a list of values."""
    listed = [tlv(0x30, tlv(4, key.encode()), tlv(0x31, *(tlv(4, one) for one in values)))
              for key, values in attributes.items()]
    return tlv(0x64, tlv(4, name.encode()), tlv(0x30, *listed))


def receive(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


class LdapHandler(socketserver.BaseRequestHandler):
    def handle(self):
        owner = self.server.owner
        if owner.tls and owner.tls_at_once:
            self.request = owner.tls.wrap_socket(self.request, server_side=True)
        while True:
            head = receive(self.request, 2)
            length = head[1]
            if length & 0x80:
                length = int.from_bytes(receive(self.request, length & 0x7F), "big")
            (_, number), (tag, operation) = read_all(receive(self.request, length))[:2]
            number = int.from_bytes(number, "big")
            if tag == 0x42:  # unbind
                return
            if tag == 0x60:
                self.send(ldap_message(number, ldap_result(0x61, 0)))
            elif tag == 0x77:
                self.extend(number)
            elif tag == 0x63:
                owner.search(self, number, operation)

    def extend(self, number):
        owner = self.server.owner
        offers = owner.tls and not owner.tls_at_once
        self.send(ldap_message(number, ldap_result(0x78, 0 if offers else 2)))
        if offers:
            self.request = owner.tls.wrap_socket(self.request, server_side=True)

    def send(self, data):
        self.request.sendall(data)


class LdapServer(Server):
    """answer(base, values, handler) gives operations, or writes to the handler itself and gives None. The values are
    those of the equality matches in the filter; whatever else is in it is a fault."""

    def __init__(self, answer, tls=None, tls_at_once=False):
        super().__init__([Tcp(("127.0.0.1", 0), LdapHandler)])
        self.answer, self.tls, self.tls_at_once = answer, tls, tls_at_once

    def uri(self, base, scheme="ldap", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.port}/{base}"

    def search(self, handler, number, operation):
        parts = read_all(operation)
        base, (tag, body) = parts[0][1].decode(), parts[6]
        matches = [(tag, body)] if tag == 0xA3 else read_all(body) if tag == 0xA1 else []
        values = [read_all(one)[1][1].decode() for kind, one in matches if kind == 0xA3]
        self.seen.append((base, values, len(matches) == len(values)))
        operations = self.answer(base, values, handler)
        if operations is not None:
            handler.send(b"".join(ldap_message(number, one) for one in operations))


# DNS (RFC 1035, RFC 4034)

SOA, DNSKEY, NSEC, RRSIG, CERT, SMIMEA = 6, 48, 47, 46, 37, 53


def wire_name(labels):
    return b"".join(bytes([len(one)]) + one for one in labels) + b"\0"


def lower(labels):
    return tuple(one.lower() for one in labels)


class Zone:
    """Records of one domain, signed with Ed25519 where a folder for the key is given (RFC 8080)."""

    def __init__(self, domain, folder=None):
        self.apex = tuple(domain.encode().split(b"."))
        self.records = {}  # (labels, type) to RDATAs
        self.spoilt = set()  # labels whose signature is another's
        self.key = None
        if folder is not None:
            self.key = pathlib.Path(folder) / f"{domain}.key"
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
            public = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"],
                                    check=True, capture_output=True).stdout[-32:]
            self.dnskey = struct.pack("!HBB", 257, 3, 15) + public
            words = sum(octet << 8 if i % 2 == 0 else octet for i, octet in enumerate(self.dnskey))
            self.tag = (words + (words >> 16)) & 0xFFFF
            self.records[self.apex, DNSKEY] = [self.dnskey]
            self.anchor = f"{domain}. IN DNSKEY 257 3 15 {base64.b64encode(public).decode()}\n"
        self.signed = {}
        self.lock = threading.Lock()

    def add(self, labels, kind, rdata):
        self.records.setdefault((lower(labels) + self.apex, kind), []).append(rdata)

    def signature(self, owner, kind, rdatas, ttl):
        now = int(time.time())
        head = struct.pack("!HBBIIIH", kind, 15, len(owner), ttl, now + 86400, now - 86400, self.tag)
        head += wire_name(self.apex)
        records = b"".join(wire_name(owner) + struct.pack("!HHIH", kind, 1, ttl, len(one)) + one
                           for one in sorted(rdatas))
        work = self.key.with_suffix(f".{threading.get_ident()}")
        work.write_bytes(head + records)
        made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", work],
                              check=True, capture_output=True).stdout
        if owner in self.spoilt:
            made = made[:-1] + bytes([made[-1] ^ 1])
        return head + made

    def rrset(self, owner, kind, rdatas, ttl=300):
        """Records and their signature: (owner, type, ttl, rdata)."""
        result = [(owner, kind, ttl, one) for one in rdatas]
        if self.key is not None:
            with self.lock:
                if (owner, kind) not in self.signed:
                    self.signed[owner, kind] = self.signature(owner, kind, rdatas, ttl)
            result.append((owner, RRSIG, ttl, self.signed[owner, kind]))
        return result

    def nothing(self, owner):
        """That there is no such record: an SOA, and an NSEC just behind the name (RFC 4470)."""
        soa = wire_name(self.apex) + wire_name((b"h",) + self.apex) + struct.pack("!5I", 1, 3600, 900, 86400, 120)
        result = self.rrset(self.apex, SOA, [soa])
        if self.key is not None:
            bitmap = b"\0\6" + bytes([0, 0, 0, 0, 0, 3])  # RRSIG, NSEC
            result += self.rrset(owner, NSEC, [wire_name((b"\0",) + owner) + bitmap], 120)
        return result


class DnsServer(Server):
    """`silent` are the first labels of names that get no answer."""

    def __init__(self, zones, silent=()):
        udp = Udp(("127.0.0.1", 0), UdpHandler)
        super().__init__([udp, Tcp(udp.server_address, TcpDnsHandler)])
        self.zones, self.silent = zones, silent
        self.over_tcp = 0

    def reply(self, query, room):
        number, _, count = struct.unpack("!HHH", query[:6])
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]])
            at += 1 + query[at]
        question = query[12:at + 5]
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        owner = lower(labels)
        self.seen.append((owner, kind))
        if count != 1 or (owner and owner[0] in self.silent):
            return None
        zone = next((one for one in self.zones if owner[-len(one.apex):] == one.apex), None)
        answer, authority, code = [], [], 0
        if zone is None:
            code = 5
        elif (owner, kind) in zone.records:
            answer = zone.rrset(owner, kind, zone.records[owner, kind])
        else:
            authority = zone.nothing(owner)
        body = b"".join(wire_name(name) + struct.pack("!HHIH", one, 1, ttl, len(rdata)) + rdata
                        for name, one, ttl, rdata in answer + authority)
        option = b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000, 0)
        head = struct.pack("!HHHHHH", number, 0x8580 | code, 1, len(answer), len(authority), 1)
        whole = head + question + body + option
        if len(whole) <= room:
            return whole
        return struct.pack("!HHHHHH", number, 0x8780, 1, 0, 0, 1) + question + option


class UdpHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, stream = self.request
        reply = self.server.owner.reply(data, 1232)
        if reply is not None:
            stream.sendto(reply, self.client_address)


class TcpDnsHandler(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            size = struct.unpack("!H", receive(self.request, 2))[0]
            self.server.owner.over_tcp += 1
            reply = self.server.owner.reply(receive(self.request, size), 65535)
            if reply is None:
                self.server.owner.stopping.wait(30)
                return
            self.request.sendall(struct.pack("!H", len(reply)) + reply)


# HTTP

class HttpHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.owner.seen.append(self.path)
        self.server.owner.answer(self)

    def reply(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class HttpServer(Server):
    """answer(handler) replies."""

    def __init__(self, answer):
        super().__init__([Tcp(("127.0.0.1", 0), HttpHandler)])
        self.answer = answer

    def url(self, rest):
        return f"http://127.0.0.1:{self.port}/{rest}"


def drip(send, stopping):
    """An octet now and then, for ever."""
    while not stopping.wait(0.1):
        send(b"\x30")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
