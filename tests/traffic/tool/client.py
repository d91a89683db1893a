"""Sends one request as it is described, and reads the answer.

Beside what a request is made of (`method`, `target`, `host`, `headers`, `body`), it can say `to` and `source_ip`, addresses of this machine;
`sni`, apart from `host`; `client_cert`, `tls` ("1.2" or "1.3") and `session_of`, an earlier row whose TLS session is resumed, with its
certificate; `raw`, the bytes themselves. Texts can be lists of pieces, `{"text": "/a", "times": 400}` among them.
"""

import os
import re
import socket
import ssl
import threading

import http2
from wire import Reader, first

SECONDS = 5
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
NO_BODY = (204, 304)


class Answer:
    """What came back; `error` says why there was no answer."""

    def __init__(self):
        self.status, self.error, self.headers, self.trailers, self.body = None, None, [], None, b""
        self.cert_cn = self.websocket_echo = self.tcp_reply = self.session = None


def common_name(der):
    """Common name of the subject of a certificate: the second in it, behind that of the issuer."""
    found = re.findall(rb"\x06\x03\x55\x04\x03[\x0c\x13\x16](.)", der, re.S)
    at = [match.end() for match in re.finditer(rb"\x06\x03\x55\x04\x03[\x0c\x13\x16].", der, re.S)]
    names = [der[start:start + size[0]].decode("latin-1") for size, start in zip(found, at)]
    return names[1] if len(names) > 1 else names[0] if names else None


def text_of(pieces):
    """A text, or pieces of one."""
    if isinstance(pieces, list):
        return "".join(map(text_of, pieces))
    return pieces["text"] * pieces["times"] if isinstance(pieces, dict) else pieces


def body_of(request):
    body = request.get("body")
    if body is None:
        return b""
    return b"x" * body["bytes"] if isinstance(body, dict) and "bytes" in body else text_of(body).encode("utf-8")


def lines_of(request, body, cookies):
    headers = []
    for name, value in (request.get("headers") or {}).items():
        headers += [(name, text_of(item)) for item in (value if isinstance(value, list) else [value])]
    if cookies:
        headers.append(("Cookie", cookies))
    names = [name.lower() for name, _ in headers]
    if request.get("body") is not None and "transfer-encoding" not in names and "content-length" not in names:
        headers.append(("Content-Length", str(len(body))))
    return headers


class Client:
    def __init__(self, certificates, ports):
        self.certificates, self.ports, self.sessions = certificates, ports, {}

    def send(self, request, cookies=None):
        """All answers to a request, in the order of sending."""
        if "raw" in request:
            return self.raw(request)
        count = request.get("repeat", 1)
        answers = [Answer() for _ in range(count)]
        if request.get("parallel"):
            threads = [threading.Thread(target=self.one, args=(request, cookies, answer)) for answer in answers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            for answer in answers:
                self.one(request, cookies, answer)
        return answers

    def one(self, request, cookies, answer):
        try:
            with self.connect(request) as sock:
                self.talk(sock, request, cookies, answer)
        except ConnectionRefusedError as error:
            answer.error = f"connect: {error}"
        except (OSError, EOFError, ValueError) as error:
            answer.error = answer.error or f"connection: {error}"

    def raw(self, request):
        """Sends bytes as they are, and reads whatever answers come until the proxy closes or says nothing more."""
        answers, method = [], text_of(request["raw"]).partition(" ")[0]
        try:
            with self.connect(request) as sock:
                sock = self.secure(sock, request) if request["scheme"] == "https" else sock
                sock.settimeout(request.get("seconds", 1))
                sock.sendall(text_of(request["raw"]).encode("latin-1"))
                reader = Reader(sock)
                while len(answers) < 9:
                    answer = Answer()
                    self.read(reader, method, answer)
                    answers.append(answer)
        except (OSError, EOFError, ValueError, IndexError) as error:
            if not answers:
                answers.append(Answer())
                answers[0].error = f"connection: {error}"
        return answers

    def connect(self, request):
        port = request.get("port") or {"http": 80, "https": 443}[request["scheme"]]
        source = (request["source_ip"], 0) if request.get("source_ip") else None
        sock = socket.create_connection((request.get("to", "127.0.0.1"), self.ports.get(port, port)), SECONDS, source)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def talk(self, sock, request, cookies, answer):
        if request["scheme"] == "https":
            sock = self.secure(sock, request)
            answer.cert_cn = common_name(sock.getpeercert(True))
        body = body_of(request)
        if request["scheme"] == "tcp":
            sock.sendall(body)
            answer.tcp_reply = sock.recv(65536).decode("latin-1")
            answer.status = "answered" if answer.tcp_reply else None
        elif request.get("http") == "2":
            self.http2(sock, request, body, cookies, answer)
        else:
            self.http1(sock, request, body, cookies, answer)
        if request["scheme"] == "https":
            # The server says what resumes a session with its first bytes at the earliest.
            answer.session = (sock.context, sock.session)

    def secure(self, sock, request):
        if earlier := request.get("session_of"):
            context, session = self.sessions[earlier]
            return context.wrap_socket(sock, server_hostname=request.get("sni"), session=session)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if version := request.get("tls"):
            context.minimum_version = context.maximum_version = VERSIONS[version]
        if request.get("http") == "2":
            context.set_alpn_protocols(["h2"])
        if name := request.get("client_cert"):
            context.load_cert_chain(*(os.path.join(self.certificates, f"{name}.{kind}") for kind in ("crt", "key")))
        return context.wrap_socket(sock, server_hostname=request.get("sni"))

    def http1(self, sock, request, body, cookies, answer):
        lines = [f"{request['method']} {text_of(request['target'])} HTTP/{request.get('http', '1.1')}"]
        if request["host"] is not None:
            lines.append(f"Host: {request['host']}")
        lines += [f"{name}: {value}" for name, value in lines_of(request, body, cookies)]
        try:
            sock.sendall("\r\n".join(lines + ["", ""]).encode("utf-8") + body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The proxy answers before the whole body is there.
        self.read(Reader(sock), request["method"], answer)
        if answer.status == 101:
            sock.sendall(b"ping")
            answer.websocket_echo = sock.recv(65536).decode("latin-1")

    @staticmethod
    def read(reader, method, answer):
        status = 100
        while status == 100:
            status = int(reader.line().split(" ")[1])
            headers = reader.headers()
        answer.status, answer.headers = status, headers
        if method == "HEAD" or status in NO_BODY or status == 101:
            pass
        elif "chunked" in first(headers, "Transfer-Encoding", ""):
            answer.body = reader.chunks()
        elif first(headers, "Content-Length") is not None:
            answer.body = reader.exactly(int(first(headers, "Content-Length")))
        else:
            answer.body = reader.rest()

    @staticmethod
    def http2(sock, request, body, cookies, answer):
        connection = http2.Connection(sock, is_client=True)
        head = [(":method", request["method"]), (":scheme", request["scheme"]), (":path", text_of(request["target"])), (":authority", request["host"])]
        connection.headers(1, head + lines_of(request, body, cookies), not body)
        if body:
            connection.data(1, body, True)
        ends = False
        while not ends:
            stream, headers, data, ends = connection.receive()
            if stream != 1:
                ends = False
            elif headers and answer.status is None:
                answer.status = int(first(headers, ":status"))
                answer.headers = [(name, value) for name, value in headers if not name.startswith(":")]
            elif headers:
                answer.trailers = dict(headers)
            answer.body += data
