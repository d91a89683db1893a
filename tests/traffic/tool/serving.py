"""One configuration, served: the proxy starts, answers for each host and path, says nothing that should wake somebody, and lives on."""

import concurrent.futures
import glob
import os
import re
import socket
import threading
import urllib.parse

from asking import ask, ask_secure, context_of

# Far from those of backends, which are at any address of this machine.
PORTS = {80: 61080, 443: 61443, 442: 61442}
# HAProxy takes six where the only backend does not answer as it is meant to.
SECONDS = 10
UNKNOWN = "nobody.invalid"
PROXY_LINE = "PROXY TCP4 127.0.0.1 127.0.0.1 1 80\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nbackend"
NO_SUCH_NAME = b"\x81\x83"


class Backends:
    """Answers at the ports that a configuration sends requests to, and tells its resolvers that there is no such name, whichever."""

    def __init__(self, configuration):
        self.sockets = []
        for port in configuration.ports:
            self.serve(listener(port), accept)
        for address in configuration.resolvers:
            self.serve(socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM), resolve, (address, 53))

    def serve(self, sock, work, address=None):
        if sock:
            if address:
                sock.bind(address)
            self.sockets.append(sock)
            threading.Thread(target=work, args=(sock,), daemon=True).start()

    def close(self):
        for sock in self.sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # What has no connection wakes up all the same.
            sock.close()


def accept(listening):
    while True:
        try:
            sock, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


def resolve(sock):
    try:
        query, client = sock.recvfrom(4096)
        while client:
            sock.sendto(query[:2] + NO_SUCH_NAME + query[4:6] + bytes(6) + query[12:], client)
            query, client = sock.recvfrom(4096)
    except OSError:
        pass


def listener(port):
    """None where the proxy itself listens."""
    try:
        return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024)
    except OSError:
        return None


def answer(sock):
    with sock:
        try:
            sock.settimeout(SECONDS)
            sock.recv(65536)
            sock.sendall(ANSWER)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
        except OSError:
            pass


def read(folder, *names):
    for path in (found for name in names for found in sorted(glob.glob(os.path.join(folder, name)))):
        with open(path, errors="replace") as file:
            yield from file


class Configuration:
    """What of a rendered configuration one has to know to ask it."""

    def __init__(self, folder):
        text = "".join(read(folder, "nginx.conf", "haproxy.cfg", "hosts/*"))
        self.ports = {int(port) for port in re.findall(r"(?m)^\s*server (?:\S+ )?\S*?:(\d+)\b", text)} - set(PORTS.values())
        self.resolvers = {word.partition("]")[0].strip("[") for line in re.findall(r"(?m)^\s*resolver (.*);$", text) for word in line.split() if "=" not in word}
        self.resolvers |= {line.rpartition(":")[0] for line in re.findall(r"(?m)^\s*nameserver \S+ (\S+)", text)}
        names = re.findall(r"(?m)^\s*server_name (.*);$", text)
        names += [line.split()[0] for line in read(folder, "maps/hosts.map", "maps/wildcards.map") if line.strip()]
        names = [name.strip("\"'") for line in names for name in line.split()]
        self.hosts = sorted({f"any{name.removeprefix('*')}" if name[0] in "*." else name for name in names if name and name[0] not in "_~"})
        self.before = PROXY_LINE if re.search(r"(?m)^\s*(listen|bind) .*(proxy_protocol|accept-proxy)", text) else ""
        listens = re.findall(rf"(?m)^\s*(?:listen|bind) (\S+):{PORTS[80]}\b", text)
        self.addresses = [address.strip("[]") for address in listens if address not in ("*", "0.0.0.0", "[::]")]


def paths_of(manifests):
    """The paths that rules are for, as a client sends them."""
    found = re.findall(r"""\bpath"?: *["']?(/[^\s"',}]*)""", manifests)
    return sorted({"/", *(urllib.parse.quote(path[:500], safe="/%()*+=:@!$&;,~") for path in found)})


def sni(host):
    """None where no client can ask for that name."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return None


def answers(proxy, configuration, paths):
    """What each host answers for each of its paths; with TLS it is asked too."""
    where = {"before": configuration.before, "seconds": SECONDS}

    def secure(host):
        # What certificate there is, and whether TLS goes elsewhere, is the host's matter: the proxy has to survive it.
        ask_secure(context_of(None), host, sni(host), (proxy.address, PORTS[443]), **where)

    def plain(pair):
        try:
            return ask(["GET {1} HTTP/1.1\r\nHost: {0}\r\n\r\n".format(*pair)], (proxy.address, PORTS[80]), **where)[0]
        except OSError:
            return "no answer"

    hosts = [*configuration.hosts, UNKNOWN]
    pairs = [(host, path) for host in hosts for path in paths(host)]
    # Side by side, because HAProxy takes its time where a backend does not speak as it is meant to.
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(secure, hosts))
        return dict(zip(pairs, pool.map(plain, pairs)))


def served(proxy, manifests, flags, name, paths):
    """What goes wrong with these manifests, and the answer of each host for each of the paths that it is asked for."""
    proxy.prepare(manifests, flags, name)
    configuration = Configuration(proxy.folder)
    proxy.address = next(iter(configuration.addresses), "127.0.0.1")
    proxy.run()
    # Behind the proxy, which may listen at the same ports.
    backends = Backends(configuration)
    try:
        got = answers(proxy, configuration, paths)
        alarms, ended = proxy.alarms(), proxy.process.poll()
    finally:
        backends.close()
        proxy.stop()
    return ([f"ends with {ended}"] if ended is not None else []) + alarms, got
