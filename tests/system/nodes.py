#!/usr/bin/env python3
"""Two servers on one PostgreSQL database: apps hear each event once, from one of them, also when the other one dies; a token that
was revoked on one ends connections of the other.

    tests/system/nodes.py [BUILD]        with TAUT_TEST_PG set; without it there is nothing to do
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # tests/all takes what lies beside this for tests
sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), d) for d in (".", "../net")]
import events  # noqa: E402
from events import TAUT, Receiver, Serve, app, call, check, until  # noqa: E402
from ws_client import CLOSE, PING, PONG, Client  # noqa: E402

NAME = "taut_nodes"


def database():
    """An empty one on the server of the tests."""
    url = os.environ["TAUT_TEST_PG"]
    for sql in ("drop database if exists %s" % NAME, "create database %s" % NAME):
        subprocess.run(["psql", url, "-qc", sql], check=True, stderr=subprocess.DEVNULL)
    at = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(at._replace(path="/" + NAME))


class Nodes:
    """Two of them, with one key file, and an app that both know."""

    def __init__(self, top):
        self.url, self.folders, self.receiver = database(), [os.path.join(top, n) for n in "ab"], Receiver()
        a = self.start(0)
        self.token = a.token
        shutil.copytree(self.folders[0], self.folders[1])
        manifest = os.path.join(top, "manifest")
        with open(manifest, "w", encoding="utf-8") as f:
            json.dump(app("talk", self.receiver.url + "talk", ["message.channels"])["manifest"], f)
        out = self.shell("app", "create", "--manifest", manifest)
        events.SECRET = next((line.split()[-1] for line in out.splitlines() if line.startswith("signing secret")), "")
        self.bot_token = next((line.split()[-1] for line in out.splitlines() if line.startswith("bot token")), "")
        bot = next(u["id"] for u in call(a.api, "users.list", self.token)["members"] if u["name"] == "talk")
        self.general = next(c["id"] for c in call(a.api, "conversations.list", self.token)["channels"] if c["is_general"])
        call(a.api, "conversations.invite", self.token, channel=self.general, users=bot)
        self.nodes = [a, self.start(1)]
        until("the app hears", self.heard)

    def start(self, i):
        return Serve(self.folders[i], "--database", self.url)

    def shell(self, word, *words):
        return subprocess.run([TAUT, word, "--data-dir", self.folders[0], "--database", self.url, *words],
                              capture_output=True, text=True, check=True).stdout

    def say(self, i, text):
        r = call(self.nodes[i].api, "chat.postMessage", self.token, channel=self.general, text=text)
        check("it posts", r["ok"], r)

    def heard(self):
        self.say(0, "ready?")
        time.sleep(0.1)
        return self.receiver.of("talk")

    def texts(self, prefix):
        return [t for t in self.receiver.texts("talk") if t.startswith(prefix)]

    def end(self):
        for node in self.nodes:
            node.end(signal.SIGTERM)


def test_once(n):
    said = ["n%d" % i for i in range(200)]
    for i, text in enumerate(said):
        n.say(i % 2, text)
    until("all come", lambda: len(set(n.texts("n"))) == 200)
    time.sleep(1.5)  # nothing more is to come
    check("each once, in order", n.texts("n") == said, n.texts("n"))
    check("signed", all(g["signed"] for g in n.receiver.of("talk")))


def test_slow(n):
    """A batch that takes longer than a node's claim on it."""
    n.receiver.answers["talk"] = lambda _: (time.sleep(0.6), (200, {}, ""))[1]
    said = ["s%d" % i for i in range(40)]
    for i, text in enumerate(said):
        n.say(i % 2, text)
    until("they come though the app is slow", lambda: len(n.texts("s")) >= 40, 60)
    n.receiver.answers["talk"] = None
    check("each once, in order", n.texts("s") == said, n.texts("s"))


def owner(n):
    """Which node delivers: the other one gives up its own share at once."""
    out = subprocess.run(["psql", n.url, "-Atc", "select count(*) from line_lease"], capture_output=True, text=True, check=True)
    return int(out.stdout)


def test_death(n):
    for i in range(20):
        n.say(i % 2, "d%d" % i)
    until("one of them has the line", lambda: owner(n) == 1)
    n.nodes[0].end(signal.SIGKILL)
    for i in range(20, 40):
        n.say(1, "d%d" % i)
    until("what the dead one had comes too", lambda: len(set(n.texts("d"))) == 40, 40)
    n.nodes[0] = n.start(0)
    n.say(0, "back")
    until("and it serves again", lambda: n.texts("back"))
    n.nodes[1].end(signal.SIGTERM)
    n.say(0, "alone")
    until("one that ends in peace gives its line back at once", lambda: n.texts("alone"), 10)
    n.nodes[1] = n.start(1)


def test_revoked(n):
    url = urllib.parse.urlsplit(call(n.nodes[1].api, "rtm.connect", n.bot_token)["url"])
    sock = socket.create_connection((url.hostname, url.port), timeout=10)
    ws = Client(sock, url.path + ("?" + url.query if url.query else ""), url.netloc)
    check("hello", b'"hello"' in ws.read()[1])
    check("a token is revoked", call(n.nodes[0].api, "auth.revoke", n.bot_token)["revoked"])
    code = None
    while code is None:
        got = ws.read()
        if got is None:
            break
        if got[0] & 15 == PING:
            ws.send(PONG, got[1])
        elif got[0] & 15 == CLOSE:
            code = int.from_bytes(got[1][:2], "big")
    check("the other node's connection ends", code == 1008, code)


def main():
    if os.environ.get("TAUT_TEST_PG"):
        with tempfile.TemporaryDirectory() as top:
            n = Nodes(top)
            for test in (test_once, test_slow, test_death, test_revoked):
                test(n)
            n.end()
    print("%d passed, %d failed" % (events.passed, events.failed))
    return events.failed != 0


if __name__ == "__main__":
    sys.exit(main())
