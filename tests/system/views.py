#!/usr/bin/env python3
"""Modals and Home tabs from outside: opened while the app is asked, over HTTP and Socket Mode; too large ones; who hears.

    tests/system/views.py [BUILD]        with TAUT_TEST_PG set: `taut dev` on that PostgreSQL database as well
"""
import json

import act
from apps import TOKEN, Forms, Link, Receiver, World, acting_app, seed
from harness import at_once, check, engines, finish, until

FORM = {"type": "modal", "title": {"type": "plain_text", "text": "Form"}, "submit": {"type": "plain_text", "text": "Go"}, "notify_on_close": True,
        "blocks": [{"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Name"},
                    "element": {"type": "plain_text_input", "action_id": "a"}}]}


def app(name, url="", socket_mode=False):
    made = acting_app(name, url, socket_mode)
    made["manifest"]["features"]["app_home"] = {"home_tab_enabled": True}
    heard = {"bot_events": ["app_home_opened"]}
    made["manifest"]["settings"]["event_subscriptions"] = dict(heard, request_url=url + "-events") if url else heard
    return made


class Both(Forms):
    """Events and their challenges are JSON, at paths of their own."""

    def take(self, request, body):
        if request.path.endswith("-events"):
            Receiver.take(self, request, body)
        else:
            super().take(request, body)


def world(r):
    return seed([app("web", r.url + "web"), app("other", r.url + "other"), app("talk", socket_mode=True)], [{"app": "talk", "token": "xapp-1-talk"}])


def ben(dev, kind, **args):
    return dev.call("taut.act", "xoxp-1-ben", type=kind, **args)


def submit(dev, view, text):
    return ben(dev, "view_submission", view_id=view, state=json.dumps({"b": {"a": {"value": text}}}))


def test_modals(*args):
    r = Both()
    with World(world(r), *args) as dev:
        link = Link(dev)
        opened = {}

        def show(name, payload):
            got = dev.call("views.open", "xoxb-1-" + name, trigger_id=payload["trigger_id"], view=json.dumps(FORM))
            check("the app opens a modal while it is asked", got["ok"], got)
            opened[name] = got["view"]

        def over_http(fields):
            show("web", fields)
            return 200, {}, ""
        r.answers["web"] = over_http
        link.answer = lambda e: show("talk", e["payload"])
        for name in ("web", "talk"):
            check("the person sees it at once", act.run(dev, "/" + name).get("view") == opened[name])

        def judge(payload):
            text = payload["view"]["state"]["values"]["b"]["a"]["value"]
            return {"response_action": "errors", "errors": {"b": "no: " + text}} if text == "bad <&>" else {}
        r.answers["web"] = lambda f: (200, {"Content-Type": "application/json"}, json.dumps(judge(f["payload"])))
        link.answer = lambda e: judge(e["payload"])
        for name in ("web", "talk"):
            view = opened[name]["id"]
            check("a fault is told", submit(dev, view, "bad <&>")["errors"] == {"b": "no: bad <&>"})
            check("then it is done", submit(dev, view, "good") == {"ok": True})
        check("signed, one field", all(list(g["fields"]) == ["payload"] and g["signed"] for g in r.of("web")[1:]))
        check("the envelope", link.envelopes()[-1]["type"] == "interactive" and link.envelopes()[-1]["payload"]["token"] == TOKEN)
        check("nothing is left open", dev.call("taut.views.list", "xoxp-1-ben")["views"] == [])
        race(dev, r)
        push_meanwhile(dev, r)


def race(dev, r):
    """One trigger, many at once: one modal."""
    triggers = []
    r.answers["web"] = lambda f: (triggers.append(f["trigger_id"]), (200, {}, ""))[1]
    act.run(dev, "/web")
    said = []
    at_once([lambda: said.append(dev.call("views.open", "xoxb-1-web", trigger_id=triggers[0], view=json.dumps(FORM)).get("error"))] * 8)
    check("a trigger opens one", sorted(str(s) for s in said) == ["None"] + ["exchanged_trigger_id"] * 7, said)


def push_meanwhile(dev, r):
    """The app pushes a view while it is asked about the one below, and answers with one more: that lies on top of both."""
    def push(fields):
        dev.call("views.push", "xoxb-1-web", trigger_id=fields["payload"]["trigger_id"], view=json.dumps(FORM))
        return 200, {"Content-Type": "application/json"}, json.dumps({"response_action": "push", "view": FORM})
    root = dev.call("taut.views.list", "xoxp-1-ben")["views"][0]["id"]
    r.answers["web"] = push
    top = submit(dev, root, "go on")["view"]
    stack = {v["id"]: v["previous_view_id"] for v in dev.call("taut.views.list", "xoxp-1-ben")["views"]}
    check("one on the other", len(stack) == 3 and stack[stack[top["id"]]] == root, stack)


def field(n, kind):
    return {"type": "input", "block_id": "b%d" % n, "label": {"type": "plain_text", "text": "L"}, "dispatch_action": True,
            "element": {"type": kind, "action_id": "a"}}


def test_filled(*args):
    """Whatever people write into a view is kept, or refused."""
    r = Both()
    with World(world(r), *args) as dev:
        def publish(kind):
            return dev.call("views.publish", "xoxb-1-web", user_id="U0BEN", view=json.dumps(
                {"type": "home", "blocks": [field(n, kind) for n in range(100)]}))["view"]["id"]

        def fill(view, values):
            return ben(dev, "block_actions", view_id=view, actions=json.dumps([{"block_id": "b0", "action_id": "a"}]),
                       state=json.dumps({"b%d" % n: {"a": v} for n, v in values.items()}))

        def filled():
            return len(dev.call("taut.views.list", "xoxp-1-ben")["views"][0]["state"]["values"])
        view = publish("plain_text_input")
        for first in range(1, 100, 33):
            got = fill(view, {n: {"value": "\x01" * 3000} for n in range(first, first + 33)})
            check("long texts", got.get("ok"), got)
        check("all are kept", filled() == 99, filled())
        rich = {"rich_text_value": {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 90000}]}]}}
        view, kept, got = publish("rich_text_input"), 0, {"ok": True}
        while got.get("ok"):
            kept += 1
            got = fill(view, {kept: rich})
        check("too much is refused", got.get("error") == "invalid_value", got)
        check("what was there stays", filled() == kept - 1, (filled(), kept))


def test_home(*args):
    r = Both()
    with World(world(r), *args) as dev:
        Link(dev)
        until("the apps answered their challenge", lambda: (ben(dev, "app_home", app="A0WEB"), r.of("web-events"))[1])
        check("the event", {k: v for k, v in r.events("web-events")[0].items() if k not in ("channel", "event_ts")} == {
            "type": "app_home_opened", "user": "U0BEN", "tab": "home"}, r.events("web-events")[0])
        until("another's hears of its own", lambda: (ben(dev, "app_home", app="A0OTHER"), r.of("other-events"))[1])
        check("each app of its own page alone", all(g["data"]["api_app_id"] == "A0OTHER" for g in r.of("other-events")))
        home = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "é & <b>"}}]}
        check("published", dev.call("views.publish", "xoxb-1-web", user_id="U0BEN", view=json.dumps(home))["ok"])
        shown = ben(dev, "app_home", app="A0WEB")["view"]["blocks"][0]["text"]["text"]
        check("and seen", shown == "é &amp; &lt;b&gt;", shown)
        big = dict(home, blocks=[{"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}] * 90)
        for method, where in (("views.publish", {"user_id": "U0BEN"}), ("views.update", {"view_id": "V0X"}), ("views.open", {"trigger_id": "x"})):
            got = dev.call(method, "xoxb-1-web", view=json.dumps(big), **where)
            check("too large", got == {"ok": False, "error": "view_too_large"}, got)
        big["blocks"] = big["blocks"][:80]
        check("large", dev.call("views.publish", "xoxb-1-web", user_id="U0BEN", view=json.dumps(big))["ok"])


if __name__ == "__main__":
    for engine in engines():
        test_modals(*engine)
        test_filled(*engine)
        test_home(*engine)
    finish()
