"""Certificates that nobody has to trust."""

import os
import shutil
import subprocess


def make_certificate(path, common_name):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    key = path + ".key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    f"/CN={common_name}", "-keyout", key, "-out", path], check=True, capture_output=True)
    with open(path, "ab") as file, open(key, "rb") as other:
        file.write(other.read())
    os.remove(key)
    os.chmod(path, 0o600)


def certificates(directory, scratch):
    """The folder with the certificates of clients and backends; where the scenarios bring none, those of backends are made."""
    folder = os.path.join(directory, "certs")
    if os.path.isdir(folder):
        return folder
    make_certificate(os.path.join(scratch, "backend.crt"), "backend.internal")
    for name in ("backend.key", "ca.crt"):
        shutil.copy(os.path.join(scratch, "backend.crt"), os.path.join(scratch, name))
    return scratch
