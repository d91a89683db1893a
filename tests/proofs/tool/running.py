"""Two nginx that run, each in its turn, in a network without any other program: whether both answer the same requests alike.

    running.py BASE HEAD REQUESTS
"""

import json
import multiprocessing
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "traffic" / "tool"))

import network  # noqa: E402
from certificates import default_certificate  # noqa: E402
from serving import PORTS, Backends, Configuration  # noqa: E402

SECONDS = 5


class Telling(Backends):
    """Backends that say what they were asked, with their own address."""

    def serve(self, sock, work, address=None):
        super().serve(sock, tell if work.__name__ == "accept" else work, address)


def tell(listening):
    while True:
        try:
            sock, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=say, args=(sock,), daemon=True).start()


def say(sock):
    with sock:
        try:
            sock.settimeout(SECONDS)
            head = sock.recv(65536).split(b"\r\n\r\n", 1)[0]
            lines = head.split(b"\r\n")
            # What chance makes of a request is not compared.
            kept = sorted(line for line in lines[1:] if not line.lower().startswith((b"x-request-id:", b"x-req-id:")))
            seen = b"\n".join([lines[0], *kept])
            sock.sendall(b"HTTP/1.1 200 OK\r\nX-Seen: " + seen.hex().encode() + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass


def answer(request, context):
    """Status, `Location`, and what a backend saw; none where there is no answer."""
    scheme, _, rest = request["url"].partition("://")
    host, slash, path = rest.partition("/")
    headers = {name: value if isinstance(value, list) else [value] for name, value in request["headers"].items()}
    named = headers.pop("Host", [host])
    lines = [f"{request['method']} {request.get('target', slash + path)} HTTP/1.1", f"Host: {named[0]}"]
    lines += [f"{name}: {value}" for name, values in headers.items() for value in values] + ["Connection: close"]
    try:
        with socket.create_connection(("127.0.0.1", PORTS[443 if scheme == "https" else 80]), SECONDS, (request["client_ip"], 0)) as sock:
            if scheme == "https":
                sock = context.wrap_socket(sock, server_hostname=request["sni"])
            sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace"))
            data = b""
            while piece := sock.recv(65536):
                data += piece
    except OSError:
        return None
    head = data.split(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")
    if not head[0].startswith("HTTP/"):
        return None
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    seen = bytes.fromhex(fields.get("x-seen", "")).decode("utf-8", "replace")
    return [int(head[0].split()[1]), fields.get("location"), seen]


def answers(folder, requests):
    """What an nginx with this configuration answers; none where it does not start."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    state = os.path.join(os.path.dirname(folder), "state")
    os.makedirs(state, exist_ok=True)
    default = os.path.join(folder, "tls", "default.pem")
    if not os.path.exists(default):
        default_certificate(default)
    configuration = os.path.join(folder, "nginx.conf")
    text = pathlib.Path(configuration).read_text(encoding="utf-8")
    pathlib.Path(configuration).write_text(re.sub(r"(?m)^worker_processes .*;$", "worker_processes 1;", text), encoding="utf-8")
    backends = Telling(Configuration(folder))
    command = ["nginx", "-c", configuration, "-e", os.path.join(state, "error.log"), "-g", "daemon off; user root;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if process.poll() is not None:
                return None
            try:
                socket.create_connection(("127.0.0.1", PORTS[80]), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return [answer(request, context) for request in requests]
    finally:
        backends.close()
        process.terminate()
        process.wait(10)


def main():
    base, head, asked = sys.argv[1:]
    if not network.every_address():
        print(json.dumps({"asked": 0, "found": ["there is no network of its own"]}))
        return
    with open(asked, encoding="utf-8") as lines:
        lines = [json.loads(line) for line in lines]
    requests = [line["request"] for line in lines]
    # Each in a process of its own: with it, all that listens is gone.
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        both = [pool.apply(answers, (folder, requests)) for folder in (base, head)]
    if None in both:
        # What does not start answers nothing.
        print(json.dumps({"asked": 0, "found": []}))
        return
    found = []
    for line, one, other in zip(lines, *both):
        if line["is_equal"] and one != other:
            found.append(f"{line['host']} is said to be equal: {json.dumps(line['request'])}\n    {one}\n    {other}")
    print(json.dumps({"asked": len(lines), "found": found}))


if __name__ == "__main__":
    main()
