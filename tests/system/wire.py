#!/usr/bin/env python3
"""What unmodified clients send and need, over real HTTP: the odd spellings, the old ways, and what is refused how.

    tests/system/wire.py BUILD
"""
import gzip
import http.client
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.parse

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
passed = failed = 0


def check(good, what, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok: %s  %s" % (what, str(seen)[:300]), flush=True)


class Dev:
    def __init__(self, folder, *flags):
        env = os.path.join(folder, "env%d" % time.monotonic_ns())
        self.process = subprocess.Popen([os.path.join(BUILD, "taut"), "dev", "--listen", "127.0.0.1:0", "--env", env, *flags],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(env):
            time.sleep(0.01)
        with open(env) as f:
            self.env = {k: shlex.split(v)[0] for k, v in (line[7:].rstrip("\n").split("=", 1) for line in f)}
        self.port = urllib.parse.urlparse(self.env["TAUT_URL"]).port
        self.token = self.env["TAUT_ADMIN_TOKEN"]
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def send(self, verb, path, body=None, **headers):
        """One request on the one connection; headers' underscores are hyphens."""
        self.connection.request(verb, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        reply = self.connection.getresponse()
        reply.data = reply.read()
        return reply

    def call(self, method, body=None, type=FORM, verb="POST", query="", token=True, **headers):
        if token:
            headers["Authorization"] = "Bearer " + self.token
        if type:
            headers["Content_Type"] = type
        reply = self.send(verb, "/api/" + method + query, body, **headers)
        return json.loads(reply.data)

    def form(self, method, **args):
        return self.call(method, urllib.parse.urlencode(args))


def tokens(d):
    t = urllib.parse.quote(d.token)
    check(d.call("auth.test")["ok"], "token in the header")
    check(d.call("auth.test", "token=" + t, token=False)["ok"], "token in a form field (slack-go)")
    check(d.call("auth.test", verb="GET", query="?token=" + t, type=None, token=False)["ok"], "token in the query")
    check(d.call("auth.test", json.dumps({"token": d.token}), JSON + "; charset=utf-8", token=False)["error"] == "not_authed",
          "a token inside JSON is none")
    check(d.call("auth.test", token=False)["error"] == "not_authed", "no token")
    check(d.call("auth.test", token=False, Authorization="bearer " + d.token)["ok"], "bearer in any case")
    body = b"--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + d.token.encode() + b"\r\n--x--\r\n"
    check(d.call("auth.test", body, "multipart/form-data; boundary=x", token=False)["ok"], "token in multipart")


def reads_and_writes(d, channel):
    posted = d.call("chat.postMessage", verb="GET", type=None, query="?channel=%s&text=by+GET&nonce=1" % channel)
    check(posted.get("ok"), "writing by GET, with an unknown argument (wee-slack)", posted)
    ts = posted["ts"]
    check(d.call("reactions.add", verb="GET", type=None, query="?channel=%s&timestamp=%s&name=tada" % (channel, ts))["ok"], "reactions.add by GET")
    check(d.call("conversations.list", verb="GET", query="?limit=2")["ok"], "a GET with a Content-Type and no body (python's async client)")
    reply = d.call("conversations.history", "", query="?channel=%s&limit=1" % channel)
    check(reply["ok"] and len(reply["messages"]) == 1, "arguments in the query of a POST with an empty form", reply)
    check(d.call("conversations.history", "limit=1", query="?channel=%s&limit=5" % channel)["messages"].__len__() == 1, "the body goes before the query")
    check(d.call("auth.test", "", JSON)["ok"], "JSON content type with an empty body (slack-go)")
    check(d.call("auth.test", "{}", "application/json;charset=utf-8")["ok"], "charset without a blank (python)")
    check(d.call("chat.postMessage", json.dumps({"channel": channel, "text": "json"}), "application/json; charset=utf-8")["ok"], "JSON")
    check("warning" not in d.call("auth.test", "{}", "application/json; charset=utf-8"), "no warning where the charset is right")
    check(d.call("auth.test", "{}", JSON).get("warning") == "missing_charset", "missing_charset")
    check(d.call("auth.test", "", FORM + "; charset=utf-8").get("warning") == "superfluous_charset", "superfluous_charset")
    check(d.call("chat.postMessage", '{"channel":"%s","text":"plain"}' % channel, "text/plain; charset=utf-8")["ok"], "JSON under text/plain")
    check(d.call("chat.postMessage", "channel=%s&text=caf%%E9" % channel, FORM)["error"] == "invalid_form_data", "Latin-1 escapes are no UTF-8")
    for yes in ("true", "1", "True"):
        check(d.form("users.list", include_locale=yes)["members"][0].get("locale"), "boolean " + yes)
    for no in ("false", "0", "False", ""):
        check("locale" not in d.form("users.list", include_locale=no)["members"][0], "boolean " + (no or "(empty)"))
    whole = ts.split(".")[0]
    for oldest in (whole + ".0", whole, whole + ".000000"):
        check(len(d.form("conversations.history", channel=channel, oldest=oldest)["messages"]) >= 1, "timestamp " + oldest)
    blocks = json.dumps([{"type": "divider"}])
    check(d.form("chat.postMessage", channel=channel, text="x", blocks=blocks)["message"]["blocks"], "blocks as JSON text in a form")
    check(d.form("users.profile.set", profile='{"status_text":"hi"}')["ok"], "profile as JSON text in a form")


def multipart(d, channel):
    def part(name, value, filename=None):
        more = '; filename="%s"' % filename if filename else ""
        return ('--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, more, value)).encode()

    body = part("channel", channel) + part("text", "no end")
    check(d.call("chat.postMessage", body, "multipart/form-data; boundary=b")["ok"], "multipart without its closing -- (localslackirc)")
    body = part("channels", channel) + part("file", "hello", "/home/me/notes.txt") + b"--b--\r\n"
    sent = d.call("files.upload", body, "multipart/form-data; boundary=b")
    check(sent.get("ok") and sent["file"]["name"] == "notes.txt", "a full path as file name", sent)
    check(d.call("chat.postMessage", b"--b\r\nno headers", "multipart/form-data; boundary=b")["error"] == "invalid_form_data", "broken multipart")
    check(d.call("auth.test", b"x", "multipart/form-data")["error"] == "invalid_form_data", "multipart without a boundary")


def answers(d, channel):
    reply = d.send("POST", "/api/no.such.method")
    check(reply.status == 200 and json.loads(reply.data)["error"] == "unknown_method", "an unknown method is 200 and unknown_method")
    reply = d.send("POST", "/api/auth.test", Authorization="Bearer " + d.token, Accept_Encoding="gzip")
    check(reply.getheader("X-Slack-Req-Id"), "X-Slack-Req-Id")
    check("users:read" in reply.getheader("X-OAuth-Scopes", "").split(","), "X-OAuth-Scopes")
    check(reply.getheader("X-Accepted-OAuth-Scopes") is not None, "X-Accepted-OAuth-Scopes")
    check(reply.getheader("Content-Type") == "application/json; charset=utf-8", "Content-Type", reply.getheader("Content-Type"))
    check(reply.getheader("Content-Length"), "Content-Length")
    reply = d.send("GET", "/api/users.list", Authorization="Bearer " + d.token, Accept_Encoding="gzip")
    check(reply.getheader("Content-Encoding") == "gzip" and json.loads(gzip.decompress(reply.data))["ok"], "gzip when asked")
    check("Accept-Encoding" in (reply.getheader("Vary") or ""), "Vary")
    reply = d.send("GET", "/api/users.list", Authorization="Bearer " + d.token)
    check(reply.getheader("Content-Encoding") is None and json.loads(reply.data)["ok"], "no gzip when not asked")
    me = d.call("auth.test")
    check(me["url"] == d.env["TAUT_URL"] + "/", "url is this server's origin and ends in a slash", me["url"])
    ts = d.form("chat.postMessage", channel=channel, text="link me")["ts"]
    check(d.form("chat.getPermalink", channel=channel, message_ts=ts)["permalink"].startswith(me["url"]), "permalinks begin with auth.test's url")
    people = d.form("users.list")["members"]
    check(any(p["id"] == "USLACKBOT" and p["profile"]["real_name"] == "Slackbot" for p in people), "USLACKBOT")
    check(any(c.get("user") == "USLACKBOT" for c in d.form("conversations.list", types="im")["channels"]), "the im with USLACKBOT is open")
    prefs = d.form("users.prefs.get")["prefs"]
    check(isinstance(prefs["muted_channels"], str) and isinstance(prefs["highlight_words"], str) and
          isinstance(json.loads(prefs["all_notifications_prefs"]), dict), "users.prefs.get (wee-slack)", prefs)
    some = d.form("conversations.list")["channels"][0]
    check(all(k in some for k in ("is_shared", "is_mpim", "is_private")), "channel keys (wee-slack)")
    check(d.form("team.info")["team"]["domain"], "team domain")
    for token in (d.token, d.env["TAUT_BOT_TOKEN"]):
        check(re.fullmatch(r"xox[bp]-\d+-\d+-[A-Za-z0-9]+", token), "shape of tokens", token)


def refusals(d, channel):
    def healthy(what):
        check(d.call("auth.test")["ok"], "the connection is healthy after " + what)

    many = [("malformed escapes", dict(body="text=%zz"), "invalid_form_data"),
            ("invalid UTF-8", dict(body=b"text=\xff\xfe"), "invalid_form_data"),
            ("broken JSON", dict(body='{"a":', type=JSON), "invalid_json"),
            ("JSON that is no object", dict(body="[1]", type=JSON), "json_not_object"),
            ("deep JSON", dict(body='{"a":' + "[" * 10000 + "]" * 10000 + "}", type=JSON), "invalid_json"),
            ("a lone surrogate", dict(body='{"text":"\\ud800"}', type=JSON), "invalid_json"),
            ("an argument name with blanks", dict(body="a+b=1"), "invalid_arg_name"),
            ("PHP arrays", dict(body="a[]=1"), "invalid_array_arg"),
            ("an unknown content type", dict(body="x", type="application/xml"), "invalid_post_type"),
            ("a body without a type", dict(body="x", type=None), "missing_post_type"),
            ("an unknown charset", dict(body="{}", type=JSON + "; charset=koi8-r"), "invalid_charset")]
    for what, how, code in many:
        reply = d.call("chat.postMessage", **how)
        check(reply.get("error") == code, what, reply)
        healthy(what)
    reply = d.call("conversations.history", json.dumps({"channel": channel, "limit": {"no": 1}}), JSON + "; charset=utf-8")
    check(not reply["ok"], "a wrong type", reply)
    big = http.client.HTTPConnection("127.0.0.1", d.port, timeout=10)
    big.putrequest("POST", "/api/chat.postMessage")
    big.putheader("Content-Type", FORM)
    big.putheader("Content-Length", str(1 << 30))
    big.endheaders()
    reply = big.getresponse()
    check(reply.status == 413, "an oversize body is 413 before it is sent", reply.status)
    before = len(d.form("conversations.history", channel=channel, limit=900)["messages"])
    d.call("chat.postMessage", '{"channel":"%s","text":"x"' % channel, JSON)
    check(len(d.form("conversations.history", channel=channel, limit=900)["messages"]) == before, "nothing is written by what is refused")
    for verb in ("PUT", "DELETE"):
        check(d.send(verb, "/api/auth.test").status == 405, verb + " is no way to call")
    check(d.send("GET", "/api/auth%2Etest?token=" + urllib.parse.quote(d.token)).status == 200, "escapes in the path")


def posts(d):
    """A message a second in each conversation, whatever it is called, and twenty at once."""
    one, other = (d.form("conversations.create", name=n)["channel"]["id"] for n in ("rate-one", "rate-other"))
    names = (one, "%23rate-one", "rate-one")
    said = [d.send("POST", "/api/chat.postMessage?text=x&channel=" + names[i % 3], Authorization="Bearer " + d.token) for i in range(40)]
    refused = [r for r in said if r.status != 200]
    check(refused, "messages in one conversation are counted together")
    check(len(said) - len(refused) >= 20, "twenty at once are fine", len(said) - len(refused))
    check(all(json.loads(r.data)["error"] == "ratelimited" and r.getheader("Retry-After") in ("1", "2") for r in refused),
          "and a second later there is room", [(r.status, r.getheader("Retry-After")) for r in refused])
    check(d.form("chat.postMessage", channel=other, text="x")["ok"], "another conversation has messages of its own")


def limits(folder):
    with Dev(folder, "--rate-limits", "slack") as d:
        for _ in range(30):
            reply = d.send("POST", "/api/users.list", Authorization="Bearer " + d.token)
            if reply.status == 429:
                break
        check(reply.status == 429 and json.loads(reply.data)["error"] == "ratelimited", "quotas when asked for")
        check((reply.getheader("Retry-After") or "").isdigit(), "Retry-After is a whole number", reply.getheader("Retry-After"))
        check(d.call("conversations.list")["ok"], "other methods go on")
        posts(d)
    with Dev(folder, "--fault", "users.info:status=429:retry_after=7") as d:
        reply = d.send("POST", "/api/users.info", Authorization="Bearer " + d.token)
        check(reply.status == 429 and reply.getheader("Retry-After") == "7", "429 on purpose")


def main():
    with tempfile.TemporaryDirectory() as folder:
        with Dev(folder) as d:
            channel = d.form("conversations.create", name="wire")["channel"]["id"]
            tokens(d)
            reads_and_writes(d, channel)
            multipart(d, channel)
            answers(d, channel)
            refusals(d, channel)
        limits(folder)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
