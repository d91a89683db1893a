"""Pairs of neighbours: the objects of one namespace, which are served, and those of another, whose owner means harm.

Everything is chosen by a random generator that is given, so that a seed names a pair. Documents are JSON, which is YAML.
"""

import json

PREFIX = "nginx.ingress.kubernetes.io/"
OTHER_NAME = "GET /in of"
CLOSED, NEAR = "192.0.2.0/24", "127.0.0.0/8"
# The password is `pw`.
USERS = "ann:{PLAIN}pw\n"
PASSWORD = "Basic YW5uOnB3"
AUTH = "http://127.3.0.1:8080/auth"

# What ends the thing that it stands in, if it is let.
HOSTILE = ["x;} evil on; {", "\" ; evil on; \"", "' ; evil on; '", "a\nevil on;", "a } evil { b", "a # evil", "$evil", "a\\", "\\\"; evil on; #", "a\u0000b",
           "\u202ea\u0007", "{{ evil }}", "a\r\nevil on;", "%[src]", "${HOME}", "or", "and", "unless { always_true }", "0", "-1", "99999999999999999999",
           "", " ", "*", "~.*", "^~ /", "= /", "@x", "unix:/x", "a,b", "/", "../../x", "$uri", "$request_uri", "$http_x", "true", "false", "on",
           "0.0.0.0/0", "::/0", "_", "~[", "(" * 40, "(a+)+$", "x" * 300]

OPEN = [{}, {}, {"enable-cors": "true"}, {"proxy-body-size": "1m"}, {"app-root": "/in"}, {"x-forwarded-prefix": "/p"}, {"upstream-vhost": "inner.example"},
        {"affinity": "cookie"}, {"rewrite-target": "/to"}, {"permanent-redirect": "https://away.example/"}, {"ssl-redirect": "true"},
        {"whitelist-source-range": NEAR}, {"from-to-www-redirect": "true"}, {"custom-http-errors": "404"}]
SHUT = [{"whitelist-source-range": CLOSED}, {"denylist-source-range": "0.0.0.0/0"}, {"auth-type": "basic", "auth-secret": "users"},
        {"auth-url": AUTH}, {"auth-tls-secret": "NAMESPACE/people"}, {"whitelist-source-range": CLOSED, "auth-type": "basic", "auth-secret": "users"}]


def document(version, kind, namespace, name, **more):
    metadata = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def service(namespace, name, address, port=8080):
    ports = [{"name": "main", "port": 80, "targetPort": 8080}]
    slice_ports = [{"name": "main", "port": port}]
    labels = {"labels": {"kubernetes.io/service-name": name}}
    return [document("v1", "Service", namespace, name, spec={"clusterIP": "10.0.0.1", "ports": ports}),
            document("discovery.k8s.io/v1", "EndpointSlice", namespace, f"{name}-live", metadata=labels, addressType="IPv4",
                     endpoints=[{"addresses": [address]}], ports=slice_ports)]


def secret(namespace, name, data):
    return document("v1", "Secret", namespace, name, stringData=data)


def ingress(namespace, name, host, paths, service, annotations, year, tls=None, extra=None):
    metadata = {"creationTimestamp": f"{year}-01-01T00:00:00Z", "annotations": {PREFIX + key: value for key, value in annotations.items()}}
    backend = {"service": {"name": service, "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": path, "pathType": kind, "backend": backend} for path, kind in paths]}}
    spec = {"ingressClassName": "nginx", "rules": [{"host": host, **rule} if host is not None else rule], **(extra or {})}
    if tls:
        spec["tls"] = [{"hosts": tls[0], "secretName": tls[1]}]
    return document("networking.k8s.io/v1", "Ingress", namespace, name, metadata=metadata, spec=spec)


class Pair:
    """The documents of both, and what the first is asked."""

    def __init__(self, chance, number, annotations, pem):
        self.chance, self.number, self.annotations, self.pem = chance, number, annotations, pem
        self.is_wild = chance.random() < 0.15
        self.host = f"*.h{number}.test" if self.is_wild else chance.choice([f"h{number}.test"] * 3 + [f"www.h{number}.test"])
        self.asked = self.host.replace("*", "a")
        # Where names are joined by hyphens, these two and those of the other are the same.
        self.namespace, self.service = f"n{number}-x", "web"
        self.other, self.other_service = chance.choice([(f"n{number}", "x-web"), (f"t{number}", "web")])
        high, low = divmod(number % 40_000, 250)
        self.address, self.other_address = f"127.1.{high}.{low + 1}", f"127.2.{high}.{low + 1}"
        self.for_host = [entry for entry in annotations if entry["for_host"]]
        # Other names of the host: an alias, and where it asks for it the twin.
        self.alias, self.twin = f"{chance.choice(['m.', ''])}k{number}.test", self.host[4:] if self.host.startswith("www.") else f"www.{self.host}"
        # What is shared: the host, or one of its other names; and paths that the first makes expressions of.
        self.shares = self.may_open = self.shares_names = False
        self.patterns, self.others = set(), []
        self.victim, self.hostile = self.of_victim(), self.of_hostile()

    def of_victim(self):
        chance, name = self.chance, self.namespace
        own = dict(chance.choice(OPEN))
        inner = dict(chance.choice(SHUT))
        if chance.random() < 0.3:
            own, inner = dict(chance.choice(SHUT)), dict(chance.choice(OPEN))
        for annotations in (own, inner):
            if "auth-tls-secret" in annotations:
                annotations["auth-tls-secret"] = f"{name}/people"
        if chance.random() < 0.1:
            inner["use-regex"] = "true"
        if chance.random() < 0.3:
            own["server-alias"] = chance.choice([self.alias, self.alias, f"*.{self.alias}", f".{self.alias}"])
            self.others.append(self.alias if own["server-alias"] == self.alias else f"x.{self.alias}")
        if chance.random() < 0.2:
            inner["from-to-www-redirect"] = "true"
        if not self.is_wild and ("from-to-www-redirect" in own or "from-to-www-redirect" in inner):
            self.others.append(self.twin)
        self.patterns = {path for path, annotations in (("/", own), ("/in", inner)) if "use-regex" in annotations or "rewrite-target" in annotations}
        tls = ([self.host], "pair")
        return [*service(name, self.service, self.address), secret(name, "users", {"auth": USERS}), secret(name, "people", {"ca.crt": self.pem["ours.crt"]}),
                secret(name, "pair", {"tls.crt": self.pem["orchard.crt"], "tls.key": self.pem["orchard.key"]}),
                ingress(name, "main", self.host, [("/", "Prefix")], self.service, own, 2020, tls),
                ingress(name, "inner", self.host, [("/in", chance.choice(["Prefix", "Exact", "ImplementationSpecific"]))], self.service, inner, 2020, tls)]

    def of_hostile(self):
        chance, name = self.chance, self.other
        documents = service(name, self.other_service, chance.choice([self.other_address] * 6 + [self.strange_address()]))
        if chance.random() < 0.1:
            documents = [document("v1", "Service", name, self.other_service, spec={"type": "ExternalName", "externalName": chance.choice(self.near_names()), "ports": [{"port": 80}]})]
        if chance.random() < 0.1:
            # A slice that says it were the other's.
            documents.append({**service(name, self.service, self.other_address)[1], **chance.choice([{}, {"apiVersion": "discovery.k8s.io/v1beta1"}])})
        documents.append(secret(name, chance.choice(["users", "people", "pair", "pair.ca", "s" * 240]), self.strange_secret()))
        documents.append(secret(name, "good", {"tls.crt": self.pem["thicket.crt"], "tls.key": self.pem["thicket.key"], "ca.crt": self.pem["theirs.crt"], "auth": USERS}))
        for at in range(chance.randint(1, 3)):
            documents.append(self.strange_ingress(at))
        if chance.random() < 0.1:
            documents.append(self.strange_controller())
        if chance.random() < 0.05:
            marks = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}
            spec = {"controller": chance.choice(["k8s.io/ingress-nginx", "k8s.io/other"])}
            documents.append(document("networking.k8s.io/v1", "IngressClass", name, f"class-{self.number}", metadata=marks, spec=spec))
        if chance.random() < 0.1:
            keys = ["global-auth-url", "block-cidrs", "http-snippet", "server-snippet", "ssl-redirect", "use-forwarded-headers", "annotations-risk-level", "80", "443", "9000"]
            data = {chance.choice(keys): chance.choice(HOSTILE + [f"{self.namespace}/web:80"])}
            names = ["ingress-nginx-controller", "nginx-configuration", "tcp-services", "udp-services", "custom-headers", "more"]
            documents.append(document("v1", "ConfigMap", name, chance.choice(names), data=data))
        return documents

    def strange_address(self):
        return self.chance.choice(["unix:/tmp/x", "unix@/tmp/x", "/tmp/x", "$http_x", "127.0.0.1:1", "::1", "a b", "a\nb", self.address + " backup", "-"])

    def strange_secret(self):
        chance, pem = self.chance, self.pem
        value = lambda: chance.choice([pem["thicket.crt"], pem["thicket.key"], pem["theirs.crt"], "a:b\n", " a:{PLAIN}b", "a:{PLAIN}\u0007", "-----BEGIN CERTIFICATE-----\nAAAA\n", *HOSTILE])  # noqa: E731
        return {key: value() for key in ("tls.crt", "tls.key", "ca.crt", "ca.crl", "auth", "a b") if chance.random() < 0.6}

    def near_hosts(self):
        """Names that are nearly those of the other, but no rule may have, or that are others."""
        host, asked = self.host, self.asked
        parent = asked.partition(".")[2]
        near = [host.upper(), asked.upper(), "." + asked, asked + ".", asked.title() + ".", asked + "/in", asked + " x", "x " + asked, "x\n" + asked, asked + "\nx",
                "\t" + asked, f"~^{asked.replace('.', '[.]')}$", f"~{asked[:2]}", f"~*^{asked}", asked + ":80", "x." + asked, "*." + asked, "*.test", ".test", f"*.{parent}",
                f".{parent}", asked.partition(".")[0] + ".*", asked + "\u0000", asked + "$", "_", "*", "", "www." + asked, "www.www." + asked, f"www.{parent}", parent,
                self.alias, self.alias.upper(), "." + self.alias, self.alias + ".", f"x.{self.alias}", f"*.{self.alias}", self.twin, self.twin.upper(), self.twin + ".",
                asked.partition(".")[0], asked.replace("h", "\uff48"), f"xn--{asked}", asked.replace("t", "\u0442"), "-" + asked, asked + "?", asked + "#", f"{asked},x"]
        return [name for name in near if name not in (host, asked)]

    def near_names(self):
        """Names that lead to the other, within the cluster or within a configuration."""
        inner = f"{self.namespace}-{self.service}-80"
        return [inner, inner.upper(), f"{self.service}.{self.namespace}.svc.cluster.local", f"{self.service}.{self.namespace}", self.address, self.asked, "localhost",
                "127.0.0.1", "0.0.0.0", "169.254.169.254", "::1", "upstream-default-backend", "others", "default"]

    def strange_ingress(self, at):
        chance, number = self.chance, self.number
        own = f"o{at}.t{number}.other"
        # Most of what it says is let in: what an API server refuses is closed at once, and does little harm.
        host = chance.choice([own] * 40 + self.near_hosts())
        annotations = {}
        for _ in range(chance.randint(0, 4)):
            entry = chance.choice(self.annotations if chance.random() < 0.7 else self.for_host)
            names = self.near_hosts()
            urls = [f"http://{name}/in" for name in chance.sample(self.near_names(), 2)]
            values = [entry["example"] or "true"] * 4 + [chance.choice(HOSTILE), chance.choice(names), ",".join(chance.sample(names, 3)), *urls]
            annotations[entry["name"]] = chance.choice(values)
        if chance.random() < 0.3:
            annotations["server-alias"] = chance.choice([",".join(chance.sample(self.near_hosts() + [self.asked, self.host], 3)), self.asked, self.host, self.alias, self.twin, chance.choice(self.near_hosts())])
        if chance.random() < 0.2:
            annotations.update({"auth-tls-secret": chance.choice([f"{self.other}/good", f"{self.namespace}/people"])})
        if chance.random() < 0.1:
            annotations.update({"auth-type": "basic", "auth-secret": chance.choice(["good", f"{self.namespace}/users"])})
        paths = [(chance.choice(["/"] * 20 + ["/in"] * 20 + ["/own", ".test/in", "in", "~.*", "^~/", "=/in", "@x", "/_auth-exact/in", "/in\n/", "/in x", "/healthz", "/nginx_status", "/_auth-prefix/in", "/.well-known/acme-challenge/x", "/%69n", "/in;", "/in/../", "//in", "/" + "a" * 5000]),
                  chance.choice(["Prefix", "Exact", "ImplementationSpecific"])) for _ in range(chance.randint(1, 2))]
        is_of_host = chance.random() < 0.1
        if is_of_host:
            # The same host: what the controller lets any namespace do.
            host, self.shares = self.asked if chance.random() < 0.5 else self.host, True
            if chance.random() < 0.2:
                annotations.update({"canary": "true", chance.choice(["canary-weight", "canary-by-header", "canary-by-cookie"]): "100"})
        year = chance.choice([2019, 2021])
        if any(name in ("*.test", ".test") for name in [host, *annotations.get("server-alias", "").split(",")]):
            # What stands for the names of all pairs came last.
            year = 2021
        self.share(host, [path for path, _ in paths], annotations, year, is_of_host)
        extra = {"defaultBackend": {"service": {"name": self.other_service, "port": {"number": 80}}}} if chance.random() < 0.1 else None
        tls = (chance.choice([[host], [self.host], [self.asked], [own, self.asked]]), chance.choice(["good", "pair", "users"])) if chance.random() < 0.6 else None
        name = chance.choice([f"i{at}"] * 9 + ["main", "inner", "x" * 250, "a.b", "A b"]) + (str(at) if at else "")
        return ingress(self.other, name, host if host != "" or chance.random() < 0.5 else None, paths, self.other_service, annotations, year, tls, extra)

    def share(self, host, paths, annotations, year, is_of_host):
        """What the controller lets any namespace do, by the rules that are promised, and no others."""
        is_older, is_pattern = year == 2019, "use-regex" in annotations or "rewrite-target" in annotations
        # What holds for the whole host, and can let in whom its other rules would not. Of authorities that of the older rule counts.
        self.may_open |= is_of_host and (is_pattern or "auth-tls-secret" in annotations and is_older)
        # An older rule takes a path, and with it what was said about the path: that paths are expressions.
        self.may_open |= is_of_host and is_older and bool(self.patterns & set(paths))
        # Names of an older Ingress stay its own: below a wildcard that came later, and among aliases and twins. A rule has its name in any case.
        has_names = "server-alias" in annotations or "from-to-www-redirect" in annotations
        self.shares |= self.is_wild and is_older and has_names
        is_above = is_older and host.startswith("*.")
        self.shares_names |= is_of_host or is_older and has_names or is_above or host in (self.alias, self.twin, f"*.{self.alias}", f"x.{self.alias}")

    def strange_controller(self):
        chance = self.chance
        args = chance.choice([["--annotations-prefix=evil.example"], [f"--watch-namespace={self.other}"], [f"--configmap={self.other}/ingress-nginx-controller"],
                              [f"--tcp-services-configmap={self.other}/tcp-services"], ["--ingress-class=other"], [f"--default-ssl-certificate={self.other}/good"]])
        image = chance.choice(["registry.k8s.io/ingress-nginx/controller:v1.15.1", "busybox"])
        container = {"name": "controller", "image": image, "command": ["/nginx-ingress-controller"], "args": ["/nginx-ingress-controller", *args]}
        labels = {"app": "x"}
        spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}
        return document("apps/v1", chance.choice(["Deployment", "DaemonSet"]), self.other, "proxy", spec=spec)

    def requests(self):
        """Heads of requests on one connection, each with what stands for it in a message."""
        for target in ("/", "/in", "/in/x", "/IN", "/%69n", "/x/../in", "/own"):
            yield f"GET {target}", f"GET {target} HTTP/1.1\r\nHost: {self.asked}\r\n\r\n"
        yield "GET /in as ann", f"GET /in HTTP/1.1\r\nHost: {self.asked}\r\nAuthorization: {PASSWORD}\r\nX-User: zoe\r\n\r\n"
        for name in self.others:
            yield f"{OTHER_NAME} {name}", f"GET /in HTTP/1.1\r\nHost: {name}\r\n\r\n"
        yield "POST /in", f"POST /in HTTP/1.1\r\nHost: {self.asked.upper()}\r\nContent-Length: 1\r\n\r\nx"


def text(documents):
    return "".join("---\n" + json.dumps(document) + "\n" for document in documents)
