"""How requests are told apart: each vector is followed by a marker request on the same connection.

A vector that is taken must be answered and so must the marker.  One that is refused must be answered with its status and
the connection closed: the marker must never be."""
from harness import Reader, check, finish, server

MARKER = b"GET /marker HTTP/1.1\r\nHost: h\r\n\r\n"
H = b"Host: h\r\n"


def req(line, headers=H, body=b""):
    return line + b"\r\n" + headers + b"\r\n" + body


def chunked(body, version=b"1.1", headers=H):
    return req(b"POST /x HTTP/" + version, headers + b"Transfer-Encoding: chunked\r\n", body)


def length(value, body=b"a" * 24):
    return req(b"POST /x HTTP/1.1", H + b"Content-Length: " + value + b"\r\n", body)


# name, bytes, status, bytes the handler sees as the body (None: not looked at)
TAKEN = [
    ("a plain GET", req(b"GET /x HTTP/1.1"), b""),
    ("a body with Content-Length", length(b"24"), b"a" * 24),
    ("Content-Length with white space around it", length(b" \t 24  "), b"a" * 24),
    ("Content-Length of leading zeros", length(b"00024"), b"a" * 24),
    ("a chunked body", chunked(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), b"hello world"),
    ("chunk sizes in hex of both cases", chunked(b"A\r\n0123456789\r\nb\r\nabcdefghijk\r\n0\r\n\r\n"),
     b"0123456789abcdefghijk"),
    ("a chunk size of leading zeros", chunked(b"0005\r\nhello\r\n000\r\n\r\n"), b"hello"),
    ("chunk extensions are passed over", chunked(b"5;a=b\r\nhello\r\n1;c=\"d e\"\r\n!\r\n0;x\r\n\r\n"),
     b"hello!"),
    ("trailers are passed over", chunked(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"), b"hello"),
    ("Content-Length in a trailer means nothing", chunked(b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
     b"hello"),
    ("an empty chunked body", chunked(b"0\r\n\r\n"), b""),
    ("Transfer-Encoding of any case", req(b"POST /x HTTP/1.1", H + b"TRANSFER-encoding: CHUNKED\r\n",
                                          b"2\r\nhi\r\n0\r\n\r\n"), b"hi"),
    ("one empty line before the request line", b"\r\n" + req(b"GET /x HTTP/1.1"), b""),
    ("an absolute target", req(b"GET http://other:80/x HTTP/1.1"), b""),
    ("an empty Host", req(b"GET /x HTTP/1.1", b"Host:\r\n"), b""),
    ("a body on GET", req(b"GET /x HTTP/1.1", H + b"Content-Length: 2\r\n", b"hi"), b"hi"),
    ("an Upgrade nobody offers", req(b"GET /x HTTP/1.1", H + b"Connection: upgrade\r\nUpgrade: h2c\r\n"), b""),
    ("OPTIONS *", req(b"OPTIONS * HTTP/1.1"), b""),
    ("high bytes in a header value", req(b"GET /x HTTP/1.1", H + b"X: \xc3\xa4\xff\r\n"), b""),
    ("a tab in a header value", req(b"GET /x HTTP/1.1", H + b"X: a\tb\r\n"), b""),
    ("an empty header value", req(b"GET /x HTTP/1.1", H + b"X:\r\nY: \r\n"), b""),
    ("HTTP/1.0 kept alive", req(b"GET /x HTTP/1.0", b"Connection: keep-alive\r\n"), b""),
]

REFUSED = [
    ("two different Content-Length", req(b"POST /x HTTP/1.1", H + b"Content-Length: 24\r\nContent-Length: 3\r\n",
                                         b"a" * 24), 400),
    ("two equal Content-Length", req(b"POST /x HTTP/1.1", H + b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc"),
     400),
    ("a list of Content-Length", length(b"24, 24"), 400),
    ("Content-Length and Transfer-Encoding", chunked(b"5\r\nhello\r\n0\r\n\r\n", headers=H + b"Content-Length: 5\r\n"),
     400),
    ("Transfer-Encoding and Content-Length", req(b"POST /x HTTP/1.1",
                                                 H + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                                                 b"5\r\nhello\r\n0\r\n\r\n"), 400),
    ("Content-Length: +24", length(b"+24"), 400),
    ("Content-Length: -1", length(b"-1"), 400),
    ("Content-Length: 24abc", length(b"24abc"), 400),
    ("Content-Length: 0x18", length(b"0x18"), 400),
    ("an empty Content-Length", length(b""), 400),
    ("Content-Length of two words", length(b"2 4"), 400),
    ("Content-Length that overflows", length(b"18446744073709551640"), 400),
    ("Content-Length of 16 digits", length(b"1000000000000000"), 400),
    ("chunk size 0x18", chunked(b"0x18\r\n" + b"a" * 24 + b"\r\n0\r\n\r\n"), 400),
    ("chunk size +5", chunked(b"+5\r\nhello\r\n0\r\n\r\n"), 400),
    ("chunk size with a space before it", chunked(b" 5\r\nhello\r\n0\r\n\r\n"), 400),
    ("chunk size with a space behind it", chunked(b"5 \r\nhello\r\n0\r\n\r\n"), 400),
    ("an empty chunk size", chunked(b"\r\nhello\r\n0\r\n\r\n"), 400),
    ("chunk size that overflows", chunked(b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"), 400),
    ("chunk size beyond the limit", chunked(b"FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"), 413),
    ("a chunk longer than its size", chunked(b"4\r\nhello\r\n0\r\n\r\n"), 400),
    ("a chunk ended by LF", chunked(b"5\r\nhello\n0\r\n\r\n"), 400),
    ("a chunk size ended by LF", chunked(b"5\nhello\r\n0\r\n\r\n"), 400),
    ("a chunk size ended by CR", chunked(b"5\rhello\r\n0\r\n\r\n"), 400),
    ("LF in a chunk extension", chunked(b"5;a=\nb\r\nhello\r\n0\r\n\r\n"), 400),
    ("chunk extensions without end", chunked(b"5;" + b"a" * 5000 + b"\r\nhello\r\n0\r\n\r\n"), 400),
    ("a trailer ended by LF", chunked(b"5\r\nhello\r\n0\r\nX: 1\n\r\n"), 400),
    ("a folded trailer", chunked(b"5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n"), 400),
    ("a trailer without name", chunked(b"5\r\nhello\r\n0\r\n: 1\r\n\r\n"), 400),
    ("NUL in a trailer", chunked(b"5\r\nhello\r\n0\r\nX: \x00\r\n\r\n"), 400),
    ("trailers without end", chunked(b"5\r\nhello\r\n0\r\n" + b"X: 1\r\n" * 2000 + b"\r\n"), 431),
    ("an unknown transfer coding", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding: gzip\r\n", b"abc"), 501),
    ("gzip, chunked", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501),
    ("chunked twice", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), None),
    ("two Transfer-Encoding", req(b"POST /x HTTP/1.1",
                                  H + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
     400),
    ("chunked with a parameter", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding: chunked;a=b\r\n", b"0\r\n\r\n"), 501),
    ("an empty Transfer-Encoding", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding:\r\n", b"0\r\n\r\n"), 501),
    ("vertical tab before chunked", req(b"POST /x HTTP/1.1", H + b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
     400),
    ("chunked on HTTP/1.0", chunked(b"5\r\nhello\r\n0\r\n\r\n", b"1.0"), 400),
    ("space before the colon", req(b"GET /x HTTP/1.1", H + b"X : 1\r\n"), 400),
    ("space before the colon of Content-Length", req(b"POST /x HTTP/1.1", H + b"Content-Length : 3\r\n", b"abc"), 400),
    ("space before the colon of Host", req(b"GET /x HTTP/1.1", b"Host : h\r\n"), 400),
    ("a control character in a name", req(b"GET /x HTTP/1.1", H + b"X\x01Y: 1\r\n"), 400),
    ("NUL in a name", req(b"GET /x HTTP/1.1", H + b"X\x00Y: 1\r\n"), 400),
    ("NUL in a value", req(b"GET /x HTTP/1.1", H + b"X: a\x00b\r\n"), 400),
    ("a control character in a value", req(b"GET /x HTTP/1.1", H + b"X: a\x01b\r\n"), 400),
    ("DEL in a value", req(b"GET /x HTTP/1.1", H + b"X: a\x7fb\r\n"), 400),
    ("CR in a value", req(b"GET /x HTTP/1.1", H + b"X: a\rY: b\r\n"), 400),
    ("a header ended by LF", req(b"GET /x HTTP/1.1", H + b"X: a\nY: b\r\n"), 400),
    ("a header ended by CR CR LF", req(b"GET /x HTTP/1.1", H + b"X: a\r\r\n"), 400),
    ("lines ended by LF", b"GET /x HTTP/1.1\nHost: h\n\n", 400),
    ("the head ended by LF", b"GET /x HTTP/1.1\r\nHost: h\r\n\n", 400),
    ("a folded header", req(b"GET /x HTTP/1.1", H + b"X: a\r\n b\r\n"), 400),
    ("a folded Content-Length", req(b"POST /x HTTP/1.1", H + b"Content-Length:\r\n 3\r\n", b"abc"), 400),
    ("white space before the first header", req(b"GET /x HTTP/1.1", b" X: 1\r\n" + H), 400),
    ("a header without colon", req(b"GET /x HTTP/1.1", H + b"nonsense\r\n"), 400),
    ("a header without name", req(b"GET /x HTTP/1.1", H + b": x\r\n"), 400),
    ("missing Host", req(b"GET /x HTTP/1.1", b""), 400),
    ("two Hosts", req(b"GET /x HTTP/1.1", H + b"Host: i\r\n"), 400),
    ("two equal Hosts", req(b"GET /x HTTP/1.1", H + H), 400),
    ("two Hosts on HTTP/1.0", req(b"GET /x HTTP/1.0", H + b"Host: i\r\n"), 400),
    ("a path in Host", req(b"GET /x HTTP/1.1", b"Host: h/p\r\n"), 400),
    ("a list in Host", req(b"GET /x HTTP/1.1", b"Host: h, i\r\n"), 400),
    ("%00 in the path", req(b"GET /x%00zz HTTP/1.1"), 400),
    ("a bad escape in the path", req(b"GET /x%zz HTTP/1.1"), 400),
    ("a cut escape in the path", req(b"GET /x%4 HTTP/1.1"), 400),
    ("a fragment in the target", req(b"GET /x#y HTTP/1.1"), 400),
    ("NUL in the target", req(b"GET /x\x00y HTTP/1.1"), 400),
    ("high bytes in the target", req(b"GET /\xc3\xa4 HTTP/1.1"), 400),
    ("a target without slash", req(b"GET x HTTP/1.1"), 400),
    ("* for GET", req(b"GET * HTTP/1.1"), 400),
    ("CONNECT", req(b"CONNECT h:80 HTTP/1.1"), 400),
    ("two spaces before the target", req(b"GET  /x HTTP/1.1"), 400),
    ("two spaces behind the target", req(b"GET /x  HTTP/1.1"), 400),
    ("a tab in the request line", req(b"GET\t/x HTTP/1.1"), 400),
    ("white space behind the version", req(b"GET /x HTTP/1.1 "), 400),
    ("white space before the method", req(b" GET /x HTTP/1.1"), 400),
    ("two empty lines before the request line", b"\r\n\r\n" + req(b"GET /x HTTP/1.1"), 400),
    ("HTTP/0.9", b"GET /x\r\n\r\n", 400),
    ("HTTP/2.0", req(b"GET /x HTTP/2.0"), 505),
    ("HTTP/1.2", req(b"GET /x HTTP/1.2"), 505),
    ("HTTP/11", req(b"GET /x HTTP/11"), 400),
    ("http/1.1", req(b"GET /x http/1.1"), 400),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("an unknown method", req(b"BREW /x HTTP/1.1"), 501),
    ("a method in lower case", req(b"get /x HTTP/1.1"), 501),
    ("a method that is no token", req(b"G(T /x HTTP/1.1"), 400),
    ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ("another expectation", req(b"POST /x HTTP/1.1", H + b"Expect: more\r\nContent-Length: 0\r\n"), 417),
    ("too many headers", req(b"GET /x HTTP/1.1", H + b"X: 1\r\n" * 100), 431),
    ("a head that is too long", req(b"GET /x HTTP/1.1", H + b"X: " + b"a" * 70000 + b"\r\n"), 431),
    ("a target that is too long", req(b"GET /" + b"a" * 70000 + b" HTTP/1.1"), 431),
    ("a body beyond the limit", req(b"POST /small HTTP/1.1", H + b"Content-Length: 11\r\n", b"a" * 11), 413),
    ("a chunked body beyond the limit", req(b"POST /small HTTP/1.1", H + b"Transfer-Encoding: chunked\r\n",
                                            b"6\r\naaaaaa\r\n" * 2 + b"0\r\n\r\n"), 413),
]


def in_pieces(sock, raw, size):
    for at in range(0, len(raw), size):
        sock.sendall(raw[at:at + size])


def taken(s, name, raw, body, size):
    with s.connect() as sock:
        in_pieces(sock, raw + MARKER, size)
        replies = Reader(sock)
        first, second = replies.reply(), replies.reply()
        good = (first is not None and first.status == 200 and first.body.split(b"\n\n", 1)[1] == body
                and second is not None and second.field("path") == "/marker")
        check(good, "taken in pieces of %d: %s" % (size, name), first and (first.status, first.body))


def refused(s, name, raw, status, size):
    with s.connect() as sock:
        try:
            in_pieces(sock, raw + MARKER, size)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has closed already; the reply must have come all the same
        replies = Reader(sock)
        first = replies.reply()
        good = (first is not None and first.status == (status or first.status) and first.status >= 400
                and first.headers.get("connection") == "close" and replies.closed())
        check(good, "refused in pieces of %d: %s" % (size, name), first and (first.status, first.body))


with server() as s:
    for size in (1 << 20, 7):
        for name, raw, body in TAKEN:
            taken(s, name, raw, body, size)
        for name, raw, status in REFUSED:
            if size == 7 and len(raw) > 10000:
                continue  # thousands of packets show nothing new
            refused(s, name, raw, status, size)
finish()
