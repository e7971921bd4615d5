#!/usr/bin/env python3
"""What people do with apps, from outside: signed forms over HTTP, envelopes over Socket Mode, answers, and none.

    tests/system/act.py [BUILD]        with TAUT_TEST_PG set: `taut dev` on that PostgreSQL database as well
"""
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.parse

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), d) for d in (".", "../net")]
import events  # noqa: E402
import sockets  # noqa: E402
import ws_client  # noqa: E402
from events import Dev, Receiver, check, seed, until  # noqa: E402


class Forms(Receiver):
    """Paths are apps.  `got` holds the form's fields, and the payload's JSON as `payload`."""

    def take(self, handler, body):
        app = handler.path[1:]
        stamp = handler.headers["X-Slack-Request-Timestamp"]
        mac = hmac.new(events.SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        if "payload" in fields:
            fields["payload"] = json.loads(fields["payload"])
        with self.lock:
            self.got.setdefault(app, []).append({
                "fields": fields, "type": handler.headers["Content-Type"], "raw": body,
                "signed": hmac.compare_digest("v0=" + mac, handler.headers["X-Slack-Signature"]) and abs(time.time() - int(stamp)) < 300})
        answer = self.answers.get(app)
        status, headers, text = answer(fields) if answer else (200, {}, "")
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())


def acting_app(name, url="", socket=False):
    return {"name": name, "id": "A0" + name.upper(), "signing_secret": events.SECRET, "verification_token": events.TOKEN,
            "bots": [{"name": name, "id": "U0" + name.upper(), "in_general": True}],
            "manifest": {"display_information": {"name": name},
                         "features": {"slash_commands": [dict({"command": "/" + name, "description": "does it"}, **({"url": url} if url else {}))]},
                         "settings": {"socket_mode_enabled": socket}}}


def world(r):
    apps = [acting_app("web", r.url + "web"), acting_app("hang", r.url + "hang"), acting_app("gone", "http://127.0.0.1:9/x"),
            acting_app("inside", "http://169.254.10.10/x"), acting_app("talk", socket=True), acting_app("idle", socket=True)]
    return seed(apps, [{"app": "talk", "token": "xapp-1-talk"}, {"app": "idle", "token": "xapp-1-idle"}])


def run(dev, command, text="", **args):
    return dev.call("taut.act", "xoxp-1-ben", type="command", channel="C0DEV", command=command, text=text, **args)


class Link(sockets.Link):
    """acks: gives the payload of the acknowledgement, None for none; False: it does not acknowledge."""

    def ack(self, envelope):
        answer = self.answer(envelope)
        if answer is False:
            return
        message = {"envelope_id": envelope["envelope_id"]}
        if answer is not None:
            message["payload"] = answer
        self.client.send(ws_client.TEXT, json.dumps(message).encode())

    answer = staticmethod(lambda e: None)

    def envelopes(self):
        return [e for e in self.got if "envelope_id" in e]


def test_command_http(*args):
    r = Forms()
    with Dev(world(r), *args) as dev:
        odd = "a=b&c d+é\n\"x\" 100%"
        check("it is acknowledged", run(dev, "/web", odd) == {"ok": True})
        got = r.of("web")[0]
        check("signed, as a form", got["signed"] and got["type"] == "application/x-www-form-urlencoded", got)
        fields = got["fields"]
        check("the text arrives as it was", fields["text"] == odd, fields["text"])
        check("the fields", {k: v for k, v in fields.items() if k not in ("response_url", "trigger_id", "text")} == {
            "token": events.TOKEN, "team_id": "T0ONE", "team_domain": "one", "channel_id": "C0DEV", "channel_name": "dev", "user_id": "U0BEN",
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
        r.answers["hang"] = lambda _: (time.sleep(4), (200, {}, "late"))[1]
        begun = time.monotonic()
        waiting = threading.Thread(target=lambda: check("three seconds it has", run(dev, "/hang")["error"] == "operation_timeout"))
        waiting.start()
        time.sleep(0.2)
        others = [run(dev, "/gone")["error"] for _ in range(50)]
        check("nobody else waits", others == ["dispatch_failed"] * 50 and waiting.is_alive())
        waiting.join()
        check("not more", 2.8 < time.monotonic() - begun < 5, time.monotonic() - begun)


def test_command_socket(*args):
    with Dev(world(Forms()), *args) as dev:
        check("nobody is connected", run(dev, "/talk") == {"ok": False, "error": "dispatch_failed", "detail": "the app is not connected"})
        link, idle = Link(dev), Link(dev, "xapp-1-idle")
        check("it is acknowledged", run(dev, "/talk", "a") == {"ok": True})
        e = link.envelopes()[0]
        check("the envelope", {k: v for k, v in e.items() if k not in ("payload", "envelope_id")} == {
            "type": "slash_commands", "accepts_response_payload": True}, e)
        check("the payload is the form's", e["payload"]["token"] == events.TOKEN and e["payload"]["command"] == "/talk"
              and e["payload"]["text"] == "a" and e["payload"]["is_enterprise_install"] == "false", e)
        check("others hear nothing", not idle.envelopes())
        link.answer = lambda e: {"text": "said: " + e["payload"]["text"]}
        check("the acknowledgement's payload is the answer", run(dev, "/talk", "b")["message"]["text"] == "said: b")
        link.answer = lambda e: "plain"
        check("text as well", run(dev, "/talk")["message"]["text"] == "plain")
        def later(e):
            threading.Timer(0.3 if e["payload"]["text"] == "n0" else 0.01, lambda: link.client.send(ws_client.TEXT, json.dumps(
                {"envelope_id": e["envelope_id"], "payload": {"text": e["payload"]["text"]}}).encode())).start()
            return False
        link.answer = later
        said, lock = {}, threading.Lock()
        def ask(i):
            text = run(dev, "/talk", "n%d" % i)["message"]["text"]
            with lock:
                said[i] = text
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        check("several at once, each with its own answer", said == {i: "n%d" % i for i in range(8)}, said)
        link.answer = lambda e: False
        begun = time.monotonic()
        check("without an acknowledgement it fails", run(dev, "/talk")["error"] == "operation_timeout")
        check("after three seconds", 2.8 < time.monotonic() - begun < 6, time.monotonic() - begun)
        threading.Timer(0.3, link.close).start()
        check("and when it leaves", run(dev, "/talk")["error"] == "dispatch_failed")


def main():
    pg = os.environ.get("TAUT_TEST_PG")
    for args in [()] + ([("--database", pg)] if pg else []):
        for test in (test_command_http, test_command_socket):
            test(*args)
    print("%d passed, %d failed" % (events.passed, events.failed))
    return events.failed != 0


if __name__ == "__main__":
    sys.exit(main())
