#!/usr/bin/env python3
"""RTM from outside: tickets, who hears what, messages and their answers, typing, presence, order under load, the end.

    tests/system/rtm.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import itertools
import json
import signal
import socket
import urllib.parse

from harness import WAIT_S, Dev, at_once, check, engines, finish
from ws_client import BINARY, CLOSE, PING, PONG, TEXT, Client, frame

LOOK_S = 10


class Rtm:
    """One connection of one token."""

    def __init__(self, d, kind, url=None, **args):
        self.d, self.kind, self.token = d, kind, d.actors["tokens"].get(kind, kind)
        self.reply = {} if url else d.call("rtm.connect", self.token, **args)
        self.url = url or self.reply["url"]
        at = urllib.parse.urlsplit(self.url)
        sock = socket.create_connection((at.hostname, at.port), timeout=LOOK_S)
        self.ws = Client(sock, at.path, at.netloc)
        self.seen = []
        self.code = None
        self.id = 0

    def read(self, timeout=LOOK_S):
        """The next frame as an object; None when the connection ended or nothing came in time."""
        self.ws.sock.settimeout(timeout)
        while True:
            try:
                got = self.ws.read()
            except TimeoutError:
                return None
            if got is None:
                return None
            if got[0] & 15 == PING:
                self.ws.send(PONG, got[1])
            elif got[0] & 15 == CLOSE:
                self.code = int.from_bytes(got[1][:2], "big") if got[1] else 1005
                return None
            elif got[0] & 15 == TEXT:
                self.seen.append(json.loads(got[1]))
                return self.seen[-1]

    def until(self, want):
        """Reads on to the first frame that fits; None when it does not come."""
        while True:
            heard = self.read()
            if heard is None or want(heard):
                return heard

    def send(self, type, **fields):
        self.id += 1
        said = dict(fields, type=type)
        said.setdefault("id", self.id)
        self.ws.send(TEXT, json.dumps(said).encode())
        return said["id"]

    def send_all(self, objects):
        """Many frames in one go."""
        self.ws.sock.sendall(b"".join(frame(TEXT, json.dumps(o).encode()) for o in objects))

    def sync(self):
        """Everything caused before this has been heard when it returns: the frames since the last time."""
        self.seen = []
        number = self.send("ping", mark=True)
        self.until(lambda f: f.get("type") == "pong" and f.get("reply_to") == number)
        return self.seen[:-1]

    def texts(self):
        return [f.get("text") for f in self.sync() if f.get("type") == "message"]

    def close(self):
        self.ws.close()


def user_of(d, kind):
    return d.call("auth.test", d.actors["tokens"][kind])["user_id"]


def channel(d, name, *kinds, private=False):
    made = d.call("conversations.create", name=name, is_private=str(private).lower())
    check("#%s is made" % name, made["ok"], made)
    if kinds:
        invited = d.call("conversations.invite", channel=made["channel"]["id"], users=",".join(user_of(d, k) for k in kinds))
        check("people come into #%s" % name, invited["ok"], invited)
    return made["channel"]["id"]


def expired(url):
    d = Rtm.__new__(Rtm)
    at = urllib.parse.urlsplit(url)
    d.ws, d.seen, d.code = Client(socket.create_connection((at.hostname, at.port), timeout=LOOK_S), at.path, at.netloc), [], None
    heard = d.read()
    d.read()
    d.close()
    return heard == {"type": "error", "error": {"code": 1, "msg": "Socket URL has expired"}} and d.code == 1000


def test_tickets(d):
    bob = Rtm(d, "member_in")
    check("the reply tells who and where", set(bob.reply) == {"ok", "url", "self", "team"} and
          bob.reply["self"] == {"id": user_of(d, "member_in"), "name": "bob"} and bob.reply["team"]["domain"] == "acme", bob.reply)
    check("the address is this server's", bob.url.startswith("ws://" + d.env["TAUT_URL"][7:] + "/websocket/"), bob.url)
    check("hello comes first", bob.read() == {"type": "hello"})
    check("a ticket is good once", expired(bob.url))
    check("a ticket nobody gave", expired(bob.url[:-3] + "abc") and expired(d.env["TAUT_URL"] + "/websocket/"))
    check("rtm.start answers as rtm.connect, and says what it is",
          d.call("rtm.start").get("warning") == "method_deprecated")
    url = d.call("rtm.connect", d.actors["tokens"]["member_in"])["url"]
    d.call("chat.postMessage", channel="C0GENERAL", text="meanwhile")
    late = Rtm(d, "member_in", url)
    frames = [late.read(), late.read()]
    check("what happened before the connection came is told after hello",
          frames[0] == {"type": "hello"} and frames[1].get("text") == "meanwhile", frames)
    check("no answer but that of a WebSocket", d.call("rtm.connect", "xoxb-1-2-3")["error"] == "invalid_auth")
    urls = [d.call("rtm.connect", d.actors["tokens"]["member_in"])["url"] for _ in range(12)]
    late.sync()
    check("of many places that nobody takes the oldest are void", expired(urls[0]) and not expired(urls[-1]))
    bob.close()
    late.close()


def test_hearing(d):
    kinds = ["owner", "member_in", "member_out", "guest_multi", "guest_single", "bot_in", "bot_out", "other_ws"]
    c = {kind: Rtm(d, kind) for kind in kinds}
    for kind in kinds:
        check(kind + " hears hello", c[kind].read() == {"type": "hello"})

    def heard(what, who, cause, *args, **fields):
        for rtm in c.values():
            rtm.sync()
        reply = d.call(cause, *args, **fields)
        check("%s works" % cause, reply.get("ok"), reply)
        got = {kind for kind in kinds if any(what(f) for f in c[kind].sync())}
        check("%s is heard by %s" % (cause, " ".join(sorted(who))), got == set(who), sorted(got))
        return reply

    def message(text):
        return lambda f: f.get("type") == "message" and f.get("text") == text

    public = channel(d, "rtm-public", "member_in", "guest_multi", "bot_in")
    private = channel(d, "rtm-private", "member_in", "bot_in", private=True)
    heard(message("one"), {"owner", "member_in", "guest_multi", "bot_in"}, "chat.postMessage", channel=public, text="one")
    ts = heard(message("two"), {"owner", "member_in", "bot_in"}, "chat.postMessage", channel=private, text="two")["ts"]
    heard(lambda f: f.get("type") == "reaction_added" and f["item"]["ts"] == ts, {"owner", "member_in", "bot_in"}, "reactions.add",
          channel=private, timestamp=ts, name="tada")
    heard(lambda f: f.get("subtype") == "message_changed" and f["message"]["ts"] == ts, {"owner", "member_in", "bot_in"},
          "chat.update", channel=private, ts=ts, text="two!")
    heard(lambda f: f.get("subtype") == "message_deleted", {"owner", "member_in", "bot_in"}, "chat.delete", channel=private, ts=ts)
    heard(lambda f: f.get("type") == "channel_created", {"owner", "member_in", "member_out", "bot_in", "bot_out"},
          "conversations.create", name="rtm-new")
    heard(lambda f: f.get("type") == "channel_rename", {"owner", "member_in", "member_out", "bot_in", "bot_out", "guest_multi"},
          "conversations.rename", channel=public, name="rtm-public2")
    heard(message("psst"), {"member_in"}, "chat.postEphemeral", channel=public, user=user_of(d, "member_in"), text="psst")
    dm = d.call("conversations.open", d.actors["tokens"]["member_out"], users=user_of(d, "owner"))["channel"]["id"]
    heard(message("dm"), {"owner", "member_out"}, "chat.postMessage", d.actors["tokens"]["member_out"], channel=dm, text="dm")
    heard(lambda f: f.get("type") == "user_change", {k for k in kinds if k != "other_ws"}, "users.profile.set",
          profile=json.dumps({"status_text": "busy"}))

    # Membership as it changes, in both directions.
    heard(lambda f: f.get("type") == "member_joined_channel", {"owner", "member_in", "bot_in", "member_out"}, "conversations.invite",
          channel=private, users=user_of(d, "member_out"))
    heard(message("three"), {"owner", "member_in", "bot_in", "member_out"}, "chat.postMessage", channel=private, text="three")
    heard(lambda f: f.get("type") in ("member_left_channel", "group_left"), {"owner", "member_in", "bot_in", "member_out"},
          "conversations.kick", channel=private, user=user_of(d, "member_out"))
    heard(message("four"), {"owner", "member_in", "bot_in"}, "chat.postMessage", channel=private, text="four")

    # A token that is revoked, and a person who is deactivated, hear no more.
    gone = Rtm(d, d.actors["racers"][0])
    gone.read()
    check("a token is revoked", d.call("auth.revoke", d.actors["racers"][0])["ok"])
    gone.until(lambda f: False)
    check("and its connection closed", gone.code == 1008, gone.code)
    for rtm in c.values():
        rtm.close()


def test_messages(d):
    bob, owner = Rtm(d, "member_in"), Rtm(d, "owner")
    twin = Rtm(d, "member_in")
    for rtm in (bob, owner, twin):
        rtm.read()
    number = bob.send("message", channel="C0GENERAL", text="over RTM <&>")
    ack = bob.until(lambda f: f.get("reply_to") == number)
    check("an answer", ack["ok"] is True and set(ack) == {"ok", "reply_to", "ts", "text"} and ack["text"], ack)
    stored = d.call("conversations.history", channel="C0GENERAL", limit="1")["messages"][0]
    check("it is stored", stored["ts"] == ack["ts"] and stored["text"] == ack["text"] and stored["user"] == user_of(d, "member_in"))
    check("others hear it", ack["text"] in owner.texts() and ack["text"] in twin.texts())
    check("who sent it has the answer instead", ack["text"] not in bob.texts())
    number = bob.send("message", channel="C0GENERAL", text="in a thread", thread_ts=ack["ts"])
    check("a reply", bob.until(lambda f: f.get("reply_to") == number)["ok"])
    check("is in the thread", len(d.call("conversations.replies", channel="C0GENERAL", ts=ack["ts"])["messages"]) == 2)
    for fields, code, msg in [({"channel": "C0GENERAL"}, 2, "message text is missing"),
                              ({"channel": "C0GENERAL", "text": ""}, 2, "message text is missing"),
                              ({"channel": "C0NOWHERE", "text": "x"}, 3, "channel_not_found"),
                              ({"channel": "C0GENERAL", "text": "x", "thread_ts": "what"}, 3, None)]:
        number = bob.send("message", **fields)
        answer = bob.until(lambda f: f.get("reply_to") == number)
        check("no message: %s" % fields, answer["ok"] is False and answer["error"]["code"] == code and
              msg in (None, answer["error"]["msg"]), answer)
    number = bob.send("what")
    check("an unknown type", bob.until(lambda f: f.get("reply_to") == number)["error"]["code"] == 4)
    bob.ws.send(TEXT, b"{")
    check("no JSON", bob.read()["error"]["code"] == 4)
    bob.ws.send(TEXT, b'["x"]')
    check("no object", bob.read()["error"]["code"] == 4)
    bob.ws.send(TEXT, json.dumps({"type": "ping", "id": 9, "time": 1.5, "who": {"a": ["\u00e9"]}}).encode())
    check("ping comes back with all its fields",
          bob.read() == {"type": "pong", "reply_to": 9, "time": 1.5, "who": {"a": ["\u00e9"]}})

    flood = Rtm(d, "member_in2")
    flood.read()
    for _ in range(20):
        flood.send_all([{"type": "presence_query", "id": 7, "ids": ["U0ALICE"]}] * 100)
    flood.until(lambda f: f.get("reply_to") == 7)
    check("too many requests at once are refused", flood.seen[-1]["error"]["msg"] == "ratelimited", flood.seen[-1])
    check("and what follows is served", flood.sync() is not None)
    flood.close()
    limited = Rtm(d, d.env["TAUT_LIMITED_TOKEN"])
    limited.read()
    number = limited.send("message", channel="C0GENERAL", text="x")
    check("the token's scopes count", limited.until(lambda f: f.get("reply_to") == number)["error"]["msg"] == "missing_scope")
    bob.ws.send(TEXT, json.dumps({"type": "message", "text": "x" * 16400}).encode())
    bob.until(lambda f: False)
    check("a frame over 16 KB closes", bob.code == 1009, bob.code)
    twin.ws.send(BINARY, b"{}")
    twin.until(lambda f: False)
    check("binary frames close", twin.code == 1003, twin.code)
    for rtm in (bob, owner, twin, limited):
        rtm.close()


def test_typing(d):
    general = "C0GENERAL"
    bob, owner, other = Rtm(d, "member_in"), Rtm(d, "owner"), Rtm(d, "other_ws")
    twin = Rtm(d, "member_in")
    outsider = Rtm(d, "member_out")
    private = channel(d, "rtm-typing", "member_in", private=True)
    everybody = (bob, owner, other, twin, outsider)

    def typed(rtm, where):
        return [f for f in rtm.sync() if f == {"type": "user_typing", "channel": where, "user": user_of(d, "member_in")}]

    for rtm in everybody:
        rtm.sync()
    bob.send("typing", channel=general)
    bob.send("typing", channel=general)
    bob.sync()
    check("others in the conversation see it, once", len(typed(owner, general)) == 1 and len(typed(outsider, general)) == 1)
    check("other workspaces do not, nor oneself", not typed(other, general) and not typed(bob, general) and not typed(twin, general))
    rooms = [channel(d, "rtm-typing%d" % i, "member_in2") for i in range(40)]
    many = Rtm(d, "member_in2")
    owner.sync()
    many.send_all([{"type": "typing", "channel": room} for room in [rooms[0], rooms[1]] * 3 + rooms * 2])
    many.sync()
    seen = [f["channel"] for f in owner.sync() if f.get("type") == "user_typing"]
    check("once too when several are typed in in turn, of which there may be so many", sorted(seen) == sorted(rooms[:32]), seen)
    many.close()
    bob.send("typing", channel=private)
    bob.sync()
    check("in a private channel its members", len(typed(owner, private)) == 1 and not typed(outsider, private))
    outsider.send("typing", channel=private)
    outsider.send("typing", channel="nothing")
    check("who is not in it cannot", not [f for f in outsider.sync() if "error" in f] and
          not [f for f in owner.sync() if f.get("type") == "user_typing"])
    for rtm in everybody:
        rtm.close()


def changes(rtm):
    return [f for f in rtm.sync() if f.get("type") == "presence_change"]


def settled(rtm):
    """presence_sub and presence_query are looked up elsewhere: a message sent after them is answered after them."""
    number = rtm.send("message", channel="C0GENERAL", text="settled")
    rtm.until(lambda f: f.get("reply_to") == number)


def test_presence(d):
    bob, carol, other = user_of(d, "member_in"), user_of(d, "member_in2"), user_of(d, "other_ws")
    owner, batch = Rtm(d, "owner"), Rtm(d, "admin", batch_presence_aware="1")
    for rtm in (owner, batch):
        rtm.read()
    owner.send("presence_sub", ids=[bob, other, "U0NOBODY", 5])
    settled(owner)
    got = [f for f in owner.seen if f.get("type") == "presence_change"]
    check("who subscribes hears how it is, of people of the workspace", got == [{"type": "presence_change", "user": bob, "presence": "away"}], got)
    batch.send("presence_sub", ids=[bob, carol])
    settled(batch)
    got = [f for f in batch.seen if f.get("type") == "presence_change"]
    check("several at once for who wants it so", len(got) == 1 and sorted(got[0]["users"]) == sorted([bob, carol]), got)
    c = Rtm(d, "member_in")
    c.read()
    c.sync()
    check("who connects becomes active", changes(owner) == [{"type": "presence_change", "user": bob, "presence": "active"}])
    check("and as a batch of one", changes(batch) == [{"type": "presence_change", "users": [bob], "presence": "active"}])
    token = d.actors["tokens"]["member_in"]
    mine = d.call("users.getPresence", token)
    check("users.getPresence counts connections", mine["presence"] == "active" and mine["online"] and mine["connection_count"] == 1, mine)
    second = Rtm(d, "member_in")
    second.read()
    check("a second connection changes nothing", changes(owner) == [])
    d.call("users.setPresence", token, presence="away")
    check("away by hand", [f["presence"] for f in changes(owner)] == ["away"])
    check("one's own connections are told", {"type": "manual_presence_change", "presence": "away"} in c.sync() and
          {"type": "manual_presence_change", "presence": "away"} in second.sync())
    check("who did not subscribe hears nothing", changes(c) == [])
    d.call("users.setPresence", token, presence="auto")
    check("and back", [f["presence"] for f in changes(owner)] == ["active"])
    owner.send("presence_sub", ids=[carol])
    settled(owner)
    batch.sync()
    second.close()
    c.close()
    batch.until(lambda f: f.get("type") == "presence_change" and f["presence"] == "away")
    check("the last connection's end makes away", batch.seen[-1]["users"] == [bob])
    check("a new list takes the place of the old one", changes(owner) == [])
    check("users.getPresence knows", d.call("users.getPresence", user=bob)["presence"] == "away")
    owner.sync()
    owner.send("presence_query", ids=[bob, user_of(d, "owner"), other])
    settled(owner)
    got = {f["user"]: f["presence"] for f in owner.seen if f.get("type") == "presence_change"}
    check("presence_query", got == {bob: "away", user_of(d, "owner"): "active"}, got)
    for rtm in (owner, batch):
        rtm.close()


def test_auto_away(d):
    """Ten minutes without doing anything make away; whatever the person does makes active again."""
    bob, token = user_of(d, "member_in"), d.actors["tokens"]["member_in"]
    owner = Rtm(d, "owner")
    owner.read()
    check("who never connected is away", d.call("users.getPresence", user=user_of(d, "admin"))["presence"] == "away")
    c = Rtm(d, "member_in")
    c.read()
    bot = Rtm(d, "bot_in")
    bot.read()
    helper = user_of(d, "bot_in")
    owner.send("presence_sub", ids=[bob, helper, user_of(d, "owner")])
    settled(owner)

    def advance(by):
        d.call("taut.clock.set", advance=by)

    def heard(want):
        got = owner.until(lambda f: f.get("type") == "presence_change" and f["user"] == bob)
        return got and got["presence"] == want

    owner.sync()
    advance("9m")
    mine = d.call("users.getPresence", token)
    check("nine minutes are too few", mine["presence"] == "active" and not mine["auto_away"], mine)
    seen = mine["last_activity"]
    advance("1m")
    check("whoever watches hears of it", heard("away"))
    mine = d.call("users.getPresence", token)
    check("users.getPresence tells why", mine["presence"] == "away" and mine["auto_away"] and mine["online"] and not mine["manual_away"]
          and mine["connection_count"] == 1 and mine["last_activity"] == seen, mine)
    check("others see the presence alone", d.call("users.getPresence", user=bob) == {"ok": True, "presence": "away"})
    check("a bot is there while it is connected", d.call("users.getPresence", user=helper)["presence"] == "active")
    c.sync()
    check("a ping is nothing done", d.call("users.getPresence", token)["presence"] == "away")
    d.call("users.setActive", token)
    check("users.setActive is", heard("active"))
    mine = d.call("users.getPresence", token)
    check("then it is no more away", mine["presence"] == "active" and not mine["auto_away"] and mine["last_activity"] > seen, mine)
    for act, name in ((lambda: c.send("typing", channel="C0GENERAL"), "typing"),
                      (lambda: c.send("message", channel="C0GENERAL", text="back"), "a message over RTM"),
                      (lambda: d.call("chat.postMessage", token, channel="C0GENERAL", text="back"), "a call that writes")):
        advance("10m")
        check("away before " + name, heard("away"))
        act()
        check("active again: " + name, heard("active"))
    advance("10m")
    check("away before reading", heard("away"))
    d.call("conversations.history", token, channel="C0GENERAL")
    check("reading is not", d.call("users.getPresence", token)["presence"] == "away")
    d.call("users.setPresence", token, presence="away")
    mine = d.call("users.getPresence", token)
    check("by hand as well", mine["manual_away"] and mine["presence"] == "away", mine)
    d.call("users.setPresence", token, presence="auto")
    check("auto is something done", heard("active"))
    for rtm in (owner, c, bot):
        rtm.close()


def test_pace(*args):
    """rate_limits=slack: a message a second, ten times as many other frames; whoever does not slow down is sent away."""
    with Dev("--rate-limits", "slack", *args, actors=True) as d:
        kinds = itertools.cycle(["member_in", "member_in2", "member_out", "owner", "admin"])  # rtm.connect has a quota too

        def open_one():
            rtm = Rtm(d, next(kinds))
            check("it may come", rtm.read() == {"type": "hello"})
            return rtm

        def said(rtm, n, **fields):
            """n frames at once, and a message that is answered whatever happened to them: how many were refused."""
            rtm.sync()
            rtm.send_all([dict(fields, id=1000 + i) for i in range(n)])
            return len([f for f in rtm.sync() if f.get("error", {}).get("msg") == "ratelimited" and
                        f == {"ok": False, "reply_to": f["reply_to"], "error": {"code": 3, "msg": "ratelimited"}}])

        def sent_away(n, **fields):
            rtm = open_one()
            rtm.send_all([fields] * n)
            rtm.until(lambda f: False)
            check("going on regardless is the end: %s" % fields["type"], rtm.code == 1008, rtm.code)
            return rtm.seen

        message = {"type": "message", "channel": "C0GENERAL", "text": "x"}
        rtm = open_one()
        ids = {rtm.send(**message) for _ in range(10)}
        while ids:
            f = rtm.read()
            check("ten at once are taken", f and f.get("ok", True), f)
            ids.discard(f.get("reply_to"))
        refused = said(rtm, 5, **message)
        check("more are refused", refused, refused)
        check("other frames go on", rtm.sync() == [])
        rtm.close()
        sent_away(40, **message)

        rtm = open_one()
        ids = ["U0NOBODY%d" % i for i in range(500)]
        check("all people of a large workspace can be asked for", not said(rtm, 10, type="presence_query", ids=ids))
        check("but not again and again", said(rtm, 8, type="presence_query", ids=ids))
        rtm.close()
        rtm = open_one()
        for fields in ({"type": "typing", "channel": "C0GENERAL"}, {"type": "ping"}, {"type": "presence_sub", "ids": ["U0BOB"]}):
            check("what clients do is far below it: %s" % fields["type"], not said(rtm, 60, **fields))
        answer = rtm.until(lambda f, n=rtm.send(**message): f.get("reply_to") == n)
        check("and leaves messages alone", answer["ok"], answer)
        rtm.close()
        for kind in ("typing", "ping", "presence_sub", "presence_query", "what"):
            seen = sent_away(600, type=kind)
            check("it was told before: %s" % kind, [f for f in seen if f.get("error", {}).get("msg") == "ratelimited"])
        open_one().close()


def test_load(d):
    """Many senders into a few conversations: everybody hears each in the order of the timestamps, once."""
    rooms = [channel(d, "rtm-load%d" % i, "member_in", "member_in2", "member_out", "bot_in") for i in range(3)]
    senders = ["owner", "member_in", "member_in2", "member_out"]
    readers = [Rtm(d, "bot_in") for _ in range(5)] + [Rtm(d, "member_in2")]
    over = [Rtm(d, k) for k in senders]
    each = 50
    for rtm in readers + over:
        rtm.sync()

    def post(kind, rtm):
        for i in range(each):
            if i % 2:
                rtm.send("message", channel=rooms[i % 3], text="%s %d" % (kind, i))
                rtm.until(lambda f: f.get("reply_to") == rtm.id)
            else:
                d.call("chat.postMessage", d.actors["tokens"][kind], channel=rooms[i % 3], text="%s %d" % (kind, i))

    at_once([lambda kind=kind, rtm=rtm: post(kind, rtm) for kind, rtm in zip(senders, over)])
    for rtm in readers:
        got = [f for f in rtm.sync() if f.get("type") == "message"]
        check("all are heard, once", len(got) == len({f["ts"] + f["channel"] for f in got}) == each * len(senders), len(got))
        for room in rooms:
            order = [f["ts"] for f in got if f["channel"] == room]
            check("in order", order == sorted(order))
    for rtm in readers + over:
        rtm.close()


def test_end(sig, *args):
    with Dev(*args, actors=True) as d:
        c = Rtm(d, "owner")
        check("hello", c.read() == {"type": "hello"})
        if sig == signal.SIGTERM:
            d.process.send_signal(sig)
            bye = c.read()
            check("goodbye", bye == {"type": "goodbye"}, (bye, c.code))
            c.read()
            check("and 1001", c.code == 1001, c.code)
            c.ws.send(CLOSE, b"\x03\xe9")
            check("the server ends well", d.process.wait(WAIT_S) == 0)
        else:
            d.kill()
            check("killed, the connection ends", c.read() is None)
        c.close()
    with Dev(*args, actors=True) as d:
        c = Rtm(d, "owner")
        check("another start serves again", c.read() == {"type": "hello"})
        c.close()


def test_public_url():
    with Dev("--public-url", "https://chat.example") as d:
        url = d.call("rtm.connect")["url"]
        check("the address follows the public one", url.startswith("wss://chat.example/websocket/"), url)


def main():
    for engine in engines():
        with Dev(*engine, actors=True) as d:
            for test in (test_tickets, test_hearing, test_messages, test_typing, test_presence, test_load, test_auto_away):
                test(d)
        test_pace(*engine)
        test_end(signal.SIGTERM, *engine)
    test_end(signal.SIGKILL)
    test_public_url()


if __name__ == "__main__":
    main()
    finish()
