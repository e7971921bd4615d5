#!/usr/bin/env python3
"""Socket Mode over plain sockets: addresses, acknowledgements, what is sent again, many connections.

    tests/system/sockets.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import json
import time

from apps import TOKEN, Link, World, app, seed
from harness import check, engines, finish, until, ws_client


def socket_app(name):
    a = app(name, "", ["message.channels"])
    a["manifest"]["settings"]["socket_mode_enabled"] = True
    del a["manifest"]["settings"]["event_subscriptions"]["request_url"]
    return a


def world():
    return seed([socket_app("talk"), socket_app("idle")], [{"app": "talk", "token": "xapp-1-talk"}, {"app": "idle", "token": "xapp-1-idle"}])


def test_addresses(*args):
    with World(world(), *args) as dev:
        link = Link(dev)
        check("hello", link.hello["type"] == "hello" and link.hello["num_connections"] == 1
              and link.hello["connection_info"] == {"app_id": "A0TALK"} and link.hello["debug_info"]["approximate_connection_time"] > 3600,
              link.hello)
        again = ws_client.connect(dev.port, link.path)
        check("an address is good once", "403" in again.head.split("\r\n")[0], again.head)
        guessed = ws_client.connect(dev.port, "/link/?ticket=guessed&app_id=A0TALK")
        check("a guess is none", "403" in guessed.head.split("\r\n")[0], guessed.head)
        check("nor is nothing", "403" in ws_client.connect(dev.port, "/link/").head)
        url = dev.call("apps.connections.open", "xapp-1-talk")["url"]
        dev.call("taut.clock.set", advance="31s")
        late = ws_client.connect(dev.port, url[url.index("/link/"):])
        check("it is good for half a minute", "403" in late.head, late.head)
        url = dev.call("apps.connections.open", "xapp-1-talk")["url"]
        plain = ws_client.connect(dev.port, url[url.index("/link/"):], Upgrade=None)
        check("it is for WebSockets", "426" in plain.head.split("\r\n")[0], plain.head)


def test_delivery(*args):
    with World(world(), *args) as dev:
        dev.post("general", "before anybody is there")
        link, idle = Link(dev), Link(dev, "xapp-1-idle")
        until("what waited comes first", lambda: link.texts() == ["before anybody is there"])
        for i in range(300):
            dev.post("general", "n%d" % i)
        until("all come", lambda: len(link.texts()) >= 301)
        check("in order, once", link.texts()[1:] == ["n%d" % i for i in range(300)])
        until("other apps hear for themselves", lambda: len(idle.texts()) == 301)
        e = link.got[-1]
        check("the envelope", {k: v for k, v in e.items() if k not in ("payload", "envelope_id")} == {
            "type": "events_api", "accepts_response_payload": False, "retry_attempt": 0, "retry_reason": ""}, e)
        check("the payload is that of HTTP", e["payload"]["type"] == "event_callback" and e["payload"]["token"] == TOKEN, e)
        for junk in (b"", b"{", b"[]", b'"x"', b'{"envelope_id":1}', b'{"envelope_id":"nobody-knows"}'):
            link.client.send(ws_client.TEXT, junk)
        link.client.send(ws_client.BINARY, b"\0\1")
        dev.post("general", "after junk")
        until("junk harms nothing", lambda: link.texts()[-1] == "after junk")


def test_again(*args):
    with World(world(), *args) as dev:
        deaf = Link(dev, answer=lambda e: False)
        dev.post("general", "lost")
        until("it comes", lambda: deaf.texts() == ["lost"])
        deaf.close()
        time.sleep(0.1)
        link = Link(dev)
        until("what was not acknowledged comes again", lambda: link.texts() == ["lost"])
        check("and says so", link.got[0]["retry_attempt"] == 1 and link.got[0]["retry_reason"], link.got[0])
        link.answer = lambda e: None if e["retry_attempt"] > 0 else False
        dev.post("general", "slow")
        dev.post("general", "next")
        until("after three seconds as well", lambda: link.texts().count("slow") == 2, 10)
        slow = [e for e in link.got if e["payload"]["event"]["text"] == "slow"][1]
        check("with the reason", (slow["retry_attempt"], slow["retry_reason"]) == (1, "timeout"), slow)
        until("then the next", lambda: "next" in link.texts(), 10)


def test_many(*args):
    with World(world(), *args) as dev:
        links = [Link(dev) for _ in range(10)]
        check("they are counted", [x.hello["num_connections"] for x in links] == list(range(1, 11)))
        extra = Link(dev)
        check("an eleventh is sent away", extra.hello["type"] == "disconnect" and extra.hello["reason"] == "too_many_websockets", extra.hello)
        check("and closed", extra.ended.wait(5))
        for i in range(100):
            dev.post("general", "n%d" % i)
        until("each event goes to one", lambda: sum(len(x.texts()) for x in links) >= 100)
        check("of them all", sorted(t for x in links for t in x.texts()) == sorted("n%d" % i for i in range(100)))
        check("in turn", all(x.texts() for x in links), [len(x.texts()) for x in links])
        for x in links[:9]:
            x.close()
        time.sleep(0.1)
        dev.post("general", "last")
        until("whoever is left hears", lambda: "last" in links[9].texts())


def test_life(*args):
    with World(world(), *args) as dev:
        dev.call("taut.clock.set", frozen="true")
        link, short = Link(dev), Link(dev, more="&debug_reconnects=true")
        check("six minutes for who debugs", short.hello["debug_info"]["approximate_connection_time"] == 360, short.hello)
        dev.call("taut.clock.set", advance="340s")
        dev.post("general", "still there")
        until("nothing is said before", lambda: "still there" in link.texts() + short.texts())
        check("no goodbye yet", not any(e["type"] == "disconnect" for e in short.got), short.got)
        dev.call("taut.clock.set", advance="12s")
        until("a warning ten seconds before", lambda: short.got and short.got[-1]["type"] == "disconnect")
        check("which is one", short.got[-1]["reason"] == "warning" and short.got[-1]["debug_info"]["host"], short.got[-1])
        check("and no end", not short.ended.is_set())
        dev.call("taut.clock.set", advance="10s")
        check("then the end", short.ended.wait(10) and short.got[-1]["reason"] == "refresh_requested", short.got[-2:])
        check("others live longer", not link.ended.is_set())
        dev.post("general", "after")
        until("and get what comes", lambda: link.texts()[-1:] == ["after"])
        dev.call("taut.clock.set", advance="17690s")
        until("a warning for them too", lambda: link.got[-1].get("reason") == "warning")
        dev.call("taut.clock.set", advance="1m")
        check("five hours and a minute", link.ended.wait(10) and link.got[-1]["reason"] == "refresh_requested", link.got[-1])


def test_disabled(*args):
    """Socket Mode is switched off, or the app is deleted, while it is connected."""
    tokens = [{"app": "talk", "token": "xapp-1-talk"}, {"app": "idle", "token": "xapp-1-idle"},
              {"user": "ann", "token": "xoxe.xoxp-ann-config", "scopes": ["app_configurations:write"]}]
    with World(seed([socket_app("talk"), socket_app("idle")], tokens), *args) as dev:
        links, idle = [Link(dev), Link(dev)], Link(dev, "xapp-1-idle")
        dev.post("general", "one")
        until("they are connected", lambda: sum(len(x.texts()) for x in links) == 1 and idle.texts() == ["one"])
        time.sleep(1.5)  # it was seen to be on
        manifest = socket_app("talk")["manifest"]
        manifest["settings"]["socket_mode_enabled"] = False
        del manifest["settings"]["event_subscriptions"]
        r = dev.call("apps.manifest.update", "xoxe.xoxp-ann-config", app_id="A0TALK", manifest=json.dumps(manifest))
        check("the manifest is taken", r["ok"], r)
        check("its connections end", all(x.ended.wait(10) and x.got[-1].get("reason") == "link_disabled" for x in links), [x.got[-1:] for x in links])
        check("and others do not", not idle.ended.is_set())
        r = dev.call("apps.manifest.delete", "xoxe.xoxp-ann-config", app_id="A0IDLE")
        check("an app is deleted", r["ok"], r)
        check("and its connection with it", idle.ended.wait(10) and idle.got[-1].get("reason") == "link_disabled", idle.got[-1:])


if __name__ == "__main__":
    for engine in engines():
        for test in (test_addresses, test_delivery, test_again, test_many, test_life, test_disabled):
            test(*engine)
    finish()
