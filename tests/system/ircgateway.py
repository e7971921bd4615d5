#!/usr/bin/env python3
"""localslackirc, a client of people as Debian packages it: unmodified but for the address of the API.

    tests/system/ircgateway.py [BUILD]
"""
import os
import socket
import subprocess
import time

from harness import WAIT_S, Dev, check, finish, until, wait_until

GATEWAY = "/usr/share/localslackirc"
RUN = """
import os, sys
sys.path.insert(0, %r)
import slackclient.client as client
request = client.Request
client.Request = lambda base: request(os.environ["SLACK_API_URL"])
import irc
irc.main()
""" % GATEWAY


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Irc:
    """An IRC client at a gateway of its own."""

    def __init__(self, dev, nick, token):
        self.port, self.lines, self.rest = free_port(), [], b""
        env = dict(os.environ, SLACK_API_URL=dev.env["SLACK_API_URL"], TOKEN=token, PORT=str(self.port), AUTOJOIN="true")
        self.process = subprocess.Popen(["/usr/bin/python3", "-c", RUN], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.sock = wait_until(self.connected)
        self.say("NICK " + nick)
        self.say("USER %s 0 * :%s" % (nick, nick))

    def connected(self):
        try:
            return socket.create_connection(("127.0.0.1", self.port), timeout=1)
        except ConnectionRefusedError:
            return None

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")

    def hears(self, what, *parts):
        """Reads until a line holds all parts."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            if any(all(p in line for p in parts) for line in self.lines):
                check(what, True)
                return
            try:
                piece = self.sock.recv(1 << 16)
            except TimeoutError:
                continue
            if not piece:
                break
            *lines, self.rest = (self.rest + piece).split(b"\n")
            self.lines += [line.decode("utf-8", "replace") for line in lines]
        check(what, False, self.lines[-10:])

    def stop(self):
        self.sock.close()
        self.process.terminate()
        self.process.wait(WAIT_S)


def newest(d, channel):
    return d.call("conversations.history", channel=channel, limit=1)["messages"][0]


def appears(d, what, channel, text):
    until(what, lambda: newest(d, channel)["text"] == text and newest(d, channel)["user"] == "U0BOB")


def test_talk(d, bob):
    bob.hears("the welcome", "Your team name is: Acme")
    bob.hears("a public channel is joined", "JOIN #general")
    bob.hears("a private one too, with its topic", "332", "#plans", "Numbers that are not out yet.")
    bob.hears("and its people", "353", "#plans", "@alice", "carol")
    bob.say("PRIVMSG #general :hello from irc, alice")
    appears(d, "what is said is posted, with the mention", "C0GENERAL", "hello from irc, <@U0ALICE>")
    d.call("chat.postMessage", channel="C0GENERAL", text="hi <@U0BOB> &amp; <https://x.example|all>")
    bob.hears("what is posted is heard", "alice!", "PRIVMSG #general", "hi bob & all")
    ts = newest(d, "C0GENERAL")["ts"]
    d.call("chat.update", channel="C0GENERAL", ts=ts, text="hi bob and nobody")
    bob.hears("a change", "PRIVMSG #general", "nobody")
    im = d.call("conversations.open", users="U0BOB")["channel"]["id"]
    d.call("chat.postMessage", channel=im, text="psst")
    bob.hears("a direct message", "alice!", "PRIVMSG bob", "psst")
    bob.say("PRIVMSG alice :psst yourself")
    appears(d, "and its answer", im, "psst yourself")


def test_rooms(d, bob):
    bob.say("TOPIC #general :Irc was here")
    bob.say("LIST")
    bob.hears("the list, with the new topic", "322", "#general", "Irc was here")


def main():
    port = free_port()
    with Dev("--listen", "127.0.0.1:%d" % port, "--public-url", "http://127.0.0.1:%d/" % port) as d:
        bob = Irc(d, "bob", d.env["TAUT_USER2_TOKEN"])
        test_talk(d, bob)
        test_rooms(d, bob)
        bob.stop()


if __name__ == "__main__":
    main()
    finish()
