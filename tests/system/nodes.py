#!/usr/bin/env python3
"""Two servers on one PostgreSQL database: apps hear each event once, from one of them, also when the other one dies, and from
the first that is posted once they are there; a token that was revoked on one ends connections of the other.

    tests/system/nodes.py [BUILD]        with TAUT_TEST_PG set; without it there is nothing to do
"""
import os
import re
import shutil
import tempfile
import time
import urllib.parse

from apps import REACHING, Receiver, app, create, general_of, let_in
from harness import Serve, check, database, engines, finish, psql, until, ws_client


class Nodes:
    """Two of them, with one key file, and an app that was made beside the first one while both ran."""

    def __init__(self, url, nodes, receiver):
        self.url, self.nodes, self.receiver = url, nodes, receiver
        a, b = nodes
        b.token = a.token
        self.general = general_of(a)
        made = self.install("talk")
        self.bot_token, receiver.secret = made["bot token"], made["signing secret"]

    def install(self, name):
        """An app whose bot is in general, ready to hear as far as the first node knows."""
        a = self.nodes[0]
        made = create(a, app(name, self.receiver.url + name, ["message.channels"])["manifest"])
        until("its URL is verified", lambda: re.search(r"URL verified .* %s\n" % name, a.shell("app", "list").stdout))
        let_in(a, name)
        return made

    def say(self, i, text):
        r = self.nodes[i].call("chat.postMessage", channel=self.general, text=text)
        check("it posts", r["ok"], r)

    def texts(self, prefix, name="talk"):
        return [t for t in self.receiver.texts(name) if t.startswith(prefix)]


def test_first(n, name, prefix):
    """An app that one node has just come to know hears at once what is posted through the other."""
    said = ["%s%d" % (prefix, i) for i in range(20)]
    for text in said:
        n.say(1, text)
    until("it hears what comes last", lambda: said[-1] in n.texts(prefix, name))
    check("and all before it", n.texts(prefix, name) == said, n.texts(prefix, name))


def test_another(n):
    """The same where apps hear already; one that is taken out hears no more."""
    n.install("late")
    test_first(n, "late", "l")
    check("it is taken out", n.nodes[0].shell("app", "delete", "late").returncode == 0)
    n.say(1, "behind its back")
    until("others hear on", lambda: "behind its back" in n.receiver.texts("talk"))
    time.sleep(0.5)
    check("it does not", "behind its back" not in n.receiver.texts("late"))


def test_once(n):
    said = ["n%d" % i for i in range(200)]
    for i, text in enumerate(said):
        n.say(i % 2, text)
    until("all come", lambda: len(set(n.texts("n"))) == 200)
    time.sleep(1.5)  # nothing more is to come
    check("each once, in order", n.texts("n") == said, n.texts("n"))
    heard = [g for g in n.receiver.of("talk") if g["data"]["event"].get("text") in said]
    check("signed", all(g["signed"] for g in heard))


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
    return int(psql(n.url, "select count(*) from line_lease"))


def test_death(n):
    for i in range(20):
        n.say(i % 2, "d%d" % i)
    until("one of them has the line", lambda: owner(n) == 1)
    n.nodes[0].kill()
    for i in range(20, 40):
        n.say(1, "d%d" % i)
    until("what the dead one had comes too", lambda: len(set(n.texts("d"))) == 40, 40)
    n.nodes[0].start()
    n.say(0, "back")
    until("and it serves again", lambda: n.texts("back"))
    check("it ends in peace", n.nodes[1].stop() == 0)
    n.say(0, "alone")
    until("one that ends in peace gives its line back at once", lambda: n.texts("alone"), 10)
    n.nodes[1].start()


def test_revoked(n):
    url = urllib.parse.urlsplit(n.nodes[1].call("rtm.connect", n.bot_token)["url"])
    ws = ws_client.connect(url.port, url.path)
    check("hello", b'"hello"' in ws.text())
    check("a token is revoked", n.nodes[0].call("auth.revoke", n.bot_token)["revoked"])
    code = ws.close_code()
    check("the other node's connection ends", code == 1008, code)


def test(url):
    with tempfile.TemporaryDirectory() as top, Serve(*REACHING, folder=os.path.join(top, "a"), database=url) as a:
        shutil.copytree(a.folder, os.path.join(top, "b"))
        receiver = Receiver()
        with Serve(*REACHING, folder=os.path.join(top, "b"), database=url) as b:
            n = Nodes(url, (a, b), receiver)
            test_first(n, "talk", "f")
            for part in (test_another, test_once, test_slow, test_death, test_revoked):
                part(n)


if __name__ == "__main__":
    for engine in engines()[1:]:
        test(database(engine[1], "taut_nodes"))
    finish()
