"""HTTP/2 (RFC 9113, RFC 7541), as much as one request on one connection needs."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32

STATIC = [line.partition(" ")[::2] for line in """\
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate""".split("\n")]

# Bits of the code of each byte in turn, as `bits` or `bits x bytes`; codes of one length go up with the byte.
LENGTHS = """\
13 23 28x7 24 30 28x2 30 28x8 30 28x9 6 10x2 12 13 6 8 11 10x2 8 11 8 6x3 5x3 6x7 7 8 15 6 12 10 13 6 7x22 8 7
8 13 19 13 14 6 15 5 6 5 6 5 6x3 5 7x2 6x3 5 6 7 6 5x2 6 7x5 15 11 14 13 28 20 22 20x2 22x3 23 22 23x5 24 23
24x2 22 23 24 23x4 21 22 23 22 23x2 24 22 21 20 22x2 23x2 21 23 22x2 24 21 22 23x2 21x2 22 21 23 22 23x2 20
22x3 23 22x2 23 26x2 20 19 22 23 22 25 26x3 27x2 26 24 25 19 21 26 27x2 26 27 24 21x2 26x2 28 27x3 20 24 20 21
22 21x2 23 22x2 25x2 24x2 26 23 26 27 26x2 27x5 28 27x5 26"""


def _codes():
    lengths = []
    for item in LENGTHS.split():
        bits, _, count = item.partition("x")
        lengths += [int(bits)] * int(count or 1)
    codes, code, last = {}, 0, 0
    for bits, byte in sorted((bits, byte) for byte, bits in enumerate(lengths)):
        code <<= bits - last
        codes[bits, code] = byte
        code, last = code + 1, bits
    return codes


CODES = _codes()


def huffman(data):
    out, code, bits = bytearray(), 0, 0
    for byte in data:
        for shift in range(7, -1, -1):
            code, bits = code << 1 | byte >> shift & 1, bits + 1
            if (bits, code) in CODES:
                out.append(CODES[bits, code])
                code = bits = 0
    return bytes(out)


class Decoder:
    """Header blocks of one direction of a connection."""

    def __init__(self):
        self.dynamic = []

    def number(self, prefix):
        mask = (1 << prefix) - 1
        value, self.at = self.block[self.at] & mask, self.at + 1
        shift = 0
        while value >= mask and (shift or value == mask):
            byte, self.at = self.block[self.at], self.at + 1
            value += (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return value

    def text(self):
        coded = self.block[self.at] & 128
        length = self.number(7)
        data, self.at = self.block[self.at:self.at + length], self.at + length
        return (huffman(data) if coded else data).decode("latin-1")

    def entry(self, index):
        return STATIC[index - 1] if index <= len(STATIC) else self.dynamic[index - len(STATIC) - 1]

    def decode(self, block):
        self.block, self.at = block, 0
        headers = []
        while self.at < len(block):
            first = block[self.at]
            if first & 128:
                headers.append(self.entry(self.number(7)))
                continue
            if first & 224 == 32:
                self.number(5)
                continue
            index = self.number(6 if first & 64 else 4)
            name = self.entry(index)[0] if index else self.text()
            header = (name, self.text())
            headers.append(header)
            if first & 64:
                self.dynamic.insert(0, header)
        return headers


def encode(headers):
    def text(value):
        data = value.encode("latin-1")
        length = bytearray()
        if len(data) < 127:
            length.append(len(data))
        else:
            length.append(127)
            rest = len(data) - 127
            while rest >= 128:
                length.append(rest & 127 | 128)
                rest >>= 7
            length.append(rest)
        return bytes(length) + data

    return b"".join(b"\0" + text(name.lower()) + text(value) for name, value in headers)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class Connection:
    """Frames over a socket; `receive` gives the events of streams and does the housekeeping."""

    def __init__(self, sock, is_client):
        self.sock, self.buffer, self.decoder, self.block = sock, b"", Decoder(), b""
        if is_client:
            sock.sendall(PREFACE)
        else:
            self.exactly(len(PREFACE))
        sock.sendall(frame(SETTINGS, 0, 0))

    def exactly(self, count):
        while len(self.buffer) < count:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def headers(self, stream, headers, end):
        self.sock.sendall(frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, encode(headers)))

    def data(self, stream, data, end):
        self.sock.sendall(frame(DATA, END_STREAM if end else 0, stream, data))

    def receive(self):
        """The next event: (stream, headers or None, data, whether the stream ends)."""
        while True:
            head = self.exactly(9)
            length, (kind, flags, stream) = int.from_bytes(head[:3], "big"), struct.unpack(">BBI", head[3:])
            payload = self.exactly(length)
            if kind == SETTINGS and not flags & ACK:
                self.sock.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                self.sock.sendall(frame(PING, ACK, 0, payload))
            elif kind == GOAWAY or kind == RST_STREAM:
                raise EOFError
            elif kind == DATA:
                if payload:
                    for target in (0, stream):
                        self.sock.sendall(frame(WINDOW_UPDATE, 0, target, struct.pack(">I", len(payload))))
                data = payload[1:len(payload) - payload[0]] if flags & PADDED else payload
                return stream, None, data, bool(flags & END_STREAM)
            elif kind in (HEADERS, CONTINUATION):
                if kind == HEADERS:
                    self.ends = bool(flags & END_STREAM)
                    start = (1 if flags & PADDED else 0) + (5 if flags & PRIORITY else 0)
                    payload = payload[start:len(payload) - (payload[0] if flags & PADDED else 0)]
                self.block += payload
                if flags & END_HEADERS:
                    block, self.block = self.block, b""
                    return stream, self.decoder.decode(block), b"", self.ends
