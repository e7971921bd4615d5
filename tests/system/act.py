#!/usr/bin/env python3
"""What people do with apps, from outside: signed forms over HTTP, envelopes over Socket Mode, answers, and none.

    tests/system/act.py [BUILD]        with TAUT_TEST_PG set: `taut dev` on that PostgreSQL database as well
"""
import json
import threading
import time
import urllib.parse

from apps import TOKEN, Connection, Forms, Link, World, acting_app, seed
from harness import FORM, Site, at_once, check, engines, finish, until


def world(r):
    apps = [acting_app("web", r.url + "web"), acting_app("hang", r.url + "hang"), acting_app("gone", "http://127.0.0.1:9/x"),
            acting_app("inside", "http://169.254.10.10/x"), acting_app("talk", socket_mode=True), acting_app("idle", socket_mode=True)]
    return seed(apps, [{"app": "talk", "token": "xapp-1-talk"}, {"app": "idle", "token": "xapp-1-idle"}])


def run(dev, command, text="", **args):
    return dev.call("taut.act", "xoxp-1-ben", type="command", channel="C0DEV", command=command, text=text, **args)


def raw_post(url, body, kind, method="POST"):
    """Status and text."""
    at = urllib.parse.urlsplit(url)
    reply = Site("http://" + at.netloc).ask(method, url, body.encode(), Content_Type=kind)
    return reply.status, reply.data.decode()


def answer(url, body, kind="application/json"):
    status, text = raw_post(url, json.dumps(body), kind)
    return status, json.loads(text)


BUTTON = json.dumps([{"type": "actions", "block_id": "b", "elements": [
    {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "<a & b>"}]}])


def press(dev, channel, ts):
    return dev.call("taut.act", "xoxp-1-ben", type="block_actions", channel=channel, message_ts=ts,
                    actions=json.dumps([{"block_id": "b", "action_id": "go"}]))


def test_buttons(*args):
    r = Forms()
    with World(world(r), *args) as dev:
        link = Link(dev)
        for name in ("web", "talk"):
            m = dev.post("general", "press", token="xoxb-1-" + name, blocks=BUTTON)
            check("it is acknowledged", press(dev, m["channel"], m["ts"]) == {"ok": True})
        got = r.of("web")[0]
        web, e = got["fields"]["payload"], link.envelopes()[0]
        check("one field, signed", list(got["fields"]) == ["payload"] and got["signed"], got)
        check("the envelope", e["type"] == "interactive" and e["accepts_response_payload"] is True, e)
        for p in (web, e["payload"]):
            check("the payload", p["type"] == "block_actions" and p["token"] == TOKEN and p["actions"][0]["value"] == "<a & b>"
                  and p["message"]["text"] == "press" and p["container"]["type"] == "message", p)
        check("each app has its own", (web["api_app_id"], e["payload"]["api_app_id"]) == ("A0WEB", "A0TALK"))

        url = web["response_url"]
        check("its address is this server's", url.startswith(dev.url + "/actions/T0ONE/A0WEB/"), url)
        check("an answer", answer(url, {"text": "one", "replace_original": False}) == (200, {"ok": True}))
        check("by whatever name its type goes", answer(url, {"text": "two", "response_type": "in_channel"}, "text/plain") == (200, {"ok": True}))
        form = "payload=" + urllib.parse.quote_plus(json.dumps({"text": "pressed ü", "replace_original": "true"}))
        check("as a form", raw_post(url, form, FORM) == (200, '{"ok":true}'))
        shown = dev.call("conversations.history", channel=web["channel"]["id"], limit=5)["messages"]
        check("in the place of the original", [m["text"] for m in shown if m["ts"] == web["message"]["ts"]] == ["pressed ü"], shown)
        check("and for everybody", shown[0]["text"] == "two", shown[0])
        check("a mistake costs no use", answer(url, {"blocks": [{"type": "nope"}]}) == (400, {"ok": False, "error": "invalid_blocks"}))
        check("nor does what is no JSON", raw_post(url, "{", "application/json") == (400, '{"ok":false,"error":"invalid_payload"}'))
        check("it goes away", answer(url, {"delete_original": True}) == (200, {"ok": True}))
        check("four", answer(url, {"text": "after"}) == (200, {"ok": True}))
        check("and no more", answer(url, {"text": "six"}) == (404, {"ok": False, "error": "used_url"}))
        late = e["payload"]["response_url"]
        dev.call("taut.clock.set", advance="31m")
        check("half an hour", answer(late, {"text": "late"}) == (404, {"ok": False, "error": "expired_url"}))
        check("a guess", answer(url[:-1], {"text": "x"}) == (403, {"ok": False, "error": "invalid_token"}))
        check("it is for posting", raw_post(url, "", "application/json", "PUT")[0] == 405)


def test_meanwhile(*args):
    """What happens between the question and its answer."""
    r = Forms()
    with World(world(r), *args) as dev:
        def busy(_):
            check("the app may call while it is asked", dev.post("general", "while asked", token="xoxb-1-web")["ok"])
            return 200, {}, "done"
        r.answers["web"] = busy
        check("and its answer comes", run(dev, "/web")["message"]["text"] == "done")
        room = dev.call("conversations.create", name="room", is_private="true")["channel"]["id"]
        dev.call("conversations.invite", channel=room, users="U0BEN")
        def kick(_):
            check("the person is removed", dev.call("conversations.kick", channel=room, user="U0BEN")["ok"])
            return 200, {"Content-Type": "application/json"}, json.dumps({"response_type": "in_channel", "text": "too late"})
        r.answers["web"] = kick
        got = dev.call("taut.act", "xoxp-1-ben", type="command", channel=room, command="/web")
        check("who has left sees nothing of it", got == {"ok": False, "error": "channel_not_found"}, got)
        texts = [m["text"] for m in dev.call("conversations.history", channel=room)["messages"]]
        check("and nobody else", "too late" not in texts, texts)
        r.answers["web"] = None
        url = r.of("web")[-1]["fields"]["response_url"]
        check("the app may still answer there", answer(url, {"text": "so be it", "response_type": "in_channel"})[0] == 200)
        r.answers["hang"] = lambda _: (time.sleep(2), (200, {}, "late"))[1]
        threading.Thread(target=lambda: lost(dev), daemon=True).start()
        until("it is asked", lambda: r.of("hang"))
    # and the server ends in peace, though somebody waits


def lost(dev):
    try:
        run(dev, "/hang")
    except OSError:
        pass


def test_for_one(*args):
    """What one person alone sees reaches them over RTM, and so does what becomes of it."""
    r = Forms()
    with World(world(r), *args) as dev:
        heard = rtm(dev, "xoxp-1-ben")
        others = rtm(dev, "xoxp-1-ann")
        r.answers["web"] = lambda _: (200, {"Content-Type": "application/json"}, json.dumps({"text": "psst", "blocks": json.loads(BUTTON)}))
        shown = run(dev, "/web")
        until("it comes", lambda: any(e.get("text") == "psst" for e in heard))
        r.answers["web"] = None
        check("it is acknowledged", press(dev, "C0DEV", shown["message_ts"]) == {"ok": True})
        url = r.of("web")[-1]["fields"]["payload"]["response_url"]
        check("replaced", answer(url, {"text": "changed", "replace_original": True})[0] == 200)
        until("told", lambda: any(e.get("subtype") == "message_changed" and e["message"]["text"] == "changed" for e in heard))
        check("taken away", answer(url, {"delete_original": True})[0] == 200)
        until("told as well", lambda: any(e.get("subtype") == "message_deleted" and e["deleted_ts"] == shown["message_ts"] for e in heard))
        check("by its marks", all(e["is_ephemeral"] for e in heard if e.get("type") == "message"), heard)
        dev.post("C0DEV", "for all")
        until("others hear the rest", lambda: any(e.get("text") == "for all" for e in others))
        check("nothing of this", [e["text"] for e in others if e.get("type") == "message"] == ["for all"], others)


def rtm(dev, token):
    """What a real-time client hears, as a list that grows."""
    return Connection(dev.call("rtm.connect", token)["url"]).got


def test_command_http(*args):
    r = Forms()
    with World(world(r), *args) as dev:
        odd = "a=b&c d+é\n\"x\" 100%"
        check("it is acknowledged", run(dev, "/web", odd) == {"ok": True})
        got = r.of("web")[0]
        check("signed, as a form", got["signed"] and got["type"] == FORM, got)
        fields = got["fields"]
        check("the text arrives as it was", fields["text"] == odd, fields["text"])
        check("the fields", {k: v for k, v in fields.items() if k not in ("response_url", "trigger_id", "text")} == {
            "token": TOKEN, "team_id": "T0ONE", "team_domain": "one", "channel_id": "C0DEV", "channel_name": "dev", "user_id": "U0BEN",
            "user_name": "ben", "command": "/web", "api_app_id": "A0WEB", "is_enterprise_install": "false"}, fields)
        check("a trigger has three parts", len(fields["trigger_id"].split(".")) == 3, fields["trigger_id"])
        r.answers["web"] = lambda _: (200, {"Content-Type": "application/json"}, json.dumps({"response_type": "in_channel", "text": "for all"}))
        check("it speaks for all", run(dev, "/web")["message"]["text"] == "for all")
        r.answers["web"] = lambda _: (404, {}, "nothing here")
        check("its errors are told", run(dev, "/web") == {"ok": False, "error": "dispatch_failed", "detail": "the app answered with HTTP status 404"})
        r.answers["web"] = lambda _: (302, {"Location": r.url + "web"}, "")
        check("redirects are not followed", run(dev, "/web")["error"] == "dispatch_failed")
        r.answers["web"] = lambda _: (200, {}, "x" * (2 << 20))
        check("nor is what never ends read", run(dev, "/web")["error"] == "dispatch_failed")
        check("nobody is there", run(dev, "/gone") == {"ok": False, "error": "dispatch_failed", "detail": "the app cannot be reached"})
        check("addresses inside are not asked", "may not" in run(dev, "/inside")["detail"])
        check("and the log says what to do", "app_url_forbidden" in dev.said() and "outgoing_allow" in dev.said())
        r.answers["hang"] = lambda _: (time.sleep(4), (200, {}, "late"))[1]
        begun = time.monotonic()
        hung = []

        def meanwhile():
            time.sleep(0.2)
            others = [run(dev, "/gone")["error"] for _ in range(50)]
            check("nobody else waits", others == ["dispatch_failed"] * 50 and not hung)
        at_once([lambda: hung.append(run(dev, "/hang")["error"])], meanwhile)
        check("three seconds it has", hung == ["operation_timeout"], hung)
        check("not more", 2.8 < time.monotonic() - begun < 5, time.monotonic() - begun)


def test_command_socket(*args):
    with World(world(Forms()), *args) as dev:
        check("nobody is connected", run(dev, "/talk") == {"ok": False, "error": "dispatch_failed", "detail": "the app is not connected"})
        link, idle = Link(dev), Link(dev, "xapp-1-idle")
        check("it is acknowledged", run(dev, "/talk", "a") == {"ok": True})
        e = link.envelopes()[0]
        check("the envelope", {k: v for k, v in e.items() if k not in ("payload", "envelope_id")} == {
            "type": "slash_commands", "accepts_response_payload": True}, e)
        check("the payload is the form's", e["payload"]["token"] == TOKEN and e["payload"]["command"] == "/talk"
              and e["payload"]["text"] == "a" and e["payload"]["is_enterprise_install"] == "false", e)
        check("others hear nothing", not idle.envelopes())
        link.answer = lambda e: {"text": "said: " + e["payload"]["text"]}
        check("the acknowledgement's payload is the answer", run(dev, "/talk", "b")["message"]["text"] == "said: b")
        link.answer = lambda e: "plain"
        check("text as well", run(dev, "/talk")["message"]["text"] == "plain")
        def later(e):
            threading.Timer(0.3 if e["payload"]["text"] == "n0" else 0.01, lambda: link.acknowledge(
                e, {"text": e["payload"]["text"]})).start()
            return False
        link.answer = later
        said = {}
        def ask(i):
            said[i] = run(dev, "/talk", "n%d" % i)["message"]["text"]
        at_once([lambda i=i: ask(i) for i in range(8)])
        check("several at once, each with its own answer", said == {i: "n%d" % i for i in range(8)}, said)
        link.answer = lambda e: False
        begun = time.monotonic()
        check("without an acknowledgement it fails", run(dev, "/talk")["error"] == "operation_timeout")
        check("after three seconds", 2.8 < time.monotonic() - begun < 6, time.monotonic() - begun)
        threading.Timer(0.3, link.close).start()
        check("and when it leaves", run(dev, "/talk")["error"] == "dispatch_failed")


def test_left_meanwhile(*args):
    """Who leaves the channel while the app is asked says nothing there any more."""
    r = Forms()
    with World(world(r), *args) as dev:
        def leave(fields):
            dev.call("conversations.leave", "xoxp-1-ben", channel="C0DEV")
            return 200, {"Content-Type": "application/json"}, json.dumps({"response_type": "in_channel", "text": "done"})
        r.answers["web"] = leave
        got = run(dev, "/web", "behind my back")
        check("it fails", got == {"ok": False, "error": "not_in_channel"}, got)
        said = [m["text"] for m in dev.call("conversations.history", channel="C0DEV")["messages"]]
        check("nothing is said", not any("behind my back" in t or t == "done" for t in said), said)


def main():
    for engine in engines():
        for test in (test_command_http, test_command_socket, test_buttons, test_left_meanwhile, test_for_one, test_meanwhile):
            test(*engine)


if __name__ == "__main__":
    main()
    finish()
