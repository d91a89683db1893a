"""Ports that are free: a network of our own, or whatever the machine gives."""

import ctypes
import fcntl
import os
import socket
import struct

# Of HTTP, of TLS, and of TLS again behind what passes some of it on unopened.
PORTS = (80, 443, 442)
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 1


def own_network():
    """Moves this process into a network without any other program; whether that worked."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
    return True


def free_ports(meant):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in meant]
    ports = {port: sock.getsockname()[1] for port, sock in zip(meant, sockets)}
    for sock in sockets:
        sock.close()
    return ports


def ports():
    """The port of this machine for each of those that are meant."""
    return {port: port for port in PORTS} if own_network() else free_ports(PORTS)
