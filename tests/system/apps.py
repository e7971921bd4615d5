"""A workspace with apps, whom they hear from over HTTP, and apps that are connected."""
import hashlib
import hmac
import json
import socket
import threading
import time
import urllib.parse

from harness import Dev, check, table, until, ws_client
from web import Web

SECRET, TOKEN = "5ec4e75ec4e75ec4e75ec4e75ec4e75e", "VerificationTokenOfTests"
REACHING = ("--outgoing-allow", "loopback")  # taut serve may talk to apps here; taut dev may anyway


# --- workspaces -------------------------------------------------------------------------------------------------------


def app(name, url, bot_events, user_events=()):
    """One that hears events."""
    return {"name": name, "id": "A0" + name.upper(), "signing_secret": SECRET, "verification_token": TOKEN,
            "bots": [{"name": name, "id": "U0" + name.upper(), "in_general": True}],
            "manifest": {"display_information": {"name": name}, "settings": {"event_subscriptions": {
                "request_url": url, "bot_events": list(bot_events), "user_events": list(user_events)}}}}


def acting_app(name, url="", socket_mode=False):
    """One with a command and with interactivity."""
    at = {"url": url} if url else {}
    made = app(name, url, ())
    made["manifest"]["features"] = {"slash_commands": [{"command": "/" + name, "description": "does it", **at}]}
    made["manifest"]["settings"] = {"socket_mode_enabled": socket_mode,
                                    "interactivity": {"is_enabled": True, **({"request_url": url} if url else {})}}
    return made


def seed(apps, tokens=()):
    return {
        "workspaces": [{"id": "T0ONE", "name": "One", "domain": "one"}, {"id": "T0TWO", "name": "Two", "domain": "two"}],
        "users": [{"name": "ann", "id": "U0ANN"}, {"name": "ben", "id": "U0BEN"}, {"name": "gus", "role": "guest", "id": "U0GUS"},
                  {"name": "olga", "workspace": "two", "id": "U0OLGA"}],
        "apps": apps,
        "tokens": [{"user": "ann", "token": "xoxp-1-ann", "actor": "owner"}, {"user": "ben", "token": "xoxp-1-ben"},
                   {"user": "olga", "token": "xoxp-2-olga"}]
        + [{"user": a["name"], "token": "xoxb-1-" + a["name"]} for a in apps] + list(tokens),
        "channels": [{"name": "dev", "id": "C0DEV", "members": ["ann", "ben"]},
                     {"name": "closed", "id": "C0CLOSED", "private": True, "members": ["ann", "ben"]},
                     {"name": "open", "id": "C0OPEN", "private": True, "members": ["ann", "talk"]}
                     if any(a["name"] == "talk" for a in apps) else {"name": "other"}],
        "dms": [{"members": ["ann", "ben"]}],
    }


class World(Dev):
    """taut dev with such a seed; who calls is Ann."""

    def __init__(self, world, *options):
        super().__init__(*options, seed=world)
        self.token = "xoxp-1-ann"

    def post(self, channel, text, token=None, **args):
        r = self.call("chat.postMessage", token, channel=channel, text=text, **args)
        check("it posts", r["ok"], r)
        return r


def create(server, manifest):
    """An app made by the shell beside a server: what is told of it."""
    path = server.path("manifest")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(manifest, f)
    made = server.shell("app", "create", "--manifest", path)
    check("an app is made", made.returncode == 0, made.stderr)
    return table(made.stdout)


def general_of(server):
    """The channel in which all people are."""
    return next(c["id"] for c in server.call("conversations.list")["channels"] if c["is_general"])


def let_in(server, name):
    """The app's bot, into that channel, which is told."""
    general = general_of(server)
    bot = next(u["id"] for u in server.call("users.list")["members"] if u["name"] == name)
    check("its bot is let in", server.call("conversations.invite", channel=general, users=bot)["ok"])
    return general


# --- apps that listen -------------------------------------------------------------------------------------------------


class Receiver(Web):
    """Paths are apps; `answers` says how each behaves: a function of what it is told, or nothing for 200."""

    def __init__(self):
        self.got, self.answers, self.lock, self.secret = {}, {}, threading.Lock(), SECRET
        super().__init__()

    def signed(self, request, body):
        stamp = request.headers["X-Slack-Request-Timestamp"]
        mac = hmac.new(self.secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest("v0=" + mac, request.headers["X-Slack-Signature"]) and abs(time.time() - int(stamp)) < 300

    def keep(self, name, what):
        with self.lock:
            self.got.setdefault(name, []).append(what)

    def forget(self, name):
        with self.lock:
            self.got[name] = []

    def answer(self, request, answer, told):
        status, headers, text = answer(told) if answer else (200, {}, "")
        self.reply(request, status, headers, text.encode())

    def take(self, request, body):
        name, data = request.path[1:], json.loads(body)
        if data["type"] == "url_verification":
            self.keep(name + "?", data)
            self.answer(request, self.answers.get(name + "?") or (lambda _: (200, {}, data["challenge"])), data)
            return
        self.keep(name, {"data": data, "signed": self.signed(request, body),
                         "num": request.headers["X-Slack-Retry-Num"], "reason": request.headers["X-Slack-Retry-Reason"]})
        self.answer(request, self.answers.get(name), data)

    def of(self, name):
        with self.lock:
            return list(self.got.get(name, []))

    def events(self, name):
        return [g["data"]["event"] for g in self.of(name) if "event" in g["data"]]

    def texts(self, name):
        return [e.get("text") for e in self.events(name)]


def listening(dev, receiver, *names):
    """Posts until each app hears, and forgets what it heard."""
    def hears():
        dev.post("general", "ready?")
        return all(receiver.of(name) for name in names)
    until("apps hear", hears)
    time.sleep(0.1)
    dev.post("general", "ready!")
    for name in names:
        until("app %s has heard all so far" % name, lambda name=name: receiver.texts(name)[-1:] == ["ready!"])
        receiver.forget(name)


class Forms(Receiver):
    """Is told what people do: `got` holds the form's fields, and the payload's JSON as `payload`."""

    def take(self, request, body):
        name = request.path[1:]
        fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        if "payload" in fields:
            fields["payload"] = json.loads(fields["payload"])
        self.keep(name, {"fields": fields, "type": request.headers["Content-Type"], "signed": self.signed(request, body)})
        self.answer(request, self.answers.get(name), fields)


# --- apps and people that are connected -------------------------------------------------------------------------------


class Connection:
    """A WebSocket; `got` is what came after the hello."""

    def __init__(self, url, more=""):
        at = urllib.parse.urlsplit(url)
        self.path, self.got, self.ended = at.path + ("?" + at.query if at.query else "") + more, [], threading.Event()
        self.client = ws_client.connect(at.port, self.path)
        self.hello = json.loads(self.client.text())
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while (text := self.client.text()) is not None:
                self.got.append(json.loads(text))
                self.take(self.got[-1])
        except OSError:
            pass
        self.ended.set()

    def take(self, heard):
        pass

    def close(self):
        self.client.sock.shutdown(socket.SHUT_RDWR)


class Link(Connection):
    """Of an app in Socket Mode.  answer(envelope): the payload of the acknowledgement, None for one without, False for none."""

    def __init__(self, dev, token="xapp-1-talk", answer=lambda e: None, more=""):
        self.answer = answer
        super().__init__(dev.call("apps.connections.open", token)["url"], more)

    def take(self, heard):
        if "envelope_id" in heard:
            answer = self.answer(heard)
            if answer is not False:
                self.acknowledge(heard, answer)

    def acknowledge(self, envelope, payload=None):
        message = {"envelope_id": envelope["envelope_id"], **({} if payload is None else {"payload": payload})}
        self.client.send(ws_client.TEXT, json.dumps(message).encode())

    def envelopes(self):
        return [e for e in self.got if "envelope_id" in e]

    def texts(self):
        return [e["payload"]["event"]["text"] for e in self.got if "payload" in e]
