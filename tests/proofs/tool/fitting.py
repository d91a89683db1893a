"""Requests that are made of the patterns of both sides: paths, hosts, headers, arguments, cookies, addresses that something is asked of."""

import ipaddress
import re
import urllib.parse
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants as kinds
    import sre_parse

LETTERS = "abxyAZ019/-._~%é"
METHODS = ["GET"] * 7 + ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"]
# What asks something of a value, and the value: `if ($http_x = "a")`, a line of a table, a policy of a canary.
ASKED = re.compile(r"\$(http|arg|cookie)_([a-z0-9_]+)\"? *(?:!?[=~]\*?)? *\"?([^\s\"){;]*)", re.IGNORECASE)
QUOTED = re.compile(r"\"(?:~\*?)?([ -!#-~]{1,40})\"")
NETWORK = re.compile(r"(?:allow|deny|^)\s*\"?([0-9a-f.:]+(?:/\d+)?)\"?[ ;]", re.MULTILINE | re.IGNORECASE)


def text_of(random, tokens, groups, depth=0):
    """A text that an expression is likely to fit."""
    out = []
    for kind, value in tokens:
        if kind is kinds.LITERAL:
            out.append(chr(value))
        elif kind is kinds.NOT_LITERAL:
            out.append(random.choice([letter for letter in LETTERS if ord(letter) != value]))
        elif kind is kinds.ANY:
            out.append(random.choice(LETTERS))
        elif kind is kinds.IN:
            out.append(letter_of(random, value))
        elif kind is kinds.BRANCH:
            out.append(text_of(random, random.choice(value[1]), groups, depth + 1))
        elif kind is kinds.SUBPATTERN:
            found = text_of(random, value[-1], groups, depth + 1)
            groups[value[0]] = found
            out.append(found)
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            least, most, inner = value
            times = random.randint(least, min(int(most), least + (3 if depth < 4 else 0)))
            out.extend(text_of(random, inner, groups, depth + 1) for _ in range(min(times, 40)))
        elif kind is kinds.GROUPREF:
            out.append(groups.get(value, ""))
        elif kind is kinds.ASSERT and value[0] > 0:
            out.append(text_of(random, value[1], groups, depth + 1))
    return "".join(out)


def letter_of(random, members):
    is_not = members[0][0] is kinds.NEGATE
    inside = set()
    for kind, value in members:
        if kind is kinds.LITERAL:
            inside.add(value)
        elif kind is kinds.RANGE:
            inside.update(range(value[0], min(value[1], value[0] + 128) + 1))
        elif kind is kinds.CATEGORY:
            names = {kinds.CATEGORY_DIGIT: "0189", kinds.CATEGORY_WORD: "az_09", kinds.CATEGORY_SPACE: " ", kinds.CATEGORY_NOT_WORD: "-/.", kinds.CATEGORY_NOT_DIGIT: "a/-"}
            inside.update(map(ord, names.get(value, "a ")))
    if is_not:
        return random.choice([letter for letter in LETTERS if ord(letter) not in inside] or ["\u00ff"])
    return chr(random.choice(sorted(inside))) if inside else ""


def fitting(random, expression):
    """A text for an expression of nginx; none where Python has no such expression."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return text_of(random, sre_parse.parse(expression.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")), {})
        except (re.error, RecursionError, OverflowError, ValueError):
            return None


class Patterns:
    """What both sides ask of requests."""

    def __init__(self, texts):
        both = "\n".join(texts)
        self.plain = sorted({"/", *(path for path in re.findall(r"(?m)location (?:[=^~]+ )?\"?(/[^\"{\n]*?)\"? \{", both))})
        self.expressions = sorted(set(re.findall(r"(?m)^\s*(?:location ~\*?|rewrite|if \(\$uri !?~\*?) \"?(.+?)\"?(?: \{$| [^ ]*.*;$|\) \{)", both)))
        self.asked = sorted({(kind.lower(), name.lower(), value) for kind, name, value in ASKED.findall(both)})
        self.values = sorted(set(QUOTED.findall(both)))[:400]
        self.addresses = ["127.0.0.1", "10.1.2.3", "192.0.2.7", "203.0.113.4"]
        for word in sorted(set(NETWORK.findall(both)))[:60]:
            try:
                network = ipaddress.ip_network(word, strict=False)
            except ValueError:
                continue
            if network.version == 4:
                edges = (int(network.network_address) - 1, int(network.network_address), int(network.broadcast_address), int(network.broadcast_address) + 1)
                self.addresses += [str(ipaddress.IPv4Address(edge)) for edge in edges if 1 << 24 <= edge < 224 << 24]

    def path(self, random):
        kind = random.random()
        if self.expressions and kind < 0.5:
            path = fitting(random, random.choice(self.expressions)) or "/"
        else:
            path = random.choice(self.plain)
        for _ in range(random.choice([0, 0, 1, 1, 2])):
            path = random.choice([
                lambda: path + "/", lambda: path + "x", lambda: path + "/sub/leaf", lambda: path.rstrip("/"), lambda: path.upper(), lambda: path.swapcase(), lambda: path[:-1], lambda: path + "/a",
                lambda: path + "\u00e9", lambda: "/x" + path, lambda: path + " y", lambda: path + "?", lambda: path + "%", lambda: path.capitalize(), lambda: path[:1] + path[2:],
            ])()
        path = "/" + path.lstrip("/")
        # Most are sent in the plain form, some in others.
        sent = urllib.parse.quote(path, safe="/!$&'()*,:;=@~+")
        sent = random.choice([
            *[lambda: sent] * 8, lambda: sent.replace("/", "//", 1), lambda: "/." + sent, lambda: "/a/.." + sent, lambda: sent.replace("/", "%2F", 2).replace("%2F", "/", 1), lambda: sent + "/..",
            lambda: "".join(f"%{ord(letter):02x}" if letter.isalnum() and random.random() < 0.3 else letter for letter in sent.replace("%", "")), lambda: sent + "//", lambda: sent + "/.",
        ])()
        return sent + random.choice(["", "", "", "?", "?a=b", "?x=1&color=blue", "?q=a+b", "?a=%20&b=/", self.argument(random)])

    def argument(self, random):
        names = [(name, value) for kind, name, value in self.asked if kind == "arg"]
        if not names:
            return ""
        name, value = random.choice(names)
        return f"?{name}={urllib.parse.quote(self.value(random, value))}"

    def value(self, random, known):
        kind = random.random()
        if kind < 0.4 and known:
            return fitting(random, known) or known
        if kind < 0.8 and self.values:
            word = random.choice(self.values)
            return fitting(random, word) or word
        return random.choice(["", "always", "never", "1", "blue", "https", "x"])

    def request(self, random, host, is_tls):
        """One request in the form that `explain --requests` reads."""
        spelt = random.choice([host] * 8 + [host.upper(), f"{host}:8443", f"{host}."])
        headers, cookies = {"Host": spelt}, []
        for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
            if self.asked and random.random() < 0.7:
                kind, name, known = random.choice(self.asked)
                value = "".join(letter for letter in self.value(random, known) if " " <= letter <= "~").strip()
                if kind == "http" and name not in ("host", "cookie"):
                    headers["-".join(part.capitalize() for part in name.split("_"))] = value
                elif kind == "cookie":
                    cookies.append(f"{name}={value.replace(';', '')}")
            else:
                name, value = random.choice([("Origin", "https://a.example.com"), ("Authorization", "Basic dTpw"), ("User-Agent", "curl/8"), ("X-Forwarded-For", "198.51.100.9"),
                                             ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "other.example.com"), ("X-Request-ID", "r"), ("Upgrade", "websocket"), ("X-Color", "blue"),
                                             ("X-Forwarded-Port", "8080"), ("Referer", "https://example.com/")])
                headers[name] = value
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        scheme = "https" if is_tls else "http"
        return {"url": f"{scheme}://{host}/", "target": self.path(random), "method": random.choice(METHODS), "headers": headers,
                "client_ip": random.choice(self.addresses), "sni": host if is_tls else None}
