"""Many requests in little time: nginx as the backend of all, and a client that sends what fits on one connection at once."""

import os
import re
import socket
import ssl
import subprocess

# What a backend tells of a request: which endpoint it was meant for, and what it would act on.
SEEN = ["server_addr", "request", "http_host", "http_x_forwarded_for", "http_x_real_ip", "http_x_forwarded_host", "http_x_forwarded_proto",
        "http_x_forwarded_port", "http_x_forwarded_prefix", "http_x_scheme", "http_authorization", "http_x_user", "http_x_auth_user", "http_cookie",
        "http_ssl_client_verify", "http_ssl_client_subject_dn", "http_x_original_url", "http_upgrade", "http_x_evil"]
BACKEND = """daemon off; worker_processes 1; pid {folder}/backend.pid; error_log {folder}/backend.log;
events {{ worker_connections 8192; }}
http {{
    access_log off; keepalive_timeout 300s; large_client_header_buffers 8 32k;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; scgi_temp_path {folder}/s; uwsgi_temp_path {folder}/u;
    server {{
        listen 0.0.0.0:8080 backlog=4096;
        location / {{ return 200 "backend {seen}\\n"; }}
        location /auth {{ if ($http_x_user = "") {{ return 401; }} add_header X-Auth-User $http_x_user; return 200; }}
    }}
}}
"""
TRIES = 6
LEFT_OUT = (b"date", b"x-request-id", b"etag", b"last-modified", b"connection", b"keep-alive", b"content-length", b"transfer-encoding")


def start_backend(folder):
    path = os.path.join(folder, "backend.conf")
    with open(path, "w") as file:
        file.write(BACKEND.format(folder=folder, seen=" | ".join("$" + name for name in SEEN)))
    process = subprocess.Popen(["nginx", "-c", path, "-e", os.path.join(folder, "backend.log")])
    while True:
        try:
            socket.create_connection(("127.0.0.1", 8080), 1).close()
            return process
        except OSError:
            if process.poll() is not None:
                raise


class Stream:
    """Answers as they come on one connection."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""

    def until(self, mark):
        while mark not in self.data:
            if not self.fill():
                return None
        before, _, self.data = self.data.partition(mark)
        return before

    def fill(self):
        more = self.sock.recv(262_144)
        self.data += more
        return bool(more)

    def exactly(self, count):
        while len(self.data) < count and self.fill():
            pass
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def answer(self):
        """What matters of an answer, and whether the connection goes on; none where there is no answer."""
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None, False
        lines = head.split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        headers = [tuple(part.strip() for part in line.split(b":", 1)) for line in lines[1:]]
        named = {name.lower(): value for name, value in headers}
        if status < 200:
            return self.answer()
        body = b""
        if b"chunked" in named.get(b"transfer-encoding", b""):
            while size := int(self.until(b"\r\n") or b"0", 16):
                body += self.exactly(size)
                self.until(b"\r\n")
            self.until(b"\r\n")
        elif b"content-length" in named:
            body = self.exactly(int(named[b"content-length"]))
        kept = sorted((name.lower(), without_chance(name.lower(), value)) for name, value in headers if name.lower() not in LEFT_OUT)
        return (status, tuple(kept), body), named.get(b"connection", b"").lower() != b"close"


def without_chance(name, value):
    """Names of cookies stay, and what they are good for; values are drawn."""
    return re.sub(rb"^([^=]*)=[^;]*", rb"\1=", value) if name == b"set-cookie" else value


def connection(address, seconds):
    """A connection to the proxy. On a busy machine one may come late: it is tried again; one that is refused is not."""
    for _ in range(TRIES - 1):
        try:
            return socket.create_connection(address, seconds)
        except TimeoutError:
            continue
    return socket.create_connection(address, seconds)


def ask(requests, address=("127.0.0.1", 80), before="", seconds=10):
    """The answers to all requests of one client, over as few connections as the proxy allows; `before` begins each connection."""
    answers = []
    while len(answers) < len(requests):
        sent = requests[len(answers):]
        earlier = len(answers)
        with connection(address, seconds) as sock:
            try:
                sock.sendall((before + "".join(sent)).encode())
                stream, goes_on = Stream(sock), True
                while goes_on and len(answers) < len(requests):
                    answer, goes_on = stream.answer()
                    if answer is not None:
                        answers.append(answer)
            except OSError:
                pass
        if len(answers) == earlier:
            answers.append("no answer")
    return answers


def context_of(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def opened(address, before, seconds):
    sock = connection(address, seconds)
    sock.sendall(before.encode())
    return sock


def ask_secure(context, host, name, address=("127.0.0.1", 443), before="", seconds=10):
    """The certificate that a host shows, and the answer to one request."""
    try:
        with opened(address, before, seconds) as sock, context.wrap_socket(sock, server_hostname=name) as secure:
            secure.sendall(f"GET /in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return hash(secure.getpeercert(True)), Stream(secure).answer()[0]
    except OSError as error:
        return type(error).__name__, None
