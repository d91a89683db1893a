"""What differs between the answer that was recorded and the one that came."""

import re

from client import lines_of
from wire import first

NOT_COMPARED = {"date", "content-length", "connection", "keep-alive", "transfer-encoding", "etag", "last-modified", "accept-ranges",
                "x-backend-seq"}
FRAMING = {"host", "content-length", "transfer-encoding"}
CERTIFICATE = "<PEM of the client certificate, percent-encoded>"


def folded(headers, left_out):
    """Values by name in small letters; a list where there are several lines."""
    result = {}
    for name, value in headers:
        if name.lower() not in left_out:
            result.setdefault(name.lower(), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in result.items()}


def fits(expected, value, name=""):
    """Whether a value is the recorded one, in which `*` masks what chance or the machine decides."""
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(map(fits, expected, value))
    if not isinstance(expected, str) or not isinstance(value, str):
        return expected == value
    if expected == CERTIFICATE:
        return value.startswith("-----BEGIN%20CERTIFICATE")
    if "*" not in expected or name == "access-control-allow-origin" or name.startswith("access-control-allow"):
        return expected == value
    return re.fullmatch(".+".join(map(re.escape, expected.split("*"))), value, re.S) is not None


def in_range(expected, count):
    return expected[0] <= count <= expected[1] if isinstance(expected, list) else expected == count


class Ports:
    """Ports that the proxy listens on instead of 80 and 443, seen in answers."""

    def __init__(self, ports):
        self.names = {str(actual): str(meant) for meant, actual in ports.items() if actual != meant}

    def restore(self, text):
        if not isinstance(text, str):
            return [self.restore(item) for item in text] if isinstance(text, list) else text
        if text in self.names:
            return self.names[text]
        for actual, meant in self.names.items():
            text = re.sub(rf":{actual}\b", f":{meant}", text)
        return text


def as_seen(entry, sent, services, ports):
    """A request that a backend logged, in the words of the recorded answers."""
    sent = folded(sent, FRAMING)
    got = folded(entry["headers"], FRAMING if entry["protocol"] != "FastCGI" else set())
    seen = {"backend": services.of(entry["endpoint"]), "method": entry["method"], "uri": entry["uri"],
            "host": first(entry["headers"], "HTTP_HOST" if entry["protocol"] == "FastCGI" else "host"),
            "protocol": entry["protocol"], "body": entry["body"], "tls": entry["tls"]}
    seen["headers"] = {name: ports.restore(value) for name, value in got.items() if sent.get(name) != value}
    seen["removed"] = sorted(name for name in sent if name not in got and name != "cookie")
    return seen


def differences_of_seen(expected, seen, request, where):
    found = []

    def check(field, meant, value):
        if not fits(meant, value):
            found.append(f"{where}.{field}: {value!r}, not {meant!r}")

    check("uri", expected["uri"], seen["uri"])
    check("host", expected["host"], seen["host"])
    method = expected.get("method", request["method"])
    check("method", method, seen["method"])
    protocol = expected.get("protocol", "HTTP/1.1" if seen["protocol"] != "FastCGI" else "FastCGI")
    check("protocol", protocol, seen["protocol"])
    check("body", expected.get("body", ""), seen["body"])
    if "tls" in expected:
        check("tls", expected["tls"], seen["tls"])
    meant = {name.lower(): value for name, value in expected["headers"].items()}
    for name in sorted(meant.keys() | seen["headers"].keys()):
        if name not in meant:
            found.append(f"{where} has also {name}: {seen['headers'][name]}")
        elif name not in seen["headers"]:
            found.append(f"{where} lacks {name}: {meant[name]}")
        else:
            check(name, meant[name], seen["headers"][name])
    if sorted(name.lower() for name in expected.get("removed", [])) != seen["removed"]:
        found.append(f"{where}.removed: {seen['removed']}, not {expected.get('removed', [])}")
    return found


def differences_of_headers(expected, headers, ports, tolerated):
    meant = {name.lower(): value for name, value in expected.items()}
    got = folded(headers, NOT_COMPARED)
    if got.get("content-type") == "application/json" and "content-type" not in meant:
        del got["content-type"]
    found = []
    for name in sorted(meant.keys() | got.keys()):
        value = ports.restore(got.get(name))
        if name not in meant:
            if (name, value) not in tolerated:
                found.append(f"also {name}: {value}")
        elif value is None:
            found.append(f"lacks {name}: {meant[name]}")
        elif not fits(meant[name], value, name):
            found.append(f"{name}: {value!r}, not {meant[name]!r}")
    return found


class Row:
    """One request, all answers to it, and what the backends logged meanwhile."""

    def __init__(self, request, cookies, answers, log, services, ports, tolerated):
        self.request, self.answers, self.log, self.services = request, answers, log, services
        self.ports, self.tolerated = ports, tolerated
        self.sent = lines_of(request, b"", cookies)

    def entry(self, answer):
        sequence = first(answer.headers, "X-Backend-Seq")
        return next((entry for at, entry in self.log if sequence is not None and at == int(sequence)), None)

    def backend(self, answer):
        if answer.tcp_reply:
            return self.services.of(answer.tcp_reply.split(" ")[1])
        entry = self.entry(answer)
        return self.services.of(entry["endpoint"]) if entry else None

    def endpoint(self, answer):
        entry = self.entry(answer)
        return answer.tcp_reply.split(" ")[1] if answer.tcp_reply else entry and entry["endpoint"]

    def differences(self, expected):
        found = self.told_on(expected.get("unseen", ()))
        if expected.get("closed"):
            return found + self.leaks(expected)
        return found + (self.differences_of_all(expected) if "status" in expected else [])

    def differences_of_all(self, expected):
        statuses = [answer.status for answer in self.answers]
        chosen = min(self.answers, key=lambda answer: (answer.status is None, answer.status if isinstance(answer.status, int) else 0))
        found = self.differences_of(expected, chosen)
        for other in expected.get("others", ()):
            same = next((answer for answer in self.answers if answer.status == other["status"]), None)
            found += self.differences_of(other, same) if same else [f"no answer {other['status']} among {sorted(set(statuses), key=str)}"]
        found += self.differences_of_distribution(expected)
        if len(self.answers) == 1:
            found += self.differences_of_others(expected, chosen)
        return found

    def leaks(self, expected):
        """Whether anybody gets in: a backend sees a request, other than those that may be `asked`, or an answer is one of success."""
        seen = [(self.services.of(entry["endpoint"]), entry) for _, entry in self.log]
        found = [f"{name} got {entry['method']} {entry['uri'][:99]}" for name, entry in seen if name not in expected.get("asked", ())]
        return found + [f"status {answer.status} ()" for answer in self.answers if answer.status and 200 <= answer.status < 300]

    def told_on(self, unseen):
        """Headers that no backend may see."""
        headers = [(self.services.of(entry["endpoint"]), name, first(entry["headers"], name)) for _, entry in self.log for name in unseen]
        return [f"{service} saw {name}: {value}" for service, name, value in headers if value is not None]

    def differences_of(self, expected, answer):
        if answer.status != expected["status"]:
            return [f"status {answer.status} ({answer.error or self.ports.restore(first(answer.headers, 'Location', ''))}), not {expected['status']}"]
        if expected["status"] is None:
            return []
        found = differences_of_headers(expected["headers"], answer.headers, self.ports, self.tolerated) if "headers" in expected else []
        for name in ("cert_cn", "websocket_echo", "trailers"):
            if name in expected and getattr(answer, name) != expected[name]:
                found.append(f"{name}: {getattr(answer, name)!r}, not {expected[name]!r}")
        if "tcp_reply" in expected and not fits(expected["tcp_reply"], answer.tcp_reply):
            found.append(f"tcp_reply: {answer.tcp_reply!r}")
        backend = self.backend(answer)
        if expected.get("backend") not in ("*", backend):
            found.append(f"backend {backend}, not {expected.get('backend')}")
        elif expected.get("seen"):
            seen = as_seen(self.entry(answer), self.sent, self.services, self.ports)
            found += differences_of_seen(expected["seen"], seen, self.request, "seen")
        return found

    def differences_of_distribution(self, expected):
        found, meant = [], expected.get("distribution") or {}
        values = {"status": [str(answer.status) for answer in self.answers], "backend": [self.backend(a) for a in self.answers],
                  "endpoint": [self.endpoint(answer) for answer in self.answers]}
        for kind, counts in meant.items():
            if kind == "endpoints_used":
                used = len({endpoint for endpoint in values["endpoint"] if endpoint})
                found += [] if in_range(counts, used) else [f"{used} endpoints, not {counts}"]
                continue
            got = {value: values[kind].count(value) for value in values[kind] if value}
            if got.keys() - counts.keys() or not all(in_range(count, got.get(value, 0)) for value, count in counts.items()):
                found.append(f"distribution of {kind}: {got}, not {counts}")
        if expected.get("same_endpoint") and len(set(values["endpoint"])) != 1:
            found.append(f"several endpoints: {sorted(set(map(str, values['endpoint'])))}")
        return found

    def differences_of_others(self, expected, answer):
        """Requests that backends received on the way, in any order."""
        own = self.entry(answer)
        rest = [as_seen(entry, self.sent, self.services, self.ports) for _, entry in self.log
                if entry is not own and not (answer.tcp_reply and entry["protocol"] == "TCP")]
        rest = [seen for seen in rest if seen["backend"] not in expected.get("asked", ())]
        found = []
        for meant in expected.get("also", ()):
            tried = [(differences_of_seen(meant, seen, self.request, "also"), seen) for seen in rest if seen["backend"] == meant["backend"]]
            if not tried:
                found.append(f"also: no request to {meant['backend']}")
                continue
            least = min(tried, key=lambda pair: len(pair[0]))
            found += least[0]
            rest.remove(least[1])
        return found + [f"also a request to {seen['backend']}: {seen['method']} {seen['uri']}" for seen in rest]
