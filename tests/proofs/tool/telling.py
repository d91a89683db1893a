"""Which finding of a target tells of what a proof says of a host."""

import re

# A host that the API server refuses is closed by the target alone.
RULES = ("not-expressible", "expressed-differently", "unfit-value", "malformed-host")


class Told:
    """What `check` says about the manifests of a case for a target."""

    def __init__(self, findings, manifests):
        self.findings = [finding for finding in findings if finding["rule"] in RULES]
        self.documents = {}
        for document in re.split(r"(?m)^---\s*$", manifests):
            kind, name = (re.search(pattern, document) for pattern in (r"(?m)^kind: (\S+)$", r"(?m)^  name: [\"']?([^\"'\s]+)"))
            if kind and name:
                self.documents[kind.group(1), name.group(1)] = document

    def tells(self, host):
        return any(self.is_about(finding, host["host"]) for finding in self.findings)

    def is_about(self, finding, host):
        """A finding is about the hosts of its Ingress, and all of them where it is about a setting, or says so."""
        about = finding["object"]
        if "this holds for every host" in " ".join(finding["notes"]) or not about or about["kind"] != "Ingress":
            return True
        document = self.documents.get((about["kind"], about["name"]))
        return document is None or any(serves(document, name) for name in self.names(host))

    def names(self, host):
        """The host, and those that it is another name of: one Ingress may name it, and another be the cause."""
        return [host, *(own for document in self.documents.values() if host in aliases(document) for own in hosts(document))]


def hosts(document):
    return re.findall(r"(?m)^ *(?:- )?host: [\"']?([^\"'\s]+)", document)


def aliases(document):
    found = re.search(r"server-alias: [\"']?(.*?)[\"']?$", document, re.MULTILINE)
    return re.split(r"[,\s]+", found.group(1)) if found else []


def serves(document, host):
    """Whether an Ingress has a host, under whatever name: what has no host of its own is for all that nobody else names."""
    names = hosts(document)
    is_small = [name.lower() for name in names]
    twins = [name.removeprefix("www.") if name.startswith("www.") else f"www.{name}" for name in names] if "from-to-www-redirect" in document else []
    return not names or host in (*is_small, *aliases(document), *twins) or "defaultBackend:" in document
