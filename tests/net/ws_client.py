"""A small WebSocket client (RFC 6455) that can break every rule on purpose."""
import base64
import hashlib
import os
import socket
import struct
import zlib

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode, payload=b"", fin=True, rsv=0, mask=True, length=None):
    """length: how it is written: 7, 16 or 64 bits; the shortest when None."""
    n = len(payload)
    bits = length or (7 if n < 126 else 16 if n < 65536 else 64)
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    flag = 0x80 if mask else 0
    head += (bytes([flag | n]) if bits == 7 else bytes([flag | 126]) + struct.pack(">H", n) if bits == 16
             else bytes([flag | 127]) + struct.pack(">Q", n))
    if not mask:
        return head + payload
    key = os.urandom(4)
    full = int.from_bytes((key * (n // 4 + 1))[:n], "big") ^ int.from_bytes(payload, "big")
    return head + key + full.to_bytes(n, "big")


def close_payload(code, reason=b""):
    return struct.pack(">H", code) + reason


def packed(payload):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = z.compress(payload) + z.flush(zlib.Z_SYNC_FLUSH)
    return data[:-4]


def unpacked(payload):
    return zlib.decompressobj(-15).decompress(payload + b"\0\0\xff\xff")


def handshake(path="/ws", host="h", key=None, **headers):
    """The request; a header given as None is left out."""
    lines = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": key or base64.b64encode(os.urandom(16)).decode()}
    lines.update({name.replace("_", "-"): value for name, value in headers.items()})
    text = "GET %s HTTP/1.1\r\nHost: %s\r\n" % (path, host)
    text += "".join("%s: %s\r\n" % (n, v) for n, v in lines.items() if v is not None)
    return (text + "\r\n").encode()


class Client:
    """One connection.  head: the status line and headers of the reply."""

    def __init__(self, sock, path="/ws", host="h", behind=b"", **headers):
        self.sock, self.bytes = sock, b""
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(handshake(path, host, key, **headers) + behind)
        while b"\r\n\r\n" not in self.bytes:
            if not self.more():
                break
        head, _, self.bytes = self.bytes.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.open = self.head.startswith("HTTP/1.1 101 ")
        accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        self.proved = "Sec-WebSocket-Accept: " + accept in self.head

    def more(self):
        try:
            piece = self.sock.recv(1 << 16)
        except ConnectionResetError:
            piece = b""
        self.bytes += piece
        return len(piece) > 0

    def need(self, n):
        while len(self.bytes) < n:
            if not self.more():
                return False
        return True

    def read(self):
        """(first byte, payload) of the next frame; None at the end."""
        if not self.need(2):
            return None
        first, n, at = self.bytes[0], self.bytes[1], 2
        if n >= 126:
            at = 4 if n == 126 else 10
            if not self.need(at):
                return None
            n = int.from_bytes(self.bytes[2:at], "big")
        if not self.need(at + n):
            return None
        payload, self.bytes = self.bytes[at:at + n], self.bytes[at + n:]
        return first, payload

    def text(self):
        """The next text message, pings answered and passed over; None when the connection closes."""
        while True:
            got = self.read()
            if got is None or got[0] & 15 == CLOSE:
                return None
            if got[0] & 15 == PING:
                self.send(PONG, got[1])
            elif got[0] & 15 == TEXT:
                return unpacked(got[1]) if got[0] & 0x40 else got[1]

    def close_code(self):
        """Reads up to the close frame: its code; 1005 for none in it; None when the connection ends without."""
        while True:
            got = self.read()
            if got is None:
                return None
            if got[0] & 15 == CLOSE:
                return struct.unpack(">H", got[1][:2])[0] if got[1] else 1005

    def send(self, opcode, payload=b"", **how):
        self.sock.sendall(frame(opcode, payload, **how))

    def ended(self):
        """True when the server ends the connection with nothing more to say."""
        return not self.bytes and not self.more()

    def close(self):
        self.sock.close()


def connect(port, path="/ws", timeout=10, **headers):
    sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Client(sock, path, "127.0.0.1:%d" % port, **headers)
