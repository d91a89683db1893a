"""Requests that are drawn for a configuration of nginx: its hosts and paths in all the ways in which clients write them."""

import re
import string

from serving import sni

METHODS = ["GET"] * 6 + ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE"]
ADDRESSES = ["10.1.2.3", "10.0.0.7", "192.0.2.7", "192.168.1.1", "203.0.113.4", "1.2.3.4"]
HEADERS = [("Origin", "https://origin.example.com"), ("Origin", "https://example.com"), ("Authorization", "Basic dTpw"), ("User-Agent", "curl/8"),
           ("User-Agent", "badbot"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.9"), ("X-Canary", "always"),
           ("Cookie", "canary=always"), ("Accept", "text/html"), ("X-Forwarded-Host", "other.example.com"), ("Referer", "https://example.com/")]
# What stands for the letters of a regular expression.
PLAIN = [(r"\(\?i\)|\(\?[:<][^>:]*[:>]?", ""), (r"\[\^?[^\]]*\][+*?]?", "a1"), (r"\\[dw][+*?]?", "7"), (r"\.[*+]\??", "xy"), (r"[\^$()?+*\\]", "")]


def hosts_of(text):
    """The names of servers, wildcards as one of the hosts below them."""
    names = [word.strip("\"'") for line in re.findall(r"(?m)^\s*server_name (.*?);", text) for word in line.split()]
    return [f"any{name[1:]}" if name.startswith("*") else name for name in names if name and name[0] not in "_~"] or ["nobody.invalid"]


def paths_of(text):
    """The paths of locations; of regular expressions something that they may fit."""
    paths = ["/"]
    for path in re.findall(r"(?m)^\s*location (?:[=~*^]+ )?\"?([^\"{\n]*?)\"? \{", text):
        path = path.split("|")[0]
        for pattern, plain in PLAIN:
            path = re.sub(pattern, plain, path)
        if path.startswith("/") and "_external-auth" not in path:
            paths.append("".join(letter if letter in string.printable and letter not in " \t\r\n" else "%20" for letter in path))
    return sorted(set(paths))


def spelt_host(random, host):
    return random.choice([host] * 8 + [host.upper(), f"{host}:8080", f"{host}.", f"{host}.:1", "nobody.invalid", f"x.{host}", "", "a..b", "a/b"])


def spelt_path(random, path):
    ways = [lambda: path] * 6 + [
        lambda: path.rstrip("/"), lambda: f"{path}/", lambda: f"{path}x", lambda: f"{path.rstrip('/')}/sub/leaf", lambda: path.upper(),
        lambda: f"/a/..{path}", lambda: f"/.{path}", lambda: path.replace("/", "//"), lambda: f"{path}/..", lambda: f"{path}/../..",
        lambda: f"{path}%20b%2Fc", lambda: f"{path}/%C3%A9", lambda: f"{path}/\u00e9", lambda: f"{path}?a=1&b=/x", lambda: f"{path}?",
        lambda: f"{path}+x?c=d+e", lambda: f"{path}%3Fx#y", lambda: f"{path}%00", lambda: f"{path}%zz", lambda: f"{path}/%2e%2E/z",
        lambda: "".join(f"%{ord(letter):02x}" if letter != "/" and letter.isascii() and random.random() < 0.5 else letter for letter in path),
        lambda: f"http://other.example.com{path}", lambda: f"{path}%0a", lambda: f"{path};p=1", lambda: f"{path}&=\"<>^`{{|}}",
    ]
    return random.choice(ways)() or "/"


def request(random, hosts, paths, ports):
    """One request in the form that `explain --requests` reads."""
    scheme, host = random.choice(["http", "http", "https"]), random.choice(hosts)
    drawn = {"url": f"{scheme}://drawn.invalid:{ports[443 if scheme == 'https' else 80]}/", "target": spelt_path(random, random.choice(paths)), "method": random.choice(METHODS)}
    drawn["headers"] = {"Host": spelt_host(random, host)}
    drawn["headers"].update(random.sample(HEADERS, random.choice([0, 0, 0, 1, 2])))
    drawn["client_ip"] = random.choice(ADDRESSES)
    if scheme == "https":
        drawn["sni"] = host if re.fullmatch(r"[a-z0-9.-]+", host) and sni(host) else None
    if random.random() < 0.1:
        drawn["http"] = "1.0"
    return drawn
