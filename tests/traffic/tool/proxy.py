"""The proxies: rendered, started, stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

from certificates import make_certificate


class Refused(Exception):
    """The configuration could not be rendered, or the proxy refused it."""


class Nginx:
    def __init__(self, options, ports):
        self.options, self.ports, self.folder, self.process = options, ports, None, None
        modules = "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so"
        self.has_headers_more = not options.stock and os.path.exists(modules)
        # nginx itself cannot leave out this header; its version it can.
        self.tolerated = set() if self.has_headers_more else {("server", "nginx")}

    def start(self, manifests, flags, name):
        self.folder = os.path.join(self.options.keep, name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "state"))
        os.chmod(self.folder, 0o755)
        command = self.render(manifests, flags)
        with open(os.path.join(self.folder, "state", "stderr.txt"), "w") as errors:
            self.process = subprocess.Popen(command, stderr=errors)
        self.wait()

    def reload(self, manifests, flags):
        """Goes on with another configuration, as an administrator would."""
        self.render(manifests, flags)
        self.process.send_signal(signal.SIGHUP)

    def render(self, manifests, flags):
        """Renders the configuration and has nginx test it; the command that runs nginx with it."""
        folder = self.folder
        flags = flags + [f"--http-port={self.ports[80]}", f"--https-port={self.ports[443]}", f"--ssl-passthrough-proxy-port={self.ports[442]}"]
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
        return command

    @staticmethod
    def one_worker(path):
        """Each worker takes turns on its own: with one, the counts for each endpoint are exact."""
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^worker_processes .*;$", "worker_processes 1;", text))

    def wait(self):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Refused("nginx ended at once: see state/stderr.txt")
            try:
                socket.create_connection(("127.0.0.1", self.ports[80]), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        self.stop()
        raise Refused("nginx does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


PROXIES = {"nginx": Nginx}
