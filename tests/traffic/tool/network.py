"""Ports that are free: a network of our own, or whatever the machine gives."""

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess

# Of HTTP, of TLS, and of TLS again behind what passes some of it on unopened.
PORTS = (80, 443, 442)
CLONE_NEWNET, SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x40000000, 0x8914, 0x8916, 1


def own_network():
    """Moves this process into a network without any other program; whether that worked."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
    return True


def add_address(address):
    """Gives this machine one more address of IPv6, where the network is our own."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        request = socket.inet_pton(socket.AF_INET6, address) + struct.pack("Ii", 128, socket.if_nametoindex("lo"))
        try:
            fcntl.ioctl(sock, SIOCSIFADDR, request)
        except FileExistsError:
            pass


def every_address():
    """Makes every address one of this machine, so that whatever is asked for answers at once; whether that worked."""
    if not shutil.which("ip") or not own_network():
        return False
    return all(subprocess.run(["ip", family, "route", "add", "local", "default", "dev", "lo"]).returncode == 0 for family in ("-4", "-6"))


def free_ports(meant):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in meant]
    ports = {port: sock.getsockname()[1] for port, sock in zip(meant, sockets)}
    for sock in sockets:
        sock.close()
    return ports


def ports():
    """The port of this machine for each of those that are meant."""
    return {port: port for port in PORTS} if own_network() else free_ports(PORTS)


def listens(port):
    """Whether anybody listens on a port, which is asked of the system: a connection would be passed on."""
    for name in ("tcp", "tcp6"):
        with open(f"/proc/net/{name}") as table:
            # The number, the address, that of the other side, and the state: 0A is to listen.
            rows = [line.split()[:4] for line in table]
            if any(address.endswith(f":{port:04X}") and state == "0A" for _, address, _, state in rows):
                return True
    return False
