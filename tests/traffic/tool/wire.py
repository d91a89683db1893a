"""HTTP/1 messages as they are on the wire."""


class Reader:
    """Bytes of a socket, by lines and by counts."""

    def __init__(self, sock):
        self.sock, self.buffer = sock, b""

    def more(self):
        data = self.sock.recv(65536)
        if not data:
            return False
        self.buffer += data
        return True

    def line(self):
        while b"\n" not in self.buffer:
            if not self.more():
                raise EOFError
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def exactly(self, count):
        while len(self.buffer) < count:
            if not self.more():
                raise EOFError
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def rest(self):
        while self.more():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def headers(self):
        """Name and value of each line up to the empty one."""
        headers = []
        while line := self.line():
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return headers

    def chunks(self):
        body = b""
        while size := int(self.line().partition(";")[0], 16):
            body += self.exactly(size)
            self.line()
        self.headers()
        return body


def first(headers, name, default=None):
    return next((value for other, value in headers if other.lower() == name.lower()), default)
