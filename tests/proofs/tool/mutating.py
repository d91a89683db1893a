"""Single mutations: of manifests, and of a configuration of nginx. Some change what becomes of requests, some nothing."""

import re

PREFIX = "nginx.ingress.kubernetes.io/"
# What an Ingress may have besides; those first that are usual anyway.
ANNOTATIONS = [
    ("ssl-redirect", '"true"'), ("proxy-body-size", "1m"), ("proxy-read-timeout", '"60"'), ("use-regex", '"true"'), ("rewrite-target", "/$1"),
    ("rewrite-target", "/"), ("app-root", "/app"), ("force-ssl-redirect", '"true"'), ("ssl-redirect", '"false"'), ("permanent-redirect", "https://other.example.com"),
    ("whitelist-source-range", "10.0.0.0/8"), ("denylist-source-range", "192.0.2.0/24"), ("enable-cors", '"true"'), ("upstream-vhost", "inner.example.com"),
    ("x-forwarded-prefix", "/pre"), ("backend-protocol", "HTTPS"), ("server-alias", "alias.example.com"), ("limit-rps", '"5"'), ("satisfy", "any"),
    ("from-to-www-redirect", '"true"'), ("proxy-body-size", "8m"), ("auth-url", "http://auth.example/a"), ("canary", '"true"'),
]
# The words of a path, and what may stand in their place.
EXPRESSIONS = [
    ("(/|$)(.*)", "(/|$)(.+)"), ("(/|$)(.*)", "(?:/|$)(.*)"), (".*", ".{0,}"), (".*", ".+"), ("(.*)", "([^/]*)"), ("(/|$)", "(/)"), ("(/|$)", "(/.*|$)"),
    ("$2", "$1"), ("$1", "$2"), ("[a-z]", "[a-y]"), ("[0-9]+", "\\d+"), ("\\d+", "[0-9]+"), ("[0-9]+", "[0-9]*"), ("(", "(?:"), ("$", ""), ("^", ""), ("\\.", "."), ("*", "*?"),
]
# Lines of a configuration that change something for some requests.
LINES = [
    "deny 10.0.0.0/8;", "allow 192.0.2.0/24; deny all;", "return 403;", "rewrite ^/a(.*) /b$1 break;", "rewrite (?i)/x$ /y last;", "set $mutant $http_x_color;",
    "if ($http_x_color = blue) { return 402; }", "if ($arg_x ~ \"^a+$\") { return 402; }", "if ($cookie_canary = always) { return 402; }",
    "client_max_body_size 2m;", "error_page 404 /;", "if ($request_method = PUT) { return 405; }", "if ($uri ~ \"^/(a|b)\") { set $mutant $1; }",
]
WORDS = EXPRESSIONS + [
    ("~* ", "~ "), ("~ ", "~* "), ("location /", "location = /"), ("location = /", "location /"), ("location /", "location ^~ /"), ("301", "302"), ("308", "307"),
    ("break;", "last;"), ("last;", "break;"), ("$http_host", "$host"), ("$request_uri", "$uri"), ("$uri", "$request_uri"), ("$args", "$query_string"), ("$is_args$args", "?$args"),
    ("1m;", "2m;"), ("60s", "61s"), ("true", "false"), ("false", "true"), ("http;", "https;"), ("-80", "-81"), ("deny ", "allow "), ("allow ", "deny "), ("/8;", "/9;"),
    ("= \"", "!= \""), (" ~ ", " !~ "), ("!~ ", "~ "), ("on;", "off;"), ("off;", "on;"), ("403", "404"), ("/;", "/x;"), ("/", "/a"), ("~", "~*"), ("default ", "x "), ("0;", "1;"),
    ("$remote_addr", "$realip_remote_addr"), ("$scheme", "https"), ("GET", "PUT"), ("example.com", "example.org"), ("*.", "*.a."),
]


def replaced(random, line, words):
    """The line with one word in place of another, wherever that is; none where it has none of them."""
    usable = [(old, new) for old, new in words if old in line]
    if not usable:
        return None
    old, new = random.choice(usable)
    at = random.choice([found.start() for found in re.finditer(re.escape(old), line)])
    return line[:at] + new + line[at + len(old):]


def of_manifests(random, text):
    """The manifests, with one line of an Ingress otherwise."""
    lines = text.split("\n")
    is_ingress, usable = False, []
    for at, line in enumerate(lines):
        if re.match(r"kind: ", line):
            is_ingress = line == "kind: Ingress"
        elif line.startswith("---"):
            is_ingress = False
        if is_ingress and re.match(r"\s*(-? ?(host|path|pathType|number|name|serviceName|secretName): |annotations:|nginx\.ingress|- [a-z*])", line):
            usable.append(at)
    if not usable:
        return None
    at = random.choice(usable)
    line = lines[at]
    space = line[:len(line) - len(line.lstrip())]
    if line.strip() == "annotations:" and random.random() < 0.8:
        name, value = random.choice(ANNOTATIONS)
        if f"{PREFIX}{name}:" in text:
            return None
        lines.insert(at + 1, f"{space}  {PREFIX}{name}: {value}")
    elif PREFIX in line and random.random() < 0.3:
        lines[at] = ""
    elif "pathType:" in line:
        lines[at] = re.sub(r"pathType: \w+", f"pathType: {random.choice(['Exact', 'Prefix', 'ImplementationSpecific'])}", line)
    elif "path: " in line:
        words = EXPRESSIONS if random.random() < 0.6 else [("/", "/a"), ("/", "//"), ("a", "A"), ("e", "[e]"), ("path: /", "path: /[a-z]+/")]
        lines[at] = replaced(random, line, words)
    else:
        lines[at] = replaced(random, line, [("true", "false"), ("false", "true"), ("host: ", "host: a"), ("name: ", "name: x"), ("80", "81"), ("1", "2"), ("/", "/a"), ("http:", "https:"),
                                            ("$1", "$2"), ("example.com", "example.org"), ("always", "never"), ("GET", "PUT"), (".", "\\."), ("host: a", "host: A"), ("10.", "11."), ("/8", "/9"),
                                            ("host: app.", 'host: "*.'), ("(.*)", "(.+)")])
    return None if lines[at] is None else "\n".join(lines)


def of_configuration(random, text):
    """The configuration, with one line of its servers left out, added, moved, or otherwise."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if re.match(r"http \{", line)), None)
    if begin is None:
        return None
    # What runs beside the proxy itself ends the part that counts.
    end = next((at for at, line in enumerate(lines) if re.match(r"stream \{|.*127\.0\.0\.1:10246|.*upstream internal", line)), len(lines))
    if end <= begin + 2:
        return None
    weights = [9 if re.match(r"\s*(location|rewrite|if|return|server_name|set|allow|deny|proxy_pass|map|\"?~)", line) else 1 for line in lines[begin:end]]
    at = begin + random.choices(range(end - begin), weights)[0]
    line, kind = lines[at], random.random()
    is_plain = line.rstrip().endswith(";")
    if kind < 0.12 and is_plain:
        del lines[at]
    elif kind < 0.3 and re.match(r"\s*(location .*|server) \{$", line):
        lines.insert(at + 1, random.choice(LINES))
    elif kind < 0.38 and is_plain and lines[at - 1].rstrip().endswith(";"):
        lines[at - 1], lines[at] = lines[at], lines[at - 1]
    else:
        lines[at] = replaced(random, line, WORDS)
    return None if at < len(lines) and lines[at] is None else "\n".join(lines)
