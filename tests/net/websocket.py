#!/usr/bin/env python3
"""WebSockets from outside: the handshake, every rule of RFC 6455 and what breaking it closes with, slow and silent peers."""
import socket
import ssl
import struct
import subprocess
import tempfile
import time

from harness import SERVER, Reader, check, finish, get, server, wait_until
from ws_client import (BINARY, CLOSE, PING, PONG, TEXT, Client, close_payload, connect, frame, handshake, packed, unpacked)

DEFLATE = "permessage-deflate; client_max_window_bits"
MB = 1 << 20


def shake(s):
    for name, status, headers in [
            ("no Upgrade", 426, {"Upgrade": None}), ("another Upgrade", 426, {"Upgrade": "h2c"}),
            ("no Connection", 426, {"Connection": None}), ("Connection without upgrade", 426, {"Connection": "keep-alive"}),
            ("no version", 426, {"Sec_WebSocket_Version": None}), ("version 8", 426, {"Sec_WebSocket_Version": "8"}),
            ("no key", 400, {"Sec_WebSocket_Key": None}), ("a short key", 400, {"Sec_WebSocket_Key": "AAAA"}),
            ("a key that is no base64", 400, {"Sec_WebSocket_Key": "!" * 24})]:
        with s.connect() as sock:
            sock.sendall(handshake(**headers))
            reader = Reader(sock)
            reply = reader.reply()
            check(reply and reply.status == status, "handshake: %s" % name, reply and reply.status)
            if name.startswith("version"):
                check(reply.headers.get("sec-websocket-version") == "13", "handshake: the version it wants")
            sock.sendall(get("/echo"))
            after = reader.reply()
            check(after and after.status == 200, "handshake: %s leaves a connection for requests" % name)
    with s.connect() as sock:
        sock.sendall(handshake().replace(b"GET", b"POST"))
        check(Reader(sock).reply().status == 426, "handshake: POST")
    with s.connect() as sock:
        sock.sendall(handshake().replace(b"HTTP/1.1", b"HTTP/1.0"))
        check(Reader(sock).reply().status == 426, "handshake: HTTP/1.0")
    c = connect(s.port, Connection="keep-alive, Upgrade", Upgrade="WebSocket", Origin="https://api.slack.com")
    check(c.open and c.proved, "handshake: other spellings, any origin", c.head)
    check("extensions" not in c.head.lower() and "content-length" not in c.head.lower(), "handshake: nothing unasked", c.head)
    c.close()
    c = Client(s.connect(), behind=frame(TEXT, b"at once"))
    check(c.text() == b"at once", "a frame sent together with the handshake")
    c.close()


def echo(s):
    c = connect(s.port)
    for n in (0, 1, 125, 126, 127, 65535, 65536, MB):
        c.send(BINARY, b"\0\xff" * (n // 2) + b"z" * (n % 2))
        got = c.read()
        check(got and got[0] == 0x80 | BINARY and len(got[1]) == n, "echo of %d bytes" % n)
    c.send(TEXT, "grüße 漢字 🙂".encode())
    check(c.text() == "grüße 漢字 🙂".encode(), "echo of text")
    for byte in frame(TEXT, "🙂 byte by byte".encode()):
        c.sock.sendall(bytes([byte]))
    check(c.text() == "🙂 byte by byte".encode(), "a frame byte by byte")
    c.send(TEXT, "grü".encode()[:3], fin=False)
    c.send(PING, b"between")
    check(c.read() == (0x80 | PONG, b"between"), "a ping between fragments is answered")
    c.send(0, "ü".encode()[1:], fin=False)
    c.send(0, b"", fin=False)
    c.send(0, b"ne", fin=True)
    check(c.text() == "grüne".encode(), "fragments, a character over two of them")
    c.send(TEXT, b"", fin=False)
    c.send(0, b"")
    check(c.text() == b"", "an empty message of two fragments")
    c.sock.sendall(b"".join(frame(TEXT, b"%d" % i) for i in range(1000)))
    check([c.text() for _ in range(1000)] == [b"%d" % i for i in range(1000)], "a thousand messages in one go, in order")
    c.send(PING, b"x" * 125)
    check(c.read() == (0x80 | PONG, b"x" * 125), "ping")
    c.send(PONG, b"unasked")
    c.send(TEXT, b"still here")
    check(c.text() == b"still here", "an unasked pong is passed over")
    c.close()


def violations(s):
    big = frame(BINARY, b"")[:1] + bytes([0xff]) + struct.pack(">Q", 1 << 40)
    for name, code, data in [
            ("not masked", 1002, frame(TEXT, b"x", mask=False)),
            ("rsv1 without an extension", 1002, frame(TEXT, b"x", rsv=4)), ("rsv2", 1002, frame(TEXT, b"x", rsv=2)),
            ("rsv3", 1002, frame(TEXT, b"x", rsv=1)), ("opcode 3", 1002, frame(3, b"x")), ("opcode 7", 1002, frame(7)),
            ("opcode 11", 1002, frame(11)), ("opcode 15", 1002, frame(15)),
            ("a ping in fragments", 1002, frame(PING, b"x", fin=False)), ("a ping of 126 bytes", 1002, frame(PING, b"x" * 126)),
            ("a close of 126 bytes", 1002, frame(CLOSE, close_payload(1000, b"x" * 124))),
            ("a continuation of nothing", 1002, frame(0, b"x")),
            ("a new message within one", 1002, frame(TEXT, b"x", fin=False) + frame(TEXT, b"y")),
            ("a length that is longer than it needs: 16", 1002, frame(TEXT, b"x", length=16)),
            ("a length that is longer than it needs: 64", 1002, frame(TEXT, b"x" * 200, length=64)),
            ("a close of one byte", 1002, frame(CLOSE, b"\x03")),
            ("text that is no UTF-8", 1007, frame(TEXT, b"a\xffb")), ("an overlong form", 1007, frame(TEXT, b"\xc0\xaf")),
            ("a surrogate", 1007, frame(TEXT, b"\xed\xa0\x80")), ("past U+10FFFF", 1007, frame(TEXT, b"\xf4\x90\x80\x80")),
            ("text that ends within a character", 1007, frame(TEXT, "ü".encode()[:1])),
            ("bad text in the first fragment", 1007, frame(TEXT, b"\xff", fin=False)),
            ("bad text before the frame is whole", 1007, frame(TEXT, b"\xff" + b"x" * 1000)[:20]),
            ("a close reason that is no UTF-8", 1007, frame(CLOSE, close_payload(1000, b"\xff"))),
            ("a message of 1 MB and a byte", 1009, frame(BINARY, b"x" * (MB + 1))[:100]),
            ("a length of a terabyte", 1009, big + b"mask"),
            ("fragments that are too much together", 1009, frame(BINARY, b"x" * MB, fin=False) + frame(0, b"y"))]:
        c = connect(s.port)
        c.sock.sendall(data)
        check(c.close_code() == code, "%s: %d" % (name, code))
        check(c.ended(), "%s: and the end" % name)
        c.close()


def closing(s):
    for sent, back in [(b"", 1005), (close_payload(1000), 1000), (close_payload(1001, b"bye"), 1001),
                       (close_payload(3000), 3000), (close_payload(4999), 4999), (close_payload(1014), 1014)] + [
                           (close_payload(bad), 1002) for bad in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)]:
        c = connect(s.port)
        c.send(CLOSE, sent)
        c.send(TEXT, b"after the end")
        check(c.close_code() == back and c.ended(), "close %r is answered with %d" % (sent, back))
        c.close()
    c = connect(s.port)
    c.send(TEXT, b"!close 4002")
    check(c.close_code() == 4002, "the server closes")
    c.send(TEXT, b"not heard any more")
    c.send(CLOSE, close_payload(4002))
    check(c.ended(), "and ends once the peer has closed too")
    c.close()
    c = connect(s.port)
    c.send(TEXT, b"!close 1000")
    check(c.close_code() == 1000, "the server closes a peer that does not answer")
    start = time.monotonic()
    check(c.ended() and time.monotonic() - start < 8, "and does not wait for it for ever")
    c.close()


def deflate(s):
    for offer, taken in [(DEFLATE, True), ("permessage-deflate", True), ("permessage-deflate; client_no_context_takeover", True),
                         ("permessage-deflate; server_max_window_bits=8", False), ("permessage-deflate; what", False),
                         ("permessage-deflate; what, permessage-deflate", True), ("x-webkit-deflate-frame", False)]:
        c = connect(s.port, Sec_WebSocket_Extensions=offer)
        check(c.open and ("permessage-deflate; server_no_context_takeover; client_no_context_takeover" in c.head) == taken,
              "offer %s" % offer, c.head)
        c.close()
    c = connect(s.port, Sec_WebSocket_Extensions=DEFLATE)
    text = b"the same words again and again, " * 200
    for round in ("first", "second"):
        c.send(TEXT, packed(text), rsv=4)
        got = c.read()
        check(got[0] == 0x40 | 0x80 | TEXT and len(got[1]) < len(text) // 4 and unpacked(got[1]) == text, "packed, %s" % round)
    c.send(TEXT, b"plain is allowed too")
    check(c.read() == (0x80 | TEXT, b"plain is allowed too"), "what is short leaves as it is")
    data = packed(text)
    c.send(TEXT, data[:5], rsv=4, fin=False)
    c.send(PING)
    check(c.read()[0] == 0x80 | PONG, "a ping within a packed message")
    c.send(0, data[5:])
    check(c.text() == text, "packed, in fragments")
    c.close()
    for name, code, bad in [("a bomb", 1009, frame(TEXT, packed(b"0" * 50 * MB), rsv=4)),
                            ("garbage", 1007, frame(TEXT, b"\xff\xff\xff\xff", rsv=4)),
                            ("packed text that is no UTF-8", 1007, frame(TEXT, packed(b"\xff\xfe"), rsv=4)),
                            ("a packed ping", 1002, frame(PING, b"x", rsv=4)),
                            ("rsv1 on a continuation", 1002, frame(TEXT, b"x", fin=False) + frame(0, b"x", rsv=4))]:
        c = connect(s.port, Sec_WebSocket_Extensions=DEFLATE)
        c.sock.sendall(bad)
        check(c.close_code() == code, "deflate: %s: %d" % (name, code))
        c.close()


def slow(s):
    """Who does not read is told that something is missing, and others do not wait for it."""
    lazy, other = connect(s.port), connect(s.port)
    lazy.send(TEXT, b"!send 400 65536")
    other.send(TEXT, b"quick")
    check(other.text() == b"quick", "a reader that does not read holds up nobody")
    check(lazy.close_code() == 1013, "and is closed with 1013")
    lazy.close()
    flood = connect(s.port)
    before = s.resident_kb()
    flood.sock.settimeout(0.5)
    try:
        for _ in range(200):
            flood.sock.sendall(frame(PING, b"x" * 125) * 1000)
    except (TimeoutError, OSError):
        pass
    most_kb = 4096 if "asan" not in SERVER else 1 << 20  # the sanitizer keeps what was freed
    check(s.resident_kb() - before < most_kb, "200,000 pings whose answers nobody reads take no memory")
    other.send(TEXT, b"quick")
    check(other.text() == b"quick", "nor do they hold up others")
    flood.close()
    other.close()


def silent():
    with server(ws_ping_ms=200) as s:
        live, half = connect(s.port), connect(s.port)
        end = time.monotonic() + 1.5
        pings = 0
        while time.monotonic() < end:
            got = live.read()
            if got[0] & 15 == PING:
                pings += 1
                live.send(PONG, got[1])
        check(pings >= 3, "pings come", pings)
        half.sock.settimeout(5)
        check(half.close_code() is None, "who does not answer pings is cut off")
        live.send(TEXT, b"here")
        check(live.text() == b"here", "who answers stays")
        live.close()
        check(wait_until(lambda: counts(s)[0] == counts(s)[1] == 2), "closed is called once for each", counts(s))


def counts(s):
    with s.connect() as sock:
        sock.sendall(get("/stats"))
        reply = Reader(sock).reply()
    return int(reply.field("ws_opened")), int(reply.field("ws_closed"))


def many(s):
    n = 1000
    warm = [connect(s.port) for _ in range(200)]
    for c in warm:
        c.close()
    wait_until(lambda: counts(s)[0] == counts(s)[1])
    before = s.resident_kb()
    clients = [connect(s.port) for _ in range(n)]
    check(all(c.open for c in clients), "%d at once" % n)
    kb = (s.resident_kb() - before) / n
    check(kb < 2, "an idle one costs less than 2 KB", "%.2f" % kb)
    clients[-1].send(TEXT, b"last")
    check(clients[-1].text() == b"last", "the last of them is served")
    for c in clients:
        c.close()
    check(wait_until(lambda: counts(s)[0] == counts(s)[1]), "all are gone in the end", counts(s))


def stopping():
    s = server()
    with s as running:
        c = connect(running.port)
        running.process.terminate()
        check(c.close_code() == 1001, "at the server's end: 1001")
        c.send(CLOSE, close_payload(1001))
        check(c.ended(), "and the end of the stream")
        c.close()
    with server() as running:
        clients = [connect(running.port) for _ in range(100)]
        busy = connect(running.port)
        busy.send(TEXT, b"!send 200000 10")  # the order to close and what the others do wait behind this, in this order
        time.sleep(0.05)
        running.process.terminate()
        time.sleep(0.05)
        for c in clients[1::2]:
            c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.close()
        check(all(c.close_code() == 1001 for c in clients[::2]), "at the end, in the midst of others that leave: 1001")
        for c in clients[::2] + [busy]:
            c.close()
    with server() as running:
        c = connect(running.port)
        start = time.monotonic()
        running.process.terminate()
        running.process.wait(20)
        check(time.monotonic() - start < 8, "a peer that does not answer does not hold up the end")
        c.close()


def tls():
    with tempfile.TemporaryDirectory() as d:
        cert, key = d + "/cert", d + "/key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                        "-subj", "/CN=localhost"], check=True, capture_output=True)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with server(cert=cert, key=key) as s:
            c = Client(context.wrap_socket(s.connect()), behind=frame(TEXT, b"at once"))
            check(c.open and c.text() == b"at once", "over TLS")
            big = b"y" * MB
            c.send(BINARY, big)
            check(c.read() == (0x80 | BINARY, big), "over TLS: 1 MB each way")
            c.send(TEXT, b"!send 400 65536")
            time.sleep(0.3)
            check(c.close_code() == 1013, "over TLS: a slow reader")
            c.close()
            before = s.resident_kb()
            idle = [Client(context.wrap_socket(s.connect())) for _ in range(200)]
            kb = (s.resident_kb() - before) / len(idle)
            check("asan" in SERVER or kb < 20, "over TLS: an idle one costs less than 20 KB", "%.1f" % kb)
            print("# an idle one over TLS: %.1f KB" % kb)
            for c in idle:
                c.close()


with server() as one:
    shake(one)
    echo(one)
    violations(one)
    closing(one)
    deflate(one)
    slow(one)
with server() as one:
    many(one)
silent()
stopping()
tls()
finish()
