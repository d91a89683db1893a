"""Whether `check` tells of each row that differs, at what causes it, and whether nobody gets in by it."""

import json
import re
import subprocess

RULES = ("not-expressible", "expressed-differently", "unfit-value")

# What a request itself does otherwise than most, by words of the note that tells of it.
UNUSUAL = {
    "WebSocket": lambda request: "Upgrade" in request.get("headers", {}),
    "absolute URIs": lambda request: "://" in request["target"] or "#" in request["target"],
    "HTTP/1.0": lambda request: request.get("http") == "1.0",
    "headers of one connection": lambda request: "Connection" in request.get("headers", {}),
    "bodies without a length": lambda request: "Transfer-Encoding" in request.get("headers", {}),
    "beyond ASCII": lambda request: not "".join(request["target"]).isascii(),
    "with a dot behind it": lambda request: (request.get("sni") or "").endswith("."),
}


class Told:
    """What `check` says about the manifests of a scenario."""

    def __init__(self, command, manifests):
        checked = subprocess.run(command, capture_output=True, text=True)
        self.findings = [finding for finding in json.loads(checked.stdout)["findings"] if finding["rule"] in RULES]
        self.documents = {}
        for document in re.split(r"(?m)^---\s*$", manifests):
            kind, name = (re.search(pattern, document) for pattern in (r"(?m)^kind: (\S+)$", r"(?m)^  name: [\"']?([^\"'\s]+)"))
            if kind and name:
                self.documents[kind.group(1), name.group(1)] = document

    def complaints(self, request, expected, differences):
        """What is wrong with a row that differs."""
        found = []
        if not any(self.explains(finding, request) for finding in self.findings):
            found.append("no finding tells of it")
        status = next((int(match.group(1)) for text in differences if (match := re.match(r"status (\d+)", text))), 0)
        if 200 <= status < 300 and not expected.get("backend") and (expected.get("status") or 400) >= 300:
            found.append(f"somebody gets in: {status}")
        return found

    def explains(self, finding, request):
        """A finding explains requests for the hosts of its Ingress. One about the requests themselves explains only unusual ones."""
        about = finding["object"]
        document = about and self.documents.get((about["kind"], about["name"]))
        if not document:
            return False
        words = " ".join(finding["notes"])
        if "this holds for every host" in words:
            return any(note in words and is_unusual(request) for note, is_unusual in UNUSUAL.items())
        return about["kind"] == "ConfigMap" or self.serves(document, request["host"])

    @staticmethod
    def serves(document, host):
        hosts = re.findall(r"(?m)^ *(?:- )?host: [\"']?([^\"'\s]+)", document)
        host = host.partition(":")[0].lower()
        return not hosts or host in hosts or f"*.{host.partition('.')[2]}" in hosts
