#!/usr/bin/env python3
"""A certificate that takes the old one's place is served after SIGHUP, and nobody's connection ends for it.

    tests/system/certificates.py [BUILD]
"""
import os
import shutil
import signal
import ssl
import subprocess
import tempfile

from harness import Serve, at_once, certificate, check, finish, until

CALLERS, CALLS, RELOADS = 4, 60, 30


def put(pair, at):
    """In the place of what is there, as those do who renew certificates."""
    for new, old in zip(pair, at):
        shutil.copyfile(new, old + ".new")
        os.rename(old + ".new", old)


def served(server):
    """What a new connection is shown."""
    return ssl.get_server_certificate(("127.0.0.1", server.port))


def text(pair):
    with open(pair[0], encoding="ascii") as f:
        return f.read()


def told(server, event, n):
    """The log has n lines of it; the last of them."""
    lines = lambda: server.logged("event=" + event) if event != "reload" else server.logged("what=certificate")
    until("%s is told" % event, lambda: len(lines()) == n)
    return lines()[-1]


def hang_up(server):
    server.process.send_signal(signal.SIGHUP)


def test_renewed(server, at, first, second):
    open_before = server.connect()
    check("the first one", served(server) == text(first))
    check("a call", server.full("auth.test", connection=open_before).json()["ok"])
    put(second, at)
    check("not before it is told", served(server) == text(first))
    hang_up(server)
    until("the new one is served", lambda: served(server) == text(second))
    used = open_before.sock
    check("who is connected stays so", server.full("auth.test", connection=open_before).json()["ok"] and open_before.sock is used)
    check("with the certificate that it was shown", ssl.DER_cert_to_PEM_cert(used.getpeercert(True)) == text(first))
    told(server, "reload", 1)


def test_broken(server, at, good, other, locked):
    """The key that is there belongs to another one, is cut off, is sealed, is gone: each is told once."""
    def refused(what, n, word):
        hang_up(server)
        line = told(server, "not_reloaded", n)
        check(what + ": says what to do", "level=error" in line and word in line and "SIGHUP" in line, line)
        check(what + ": the old one is served", served(server) == text(good))

    put((other[0], good[1]), at)
    refused("of another key", 1, at[1])
    put(good, at)
    os.truncate(at[0], 100)
    refused("cut off", 2, at[0])
    put((good[0], locked), at)
    refused("sealed", 3, at[1])
    os.remove(at[0])
    refused("gone", 4, at[0])
    put(other, at)
    hang_up(server)
    until("mended", lambda: served(server) == text(other))


def test_meanwhile(server, at, pairs):
    """Calls, each on a connection of its own, while certificates change."""
    answers = []

    def ask():
        answers.extend(server.call("auth.test")["ok"] for _ in range(CALLS))

    def renew():
        for i in range(RELOADS):
            put(pairs[i % 2], at)
            hang_up(server)
    at_once([ask] * CALLERS, renew)
    check("all are answered", answers == [True] * CALLERS * CALLS, answers)
    until("the last one is served", lambda: served(server) == text(pairs[(RELOADS - 1) % 2]))


def main():
    with tempfile.TemporaryDirectory() as top:
        first, second = certificate(top, "first"), certificate(top, "second")
        at, locked = (os.path.join(top, "cert.pem"), os.path.join(top, "key.pem")), os.path.join(top, "locked.key")
        subprocess.run(["openssl", "ec", "-in", second[1], "-aes128", "-passout", "pass:secret", "-out", locked], check=True,
                       stderr=subprocess.DEVNULL)
        put(first, at)
        with Serve("--tls-cert", at[0], "--tls-key", at[1]) as server:
            test_renewed(server, at, first, second)
            test_broken(server, at, second, first, locked)
            test_meanwhile(server, at, (first, second))


if __name__ == "__main__":
    main()
    finish()
