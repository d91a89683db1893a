"""The proxies: rendered, started, stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

from certificates import default_certificate


class Refused(Exception):
    """The configuration could not be rendered, or the proxy refused it."""


class Proxy:
    """What runs one product: started, told of another configuration, stopped."""

    target, configuration, reload_signal, test_flag, alarm = None, None, signal.SIGHUP, None, None

    def __init__(self, options, ports, more=()):
        self.options, self.ports, self.folder, self.process, self.more = options, ports, None, None, list(more)
        self.tolerated, self.address = set(), "127.0.0.1"

    def start(self, manifests, flags, name):
        self.prepare(manifests, flags, name)
        self.run()

    def prepare(self, manifests, flags, name):
        """Renders into an empty folder of that name."""
        self.folder = os.path.join(self.options.keep, name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "state"))
        os.chmod(self.folder, 0o755)
        self.render(manifests, flags)

    def run(self):
        with open(self.output(), "w") as output:
            self.process = subprocess.Popen(self.command(), stdout=output, stderr=output)
        self.wait()

    def reload(self, manifests, flags):
        """Goes on with another configuration that the product accepts, as an administrator would."""
        self.render(manifests, flags)
        tested = subprocess.run(self.command() + [self.test_flag], capture_output=True, text=True)
        if tested.returncode:
            raise Refused(tested.stderr.strip())
        self.process.send_signal(self.reload_signal)

    def render(self, manifests, flags):
        flags = flags + [f"--http-port={self.ports[80]}", f"--https-port={self.ports[443]}", f"--ssl-passthrough-proxy-port={self.ports[442]}"]
        command = self.ingressc("render", manifests, flags) + ["-o", self.folder, "--write-secrets"]
        rendered = subprocess.run(command, capture_output=True, text=True)
        with open(os.path.join(self.folder, "findings.txt"), "w") as file:
            file.write(rendered.stderr)
        if not os.path.exists(os.path.join(self.folder, self.configuration)):
            raise Refused(f"cannot render: {rendered.stderr.strip().splitlines()[-1:]}")
        default = os.path.join(self.folder, "tls", "default.pem")
        if not os.path.exists(default):
            default_certificate(default)
        self.rendered()

    def rendered(self):
        """What else there is to do before the product reads what is rendered."""

    def output(self):
        return os.path.join(self.folder, "state", "output.txt")

    def alarms(self):
        """What the product says that should wake somebody."""
        found = []
        for path in (self.output(), os.path.join(self.folder, "state", "error.log")):
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    found += [line.strip() for line in file if re.match(self.alarm, line)]
        return found

    def check(self, manifests, flags):
        """The command that says what is different with the product."""
        return self.ingressc("check", manifests, flags) + ["--format", "json"]

    def ingressc(self, name, manifests, flags):
        command = [self.options.binary, name, manifests, "--target", self.target, "--configmap", "ingress-nginx/ingress-nginx-controller"]
        return command + self.arguments() + self.more + [f"--controller-arg={flag}" for flag in flags]

    def wait(self):
        self.wait_for(self.ports[80])

    def wait_for(self, port):
        def accepts():
            try:
                socket.create_connection((self.address, port), 1).close()
            except OSError:
                return False
            return True

        self.wait_until(accepts)

    def wait_until(self, listens):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Refused(f"ends at once: {' '.join(self.alarms())}")
            if listens():
                return
            time.sleep(0.01)
        self.stop()
        raise Refused("the proxy does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Nginx(Proxy):
    target, configuration, test_flag, alarm = "nginx", "nginx.conf", "-t", r".*\[(emerg|alert)\]"

    def __init__(self, options, ports, more=()):
        super().__init__(options, ports, more)
        modules = "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so"
        self.has_headers_more = not options.stock and os.path.exists(modules)
        # nginx itself cannot leave out this header; its version it can.
        self.tolerated = set() if self.has_headers_more else {("server", "nginx")}

    def arguments(self):
        return ["--nginx-state", os.path.join(self.folder, "state")] + (["--nginx-module=headers-more"] if self.has_headers_more else [])

    def command(self):
        command = ["nginx", "-c", os.path.join(self.folder, "nginx.conf"), "-e", os.path.join(self.folder, "state", "error.log")]
        return command + ["-g", "daemon off;" + (" user root;" if os.geteuid() == 0 else "")]

    def rendered(self):
        """Each worker takes turns on its own: with one, the counts for each endpoint are exact."""
        path = os.path.join(self.folder, "nginx.conf")
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^worker_processes .*;$", "worker_processes 1;", text))


class Haproxy(Proxy):
    target, configuration, reload_signal, test_flag = "haproxy", "haproxy.cfg", signal.SIGUSR2, "-c"
    # How many files may be open is a matter of the machine.
    alarm = r"\[ALERT\](?!.*FD limit)"

    def arguments(self):
        return [] if self.options.stock else ["--haproxy-lua"]

    def command(self):
        return ["haproxy", "-W", *configurations(self.folder)]


def configurations(folder):
    """The files that HAProxy reads: users first, where there are any."""
    files = [os.path.join(folder, name) for name in ("auth.cfg", "haproxy.cfg")]
    return [word for file in files if os.path.exists(file) for word in ("-f", file)]


PROXIES = {"nginx": Nginx, "haproxy": Haproxy}
