"""The controller's own proxy: what is rendered for it, run by nginx with the controller's Lua. It says what answers are right.

`CONTROLLER_PARTS` names a folder: `lua`, the controller's Lua and the libraries that it loads; `modules`, those of nginx for Lua, NDK,
set-misc and headers-more; `lib`, what these are linked with. Of the rendered configuration only what the machine asks for is changed.
"""

import glob
import json
import os
import re
import shutil
import time
import urllib.request

from certificates import default_text
from proxy import Proxy, Refused

# Where the proxy is told of backends and certificates.
STATUS_PORT = 10246


class Controller(Proxy):
    target, configuration, test_flag, alarm = "ingress-nginx", "nginx.conf", "-t", r".*\[(emerg|alert)\]"
    modules = ("ndk_http", "ngx_http_lua", "ngx_http_set_misc", "ngx_http_headers_more_filter")

    def arguments(self):
        return []

    def command(self):
        parts = os.environ["CONTROLLER_PARTS"]
        command = ["env", f"LD_LIBRARY_PATH={parts}/lib", f"LUA_CPATH={parts}/lua/?.so;;"]
        return command + ["nginx", "-c", os.path.join(self.folder, "nginx.conf"), "-e", os.path.join(self.folder, "state", "error.log")]

    def rendered(self):
        """Puts everything into the folder: the controller keeps it in fixed places of its image."""
        shutil.copytree(os.path.join(os.environ["CONTROLLER_PARTS"], "lua"), os.path.join(self.folder, "lua"))
        shutil.copy(os.path.join(self.folder, "lua.json"), os.path.join(self.folder, "lua", "cfg.json"))
        for path in glob.glob(os.path.join(self.folder, "lua", "**", "*.lua"), recursive=True):
            self.change(path, lambda text: text.replace("/etc/nginx/lua/", f"{self.folder}/lua/"))
        os.makedirs(os.path.join(self.folder, "ssl"), exist_ok=True)
        with open(os.path.join(self.folder, "ssl", "default-fake-certificate.pem"), "w", encoding="utf-8") as file:
            file.write(default_text())
        self.change(os.path.join(self.folder, "nginx.conf"), self.fitted)

    @staticmethod
    def change(path, edit):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(edit(text))

    def fitted(self, text):
        """The configuration for a machine with few files and an older nginx, without TCP services."""
        text = re.sub(r"(?m)^stream \{\n(?:.*\n)*?\}\n", "", text)
        has_http2 = "http2 on;" in text
        text = re.sub(r"(?m)^\s*http2 on;\n", "", text)
        if has_http2:
            text = re.sub(r"(?m)^(\s*listen .* ssl)\b", r"\1 http2", text)
        text = re.sub(r"(?m)^worker_processes .*;$", "worker_processes 1;", text)
        text = re.sub(r"(?m)^worker_rlimit_nofile .*;\n", "", text)
        text = re.sub(r"(?m)^(\s*)worker_connections .*;$", r"\1worker_connections 4096;", text)
        for old, new in [("/etc/nginx/lua/", f"{self.folder}/lua/"), ("/etc/ingress-controller/", f"{self.folder}/"),
                         ("/tmp/nginx/", f"{self.folder}/state/"), ("/var/log/nginx/", f"{self.folder}/state/")]:
            text = text.replace(old, new)
        loads = [f"load_module {os.environ['CONTROLLER_PARTS']}/modules/{name}_module.so;\n" for name in self.modules]
        return "".join(loads) + ("user root;\n" if os.geteuid() == 0 else "") + text

    def wait(self):
        super().wait()
        self.wait_for(STATUS_PORT)
        with open(os.path.join(self.folder, "backends.json"), "rb") as file:
            self.post("backends", file.read())
        self.post("general", b"{}")
        certificates = {"servers": {"_": "default"}, "certificates": {"default": default_text()}}
        self.post("servers", json.dumps(certificates).encode())
        # The balancer reads what was posted once a second.
        time.sleep(1.2)

    def post(self, what, body):
        request = urllib.request.Request(f"http://127.0.0.1:{STATUS_PORT}/configuration/{what}", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            if answer.status != 201:
                raise Refused(f"{what} is not taken: {answer.status}")
