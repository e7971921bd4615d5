#!/usr/bin/env python3
"""Another workspace's ids in every argument that takes an id: nothing is shown and nothing is written.

The catalogue is gone through: each argument of each method in turn gets what belongs to a workspace the caller is not in, all
others what belongs to the caller's own.

    tests/system/foreign.py [BUILD]
"""
import hashlib
import json
import os
import sqlite3
import time

import harness
from harness import FIXTURE, ROOT, WAIT_S, Dev, check, finish

METHODS = os.path.join(ROOT, "catalogue", "methods")
HERE, THERE, BOT = "xoxp-0-other-ws-admin", "xoxp-0-alice", "xoxb-0-bot-in"  # who calls, whose things they are, and a bot of theirs
SECRET = "zanzibar"  # in all that is not to be shown
# What a call writes whoever it is of, or a moment later by itself.
NOT_LOOKED_AT = ("access_log", "team_count", "team_day", "member_", "channel_day", "sight", "search_", "count_mark", "outbox", "sqlite_", "job", "token", "schema_")
# Arguments of which a foreign id is no fault, with the reason.
ALLOWED = {
    "api.test": "tells what it was told",
    ("files.list", "user"): "finds nothing", ("files.list", "channel"): "finds nothing",
    ("team.integrationLogs", "app_id"): "finds nothing", ("team.integrationLogs", "service_id"): "finds nothing",
    ("team.integrationLogs", "user"): "finds nothing",
    ("team.billableInfo", "user"): "finds nothing",
    ("reactions.list", "user"): "finds nothing", ("stars.list", "user"): "finds nothing",
    ("chat.scheduledMessages.list", "channel"): "finds nothing",
    ("dnd.teamInfo", "users"): "leaves out whom the caller does not see",
    ("users.conversations", "user"): "finds nothing",
}


class Site(harness.Site):
    """Whom everything is told in JSON."""

    def raw(self, method, token, body, kind):
        """Status and reply, None when that is no JSON."""
        reply = self.ask("POST", "/api/" + method, body.encode(), token, Content_Type=kind)
        return reply.status, reply.json() if reply.data.startswith(b"{") else None

    def call(self, method, token, **args):
        return self.raw(method, token, json.dumps(args), "application/json; charset=utf-8")[1]


def make(site, token, member, bot, word):
    """One of each kind of thing in a workspace, all with a word in them."""
    things = {"user": member}
    general = site.must("conversations.list", token)["channels"][0]["id"]
    public = site.must("conversations.create", token, name=word + "-open")["channel"]["id"]
    private = site.must("conversations.create", token, name=word + "-closed", is_private=True)["channel"]["id"]
    dm = site.must("conversations.open", token, users=member)["channel"]["id"]
    things["channel"] = [public, private, dm, general]
    ts = site.must("chat.postMessage", token, channel=public, text=word + " said")["ts"]
    things["ts"] = ts
    site.must("chat.postMessage", token, channel=private, text=word + " whispered")
    site.must("pins.add", token, channel=public, timestamp=ts)
    things["file"] = site.must("files.upload", token, content=word, filename=word + ".txt", channels=private)["file"]["id"]
    things["comment"] = site.must("files.comments.add", token, file=things["file"], comment=word + " noted")["comment"]["id"]
    things["usergroup"] = site.must("usergroups.create", token, name=word, handle=word)["usergroup"]["id"]
    things["reminder"] = site.must("reminders.add", token, text=word, time="in 5 days")["reminder"]["id"]
    things["scheduled"] = site.must("chat.scheduleMessage", token, channel=public, text=word, post_at=int(time.time()) + 86400)["scheduled_message_id"]
    who = site.must("auth.test", token)
    things["team"] = who["team_id"]
    things["bot"] = bot
    return things


def kind_of(method, arg):
    """Which kind of thing an argument names; None when it is none."""
    name, kind = arg["name"], arg["type"]
    if kind in ("channel", "user", "team", "bot", "file"):
        return kind
    if kind == "users":
        return "user"
    if name in ("channels", "channel", "channel_id", "channel_ids", "add_to_channel_ids"):
        return "channel"
    if name in ("users", "user", "user_id", "user_ids", "return_im_user"):
        return "user"
    if name in ("file_ids", "file", "file_id"):
        return "file"
    if name in ("usergroup", "usergroup_id"):
        return "usergroup"
    if name in ("reminder", "scheduled_message_id", "file_comment", "bot", "team_id"):
        return {"scheduled_message_id": "scheduled", "file_comment": "comment", "team_id": "team"}.get(name, name)
    if name == "id" and method.startswith("files.comments."):
        return "comment"
    return None


def value_of(arg, things, kind):
    """What belongs into an argument: of a workspace's things, or a plausible word."""
    if kind:
        v = things[kind][0] if kind == "channel" else things[kind]
        return [v] if arg["type"] in ("users", "strings") else v
    if arg.get("enum"):
        return arg["enum"][0]
    return {"ts": things["ts"], "int": 1, "bool": True, "json": [], "strings": ["x"]}.get(
        arg["type"], {"timestamp": things["ts"], "name": "thumbsup", "time": "in 1 day", "email": "x@example.com"}.get(arg["name"], "word"))


def snapshot(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=WAIT_S)
    tables = [r[0] for r in db.execute("select name from sqlite_master where type = 'table' order by name")]
    seen = {}
    for t in tables:
        if not t.startswith(NOT_LOOKED_AT):
            columns = [r[1] for r in db.execute('pragma table_info("%s")' % t) if r[1] != "claimed_us"]  # when somebody first called
            rows = db.execute('select %s from "%s"' % (", ".join('"%s"' % c for c in columns), t)).fetchall()
            seen[t] = hashlib.sha256(repr(rows).encode()).hexdigest()
    db.close()
    return seen


def database(server):
    return os.path.join(server.folder, "taut.db")


def foreign_values(things, kind, arg):
    values = things[kind] if kind == "channel" else [things[kind]]
    return [[v] if arg["type"] in ("users", "strings") else v for v in values]


def try_argument(site, path, m, name, arg, own, foreign):
    kind = kind_of(name, arg)
    for value in foreign_values(foreign, kind, arg):
        args = {a["name"]: value_of(a, own, kind_of(name, a)) for a in m["args"] if a.get("required")}
        if arg["type"] == "channel" and "timestamp" in {a["name"] for a in m["args"]}:
            args["timestamp"] = foreign["ts"]
        args[arg["name"]] = value
        before = snapshot(path)
        answer = site.call(name, HERE, **args)
        said = "%s with %s=%s" % (name, arg["name"], value)
        allowed = ALLOWED.get(name) or ALLOWED.get((name, arg["name"])) or kind == "team"
        check("%s is refused" % said, not answer["ok"] or allowed, answer)
        check("%s shows nothing" % said, SECRET not in json.dumps(answer), answer)
        check("%s fails as documented" % said, answer["ok"] or answer["error"] not in ("internal_error", "fatal_error"), answer)
        after = snapshot(path)
        if kind != "team":  # a token of one workspace acts there, whatever team_id says
            check("%s writes nothing" % said, before == after, [t for t in after if after[t] != before.get(t)])


def main():
    methods = {}
    for f in sorted(os.listdir(METHODS)):
        with open(os.path.join(METHODS, f), encoding="utf-8") as opened:
            methods[f[:-5]] = json.load(opened)
    with Dev(seed=FIXTURE) as server:
        site, path = Site(server.url), database(server)
        olga = site.must("auth.test", "xoxp-0-other-ws")["user_id"]
        bob, bot = site.must("auth.test", "xoxp-0-bob")["user_id"], site.must("auth.test", BOT)["bot_id"]
        foreign = make(site, THERE, bob, bot, SECRET)
        own = make(site, HERE, olga, bot, "ours")
        tried = 0
        for name, m in methods.items():
            if m.get("dev") or name.startswith("taut.") or "user" not in m["tokens"]:
                continue
            for arg in m["args"]:
                if kind_of(name, arg):
                    tried += 1
                    try_argument(site, path, m, name, arg, own, foreign)
        check("there are many such arguments", tried > 100, tried)


if __name__ == "__main__":
    main()
    finish()
