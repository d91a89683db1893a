"""The backends of the scenarios: one server for all addresses, which tells by its own address which endpoint was meant."""

import json
import os
import socket
import ssl
import struct
import threading
import time
import urllib.parse

import http2
from wire import Reader, first

HTTP, HTTPS, FASTCGI, TCP, GRPC = 8080, 8443, 9000, 7000, 50051
LONGEST_TEXT = 1024


SHORT = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C", "localityName": "L",
         "stateOrProvinceName": "ST"}


class Log:
    """Requests in the order in which they came."""

    def __init__(self):
        self.lock, self.entries = threading.Lock(), []

    def add(self, **entry):
        with self.lock:
            self.entries.append(entry)
            return len(self.entries) - 1


def text_of(body):
    return body.decode("utf-8", "replace") if len(body) <= LONGEST_TEXT else f"{len(body)} bytes"


def subject(sock):
    """Subject of the certificate that the peer showed, its last part first (RFC 4514)."""
    certificate = sock.getpeercert()
    if not certificate:
        return None
    return ",".join(f"{SHORT.get(name, name)}={value}" for part in reversed(certificate["subject"]) for name, value in part)


class Backends:
    def __init__(self, certificates):
        self.log, self.certificates, self.listeners = Log(), certificates, []

    def start(self):
        for port, serve in ((HTTP, self.http), (HTTPS, self.https), (FASTCGI, self.fastcgi), (TCP, self.tcp), (GRPC, self.grpc)):
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("0.0.0.0", port))
            listener.listen(512)
            self.listeners.append(listener)
            threading.Thread(target=self.accept, args=(listener, serve), daemon=True).start()

    def accept(self, listener, serve):
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.guard, args=(serve, sock), daemon=True).start()

    @staticmethod
    def guard(serve, sock):
        try:
            serve(sock, "%s:%s" % sock.getsockname())
        except (OSError, EOFError, ValueError):
            pass
        finally:
            sock.close()

    def https(self, sock, endpoint):
        names = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.certificates, "backend.crt"), os.path.join(self.certificates, "backend.key"))
        context.load_verify_locations(os.path.join(self.certificates, "ca.crt"))
        context.verify_mode = ssl.CERT_OPTIONAL
        context.sni_callback = lambda _, name, __: names.append(name)
        with context.wrap_socket(sock, server_side=True) as secure:
            self.http(secure, endpoint, {"sni": names[0] if names else None, "client_cert": subject(secure)})

    def http(self, sock, endpoint, tls=None):
        reader = Reader(sock)
        while True:
            line = reader.line()
            method, target, protocol = line.split(" ")
            headers = reader.headers()
            if first(headers, "Expect", "").lower() == "100-continue":
                sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if "chunked" in first(headers, "Transfer-Encoding", ""):
                body = reader.chunks()
            else:
                body = reader.exactly(int(first(headers, "Content-Length", 0)))
            entry = {"method": method, "uri": target, "headers": headers, "protocol": protocol, "body": text_of(body)}
            sequence = self.log.add(endpoint=endpoint, tls=tls, **entry)
            if target.partition("?")[0].endswith("/reset"):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if first(headers, "Upgrade", "").lower() == "websocket" and first(headers, "Connection", "").lower() == "upgrade":
                self.websocket(sock, reader, sequence)
                return
            answer(sock, sequence, method, target, headers, entry)
            if protocol == "HTTP/1.0" or first(headers, "Connection", "").lower() == "close":
                return

    @staticmethod
    def websocket(sock, reader, sequence):
        head = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nX-Backend-Seq: {sequence}\r\n\r\n"
        sock.sendall(head.encode())
        while reader.buffer or reader.more():
            message, reader.buffer = reader.buffer, b""
            sock.sendall(b"echo:" + message)

    def tcp(self, sock, endpoint):
        data = sock.recv(65536).decode("latin-1")
        self.log.add(endpoint=endpoint, method="TCP", uri="", headers=[], protocol="TCP", body=data, tls=None)
        sock.sendall(f"tcp {endpoint} got {data}".encode("latin-1"))

    def fastcgi(self, sock, endpoint):
        reader, parameters, body = Reader(sock), b"", b""
        while True:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", reader.exactly(8))
            content = reader.exactly(length + padding)[:length]
            if kind == 4:
                parameters += content
            elif kind == 5 and content:
                body += content
            elif kind == 5:
                break
        pairs = fastcgi_pairs(parameters)
        sequence = self.log.add(endpoint=endpoint, method=first(pairs, "REQUEST_METHOD"), uri=first(pairs, "REQUEST_URI"), headers=pairs,
                                protocol="FastCGI", body=text_of(body), tls=None)
        content = json.dumps(dict(pairs)).encode()
        answer = b"Status: 200 OK\r\nContent-Type: application/json\r\nX-Backend-Seq: %d\r\n\r\n" % sequence + content

        def record(kind, content):
            return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

        sock.sendall(record(6, answer) + record(6, b"") + record(3, b"\0" * 8))

    def grpc(self, sock, endpoint):
        connection, requests = http2.Connection(sock, is_client=False), {}
        while True:
            stream, headers, data, ends = connection.receive()
            request = requests.setdefault(stream, ([], bytearray()))
            request[0].extend(headers or ())
            request[1].extend(data)
            if ends:
                pairs, body = requests.pop(stream)
                named = [(name, value) for name, value in pairs if not name.startswith(":")]
                named.append(("host", first(pairs, ":authority", "")))
                sequence = self.log.add(endpoint=endpoint, method=first(pairs, ":method"), uri=first(pairs, ":path"), headers=named,
                                        protocol="HTTP/2", body=text_of(bytes(body)), tls=None)
                connection.headers(stream, [(":status", "200"), ("content-type", "application/grpc"), ("x-backend-seq", str(sequence))], False)
                connection.data(stream, b"\0\0\0\0\2hi", False)
                connection.headers(stream, [("grpc-status", "0"), ("grpc-message", "ok")], True)


def fastcgi_pairs(data):
    pairs, at = [], 0

    def length():
        nonlocal at
        size, at = data[at], at + 1
        if size >= 128:
            size, at = int.from_bytes(data[at - 1:at + 3], "big") & 0x7FFFFFFF, at + 3
        return size

    while at < len(data):
        name, value = length(), length()
        pairs.append((data[at:at + name].decode("latin-1"), data[at + name:at + name + value].decode("latin-1")))
        at += name + value
    return pairs


def answer(sock, sequence, method, target, headers, request):
    """Answers as the segments of the path, the query and the headers ask for."""
    path, _, query = target.partition("?")
    segments, arguments = path.split("/"), dict(urllib.parse.parse_qsl(query))
    status, extra, content_type, body = 200, [], "application/json", json.dumps(request).encode()
    if "status" in segments[:-1]:
        status = int(segments[segments.index("status") + 1])
    status = int(arguments.get("code", status))
    if "auth" in segments:
        status, extra = authenticate(segments, headers)
        content_type, body = "text/plain", b"auth\n"
    if first(headers, "X-Code"):
        status, content_type, body = int(first(headers, "X-Code")), "text/html", b"<h1>error page</h1>\n"
    if "set-cookie" in segments:
        extra += [("Set-Cookie", "sid=abc123; Path=/app; Domain=backend.internal; HttpOnly"), ("Set-Cookie", "theme=dark; Path=/")]
    if "redirect" in segments:
        status = 302
        extra.append(("Location", arguments.get("to") or f"http://{first(headers, 'Host', '')}/x"))
    if "headers" in segments:
        extra += [("X-Powered-By", "backend/1.0"), ("Server", "backend"), ("X-Internal", "secret"), ("X-App-Version", "7"),
                  ("Cache-Control", "max-age=60")]
    if "cors" in segments:
        extra.append(("Access-Control-Allow-Origin", "https://backend.example"))
    if "hsts" in segments:
        extra.append(("Strict-Transport-Security", "max-age=5"))
    if "slow" in segments:
        time.sleep(int(arguments.get("ms", 200)) / 1000)
    if "big" in segments:
        content_type, body = "text/plain", b"x" * 65536
    if status in (204, 304):
        body = b""
    lines = [f"HTTP/1.1 {status} Status", f"X-Backend-Seq: {sequence}", f"Content-Type: {content_type}"]
    lines += [f"{name}: {value}" for name, value in extra]
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    sock.sendall("\r\n".join(lines + ["", ""]).encode("latin-1") + (b"" if method == "HEAD" else body))


def authenticate(segments, headers):
    user = first(headers, "X-User")
    cookies = first(headers, "Cookie", "").replace(" ", "").split(";")
    if "deny" in segments or user == "deny":
        return 403, []
    if "allow" in segments or user or first(headers, "Authorization") == "Bearer good" or "token=good" in cookies:
        extra = [("X-Auth-User", user or "alice"), ("X-Auth-Groups", "dev,ops"), ("X-Auth-Secret", "s3cret")]
        return 200, extra + ([("Set-Cookie", "auth=renewed; Path=/")] if "cookie" in segments else [])
    if "broken" in segments:
        return 500, []
    extra = [("WWW-Authenticate", 'Bearer realm="svc"'), ("X-Auth-Reason", "no token")]
    return 401, extra + ([("Set-Cookie", "auth=none; Path=/")] if "cookie" in segments else [])
