"""TLS: requests and replies of all sizes, versions, clients that speak no TLS, a certificate that does not fit."""
import ssl
import subprocess
import tempfile
import time

from certificate import certificate
from harness import Reader, Server, check, connect_tls, finish, get, post, server


def refusal(**settings):
    try:
        Server(**settings).stop()
        return ""
    except RuntimeError as e:
        return str(e)


def round_trips(s, cert):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with connect_tls(s, cert, minimum_version=version, maximum_version=version) as sock:
            r = Reader(sock)
            sock.sendall(get("/x"))
            reply = r.reply()
            check(reply.status == 200 and reply.field("secure") == "1", "a request over %s" % sock.version())
            for n in (1, 16384, 70000, 3000000):
                body = b"ab" * (n // 2) + b"c" * (n % 2)
                sock.sendall(post("/x", body))
                check(r.reply().body.split(b"\n\n", 1)[1] == body, "a body of %d bytes there and back" % n)
            sock.sendall(get("/big?n=5000000") + get("/file?n=5000000&from=7") + post("/later", b"x") + get("/end"))
            time.sleep(0.3)
            check(len(r.reply().body) == 5000000, "a large reply")
            want = (bytes(97 + i % 26 for i in range(26)) * 200000)[7:5000007]
            check(r.reply().body == want, "a large file")
            check(r.reply().field("bytes") == "1", "a late reply")
            check(r.reply().field("path") == "/end", "and what was sent behind them")
            sock.sendall(get("/x", "Connection: close\r\n"))
            r.reply()
            check(r.closed(), "the end is announced")


with tempfile.TemporaryDirectory() as folder:
    cert, key = certificate(folder, "one")
    _, other = certificate(folder, "two")
    check("belong" in refusal(cert=cert, key=other) or "key values mismatch" in refusal(cert=cert, key=other),
          "a key of another certificate is refused")
    check("TLS needs both" in refusal(cert=cert), "a certificate without a key is refused")
    check("cannot use the TLS certificate" in refusal(cert=folder + "/none", key=key), "a missing certificate is refused")
    with server(cert=cert, key=key, head_ms=500, body_ms=500) as s:
        round_trips(s, cert)
        with s.connect() as sock:
            sock.sendall(get("/x"))
            check(Reader(sock).reply() is None, "who speaks no TLS is closed")
        with s.connect() as sock:
            start = time.monotonic()
            sock.sendall(b"\x16\x03\x01")
            check(Reader(sock).closed() and time.monotonic() - start < 2, "a handshake that stops ends")
        old = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % s.port, "-tls1_1",
                              "-cipher", "ALL@SECLEVEL=0"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        check(old.returncode != 0 and "alert protocol version" in old.stderr, "TLS 1.1 is refused", old.stderr)
        with connect_tls(s, cert) as sock:
            sock.sendall(post("/x", b"a" * 100)[:-60])
            check(Reader(sock).reply().field("cut") == "1", "a body that stops is handed over as such")
finish()
