"""Hostile objects of one namespace, drawn: values of annotations and keys, snippets, Secrets, hosts, paths and names.

An attack is `(kind, name, value)`, and stands for itself: of a Secret the value names the texts that it is made of.
"""

import functools
import json
import os
import tempfile

from certificates import certify, make, openssl

VALUES = [
    "", " ", "0", "-1", "1", "99999999999999999999", "1.5", "+5", "1e3", "0x10", "5", "100", "65536", "2147483648", "on", "off", "true",
    "false", "any", "all", "or", "and", "not", "if", "unless", "default", "none", "None", "*", "~", "~*", "~(", "~*[", "^", "(", ")", "[",
    "(?<a>", "a{2", "a{99999}", "(?R)", "\\", "\\1", "$1", "$9", "$", "$$", "$nosuch", "${nosuch}", "${", "$x y", "a$", "$host", "{", "}",
    "{{", ";", "a;b", "#", "a#b", "a b", "a  b c", "'", '"', "it's", 'say "x"', "%", "%[src]", "%[", "%%", "a\nb", "a\r\nb", "\t", "a\tb",
    "ünïcödé", "日本", "\u202e", "x" * 64, "x" * 300, "x" * 5000, "a" * 64 + ".example", "k", "1k", "8K", "1kb", "10m", "5g", "1t", "10s",
    "-5s", "5x", "1h30m", "30 s", "200", "200 1", "99", "600", "200,404", "200 404 1s", "any 0", "1.1", "3.0", "http://", "https://",
    "http://x", "http://no.such.invalid/", "http://user:pw@x.example/", "http://127.0.0.1:99999/", "http://[::1", "://", "//", "/", "/a b",
    "/x$nosuch", "/(", "10.0.0.0/8", "10.0.0.0/99", "::/0", "::1/200", "1.2.3.4,5.6.7.8", ",", ",,", "a,b", "a=b", "=", "a:b", ":", "::",
    "name value", "X-A: b", "X A", "X-Ä", "HIGH", "!aNULL", "TLSv1.9", "TLSv1.2", "prime256v1", "auto", "debug", "secp999",
    ",".join(f"10.0.{n}.0/24" for n in range(90)), ",".join(str(n) for n in range(400, 500)), "a.example", "*.example", ".example",
    "innocent.example", "a/b", "a/nosuch", "a/s", "a/pw", "a/ca", "lua", "error", "off 1", "max=1", "buffer=1", "shared:x:1m",
]

# `{}` stands for a host of its own.
HOSTS = [
    "*.{}", "*.*.{}", "a.*.{}", "*", "*.", ".{}", "{}.", "-{}", "a..{}", "UPPER.{}", "xn--mnchen-3ya.{}", "xn--.{}", "münchen.{}", "127.0.0.1", "10.0.0.1.{}", "::1", "[::1]",
    "{}:80", "_.{}", "a_b.{}", "a b.{}", "a\nb.{}", "a;b.{}", "a{b.{}", "a$b.{}", "~^.*{}$", "a\"b.{}", "a'b.{}", "a#b.{}", "a/b.{}", "a\\b.{}", "a%b.{}", "localhost",
    "innocent.example", "INNOCENT.example", "*.example", "_", "", "others", "wildcard.{}", "a" * 63 + ".{}", "a" * 64 + ".{}", "0.{}",
    ".".join(["a" * 60] * 4)[:253 - 12] + ".{}", ".".join(["a" * 60] * 4) + ".{}", ".".join(["b" * 49] * 5), ".".join(["a"] * 127),
]
PATHS = [
    "/", "/a", "/a/", "//", "/a//b", "/..", "/../x", "/a/./b", "/a/../b", "/%2e%2e", "/%00", "/%", "/%zz", "/a b", "/a\tb", "/a\nb", "/a\u0000b", "/a\u0007", "/\u202e", "/ünï", "/日本",
    "/a\"b", "/a'b", "/a{b}", "/{", "/}", "/a;b", "/a#b", "/a?b", "/$", "/$x", "/${x}", "/$1", "/a\\b", "/\\", "/a|b", "/(", "/)", "/[", "/[a", "/[z-a]", "/a{2", "/a{2,1}", "/a{99999}", "/(?<a>b",
    "/(?<a>b)(?<a>c)", "/(?P<x>", "/(?R)", "/(a+)+$", "/*", "/+", "/**", "/a**", "/\\Q", "/\\p{L}", "/\\p{Nope}", "/\\1", "/(?i)a", "/(?#", "/^", "/$$", "/(?<=a+)b", "/(*FAIL)", "/(*LIMIT_MATCH=1)a",
    "/\\C", "/\\K", "/" + "a" * 300, "/" + "a" * 5000, "/" + "a" * 70000, "/" + "(" * 300 + ")" * 300, "/" + "(a)" * 20, "/" + "a?" * 200, "/" + "x/" * 500, "/healthz", "/nginx_status",
    "/_auth-exact/a", "/.well-known/acme-challenge/", "/%[src]", "/%ci", "~.*", "^~/", "=/", "@x", "", "a",
]
NAMES = ["0", "0.0", "a.b", "a" * 63, "a" * 64, "a" * 253, "a" * 254, "a--b", "a.b-c", "-a", "a-", "A", "a_b", "a b", "a/b", "../a", "..", ".", "default", "upstream-default-backend", "ünï", "a\nb", "1e5", "true", "null", "s"]
# Directives that may stand in any snippet, with and without what they need.
DIRECTIVES = ["add_header", "allow", "auth_basic", "auth_request", "client_max_body_size", "error_page", "if", "limit_req", "listen", "location", "map", "more_set_headers", "nosuch", "proxy_cache",
              "proxy_pass", "proxy_set_header", "return", "rewrite", "root", "set", "server", "ssl_protocols", "try_files", "types", "upstream"]
ARGUMENTS = ["", "on", "off", "$nosuch", "X-A b", "$host", "(a", "~(", "/x", "200", "1m", "'", "\"", "{", "}", "{}", "{ return 200; }", "($host) { return 200; }", "zone=nosuch", "a b c d e", "x" * 5000, "http://nosuch.invalid"]
ANNOTATED_SNIPPETS = ["server-snippet", "configuration-snippet", "auth-snippet", "stream-snippet", "modsecurity-snippet"]
# How a Secret is used: what stands in annotations.
USES = {
    "tls": {}, "basic": {"auth-type": "basic", "auth-secret": "a/{}"}, "map": {"auth-type": "basic", "auth-secret": "a/{}", "auth-secret-type": "auth-map"},
    "digest": {"auth-type": "digest", "auth-secret": "a/{}"}, "clients": {"auth-tls-secret": "a/{}", "auth-tls-verify-depth": "1"},
    "backend": {"backend-protocol": "HTTPS", "proxy-ssl-secret": "a/{}", "proxy-ssl-verify": "on"},
}
USERS = ["bob:{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "bob:$apr1$x$y", "bob:{PLAIN}pw", "bob", ":", ":x", "bob:", "a b:c", "bob:{SSHA}!!", "bob:$2y$10$short", "bob:$6$rounds=99999999999$s$x", "ünï:{PLAIN}ü", "b\u0007b:x", "b\"b:'x'",
         "b:" + "x" * 9000, "b" * 9000 + ":{PLAIN}x", "# a comment", "\ufeffbob:{PLAIN}pw", "bob:{PLAIN}a b", "bob:{PLAIN}%[src]", "bob:{PLAIN}$x", "bob:{PLAIN}}", "\n\n", ""] + ["\n".join(f"u{n}:{{PLAIN}}p" for n in range(3000))]

SERVICES = """
apiVersion: v1
kind: Service
metadata: {name: s, namespace: a}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: a, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
---
apiVersion: v1
kind: Secret
metadata: {name: pw, namespace: a}
stringData: {auth: "bob:{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE="}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: h, namespace: a}
data: {X-A: b}
"""



@functools.cache
def pems():
    """Texts for certificates, keys and lists of revoked ones, by name: good ones, and such as only look good."""
    with tempfile.TemporaryDirectory() as folder:
        def text(name):
            with open(os.path.join(folder, name), encoding="latin-1") as file:
                return file.read()

        def at(name):
            return os.path.join(folder, name)

        make(folder, "good", "/CN=good.example", "-addext", "subjectAltName=DNS:good.example")
        make(folder, "other", "/CN=other")
        for name, more in {"rsa512": ["rsa:512"], "rsa1024": ["rsa:1024"], "ed25519": ["ed25519"]}.items():
            openssl("req", "-x509", "-newkey", *more, "-nodes", "-days", "1", "-subj", f"/CN={name}", "-keyout", at(f"{name}.key"), "-out", at(f"{name}.crt"))
        openssl("req", "-x509", "-key", at("rsa1024.key"), "-md5", "-days", "1", "-subj", "/CN=md5", "-out", at("md5.crt"))
        openssl("ec", "-in", at("good.key"), "-aes256", "-passout", "pass:x", "-out", at("locked.key"))
        certify(folder, "leaf", "good")
        with open(at("index"), "w"), open(at("number"), "w") as file:
            file.write("01")
        with open(at("ca"), "w") as file:
            file.write(f"[ca]\ndefault_ca=x\n[x]\ndatabase={at('index')}\nserial={at('number')}\ncrlnumber={at('number')}\nnew_certs_dir={folder}\n"
                       "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-config", at("ca"), "-cert", at("good.crt"), "-keyfile", at("good.key"), "-in", at("leaf.csr"), "-startdate", "20200101000000Z",
                "-enddate", "20200102000000Z", "-notext", "-out", at("past.crt"))
        for name in ("good", "other"):
            openssl("ca", "-config", at("ca"), "-gencrl", "-keyfile", at(f"{name}.key"), "-cert", at(f"{name}.crt"), "-crldays", "1", "-out", at(f"{name}.crl"))
        openssl("x509", "-in", at("good.crt"), "-outform", "DER", "-out", at("good.der"))
        found = {name: text(name) for name in sorted(os.listdir(folder)) if name.rpartition(".")[2] in ("crt", "key", "crl", "der")}
    good, key, crl = found["good.crt"], found["good.key"], found["good.crl"]
    body = good.splitlines()
    return found | {
        "chain": found["leaf.crt"] + good, "chain reversed": good + found["leaf.crt"], "many": good * 200, "cut": good[:200], "key cut": key[:80], "crl cut": crl[:100], "key first": key + good,
        "one line": "".join(body), "CRLF": "\r\n".join(body), "label": good.replace("CERTIFICATE", "PUBLIC KEY"), "trusted": good.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        "RSA label": key.replace("PRIVATE KEY", "RSA PRIVATE KEY"), "words around": f"x\n{good}y\n", "marked": "\ufeff" + good, "second bad": good + good[:300], "second empty": good + f"{body[0]}\n{body[-1]}\n",
        "no end": "\n".join(body[:-1]), "zero": good + "\0", "bits": good.replace("A", "B"), "indented": "\n".join(" " + line for line in body), "crl twice": crl + crl, "empty": "", "blank": " \n", "words": "nothing",
        "parameters": "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key,
    }


class Draw:
    """Attacks of each kind."""

    def __init__(self, chance, catalog):
        self.chance = chance
        # With what they need, and its example.
        examples = {entry["name"]: entry["example"] for entry in catalog["annotations"]}
        self.needed = {entry["name"]: {entry["needs"]: examples[entry["needs"]]} if entry["needs"] else {} for entry in catalog["annotations"]}
        self.settings = [entry["name"] for entry in catalog["settings"]]
        self.keys = [name for name in self.settings if not name.endswith("-snippet")]
        self.snippets = [name for name in self.settings if name.endswith("-snippet")]

    def attacks(self, kind, count):
        return [(kind, *getattr(self, f"of_{kind}")()) for _ in range(count)]

    def of_annotation(self):
        return self.chance.choice(sorted(self.needed)), self.chance.choice(VALUES)

    def of_setting(self):
        return self.chance.choice(self.keys), self.chance.choice(VALUES)

    def snippet(self):
        line = f"{self.chance.choice(DIRECTIVES)} {self.chance.choice(ARGUMENTS)}"
        return self.chance.choice([f"{line};", f"{line};", line, f"# {line}\n{line};\n"])

    def of_snippet(self):
        return self.chance.choice(ANNOTATED_SNIPPETS), self.snippet()

    def of_shared(self):
        return self.chance.choice(self.snippets), self.snippet()

    def of_secret(self):
        texts = sorted(pems())

        def one(good):
            return good if self.chance.random() < 0.6 else self.chance.choice(texts)

        parts = {"tls.crt": one("good.crt"), "tls.key": one("good.key"), "ca.crt": one("good.crt"), "ca.crl": one("good.crl")}
        parts = {key: name for key, name in parts.items() if self.chance.random() < 0.8}
        if self.chance.random() < 0.7:
            parts["auth"] = self.chance.randrange(len(USERS))
        return self.chance.choice(sorted(USES)), parts

    def of_host(self):
        return "", self.chance.choice(HOSTS)

    def of_path(self):
        return self.chance.choice(["Prefix", "Exact", "ImplementationSpecific", "use-regex"]), self.chance.choice(PATHS)

    def of_name(self):
        return self.chance.choice(["Ingress", "Service", "Secret"]), self.chance.choice(NAMES)

    def objects(self, at, attack):
        """The manifests of one attack, and what it says in the ConfigMap."""
        kind, name, value = attack
        host = f"attack-{at}.example"
        if kind in ("setting", "shared"):
            return [], {name: value}
        if kind == "annotation":
            return [ingress(f"attack-{at}", host, self.needed[name] | {name: value})], {}
        if kind == "snippet":
            return [ingress(f"attack-{at}", host, {"auth-url": "http://10.0.0.9/", name: value} if name == "auth-snippet" else {name: value})], {}
        if kind == "host":
            return [ingress(f"attack-{at}", value.replace("{}", host), {}, tls="good")], {}
        if kind == "path":
            annotations, path_type = ({"use-regex": "true"}, "ImplementationSpecific") if name == "use-regex" else ({}, name)
            return [ingress(f"attack-{at}", host, annotations, path=value, path_type=path_type)], {}
        if kind == "secret":
            data = {key: USERS[part] if key == "auth" else pems()[part] for key, part in value.items()}
            uses = {key: text.format(f"secret-{at}") for key, text in USES[name].items()}
            return [secret(f"secret-{at}", data), ingress(f"attack-{at}", host, uses, tls=f"secret-{at}" if name == "tls" else None)], {}
        return self.named(name, value, at, host), {}

    def named(self, kind, name, at, host):
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": f"n{at}"}, "spec": {"type": "ExternalName", "externalName": "10.0.0.9", "ports": [{"port": 80}]}}
        more = {"Ingress": [], "Service": [service], "Secret": [secret(name, {"auth": USERS[0], "tls.crt": pems()["good.crt"], "tls.key": pems()["good.key"]}, f"n{at}")]}[kind]
        annotations = {"auth-type": "basic", "auth-secret": name} if kind == "Secret" else {}
        own = ingress(name if kind == "Ingress" else f"attack-{at}", host, annotations, service=name if kind == "Service" else "s", tls=name if kind == "Secret" else None, namespace=f"n{at}")
        return [*more, own]


def ingress(name, host, annotations, path="/", path_type="Prefix", service="s", tls=None, namespace="a", year=2024):
    metadata = {"name": name, "namespace": namespace, "annotations": {"kubernetes.io/ingress.class": "nginx"}, "creationTimestamp": f"{year}-01-01T00:00:00Z"}
    metadata["annotations"] |= {f"nginx.ingress.kubernetes.io/{key}": value for key, value in annotations.items()}
    paths = [{"path": path, "pathType": path_type, "backend": {"service": {"name": service, "port": {"number": 80}}}}]
    spec = {"rules": [{"host": host, "http": {"paths": paths}}]}
    if tls:
        spec["tls"] = [{"hosts": [host], "secretName": tls}]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def secret(name, data, namespace="a"):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "stringData": data}


def text(objects):
    return SERVICES + "".join(f"---\n{json.dumps(found)}\n" for found in objects)
