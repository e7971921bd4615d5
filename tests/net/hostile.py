"""Clients that are slow, half gone, or never read; deadlines; many connections; the end."""
import resource
import signal
import socket
import threading
import time

from harness import Reader, Server, ask, check, finish, get, post, server, small_window, wait_until


def ends_after(sock, seconds, feed=None, every=0.05):
    """How long until the server ended the connection; feed: bytes sent one by one meanwhile."""
    start = time.monotonic()
    sock.settimeout(every)
    got = b""
    at = 0
    while time.monotonic() - start < seconds + 3:
        try:
            piece = sock.recv(65536)
            if not piece:
                break
            got += piece
        except socket.timeout:
            pass
        except (ConnectionResetError, BrokenPipeError):
            break
        if feed and at < len(feed):
            try:
                sock.sendall(feed[at:at + 1])
            except (ConnectionResetError, BrokenPipeError):
                pass
            at += 1
    return time.monotonic() - start, got


def slow_readers_and_writers():
    with server(head_ms=400, idle_ms=700, body_ms=400, write_ms=500) as s:
        cases = [
            ("a connection that says nothing", b"", None, 0.4, b""),
            ("a head that stops", b"GET / HT", None, 0.4, b"408"),
            ("a head byte by byte", b"", b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: " + b"a" * 500, 0.4, b"408"),
            ("a body that stops", post("/x", b"a" * 100)[:-50], None, 0.4, b"cut=1"),
            ("a body byte by byte", post("/x", b"a" * 900)[:-900], b"b" * 900, 0.4, b"cut=1"),
            ("a chunked body byte by byte", b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
             b"1\r\nb\r\n" * 100, 0.4, b"cut=1"),
            ("a chunk size without end", b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
             b"0" * 900, 0.4, b"cut=1"),
            ("a connection that stays idle", get("/x"), None, 0.7, b"200 OK"),
        ]
        for name, start, feed, seconds, want in cases:
            with s.connect() as sock:
                sock.sendall(start)
                took, got = ends_after(sock, seconds, feed)
                # byte by byte it lingers two seconds for the rest
                check(seconds * 0.9 <= took < seconds + 2.6 and want in got, "%s ends" % name, (took, got[:200]))
        stays_open(s)
        never_reading(s)
        check(wait_until(lambda: ask(s, get("/x")).status == 200), "the server is well")


def stays_open(s):
    with s.connect() as sock:
        r = Reader(sock)
        for _ in range(6):
            time.sleep(0.3)
            sock.sendall(get("/x"))
            r.reply()
        check(True, "a connection that is used now and then stays")
        body = b"q" * 40000
        sock.sendall(post("/x", body)[:-40000])
        for at in range(0, len(body), 2000):  # 20 KB a second: slow, but not too slow
            sock.sendall(body[at:at + 2000])
            time.sleep(0.1)
        check(r.reply().field("cut") == "0", "a slow body above the least rate is read whole")


def never_reading(s):
    before = int(ask(s, get("/stats")).field("released"))
    socks = []
    for _ in range(20):
        sock = small_window(s)
        sock.sendall(get("/big?n=20000000"))
        socks.append(sock)
    check(ask(s, get("/x")).status == 200, "20 clients that never read hold up nobody")
    check(wait_until(lambda: int(ask(s, get("/stats")).field("released")) == before + 20, 4),
          "they are dropped and their replies released")
    for sock in socks:
        sock.close()
    with s.connect() as sock:
        sock.sendall(get("/big?n=6000000"))
        got = 0
        while got < 6000000:  # pauses shorter than the deadline, all in all longer
            time.sleep(0.12)
            n = len(sock.recv(1000000))
            if n == 0:
                break
            got += n
        check(got >= 6000000, "a slow reader that goes on reading gets all", got)
    with s.connect() as sock:
        sock.sendall(get("/big?n=30000") * 1000)
        check(ask(s, get("/x")).status == 200, "one that pipelines and never reads holds up nobody")


def blocking():
    with server(threads=4) as s:
        for _ in range(3):
            slow = [s.connect() for _ in range(3)]
            for sock in slow:
                sock.sendall(get("/x?ms=500"))
            start = time.monotonic()
            for _ in range(20):
                ask(s, get("/x"))
            check(time.monotonic() - start < 0.45, "three slow handlers hold up nobody else", time.monotonic() - start)
            for sock in slow:
                check(Reader(sock).reply().status == 200, "a slow handler's reply arrives")
                sock.close()


def many():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with server() as s:
        for _ in range(50):
            ask(s, get("/x"))
        before = s.resident_kb()
        socks = [s.connect() for _ in range(1000)]
        for sock in socks:
            sock.sendall(get("/x"))
        for sock in socks:
            Reader(sock).reply()
        each = (s.resident_kb() - before) * 1024 / 1000
        check(each < 1024, "1,000 idle connections cost less than 1 KB each", each)
        print("# %.0f bytes a connection" % each)
        for sock in socks:
            sock.sendall(get("/x"))
        check(all(Reader(sock).reply() for sock in socks), "all of them still answer")
        for sock in socks:
            sock.close()
    with server(connections=10, head_ms=3000) as s:
        socks = [s.connect() for _ in range(30)]
        for sock in socks:
            sock.sendall(get("/x", "Connection: close\r\n"))
        check(all(Reader(sock).reply().status == 200 for sock in socks),
              "beyond the limit connections wait until others have gone")
        for sock in socks:
            sock.close()


def out_of_descriptors():
    s = Server()
    resource.prlimit(s.process.pid, resource.RLIMIT_NOFILE, (40, 40))
    socks = [s.connect() for _ in range(60)]
    time.sleep(0.3)
    before = s.ticks()
    time.sleep(0.7)
    ticks = s.ticks() - before
    check(ticks < 20, "without descriptors it waits, it does not spin", ticks)
    for sock in socks[:30]:
        sock.close()
    socks[-1].sendall(get("/x"))
    check(Reader(socks[-1]).reply().status == 200, "and accepts again when there are some")
    for sock in socks[30:]:
        sock.close()
    s.stop()


def drain():
    s = Server(drain_ms=3000)
    idle, busy, late, fresh = (s.connect() for _ in range(4))
    idle.sendall(get("/x"))
    Reader(idle).reply()
    busy.sendall(get("/x?ms=600"))
    late.sendall(get("/later?ms=600"))
    time.sleep(0.2)
    start = time.monotonic()
    s.process.send_signal(signal.SIGTERM)
    check(Reader(idle).closed() and time.monotonic() - start < 0.3, "idle connections are closed at once")
    check(Reader(fresh).closed(), "so are those that have asked nothing yet")
    time.sleep(0.1)
    try:
        s.connect().close()
        check(False, "nobody is accepted any more")
    except ConnectionRefusedError:
        check(True, "nobody is accepted any more")
    for name, sock in (("a running request", busy), ("one that is answered later", late)):
        r = Reader(sock)
        reply = r.reply()
        check(reply and reply.status == 200 and reply.headers.get("connection") == "close" and r.closed(),
              "%s ends, and its connection with it" % name)
    check("stopped with 0 open" in s.stop(), "nothing is left open")
    s = Server(drain_ms=300)
    stuck = s.connect()
    stuck.sendall(get("/big?n=20000000"))
    half = s.connect()
    half.sendall(b"GET /x HT")
    time.sleep(0.1)
    start = time.monotonic()
    out = s.stop()
    check("stopped with 0 open" in out and time.monotonic() - start < 2, "who does not come to an end is cut off",
          (out, time.monotonic() - start))
    stuck.close()
    half.close()


def churn():
    """Connections that come and go in every state, from four threads at once."""
    with server(head_ms=300, idle_ms=300, body_ms=300) as s:
        stop = time.monotonic() + 2

        def client(seed):
            n = seed
            while time.monotonic() < stop:
                n = (n * 1103515245 + 12345) % (1 << 31)
                raw = [get("/x"), get("/later"), post("/x", b"a" * 5000), get("/big?n=300000"), get("/x") * 5][n % 5]
                try:
                    with s.connect() as sock:
                        sock.sendall(raw[:len(raw) * (n // 7 % 4 + 1) // 4])
                        if n % 3:
                            sock.settimeout(0.05)
                            sock.recv(100000)
                except OSError:
                    pass
        threads = [threading.Thread(target=client, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        check(ask(s, get("/x")).status == 200, "the server is well after connections that came and went")


slow_readers_and_writers()
blocking()
many()
out_of_descriptors()
drain()
churn()
finish()
