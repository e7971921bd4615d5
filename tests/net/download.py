"""Files as replies: ranges, validators, slow readers, over plain sockets and TLS."""
import tempfile
import threading
import time

from certificate import certificate
from harness import (SERVER, Reader, ask, check, connect_tls, finish, get, server, small_window,
                     wait_until)

LETTERS = bytes(97 + i % 26 for i in range(26))


def whole(n):
    return (LETTERS * (n // 26 + 1))[:n]


def header(name, value):
    return "%s: %s\r\n" % (name, value)


def ranges(s):
    for value, first, last in (("bytes=0-0", 0, 0), ("bytes=5-9", 5, 9), ("bytes=990-", 990, 999), ("bytes=-10", 990, 999),
                               ("bytes=-5000", 0, 999), ("bytes=0-", 0, 999), ("bytes=500-5000", 500, 999),
                               ("bytes=999-999", 999, 999), ("BYTES=1-2", 1, 2), ("bytes= 1 - 2 ", 1, 2)):
        r = ask(s, get("/download?n=1000", header("Range", value)))
        good = (r.status == 206 and r.headers.get("content-range") == "bytes %d-%d/1000" % (first, last)
                and r.body == whole(1000)[first:last + 1])
        check(good and r.headers.get("etag") == '"abc"' and r.headers.get("x-one") == "1", "range %s" % value,
              (r.status, r.headers))
    for value in ("bytes=5-4", "bytes=-", "bytes=", "bytes=a-b", "bytes=1", "bytes=0-1,5-6", "lines=0-1", "bytes=+1-2",
                  "bytes=--1", "bytes=1-+2", "bytes=99999999999999999999-", "bytes", ""):
        r = ask(s, get("/download?n=1000", header("Range", value)))
        check(r.status == 200 and r.body == whole(1000), "what is no single range is passed over: '%s'" % value, r.status)
    for value in ("bytes=1000-", "bytes=5000-6000", "bytes=-0"):
        r = ask(s, get("/download?n=1000", header("Range", value)))
        check(r.status == 416 and r.headers.get("content-range") == "bytes */1000" and r.body == b"",
              "range %s lies outside" % value, (r.status, r.headers))
    for value in ("bytes=0-", "bytes=-5"):
        r = ask(s, get("/download?n=0", header("Range", value)))
        check(r.status == 200 and r.headers["content-length"] == "0", "an empty file has no ranges: %s" % value)
    r = ask(s, get("/download?n=1000"))
    check(r.status == 200 and r.headers.get("accept-ranges") == "bytes" and r.body == whole(1000),
          "a whole file tells that it has ranges")
    r = ask(s, get("/download?n=5000", "Accept-Encoding: gzip\r\n"))
    check("content-encoding" not in r.headers and r.body == whole(5000), "a file leaves as it lies")


def conditions(s):
    for value in ('"abc"', 'W/"abc"', '"x", "abc"', "*", '"x",W/"abc" '):
        r = ask(s, get("/download?n=1000", header("If-None-Match", value)))
        check(r.status == 304 and r.headers.get("etag") == '"abc"' and r.headers.get("x-one") == "1",
              "the client has it: %s" % value, r.status)
    for value in ('"x"', "abc", 'w/"abc"', ""):
        check(ask(s, get("/download?n=1000", header("If-None-Match", value))).status == 200,
              "the client does not have it: '%s'" % value)
    check(ask(s, get("/download?n=9&tag=0", "If-None-Match: *\r\n")).status == 200, "without a tag nobody has it")
    both = header("If-None-Match", '"abc"') + header("Range", "bytes=0-1")
    check(ask(s, get("/download?n=1000", both)).status == 304, "If-None-Match goes before Range")
    for value, status in (('"abc"', 206), ('W/"abc"', 200), ('"x"', 200), ("Wed, 21 Oct 2015 07:28:00 GMT", 200)):
        r = ask(s, get("/download?n=1000", header("Range", "bytes=0-1") + header("If-Range", value)))
        check(r.status == status, "If-Range: %s" % value, r.status)
    check(ask(s, get("/download?n=9&tag=0", header("Range", "bytes=0-1") + header("If-Range", '""'))).status == 200,
          "without a tag If-Range never holds")


def heads(s):
    head = get("/download?n=1000", header("Range", "bytes=0-1")).replace(b"GET", b"HEAD")
    with s.connect() as sock:
        r = Reader(sock)
        sock.sendall(head + head.replace(b"Range", b"X") + get("/x"))
        for _ in range(2):
            reply = r.reply(head_only=True)
            check(reply.status == 200 and reply.headers["content-length"] == "1000"
                  and reply.headers.get("etag") == '"abc"', "HEAD tells of the whole file", reply.headers)
        check(r.reply().field("path") == "/x", "HEAD sends none of it")
        sock.sendall(get("/download?n=1000", header("Range", "bytes=2000-")) + get("/y"))
        check(r.reply().status == 416 and r.reply().field("path") == "/y", "the connection goes on after 416")


def reads_to_the_end(sock, n):
    r = Reader(sock)
    reply = r.reply()
    return reply is not None and reply.status == 200 and reply.body == whole(n)


def status_on(connect):
    with connect() as sock:
        sock.sendall(get("/x"))
        return Reader(sock).reply().status


def slow_readers(s, connect):
    """Twenty clients that read nothing at first: two workers serve others meanwhile, and no memory is taken."""
    n = 8000000  # more than the kernel takes of a reply that nobody reads
    status_on(connect)
    before = s.resident_kb()
    socks = [connect() for _ in range(20)]
    for sock in socks:
        sock.sendall(get("/download?n=%d" % n))
    check([status_on(connect) for _ in range(20)] == [200] * 20, "others are served beside slow readers")
    each = (s.resident_kb() - before) / 20
    # The sanitizer keeps what was freed.
    check("asan" in SERVER or each < 150, "a slow reader costs little memory", "%d KB" % each)
    settled = wait_until(lambda: idle(s))
    check(settled, "a slow reader costs no time")
    good = []
    threads = [threading.Thread(target=lambda k=sock: good.append(reads_to_the_end(k, n))) for sock in socks[:3]]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(good == [True] * 3, "who reads on gets all of it", good)
    for sock in socks:
        sock.close()


def idle(s):
    ticks = s.ticks()
    time.sleep(0.3)
    return s.ticks() == ticks


with server(threads=2) as s:
    ranges(s)
    conditions(s)
    heads(s)
    slow_readers(s, lambda: small_window(s))
with tempfile.TemporaryDirectory() as folder:
    cert, key = certificate(folder, "one")
    with server(threads=2, cert=cert, key=key) as s:
        with connect_tls(s, cert) as sock:
            r = Reader(sock)
            sock.sendall(get("/download?n=3000000", header("Range", "bytes=1000000-2999998")))
            reply = r.reply()
            check(reply.status == 206 and reply.body == whole(3000000)[1000000:2999999], "a range over TLS")
        slow_readers(s, lambda: connect_tls(s, cert, small_window(s)))
finish()
