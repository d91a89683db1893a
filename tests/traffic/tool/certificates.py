"""Certificates that nobody has to trust."""

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile

# Authorities, and who is certified by them: servers by names, clients by one. Those without an authority certify themselves.
AUTHORITIES = ("ours", "theirs")
SERVERS = {"orchard": ("orchard.test", "*.orchard.test", "cellar.test"), "thicket": ("thicket.test", "*.thicket.test")}
CLIENTS = {"our-client": "ours", "their-client": "theirs"}


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make(folder, name, subject, *more):
    """A key and a certificate, each a file of that name."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", subject,
            "-keyout", os.path.join(folder, f"{name}.key"), "-out", os.path.join(folder, f"{name}.crt"), *more)


def make_certificate(path, common_name):
    """One file with both."""
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    make(folder, name, f"/CN={common_name}")
    with open(path, "wb") as file:
        for kind in ("crt", "key"):
            with open(f"{path}.{kind}", "rb") as part:
                file.write(part.read())
            os.remove(f"{path}.{kind}")
    os.chmod(path, 0o600)


@functools.cache
def default_text():
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "default.pem")
        make_certificate(path, "Kubernetes Ingress Controller Fake Certificate")
        with open(path, encoding="utf-8") as file:
            return file.read()


def default_certificate(path):
    """The certificate of hosts that have none, made once."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(default_text())


def certificates(directory, scratch):
    """The folder with the certificates of clients and backends; where the scenarios bring none, they are made."""
    folder = os.path.join(directory, "certs")
    if os.path.isdir(folder):
        return folder
    make(scratch, "backend", "/CN=backend.internal")
    shutil.copy(os.path.join(scratch, "backend.crt"), os.path.join(scratch, "ca.crt"))
    for name in AUTHORITIES:
        make(scratch, name, f"/CN={name}")
    for name, names in SERVERS.items():
        make(scratch, name, f"/CN={name}", "-addext", "subjectAltName=" + ",".join(f"DNS:{host}" for host in names))
    for name, authority in CLIENTS.items():
        certify(scratch, name, authority)
    return scratch


def certify(folder, name, authority):
    def at(name):
        return os.path.join(folder, name)

    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-keyout",
            at(f"{name}.key"), "-out", at(f"{name}.csr"))
    openssl("x509", "-req", "-in", at(f"{name}.csr"), "-CA", at(f"{authority}.crt"), "-CAkey", at(f"{authority}.key"), "-days", "2",
            "-set_serial", "7", "-out", at(f"{name}.crt"))


def with_certificates(manifests, folder):
    """The same manifests, in which `${NAME.crt}` and `${NAME.key}` are the texts of those files."""
    def text(match):
        with open(os.path.join(folder, match.group(1))) as file:
            return json.dumps(file.read())

    return re.sub(r"\$\{([a-z-]+\.(?:crt|key))\}", text, manifests)
