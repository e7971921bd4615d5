#!/usr/bin/env python3
"""What unmodified clients send and need, over real HTTP: the odd spellings, the old ways, and what is refused how.

    tests/system/wire.py [BUILD]
"""
import gzip
import http.client
import json
import re
import urllib.parse

from harness import FORM, Dev, check, finish

JSON = "application/json"


class Wire(Dev):
    """Everything goes over one connection."""

    def __init__(self, *options):
        super().__init__(*options)
        self.kept = self.connect()

    def send(self, verb, path, body=None, **headers):
        return self.ask(verb, path, body, connection=self.kept, **headers)

    def call(self, method, body=None, type=FORM, verb="POST", query="", token=True, **headers):
        if token:
            headers["Authorization"] = "Bearer " + self.token
        if type:
            headers["Content_Type"] = type
        return self.send(verb, "/api/" + method + query, body, **headers).json()

    def form(self, method, **args):
        return self.call(method, urllib.parse.urlencode(args))


def tokens(d):
    t = urllib.parse.quote(d.token)
    check("token in the header", d.call("auth.test")["ok"])
    check("token in a form field (slack-go)", d.call("auth.test", "token=" + t, token=False)["ok"])
    check("token in the query", d.call("auth.test", verb="GET", query="?token=" + t, type=None, token=False)["ok"])
    check("a token inside JSON is none",
          d.call("auth.test", json.dumps({"token": d.token}), JSON + "; charset=utf-8", token=False)["error"] == "not_authed")
    check("no token", d.call("auth.test", token=False)["error"] == "not_authed")
    check("bearer in any case", d.call("auth.test", token=False, Authorization="bearer " + d.token)["ok"])
    body = b"--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + d.token.encode() + b"\r\n--x--\r\n"
    check("token in multipart", d.call("auth.test", body, "multipart/form-data; boundary=x", token=False)["ok"])


def reads_and_writes(d, channel):
    posted = d.call("chat.postMessage", verb="GET", type=None, query="?channel=%s&text=by+GET&nonce=1" % channel)
    check("writing by GET, with an unknown argument (wee-slack)", posted.get("ok"), posted)
    ts = posted["ts"]
    check("reactions.add by GET", d.call("reactions.add", verb="GET", type=None, query="?channel=%s&timestamp=%s&name=tada" % (channel, ts))["ok"])
    check("a GET with a Content-Type and no body (python's async client)", d.call("conversations.list", verb="GET", query="?limit=2")["ok"])
    reply = d.call("conversations.history", "", query="?channel=%s&limit=1" % channel)
    check("arguments in the query of a POST with an empty form", reply["ok"] and len(reply["messages"]) == 1, reply)
    check("the body goes before the query", d.call("conversations.history", "limit=1", query="?channel=%s&limit=5" % channel)["messages"].__len__() == 1)
    check("JSON content type with an empty body (slack-go)", d.call("auth.test", "", JSON)["ok"])
    check("charset without a blank (python)", d.call("auth.test", "{}", "application/json;charset=utf-8")["ok"])
    check("JSON", d.call("chat.postMessage", json.dumps({"channel": channel, "text": "json"}), "application/json; charset=utf-8")["ok"])
    check("no warning where the charset is right", "warning" not in d.call("auth.test", "{}", "application/json; charset=utf-8"))
    check("missing_charset", d.call("auth.test", "{}", JSON).get("warning") == "missing_charset")
    check("superfluous_charset", d.call("auth.test", "", FORM + "; charset=utf-8").get("warning") == "superfluous_charset")
    check("JSON under text/plain", d.call("chat.postMessage", '{"channel":"%s","text":"plain"}' % channel, "text/plain; charset=utf-8")["ok"])
    check("Latin-1 escapes are no UTF-8", d.call("chat.postMessage", "channel=%s&text=caf%%E9" % channel, FORM)["error"] == "invalid_form_data")
    for yes in ("true", "1", "True"):
        check("boolean " + yes, d.form("users.list", include_locale=yes)["members"][0].get("locale"))
    for no in ("false", "0", "False", ""):
        check("boolean " + (no or "(empty)"), "locale" not in d.form("users.list", include_locale=no)["members"][0])
    whole = ts.split(".")[0]
    for oldest in (whole + ".0", whole, whole + ".000000"):
        check("timestamp " + oldest, len(d.form("conversations.history", channel=channel, oldest=oldest)["messages"]) >= 1)
    blocks = json.dumps([{"type": "divider"}])
    check("blocks as JSON text in a form", d.form("chat.postMessage", channel=channel, text="x", blocks=blocks)["message"]["blocks"])
    check("profile as JSON text in a form", d.form("users.profile.set", profile='{"status_text":"hi"}')["ok"])


def multipart(d, channel):
    def part(name, value, filename=None):
        more = '; filename="%s"' % filename if filename else ""
        return ('--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, more, value)).encode()

    body = part("channel", channel) + part("text", "no end")
    check("multipart without its closing -- (localslackirc)", d.call("chat.postMessage", body, "multipart/form-data; boundary=b")["ok"])
    body = part("channels", channel) + part("file", "hello", "/home/me/notes.txt") + b"--b--\r\n"
    sent = d.call("files.upload", body, "multipart/form-data; boundary=b")
    check("a full path as file name", sent.get("ok") and sent["file"]["name"] == "notes.txt", sent)
    check("broken multipart", d.call("chat.postMessage", b"--b\r\nno headers", "multipart/form-data; boundary=b")["error"] == "invalid_form_data")
    check("multipart without a boundary", d.call("auth.test", b"x", "multipart/form-data")["error"] == "invalid_form_data")


def answers(d, channel):
    reply = d.send("POST", "/api/no.such.method")
    check("an unknown method is 200 and unknown_method", reply.status == 200 and reply.json()["error"] == "unknown_method")
    reply = d.send("POST", "/api/auth.test", Authorization="Bearer " + d.token, Accept_Encoding="gzip")
    check("X-Slack-Req-Id", reply.headers.get("X-Slack-Req-Id"))
    check("X-OAuth-Scopes", "users:read" in reply.headers.get("X-OAuth-Scopes", "").split(","))
    check("X-Accepted-OAuth-Scopes", reply.headers.get("X-Accepted-OAuth-Scopes") is not None)
    check("Content-Type", reply.headers.get("Content-Type") == "application/json; charset=utf-8", reply.headers.get("Content-Type"))
    check("Content-Length", reply.headers.get("Content-Length"))
    reply = d.send("GET", "/api/users.list", Authorization="Bearer " + d.token, Accept_Encoding="gzip")
    check("gzip when asked", reply.headers.get("Content-Encoding") == "gzip" and json.loads(gzip.decompress(reply.data))["ok"])
    check("Vary", "Accept-Encoding" in (reply.headers.get("Vary") or ""))
    reply = d.send("GET", "/api/users.list", Authorization="Bearer " + d.token)
    check("no gzip when not asked", reply.headers.get("Content-Encoding") is None and reply.json()["ok"])
    me = d.call("auth.test")
    check("url is this server's origin and ends in a slash", me["url"] == d.env["TAUT_URL"] + "/", me["url"])
    ts = d.form("chat.postMessage", channel=channel, text="link me")["ts"]
    check("permalinks begin with auth.test's url", d.form("chat.getPermalink", channel=channel, message_ts=ts)["permalink"].startswith(me["url"]))
    people = d.form("users.list")["members"]
    check("USLACKBOT", any(p["id"] == "USLACKBOT" and p["profile"]["real_name"] == "Slackbot" for p in people))
    check("the im with USLACKBOT is open", any(c.get("user") == "USLACKBOT" for c in d.form("conversations.list", types="im")["channels"]))
    prefs = d.form("users.prefs.get")["prefs"]
    check("users.prefs.get (wee-slack)", isinstance(prefs["muted_channels"], str) and isinstance(prefs["highlight_words"], str) and
          isinstance(json.loads(prefs["all_notifications_prefs"]), dict), prefs)
    some = d.form("conversations.list")["channels"][0]
    check("channel keys (wee-slack)", all(k in some for k in ("is_shared", "is_mpim", "is_private")))
    check("team domain", d.form("team.info")["team"]["domain"])
    for token in (d.token, d.env["TAUT_BOT_TOKEN"]):
        check("shape of tokens", re.fullmatch(r"xox[bp]-\d+-\d+-[A-Za-z0-9]+", token), token)


def refusals(d, channel):
    def healthy(what):
        check("the connection is healthy after " + what, d.call("auth.test")["ok"])

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
        check(what, reply.get("error") == code, reply)
        healthy(what)
    reply = d.call("conversations.history", json.dumps({"channel": channel, "limit": {"no": 1}}), JSON + "; charset=utf-8")
    check("a wrong type", not reply["ok"], reply)
    big = http.client.HTTPConnection("127.0.0.1", d.port, timeout=10)
    big.putrequest("POST", "/api/chat.postMessage")
    big.putheader("Content-Type", FORM)
    big.putheader("Content-Length", str(1 << 30))
    big.endheaders()
    reply = big.getresponse()
    check("an oversize body is 413 before it is sent", reply.status == 413, reply.status)
    before = len(d.form("conversations.history", channel=channel, limit=900)["messages"])
    d.call("chat.postMessage", '{"channel":"%s","text":"x"' % channel, JSON)
    check("nothing is written by what is refused", len(d.form("conversations.history", channel=channel, limit=900)["messages"]) == before)
    for verb in ("PUT", "DELETE"):
        check(verb + " is no way to call", d.send(verb, "/api/auth.test").status == 405)
    check("escapes in the path", d.send("GET", "/api/auth%2Etest?token=" + urllib.parse.quote(d.token)).status == 200)


def posts(d):
    """A message a second in each conversation, whatever it is called, and twenty at once."""
    one, other = (d.form("conversations.create", name=n)["channel"]["id"] for n in ("rate-one", "rate-other"))
    names = (one, "%23rate-one", "rate-one")
    said = [d.send("POST", "/api/chat.postMessage?text=x&channel=" + names[i % 3], Authorization="Bearer " + d.token) for i in range(40)]
    refused = [r for r in said if r.status != 200]
    check("messages in one conversation are counted together", refused)
    check("twenty at once are fine", len(said) - len(refused) >= 20, len(said) - len(refused))
    check("and a second later there is room",
          all(r.json()["error"] == "ratelimited" and r.headers.get("Retry-After") in ("1", "2") for r in refused), [(r.status, r.headers.get("Retry-After")) for r in refused])
    check("another conversation has messages of its own", d.form("chat.postMessage", channel=other, text="x")["ok"])


def limits():
    with Wire("--rate-limits", "slack") as d:
        for _ in range(30):
            reply = d.send("POST", "/api/users.list", Authorization="Bearer " + d.token)
            if reply.status == 429:
                break
        check("quotas when asked for", reply.status == 429 and reply.json()["error"] == "ratelimited")
        check("Retry-After is a whole number", (reply.headers.get("Retry-After") or "").isdigit(), reply.headers.get("Retry-After"))
        check("other methods go on", d.call("conversations.list")["ok"])
        posts(d)
    with Wire("--fault", "users.info:status=429:retry_after=7") as d:
        reply = d.send("POST", "/api/users.info", Authorization="Bearer " + d.token)
        check("429 on purpose", reply.status == 429 and reply.headers.get("Retry-After") == "7")


def main():
    with Wire() as d:
        channel = d.form("conversations.create", name="wire")["channel"]["id"]
        tokens(d)
        reads_and_writes(d, channel)
        multipart(d, channel)
        answers(d, channel)
        refusals(d, channel)
    limits()


if __name__ == "__main__":
    main()
    finish()
