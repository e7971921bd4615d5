"""What the socket tests share: the server under test, replies read off a socket, ok and not ok."""
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from parent import ends_with

SERVER = sys.argv[1] if len(sys.argv) > 1 else "build/tests/echo_server"
passed = 0
failed = 0


def check(good, name, detail=""):
    global passed, failed
    if good:
        passed += 1
        print("ok %s" % name, flush=True)
    else:
        failed += 1
        print("not ok %s%s" % (name, "  # %s" % (detail,) if detail != "" else ""), flush=True)


def finish():
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


class Server:
    def __init__(self, **settings):
        self.temp = tempfile.TemporaryDirectory()
        settings.setdefault("temp", self.temp.name)
        self.process = subprocess.Popen([SERVER] + ["%s=%s" % s for s in settings.items()],
                                        stdout=subprocess.PIPE, text=True, preexec_fn=ends_with(os.getpid()))
        line = self.process.stdout.readline().split()
        if line[:1] != ["port"]:
            raise RuntimeError("the server did not start: %s" % " ".join(line))
        self.port = int(line[1])

    def connect(self, timeout=10):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def resident_kb(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))

    def ticks(self):
        """Processor time used so far, in hundredths of a second."""
        with open("/proc/%d/stat" % self.process.pid) as f:
            return sum(int(n) for n in f.read().rsplit(")", 1)[1].split()[11:13])

    def stop(self):
        """SIGTERM; what it printed on its way out.  Its exit status is checked."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            out, _ = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
        check(self.process.returncode == 0, "the server ended well", self.process.returncode)
        self.temp.cleanup()
        return out


@contextlib.contextmanager
def server(**settings):
    s = Server(**settings)
    try:
        yield s
    finally:
        s.stop()


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def field(self, name):
        """A line of the echo: name=value."""
        for line in self.body.decode("utf-8", "replace").split("\n"):
            if line.startswith(name + "="):
                return line[len(name) + 1:]
        return None


class Reader:
    """Replies off a socket, one after the other."""

    def __init__(self, sock):
        self.sock = sock
        self.bytes = b""

    def more(self):
        try:
            piece = self.sock.recv(1 << 16)
        except ConnectionResetError:
            piece = b""
        self.bytes += piece
        return len(piece) > 0

    def reply(self, head_only=False):
        """The next reply, or None when the connection ended before one was whole."""
        while b"\r\n\r\n" not in self.bytes:
            if not self.more():
                return None
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        length = 0 if head_only or status < 200 or status in (204, 304) else int(headers["content-length"])
        while len(self.bytes) < length:
            if not self.more():
                return None
        body, self.bytes = self.bytes[:length], self.bytes[length:]
        return Reply(status, headers, body)

    def closed(self):
        """Waits for the end of the connection; True when nothing came before it."""
        return not self.bytes and not self.more()


def ask(s, raw, head_only=False):
    """One request on a connection of its own."""
    with s.connect() as sock:
        sock.sendall(raw)
        return Reader(sock).reply(head_only)


def small_window(s):
    """A connection whose kernel takes little before its owner reads."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    sock.settimeout(20)
    sock.connect(("127.0.0.1", s.port))
    return sock


def connect_tls(s, cert, sock=None, **options):
    context = ssl.create_default_context(cafile=cert)
    for name, value in options.items():
        setattr(context, name, value)
    return context.wrap_socket(sock or s.connect(), server_hostname="localhost")


def get(path, extra=""):
    return ("GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n" % (path, extra)).encode("latin-1")


def post(path, body, extra=""):
    return ("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n%s\r\n" % (path, len(body), extra)).encode() + body


def wait_until(what, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return what()
