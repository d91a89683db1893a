"""The proxies: rendered, started, stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time


class Refused(Exception):
    """The configuration could not be rendered, or the proxy refused it."""


class Nginx:
    def __init__(self, options, ports):
        self.options, self.ports, self.process = options, ports, None
        modules = "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so"
        self.has_headers_more = not options.stock and os.path.exists(modules)
        # nginx itself cannot leave out this header; its version it can.
        self.tolerated = set() if self.has_headers_more else {("server", "nginx")}

    def start(self, manifests, flags, name):
        folder = os.path.join(self.options.keep, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "state"))
        os.chmod(folder, 0o755)
        flags = flags + [f"--http-port={self.ports[80]}", f"--https-port={self.ports[443]}"]
        command = [self.options.binary, "render", manifests, "--target", "nginx", "-o", folder, "--write-secrets", "--nginx-state",
                   os.path.join(folder, "state"), "--configmap", "ingress-nginx/ingress-nginx-controller"]
        command += [f"--controller-arg={flag}" for flag in flags]
        if self.has_headers_more:
            command.append("--nginx-module=headers-more")
        rendered = subprocess.run(command, capture_output=True, text=True)
        with open(os.path.join(folder, "findings.txt"), "w") as file:
            file.write(rendered.stderr)
        if not os.path.exists(os.path.join(folder, "nginx.conf")):
            raise Refused(f"cannot render: {rendered.stderr.strip().splitlines()[-1:]}")
        default = os.path.join(folder, "tls", "default.pem")
        if not os.path.exists(default):
            make_certificate(default, "Kubernetes Ingress Controller Fake Certificate")
        self.one_worker(os.path.join(folder, "nginx.conf"))
        command = ["nginx", "-c", os.path.join(folder, "nginx.conf"), "-e", os.path.join(folder, "state", "error.log")]
        command += ["-g", "daemon off;" + (" user root;" if os.geteuid() == 0 else "")]
        tested = subprocess.run(command + ["-t"], capture_output=True, text=True)
        if tested.returncode:
            raise Refused(f"nginx refuses: {tested.stderr.strip()}")
        with open(os.path.join(folder, "state", "stderr.txt"), "w") as errors:
            self.process = subprocess.Popen(command, stderr=errors)
        wait(self.process, self.ports[80])

    @staticmethod
    def one_worker(path):
        """Each worker takes turns on its own: with one, the counts for each endpoint are exact."""
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^worker_processes .*;$", "worker_processes 1;", text))

    def stop(self):
        stop(self.process)


def make_certificate(path, common_name):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    key = path + ".key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    f"/CN={common_name}", "-keyout", key, "-out", path], check=True, capture_output=True)
    with open(path, "ab") as file, open(key, "rb") as other:
        file.write(other.read())
    os.remove(key)
    os.chmod(path, 0o600)


class Haproxy:
    tolerated = set()

    def __init__(self, options, ports):
        self.options, self.ports, self.process = options, ports, None

    def start(self, manifests, flags, name):
        folder = os.path.join(self.options.keep, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        flags = flags + [f"--http-port={self.ports[80]}", f"--https-port={self.ports[443]}"]
        command = [self.options.binary, "render", manifests, "--target", "haproxy", "-o", folder, "--write-secrets",
                   "--configmap", "ingress-nginx/ingress-nginx-controller"]
        command += [f"--controller-arg={flag}" for flag in flags] + ([] if self.options.stock else ["--haproxy-lua"])
        rendered = subprocess.run(command, capture_output=True, text=True)
        with open(os.path.join(folder, "findings.txt"), "w") as file:
            file.write(rendered.stderr)
        files = [os.path.join(folder, file) for file in ("auth.cfg", "haproxy.cfg")]
        if not os.path.exists(files[1]):
            raise Refused(f"cannot render: {rendered.stderr.strip().splitlines()[-1:]}")
        default = os.path.join(folder, "tls", "default.pem")
        if not os.path.exists(default):
            make_certificate(default, "Kubernetes Ingress Controller Fake Certificate")
        command = ["haproxy", "-db"] + [word for file in files if os.path.exists(file) for word in ("-f", file)]
        tested = subprocess.run(command + ["-c"], capture_output=True, text=True)
        if tested.returncode:
            raise Refused(f"HAProxy refuses: {tested.stderr.strip()}")
        with open(os.path.join(folder, "log.txt"), "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait(self.process, self.ports[80])

    def stop(self):
        stop(self.process)


def wait(process, port):
    """Until the proxy listens."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Refused("the proxy ended at once: see its log")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    stop(process)
    raise Refused("the proxy does not listen")


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


PROXIES = {"nginx": Nginx, "haproxy": Haproxy}
