"""What is served: keep-alive, pipelining, bodies of every kind, replies of every size, order, proxies."""
import gzip
import socket
import struct
import time

from harness import Reader, ask, check, finish, get, post, server, wait_until


def keep_alive(s):
    with s.connect() as sock:
        r = Reader(sock)
        for i in range(3):
            sock.sendall(get("/x?i=%d" % i))
            reply = r.reply()
            check(reply.status == 200 and reply.field("query") == "i=%d" % i, "request %d on one connection" % i)
        check("connection" not in reply.headers, "HTTP/1.1 says nothing about staying")
        sock.sendall(get("/x", "Connection: close\r\n"))
        reply = r.reply()
        check(reply.headers.get("connection") == "close" and r.closed(), "Connection: close is obeyed")
    with s.connect() as sock:
        r = Reader(sock)
        sock.sendall(b"GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        check(r.reply().headers.get("connection") == "keep-alive", "HTTP/1.0 is told that it may stay")
        sock.sendall(b"GET /x HTTP/1.0\r\n\r\n")
        check(r.reply().headers.get("connection") == "close" and r.closed(), "HTTP/1.0 closes unless asked not to")
    with s.connect() as sock:
        r = Reader(sock)
        sock.sendall(get("/x?close=1"))
        check(r.reply().headers.get("connection") == "close" and r.closed(), "a handler can close")
    with s.connect() as sock:
        r = Reader(sock)
        sock.sendall(get("/x"))
        sock.shutdown(socket.SHUT_WR)
        check(r.reply().status == 200 and r.closed(), "a client that sends no more is answered")


def pipelining(s):
    with s.connect() as sock:
        sock.sendall(b"".join(get("/x?i=%d" % i) for i in range(200)))
        r = Reader(sock)
        check([r.reply().field("query") for _ in range(200)] == ["i=%d" % i for i in range(200)],
              "200 requests sent at once are answered in order")
    with s.connect() as sock:
        sock.sendall(b"".join(post("/later?i=%d" % i, b"b%d" % i) for i in range(200)))
        sock.shutdown(socket.SHUT_WR)
        r = Reader(sock)
        check([r.reply().field("query") for _ in range(200)] == ["i=%d" % i for i in range(200)] and r.closed(),
              "200 requests sent at once and answered from another thread keep their order")
    with s.connect() as sock:
        sock.sendall(get("/big?n=3000000") + get("/x?last=1"))
        r = Reader(sock)
        time.sleep(0.2)
        check(len(r.reply().body) == 3000000 and r.reply().field("query") == "last=1",
              "a request behind a reply that fills the socket is served after it")


def later(s):
    socks = [s.connect() for _ in range(64)]
    for i, sock in enumerate(socks):
        sock.sendall(post("/later?i=%d" % i, b"x"))
    queries = [Reader(sock).reply().field("query") for sock in socks]
    check(queries == ["i=%d" % i for i in range(64)], "64 connections answered from another thread")
    for n in range(20):
        for i, sock in enumerate(socks):
            sock.sendall(post("/later?i=%d&n=%d" % (i, n), b"x"))
        for i, sock in enumerate(socks):
            if Reader(sock).reply().field("query") != "i=%d&n=%d" % (i, n):
                check(False, "round %d of replies from another thread" % n)
    check(True, "20 rounds of 64 replies from another thread")
    for sock in socks:
        sock.close()
    with s.connect() as sock:
        sock.sendall(get("/later?ms=300"))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    check(ask(s, get("/x")).status == 200, "a client that left before its late reply hurts nobody")


def pieces(s):
    """A request whose bytes came to several workers belongs to the one that runs it."""
    socks = [s.connect() for _ in range(64)]
    request = post("/x", b"0123456789")
    seen = []
    for _ in range(20):
        for piece in (request[:20], request[20:-5], request[-5:]):
            for sock in socks:
                sock.sendall(piece)
        seen += [Reader(sock).reply().field("worker") for sock in socks]
    check(seen == ["own"] * len(seen), "requests in pieces run as the worker they run on")
    for sock in socks:
        sock.close()


def bodies(s):
    for n in (0, 1, 65536, 3000000):
        body = bytes(i % 251 for i in range(1000)) * (n // 1000) + b"z" * (n % 1000)
        reply = ask(s, post("/x", body))
        check(reply.body.split(b"\n\n", 1)[1] == body, "a body of %d bytes arrives whole" % n)
    reply = ask(s, post("/x", b"", "Content-Type: application/json\r\n"))
    check(reply.field("has_body") == "0" and reply.field("type") == "application/json", "an empty JSON body is none")
    pieces = b"".join(b"%x\r\n%s\r\n" % (n, b"c" * n) for n in (1, 10, 70000, 3))
    raw = b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    check(ask(s, raw).field("bytes") == "70014", "a chunked body arrives whole")
    with s.connect() as sock:
        sock.sendall(post("/x", b"a" * 50)[:-20])
        sock.shutdown(socket.SHUT_WR)
        r = Reader(sock)
        reply = r.reply()
        check(reply.field("cut") == "1" and reply.field("bytes") == "30" and r.closed(),
              "a body cut short is handed over as such")
    with s.connect() as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
        sock.shutdown(socket.SHUT_WR)
        check(Reader(sock).reply().field("cut") == "1", "a chunked body cut short is handed over as such")


def expectation(s):
    head = b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n"
    with s.connect() as sock:
        r = Reader(sock)
        sock.sendall(head % (b"/x", 5))
        check(r.reply().status == 100, "who waits for leave to send gets it")
        sock.sendall(b"hello")
        check(r.reply().field("bytes") == "5", "and its body is read")
        sock.sendall(head % (b"/x", 5) + b"hello")
        check(r.reply().status == 200, "who does not wait is not told")
        sock.sendall(head % (b"/small", 11))
        check(r.reply().status == 413 and r.closed(), "too large a body is refused before it is sent")
    with s.connect() as sock:
        sock.sendall(head % (b"/small", 100 << 20))
        sock.sendall(b"x" * (1 << 20))
        check(Reader(sock).reply().status == 413, "the refusal reaches a client that is sending already")


def replies(s):
    r = ask(s, b"HEAD /big?n=5000 HTTP/1.1\r\nHost: h\r\n\r\n", head_only=True)
    check(r.status == 200 and r.headers["content-length"] == "5000", "HEAD states the length")
    with s.connect() as sock:
        reader = Reader(sock)
        sock.sendall(b"HEAD /big?n=5000 HTTP/1.1\r\nHost: h\r\n\r\n" + get("/x"))
        reader.reply(head_only=True)
        check(reader.reply().field("path") == "/x", "HEAD sends no body")
        for status in (204, 304):
            sock.sendall(get("/x?status=%d" % status) + get("/y"))
            r = reader.reply()
            check(r.status == status and "content-length" not in r.headers and reader.reply().field("path") == "/y",
                  "%d has no body" % status)
        sock.sendall(get("/x?status=7"))
        check(reader.reply().status == 500, "a handler without a status has failed")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        r = ask(s, ("%s /x HTTP/1.1\r\nHost: h\r\n\r\n" % method).encode())
        check(r.field("method") == method, "%s reaches the handler" % method)
    r = ask(s, get("/stats"))
    check(r.headers["x-one"] == "1" and r.headers["x-two"] == "2", "further headers are sent")
    check(r.headers["date"].endswith(" GMT") and len(r.headers["date"]) == 29, "the date is stated")
    for n in (1, 40000, 70000, 9000000):
        want = bytes(97 + i % 26 for i in range(26)) * (n // 26 + 1)
        check(ask(s, get("/big?n=%d" % n)).body == want[:n], "a reply of %d bytes" % n)
        check(ask(s, get("/file?n=%d&from=3" % n)).body == want[3:n + 3] if n > 26 else True, "a file of %d bytes" % n)
    r = ask(s, b"HEAD /file?n=77 HTTP/1.1\r\nHost: h\r\n\r\n", head_only=True)
    check(r.headers["content-length"] == "77", "HEAD of a file states its length")
    before = int(ask(s, get("/stats")).field("released"))
    with s.connect() as sock:
        sock.sendall(get("/big?n=20000000"))
        Reader(sock).more()
    check(wait_until(lambda: int(ask(s, get("/stats")).field("released")) == before + 1),
          "the body of a client that left is released")


def compression(s):
    accept = "Accept-Encoding: %s\r\n"
    for value in ("gzip", "deflate, gzip;q=0.5", "GZIP", "br;q=1, gzip ; q=1"):
        r = ask(s, get("/big?n=5000", accept % value))
        good = r.headers.get("content-encoding") == "gzip" and len(gzip.decompress(r.body)) == 5000
        check(good and r.headers.get("vary") == "Accept-Encoding", "compressed for %s" % value)
    for value in ("identity", "gzip;q=0", "gzip; q=0.000", "gzipped", ""):
        r = ask(s, get("/big?n=5000", accept % value))
        check("content-encoding" not in r.headers and len(r.body) == 5000, "not compressed for '%s'" % value)
    check("content-encoding" not in ask(s, get("/big?n=500", accept % "gzip")).headers, "short bodies stay as they are")
    check("content-encoding" not in ask(s, get("/big?n=5000&plain=1", accept % "gzip")).headers,
          "a handler can forbid compression")
    r = ask(s, get("/big?n=5000", accept % "gzip").replace(b"GET", b"HEAD"), head_only=True)
    check(r.headers.get("content-encoding") == "gzip" and int(r.headers["content-length"]) < 5000,
          "HEAD states the compressed length")


def multipart(boundary, parts, end="--"):
    out = b""
    for head, data in parts:
        out += b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + data + b"\r\n"
    return out + b"--" + boundary + end.encode() + b"\r\n"


def forms(s):
    kind = "Content-Type: multipart/form-data; boundary=%s\r\n"
    field = b'Content-Disposition: form-data; name="%s"'
    upload = b'Content-Disposition: form-data; name="file"; filename="C:\\dir\\a.txt"\r\nContent-Type: text/plain'
    parts = [(field % b"token", b"xoxb"), (upload, b"hello"), (field % b"long", b"l" * 200000)]
    for end in ("--", ""):
        r = ask(s, post("/x", multipart(b"BB", parts, end), kind % "BB"))
        got = [line.split("|")[:5] for line in r.body.decode().split("\n") if line.startswith("part=")]
        want = [["part=token", "", "", "4", "memory"], ["part=file", "a.txt", "text/plain", "5", "file"],
                ["part=long", "", "", "200000", "file"]]
        check(got == want and r.field("bad") == "0", "a form whose boundary ends in '%s'" % end, got)
    data = b"\r\n--B\r\r\n--" * 5000
    raw = post("/x", multipart(b"BOUND", [(upload, data)]), kind % "BOUND")
    with s.connect() as sock:
        for at in range(0, len(raw), 777):
            sock.sendall(raw[at:at + 777])
        r = Reader(sock).reply()
        check("|%d|file|" % len(data) in r.body.decode("latin-1"), "a file full of what looks like a boundary")
    check(ask(s, post("/x", b"--B\r\nnonsense", kind % "B")).field("bad") == "1", "a malformed form is told as such")
    check(ask(s, post("/x", b"a=1", kind % ("B" * 71))).field("multipart") == "0", "a boundary of 71 is none")
    many = multipart(b"B", [(field % b"f", b"x")] * 101)
    check(ask(s, post("/x", many, kind % "B")).field("bad") == "1", "101 parts are too many")
    big = multipart(b"B", [(upload, b"z" * 30000000)])
    before = s.resident_kb()
    r = ask(s, post("/huge", big, kind % "B"))
    check("|30000000|file|" in r.body.decode() and s.resident_kb() - before < 4000,
          "a file of 30 MB takes no memory", s.resident_kb() - before)


def proxies():
    forwarded = "X-Forwarded-For: 1.2.3.4, 9.8.7.6\r\nX-Forwarded-Proto: https\r\n"
    with server(proxies="10.0.0.1") as s:
        r = ask(s, get("/x", forwarded))
        check(r.field("remote") == "127.0.0.1" and r.field("secure") == "0", "a stranger's word counts for nothing")
    with server(proxies="10.0.0.1, 127.0.0.1", listen="127.0.0.1:0") as s:
        r = ask(s, get("/x", forwarded))
        check(r.field("remote") == "9.8.7.6" and r.field("secure") == "1", "a trusted proxy names the client")
        r = ask(s, get("/x", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 2001:db8::1\r\n"))
        check(r.field("remote") == "2001:db8::1", "the last of several headers counts")
        r = ask(s, get("/x", "X-Forwarded-For: 1.2.3.4, unknown\r\n"))
        check(r.field("remote") == "127.0.0.1", "what is no address is passed over")


def targets(s):
    for target, path, query in (("/a%20b/c", "/a b/c", ""), ("/a%2Fb%2fc", "/a%2Fb%2fc", ""), ("/x?%00", "/x", "%00"),
                                ("/x?a?b", "/x", "a?b"), ("/%e4%bd%a0", "/你", ""), ("/a+b", "/a+b", ""),
                                ("http://o:1?q", "/", "q"), ("HTTPS://o/p", "/p", "")):
        r = ask(s, get(target))
        check((r.field("path"), r.field("query")) == (path, query), "target %s" % target, r.body)
    check(ask(s, get("http://other:1/p")).field("host") == "other:1", "an absolute target names the host")


with server() as s:
    keep_alive(s)
    pipelining(s)
    later(s)
    pieces(s)
    bodies(s)
    expectation(s)
    replies(s)
    compression(s)
    forms(s)
    targets(s)
proxies()
finish()
