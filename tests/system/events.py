#!/usr/bin/env python3
"""The Events API from outside: who hears what, in order, signed, tried again, and there after kill -9.

    tests/system/events.py [BUILD]        with TAUT_TEST_PG set: `taut dev` on that PostgreSQL database as well
"""
import contextlib
import json
import re
import sqlite3
import threading
import time

from apps import REACHING, TOKEN, Receiver, World, app, create, let_in, listening, seed
from harness import Serve, at_once, check, engines, finish, table, until
from nodes import database

ORDERED = 2000
LATE = 300  # more than a batch
MESSAGES = ["message.channels", "message.groups", "message.im", "message.mpim", "app_mention", "reaction_added", "channel_created",
            "member_joined_channel"]


def test_who_hears(*args):
    r = Receiver()
    spy = app("spy", r.url + "spy", [], ["message.channels", "message.groups", "message.im", "channel_created"])
    weak = app("weak", r.url + "weak", [], ["message.channels", "reaction_added"])
    far = app("far", r.url + "far", MESSAGES)
    far["bots"][0]["workspace"] = far["workspace"] = "two"
    world = seed([app("talk", r.url + "talk", MESSAGES), spy, weak, far],
                 [{"user": "ben", "app": "spy", "token": "xoxp-1-spy"}, {"user": "gus", "app": "spy", "token": "xoxp-1-spygus"},
                  {"user": "ben", "app": "weak", "token": "xoxp-1-weak", "scopes": ["channels:history"]}])
    with World(world, *args) as dev:
        listening(dev, r, "talk", "spy", "weak")
        check("the challenge was asked for once, with the token", len(r.of("talk?")) == 1 and r.of("talk?")[0]["token"] == TOKEN)
        dev.post("general", "hello")
        dev.post("C0CLOSED", "closed to bots")
        dev.post("C0DEV", "bots are not in <@U0TALK>")
        dev.post("C0OPEN", "open to talk alone")
        dm = dev.call("conversations.open", users="U0BEN")["channel"]["id"]
        dev.post(dm, "between us")
        im = dev.call("conversations.open", users="U0TALK")["channel"]["id"]
        dev.post(im, "for the bot <@U0TALK>")
        m = dev.post("general", "ho <@U0TALK> & <@U0BEN>")
        dev.call("reactions.add", channel=m["channel"], timestamp=m["ts"], name="tada")
        made = dev.call("conversations.create", name="fresh")["channel"]["id"]
        dev.call("conversations.create", name="secret", is_private="true")
        dev.call("conversations.invite", channel=made, users="U0TALK")
        dev.post("general", "not for others", token="xoxp-2-olga")
        dev.post("general", "end")
        for a in ("talk", "spy", "weak"):
            until(a + " heard the end", lambda a=a: "end" in r.texts(a))
        texts = [e["text"] for e in r.events("talk") if e["type"] == "message" and not e.get("subtype")]
        check("the bot hears where it is", texts == ["hello", "open to talk alone", "for the bot <@U0TALK>", "ho <@U0TALK> &amp; <@U0BEN>",
                                                     "end"], texts)
        types = [e.get("channel_type") for e in r.events("talk") if e["type"] == "message" and not e.get("subtype")]
        check("kinds of conversations", types == ["channel", "group", "im", "channel", "channel"], types)
        mentions = [e["text"] for e in r.events("talk") if e["type"] == "app_mention"]
        check("it is told once of being mentioned", mentions == ["ho <@U0TALK> &amp; <@U0BEN>"], mentions)
        rest = [e["type"] for e in r.events("talk") if e["type"] not in ("message", "app_mention")]
        check("reaction, channel, join", rest == ["reaction_added", "channel_created", "member_joined_channel"], rest)
        spied = [e.get("text") for e in r.events("spy") if e["type"] == "message" and not e.get("subtype")]
        check("a person's app hears what the person may see", spied == ["hello", "closed to bots", "bots are not in <@U0TALK>", "between us",
                                                                        "ho <@U0TALK> &amp; <@U0BEN>", "end"], spied)
        check("and of new public channels", [e["channel"]["name"] for e in r.events("spy") if e["type"] == "channel_created"] == ["fresh"])
        kinds = {e["type"] for e in r.events("weak")}
        check("no event without its scope", kinds == {"message"}, kinds)
        check("another workspace's hears its own alone", set(r.texts("far")) == {"not for others"}, r.texts("far"))
        check_envelope(r.of("talk")[0]["data"])
        check("signed", all(g["signed"] for a in ("talk", "spy", "weak", "far") for g in r.of(a)))
        check("nothing twice", len({g["data"]["event_id"] for g in r.of("talk")}) == len(r.of("talk")))


def test_own_events(*args):
    """What is about one app is told to that app, not to others in the workspace."""
    r = Receiver()
    heard = ["message.channels", "tokens_revoked", "app_uninstalled"]
    world = seed([app("talk", r.url + "talk", heard), app("spy", r.url + "spy", heard)],
                 [{"user": "ben", "app": "talk", "token": "xoxp-1-talk"}, {"user": "ann", "app": "talk", "token": "xoxp-1-talk2"}])
    with World(world, *args) as dev:
        listening(dev, r, "talk", "spy")
        check("a token is revoked", dev.call("auth.revoke", "xoxp-1-talk")["ok"])
        until("its app hears of it", lambda: [e["type"] for e in r.events("talk")] == ["tokens_revoked"])
        dev.post("general", "end")
        until("the other hears what comes later", lambda: "end" in r.texts("spy"))
        check("and nothing of that", [e["type"] for e in r.events("spy")] == ["message"], r.events("spy"))


def test_return(*args):
    """An app that left and is let in again hears again."""
    r = Receiver()
    one = app("talk", r.url + "talk", ["message.channels"])
    one.update(client_id="1.1", client_secret="secret")
    with World(seed([one]), *args) as dev:
        listening(dev, r, "talk")
        gone = dev.call("apps.uninstall", "xoxb-1-talk", client_id="1.1", client_secret="secret")
        check("it leaves", gone["ok"], gone)
        dev.post("general", "while it is away")
        back = dev.call("taut.oauth.approve", client_id="1.1", scope="channels:history,chat:write", approve="true")
        check("it is let in again", back["ok"], back)
        dev.post("general", "welcome back")
        until("it hears at once", lambda: "welcome back" in r.texts("talk"))
        check("and not of what was said meanwhile", "while it is away" not in r.texts("talk"), r.texts("talk"))


def test_organization(*args):
    """An app that the whole organization let in hears of every workspace that its bot is in."""
    r = Receiver()
    wide, narrow = (app(name, r.url + name, ["message.channels"]) for name in ("wide", "narrow"))
    wide["bots"][0]["also_in"] = ["two"]
    world = seed([wide, narrow], [{"user": "wide", "organization": True, "token": "xoxb-org-wide"}, {"app": "wide", "token": "xapp-wide"}])
    world["tokens"] = [t for t in world["tokens"] if t["token"] != "xoxb-1-wide"]
    with World(world, *args) as dev:
        listening(dev, r, "wide", "narrow")
        dev.post("general", "in two", "xoxp-2-olga")
        dev.post("general", "in one")
        until("the app hears of one workspace", lambda: "in one" in r.texts("wide"))
        until("and of the other", lambda: "in two" in r.texts("wide"))
        until("an app of one workspace hears of that", lambda: "in one" in r.texts("narrow"))
        check("alone", "in two" not in r.texts("narrow"), r.texts("narrow"))
        for text, team in (("in one", "T0ONE"), ("in two", "T0TWO")):
            d = next(g["data"] for g in r.of("wide") if g["data"]["event"]["text"] == text)
            org = d["context_enterprise_id"]
            check("the envelope names organization and workspace", d["team_id"] == team and org and d["authorizations"] == [
                {"enterprise_id": org, "team_id": team, "user_id": "U0WIDE", "is_bot": True, "is_enterprise_install": True}], d)
        told = dev.call("apps.event.authorizations.list", "xapp-wide", event_context=d["event_context"])
        check("and so does apps.event.authorizations.list", told["ok"] and told["authorizations"] == d["authorizations"], told)


def test_authorizations(*args):
    """apps.event.authorizations.list: for whom else an event was; what no event carried tells nothing."""
    r = Receiver()
    heard = ["message.channels", "message.groups", "channel_created"]
    world = seed([app("talk", r.url + "talk", heard, ["im_created"]), app("spy", r.url + "spy", heard)],
                 [{"user": "ann", "app": "talk", "token": "xoxp-1-talk"}, {"user": "ben", "app": "talk", "token": "xoxp-2-talk"}]
                 + [{"app": name, "token": "xapp-" + name} for name in ("talk", "spy")])
    with World(world, *args) as dev:
        listening(dev, r, "talk", "spy")

        def asked(context, token="xapp-talk", **more):
            return dev.call("apps.event.authorizations.list", token, event_context=context, **more)

        def may_see(context):
            """In order, a page at a time."""
            users, cursor = [], ""
            while True:
                reply = asked(context, limit=1, cursor=cursor)
                check("it is told", reply["ok"] and len(reply["authorizations"]) <= 1, reply)
                users += [(a["user_id"], a["is_bot"]) for a in reply["authorizations"]]
                cursor = reply["response_metadata"]["next_cursor"]
                if not cursor:
                    return sorted(users)

        def context_of(name, wanted):
            until("%s hears of it" % name, lambda: any(wanted(e) for e in r.events(name)))
            return next(g["data"]["event_context"] for g in r.of(name) if wanted(g["data"]["event"]))

        ann, ben, bot = ("U0ANN", False), ("U0BEN", False), ("U0TALK", True)
        dev.post("general", "to all")
        dev.post("C0OPEN", "to some")
        dev.call("conversations.create", name="fresh")
        dev.call("conversations.open", users="U0GUS")
        put = dev.call("chat.scheduleMessage", channel="general", text="for later", post_at=str(int(time.time()) + 60))
        check("something waits for its time", put["ok"], put)
        dev.call("taut.clock.set", advance="61s")
        to_all, to_some, later = (context_of("talk", lambda e, text=text: e.get("text") == text)
                                  for text in ("to all", "to some", "for later"))
        for what, context, users in (
                ("who is in the conversation", to_all, [ann, ben, bot]),
                ("and not who is not", to_some, [ann, bot]),
                ("what nobody called for has one too", later, [ann, ben, bot]),
                ("an event to a workspace is for all", context_of("talk", lambda e: e["type"] == "channel_created"), [ann, ben, bot]),
                ("one to a person for that person", context_of("talk", lambda e: e["type"] == "im_created"), [ann])):
            check(what, may_see(context) == users, may_see(context))
        check("in one page", asked(to_some)["authorizations"] == [
            {"enterprise_id": None, "team_id": "T0ONE", "user_id": user, "is_bot": is_bot, "is_enterprise_install": False}
            for user, is_bot in (ann, bot)], asked(to_some))
        of_spy = context_of("spy", lambda e: e.get("text") == "to all")
        for what, reply, error in (
                ("another app's", asked(of_spy), "auth_mismatch"),
                ("and the other way", asked(to_all, "xapp-spy"), "auth_mismatch"),
                ("no cursor of it", asked(to_all, cursor="x"), "invalid_cursor"),
                ("of parts of two", asked(to_all[:-20] + to_some[-20:]), "invalid_event_context"),
                ("cut", asked(to_all[:-4]), "invalid_event_context")):
            check(what, reply == {"ok": False, "error": error}, reply)


def check_envelope(d):
    shape = {k: v for k, v in d.items() if k not in ("event", "event_id", "event_time", "event_context")}
    check("the envelope", shape == {
        "token": TOKEN, "team_id": "T0ONE", "context_team_id": "T0ONE", "context_enterprise_id": None, "api_app_id": "A0TALK",
        "type": "event_callback", "is_ext_shared_channel": False,
        "authorizations": [{"enterprise_id": None, "team_id": "T0ONE", "user_id": "U0TALK", "is_bot": True,
                            "is_enterprise_install": False}]}, shape)
    check("its event's id", d["event_id"].startswith("Ev") and len(d["event_id"]) > 8, d["event_id"])
    check("its context is opaque text", isinstance(d["event_context"], str) and d["event_context"])


def test_order(*args):
    r = Receiver()
    with World(seed([app("talk", r.url + "talk", ["message.channels"])]), *args) as dev:
        listening(dev, r, "talk")
        def say(text):
            """False: PostgreSQL asks to come again when too many write at once."""
            return dev.full("chat.postMessage", channel="general", text=text).status != 503

        def post(first):
            for i in range(first, ORDERED, 4):
                while not say("n%d" % i):
                    time.sleep(0.01)
        at_once([lambda i=i: post(i) for i in range(4)])
        until("all arrive", lambda: len(r.of("talk")) >= ORDERED)
        ts = [e["ts"] for e in r.events("talk")]
        check("in the order of their commit, each once", ts == sorted(set(ts)) and len(ts) == ORDERED, len(ts))


def test_retries(*args):
    r = Receiver()
    apps = [app(n, r.url + n, ["message.channels"]) for n in ("talk", "once", "stop", "hang", "junk", "loop", "away")]
    with World(seed(apps), *args) as dev:
        listening(dev, r, *[a["name"] for a in apps])
        inside = Receiver()
        inside_url = inside.url.replace("127.0.0.1", "169.254.10.10")
        tries = {"once": 0}
        def once(_):
            tries["once"] += 1
            return (500, {}, "") if tries["once"] <= 3 else (200, {}, "")
        r.answers = {
            "once": once,
            "stop": lambda _: (500, {"X-Slack-No-Retry": "1"}, ""),
            "hang": lambda _: (time.sleep(4), (200, {}, ""))[1],
            "junk": lambda _: (200, {}, "x" * 200000),
            "loop": lambda _: (302, {"Location": r.url + "loop"}, ""),
            "away": lambda _: (307, {"Location": inside_url + "x"}, ""),
        }
        begun = time.monotonic()
        dev.post("general", "first")
        dev.post("general", "second")
        until("those who answer are not held up", lambda: r.texts("talk") == ["first", "second"], 5)
        check("within their own time", time.monotonic() - begun < 2.5)
        until("a failure is tried again at once, and later ones go on", lambda: r.texts("once")[:3] == ["first", "first", "second"])
        until("the hanging one was tried twice", lambda: len(r.of("hang")) >= 2, 20)
        check("the first attempt says nothing of attempts", r.of("once")[0]["num"] is None)
        again = [(g["num"], g["reason"]) for g in r.of("once")[1:2]]
        check("the second does", again == [("1", "http_error")], again)
        check("the time limit", (r.of("hang")[1]["num"], r.of("hang")[1]["reason"]) == ("1", "http_timeout"), r.of("hang")[1])
        until("no retry is asked for", lambda: r.texts("stop") == ["first", "second"])
        until("redirects end", lambda: len({g["num"] for g in r.of("loop")}) >= 2)
        check("and are told", r.of("loop")[-1]["reason"] in (None, "too_many_redirects"), r.of("loop")[-1]["reason"])
        until("too long an answer is none", lambda: any(g["reason"] for g in r.of("junk")))
        until("an address inside is refused", lambda: "event_url_forbidden" in dev.said())
        check("it is not reached", not inside.got)
        r.answers["hang"] = None
        until("all have done what they can now", lambda: len(r.of("hang")) >= 2 and len(r.of("away")) >= 4, 20)
        time.sleep(1.2)
        n = len(r.of("once"))
        check("then it waits", r.texts("once") == ["first", "first", "second", "second"] or n == 3, r.texts("once"))
        before = len([t for t in r.texts("once") if t == "first"])
        dev.call("taut.clock.set", advance="61s")
        until("a minute later", lambda: len([t for t in r.texts("once") if t == "first"]) > before)
        last = [g for g in r.of("once") if g["data"]["event"]["text"] == "first"][-1]
        check("as the second retry", last["num"] == "2", last["num"])
        until("others as well", lambda: len([g for g in r.of("away") if g["num"] == "2"]) == 2)
        time.sleep(1.2)
        dev.call("taut.clock.set", advance="301s")
        until("the last attempt", lambda: len([g for g in r.of("away") if g["num"] == "3"]) == 2, 20)
        n = len(r.of("away"))
        dev.call("taut.clock.set", advance="3600s")
        time.sleep(1.5)
        check("and is given up", len(r.of("away")) == n, (n, len(r.of("away"))))
        check("no retry means none", r.texts("stop") == ["first", "second"], r.texts("stop"))


def test_challenge(*args):
    r = Receiver()
    answers = {"plain": lambda c: c, "form": lambda c: "challenge=" + c, "json": lambda c: json.dumps({"challenge": c}),
               "wrong": lambda c: "no" + c}
    for name, f in answers.items():
        r.answers[name + "?"] = lambda data, f=f: (200, {}, f(data["challenge"]))
    with World(seed([app(n, r.url + n, ["message.channels"]) for n in answers]), *args) as dev:
        listening(dev, r, "plain", "form", "json")
        check("who does not answer the challenge hears nothing", not r.of("wrong"))
        r.answers["wrong?"] = None
        until("but is asked again", lambda: len(r.of("wrong?")) >= 2)
        listening(dev, r, "wrong")


def test_disabling(*args):
    """More than 95 of a hundred attempts of an hour failed, of a thousand at least: the app hears nothing more."""
    r = Receiver()
    with World(seed([app("talk", r.url + "talk", ["message.channels"]), app("bad", r.url + "bad", ["message.channels"])]), *args) as dev:
        listening(dev, r, "talk", "bad")
        r.answers["bad"] = lambda _: (500, {}, "")
        for i in range(540):
            dev.post("general", "n%d" % i)
        until("it is turned off", lambda: "event=events_disabled app=A0BAD" in dev.said())
        until("others hear all", lambda: len(r.of("talk")) == 540)
        r.answers["bad"] = None
        time.sleep(1.2)
        n = len(r.of("bad"))
        dev.post("general", "after")
        until("others go on", lambda: "after" in r.texts("talk"))
        time.sleep(0.3)
        check("it hears nothing more", len(r.of("bad")) == n and "after" not in r.texts("bad"), r.texts("bad")[-3:])


def dropped(server, name):
    """How many events came too late for an app, line by line of the log."""
    return [int(n) for n in re.findall("event=events_late app=%s dropped=([0-9]+)" % name, server.said())]


def test_late(*args):
    """Who answers, but slowly: what has waited for two hours is not delivered any more."""
    r = Receiver()
    with World(seed([app("talk", r.url + "talk", ["message.channels"]), app("slow", r.url + "slow", ["message.channels"])]), *args) as dev:
        listening(dev, r, "talk", "slow")
        gate = threading.Event()
        r.answers["slow"] = lambda _: (gate.wait(10), (200, {}, ""))[1]
        dev.post("general", "first")
        until("it is asked", lambda: r.of("slow"))
        for i in range(LATE):
            dev.post("general", "n%d" % i)
        until("who answers at once has all", lambda: len(r.of("talk")) == LATE + 1)
        dev.call("taut.clock.set", advance="7201s")
        dev.post("general", "in time")
        gate.set()
        until("what is not too old is heard", lambda: "in time" in r.texts("slow"))
        check("and nothing of what is", set(r.texts("slow")) == {"first", "in time"}, r.texts("slow"))
        until("the log tells of it", lambda: dropped(dev, "A0SLOW"))
        dev.call("taut.clock.set", advance="1s")
        dev.post("general", "later")
        until("it goes on", lambda: "later" in r.texts("slow"))
        check("once a minute at most", len(dropped(dev, "A0SLOW")) == 1, dropped(dev, "A0SLOW"))
        check("it ends in peace", dev.stop() == 0)
        told = dropped(dev, "A0SLOW")
        check("and in the end the rest", LATE <= sum(told) <= LATE + 1 and len(told) <= 2 and not dropped(dev, "A0TALK"), told)


def test_late_unheard(**how):
    """Nobody is connected: what has waited for two hours goes, however much it is."""
    with Serve(**how) as s:
        manifest = app("talk", "", ["message.channels"])["manifest"]
        manifest["settings"]["socket_mode_enabled"] = True
        create(s, manifest)
        check("it ends in peace", s.stop() == 0)
        s.sql("insert into outbox (id, app_id, team_id, body, attempts, due_us, reason, created_us) with recursive n(i) as"
              " (select 1 union all select i + 1 from n where i < %d) select i, (select max(id) from app where manifest <> ''), 1, '{}', 0, 0,"
              " '', case when i > %d then %d else 1 end from n" % (4 * LATE + 3, 4 * LATE, time.time() * 1e6))
        s.start()
        until("it is gone, and nothing else", lambda: s.sql("select count(*), min(id) from outbox") == "3|%d" % (4 * LATE + 1))
        check("it ends in peace again", s.stop() == 0)
        told = dropped(s, "A[0-9A-Z]+")
        check("the log tells of all", sum(told) == 4 * LATE and len(told) <= 2, told)


def test_links(*args):
    r = Receiver()
    viewer = app("view", r.url + "view", ["link_shared", "message.channels"])
    viewer["manifest"]["features"] = {"unfurl_domains": ["example.com"]}
    with World(seed([viewer]), *args) as dev:
        listening(dev, r, "view")
        m = dev.post("general", "<https://example.com/a?x=1&y=2> <http://www.example.com/b|b> <https://example.com/a?x=1&y=2> "
                                "<https://example.org/> <https://notexample.com/>")
        dev.post("general", "<https://example.org/>")
        dev.post("C0DEV", "<https://example.com/elsewhere>")
        dev.call("chat.postMessage", "xoxb-1-view", channel="general", text="<https://example.com/own>")
        dev.post("general", "end")
        until("all is heard", lambda: "end" in r.texts("view"))
        shared = [e for e in r.events("view") if e["type"] == "link_shared"]
        check("once, with the links of its domains, each once", len(shared) == 1 and shared[0]["links"] == [
            {"url": "https://example.com/a?x=1&y=2", "domain": "example.com"},
            {"url": "http://www.example.com/b", "domain": "example.com"}], shared)
        check("and where they stand", all(shared[0][k] == v for k, v in {
            "channel": m["channel"], "user": "U0ANN", "message_ts": m["ts"], "is_bot_user_member": True, "event_ts": m["ts"],
            "source": "conversations_history"}.items()), shared)
        done = dev.call("chat.unfurl", "xoxb-1-view", unfurl_id=shared[0]["unfurl_id"], source=shared[0]["source"],
                        unfurls=json.dumps({"https://example.com/a?x=1&y=2": {"text": "A"}}))
        check("so that it can preview them", done["ok"], done)


def waiting(dev):
    """Rows in the outbox; of SQLite alone."""
    with contextlib.closing(sqlite3.connect("file:%s/taut.db?mode=ro" % dev.folder, uri=True)) as db:
        return db.execute("select count(*) from outbox").fetchone()[0]


def test_limit():
    """rate_limits=slack: 30,000 events an hour; then the app is told so, once a minute, and hears nothing else."""
    r = Receiver()
    world = seed([app("talk", r.url + "talk", ["member_joined_channel", "message.channels"])])
    people = ["p%d" % i for i in range(1000)]
    world["users"] += [{"name": name, "id": "U0P%d" % i, "in_general": False} for i, name in enumerate(people)]
    world["channels"] += [{"name": "c%d" % i, "id": "C0MANY%d" % i, "members": ["ann", "talk"]} for i in range(30)]
    with World(world, "--rate-limits", "slack", "--clock", "2030-01-01T00:00:30Z") as dev:
        dev.call("taut.clock.set", frozen="true")
        ready = 0
        while not r.texts("talk"):
            dev.post("general", "ready")
            ready += 1
            time.sleep(0.3)
        for i in range(30):
            joined = dev.call("conversations.invite", channel="C0MANY%d" % i, users=",".join("U0P%d" % k for k in range(1000)))
            check("they are invited", joined["ok"], joined)

        def told():
            return [g["data"] for g in r.of("talk") if g["data"]["type"] == "app_rate_limited"]

        until("it is told", told, 120)
        check("how", told()[0] == {
            "token": TOKEN, "type": "app_rate_limited", "team_id": "T0ONE", "minute_rate_limited": 1893456000, "api_app_id": "A0TALK"}, told()[0])
        check("after 30,000", len([g for g in r.of("talk") if g["data"]["type"] == "event_callback"]) == 30000, len(r.of("talk")))
        dev.post("general", "unheard")
        until("all of them are dropped", lambda: not waiting(dev), 120)
        for minute in range(2, ready + 4):  # each is told of one event at least: in the end of one after that
            dev.call("taut.clock.set", advance="1m")
            dev.post("general", "whatever comes next")
            until("again in another minute", lambda: len(told()) == minute)
        dev.call("taut.clock.set", advance="1h")
        dev.post("general", "heard again")
        until("an hour later all is well", lambda: "heard again" in r.texts("talk"))
        check("what was dropped is gone", "unheard" not in r.texts("talk"))


def test_crash():
    r = Receiver()
    manifest = app("talk", r.url + "talk", ["message.channels"])["manifest"]
    with Serve(*REACHING) as s:
        def post(text):
            return s.call("chat.postMessage", channel="general", text=text)

        r.secret = create(s, manifest)["signing secret"]
        let_in(s, "talk")
        until("it hears of the workspace while the server runs", lambda: (post("ready?"), r.of("talk"))[1])
        gate = threading.Event()
        r.answers["talk"] = lambda _: (gate.wait(10), (200, {}, ""))[1]
        for i in range(20):
            post("n%d" % i)
        s.kill()
        gate.set()
        time.sleep(0.1)
        r.answers["talk"] = None
        r.forget("talk")
        s.start()
        until("what was committed arrives after kill -9", lambda: "n19" in r.texts("talk"))
        texts = [t for t in r.texts("talk") if t.startswith("n")]
        check("in order, none missing", texts == ["n%d" % i for i in range(20)][-len(texts):] and len(texts) >= 19, texts)
        check("signed as ever", all(g["signed"] for g in r.of("talk")))
        check("it ends in peace", s.stop() == 0)
        n, asked = len(r.of("talk")), len(r.of("talk?"))
        s.start()
        post("after")
        until("it goes on", lambda: "after" in r.texts("talk"))
        check("a server that ended in peace delivers nothing twice", len(r.of("talk")) == n + 1, r.texts("talk")[n:])
        check("a URL that answered is not asked again", len(r.of("talk?")) == asked)
        check("the manifest is put again", s.shell("app", "update", "talk", "--manifest", s.path("manifest")).returncode == 0)
        until("but it is when the manifest is new", lambda: len(r.of("talk?")) == asked + 1)
        until("and then events go on", lambda: (post("updated"), "updated" in r.texts("talk"))[1])


def test_shell():
    """taut app beside a running server: what it does, apps hear."""
    r = Receiver()
    manifest = app("talk", r.url + "talk", ["app_uninstalled", "tokens_revoked", "message.channels"])["manifest"]
    with Serve(*REACHING) as s:
        def shell(*words):
            done = s.shell(*words)
            check("it ends by itself: %s" % " ".join(words), done.returncode in (0, 1), done.returncode)
            return done.stdout if done.returncode == 0 else done.stderr

        def bot_token(*words):
            return table(shell(*words))["bot token"]

        made = create(s, manifest)
        r.secret = made["signing secret"]
        check("hints go to standard error, the rest is told", made["bot token"].startswith("xoxb-"), made)
        until("the list says when its URL is verified", lambda: "URL verified" in shell("app", "list"))
        check("and where it is", re.search(r"URL verified +\w+ +talk", shell("app", "list")), shell("app", "list"))
        check("uninstalling works", shell("app", "uninstall", "talk") == "")
        until("the app hears of it", lambda: [e["type"] for e in r.events("talk")] == ["app_uninstalled"])
        check("its token stopped", s.call("auth.test", made["bot token"])["error"] == "token_revoked")
        bot = next(u for u in s.call("users.list")["members"] if u["name"] == "talk")
        check("its bot is deactivated", bot["deleted"], bot)
        log = s.call("team.integrationLogs")["logs"]
        check("the log says so", log[0]["change_type"] == "removed" and log[0]["app_type"] == "talk", log[0])
        check("it is not there twice to uninstall", "not in this workspace" in shell("app", "uninstall", "talk"))
        check("it comes back with its bot", s.call("auth.test", bot_token("app", "install", "talk"))["user_id"] == bot["id"])
        check("which is active", not s.call("users.info", user=bot["id"])["user"]["deleted"])
        shown = table(shell("app", "show", "talk"))
        check("show tells its manifest and state", json.loads(shown["manifest"]) == manifest and shown["events"] == "URL verified", shown)
        check("an app token", table(shell("app", "token", "talk"))["app token"].startswith("xapp-"))
        shell("workspace", "create", "Side", "side", "owner")
        check("into another workspace", s.call("auth.test", bot_token("app", "install", "talk", "--team", "side"))["team"] == "Side")
        wide = bot_token("app", "install", "talk", "--org")
        teams = s.call("auth.teams.list", wide)
        check("into all at once", sorted(t["name"] for t in teams["teams"]) == sorted(["Side", s.call("team.info")["team"]["name"]]), teams)
        check("and out", shell("app", "uninstall", "talk", "--org") == "" and s.call("auth.test", wide)["error"] == "token_revoked")
        tokens = bot_token("app", "install", "talk"), bot_token("app", "install", "talk", "--team", "side")
        check("deleting", shell("app", "delete", "talk") == "")
        for token in tokens:
            check("takes it out of all", s.call("auth.test", token)["error"] == "token_revoked")
        check("and it is gone", "There is no app" in shell("app", "show", "talk"))


def test_untold():
    """What the shell changed counts for the next message, also when nobody told the server: here the shell cannot find it."""
    r = Receiver()
    with Serve(*REACHING) as s:
        made = create(s, app("talk", r.url + "talk", ["message.channels"])["manifest"])
        r.secret = made["signing secret"]
        until("its URL is verified", lambda: "URL verified" in s.shell("app", "list").stdout)
        check("it goes", s.shell("app", "uninstall", "talk").returncode == 0)
        until("the server knows", lambda: s.call("auth.test", made["bot token"])["error"] == "token_revoked")
        s.call("chat.postMessage", channel="general", text="while it is away")
        with open(s.folder + "/taut.lock", "w", encoding="utf-8"):
            pass
        check("it comes back", s.shell("app", "install", "talk").returncode == 0)
        general = let_in(s, "talk")
        said = ["n%d" % i for i in range(5)]
        for text in said:
            s.call("chat.postMessage", channel=general, text=text)
        until("it hears what comes last", lambda: said[-1] in r.texts("talk"))
        heard = [text for text in r.texts("talk") if text.startswith("n")]
        check("and all before it", heard == said, r.texts("talk"))


def main():
    for engine in engines():
        for test in (test_who_hears, test_own_events, test_return, test_organization, test_authorizations, test_order, test_retries,
                     test_challenge, test_disabling, test_late, test_links):
            test(*engine)
        test_late_unheard(**({"database": database(engine[1], "taut_late")} if engine else {}))
    test_limit()
    test_crash()
    test_shell()
    test_untold()


if __name__ == "__main__":
    main()
    finish()
