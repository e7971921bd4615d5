#!/usr/bin/env python3
"""Random activity against a naive model: what admin.analytics.messages.activity tells must agree to the last count.

Then several clients of one person at once: whatever comes together, each message has been seen once.  And a crowd in which
everybody has a department of its own.

    tests/system/activity.py [BUILD]      with TAUT_TEST_PG set: on that PostgreSQL database as well
    TAUT_TEST_SEED=N                      another random history (each prints its own when it fails)
"""
import os
import random
import re

import harness
from harness import Dev, Serve, at_once, check, database, engines, finish

STEPS, CHECK_EACH, STEP_MAX = 2500, 125, 50
AGENTS = {"desktop": "taut-desktop/1.0", "mobile": "taut-ios/1.0", "web": "Mozilla/5.0 (X11)"}
DEPARTMENTS = ["Engineering", "Product", "Sales", ""]
PEOPLE = ["p%d" % i for i in range(8)]
VISITORS = PEOPLE[6:]  # whose home is another workspace


def seed_file():
    return {"workspaces": [{"id": "T0HOME", "name": "Home", "domain": "home"}, {"id": "T0AWAY", "name": "Away", "domain": "away"}],
            "users": [{"name": "boss", "role": "primary_owner"}] +
                     [dict({"name": p}, **({"workspace": "away", "also_in": ["home"]} if p in VISITORS else {})) for p in PEOPLE],
            "apps": [{"name": "robot", "bots": [{"name": "robot"}]}],
            "profile_fields": [{"id": "Xf0DEPT", "label": "Department", "type": "text", "workspace": w} for w in ("home", "away")],
            "tokens": [dict({"user": u, "token": "xoxp-" + u}, **({"organization": True} if u in VISITORS else {}))
                       for u in ["boss"] + PEOPLE] +
                      [{"user": "robot", "token": "xoxb-robot"}]}


class Server(Dev):
    def __init__(self, *database):
        super().__init__("--log-level", "error", *database, seed=seed_file())
        self.kept = self.connect()

    def full(self, method, who=None, /, agent="web", connection=None, **args):
        token = "xoxb-robot" if who == "robot" else "xoxp-" + (who or "boss")
        return super().full(method, token, connection=connection or self.kept, headers={"User-Agent": AGENTS[agent]}, **args)


def micro(ts):
    s, _, f = ts.partition(".")
    return int(s) * 1000000 + int(f or 0)


def text_ts(us):
    return "%d.%06d" % (us // 1000000, us % 1000000)


class Message:
    def __init__(self, ts, author, thread=0, broadcast=False):
        self.ts, self.author, self.thread, self.broadcast, self.late = ts, author, thread, broadcast, False
        self.tombstone, self.replies = False, 0
        self.attached = []  # messages that its attachments link to, which stay when its text is edited
        self.views = {}  # person -> client, as it was seen first
        self.did = {"reactions": set(), "shares": set(), "clicks": set()}

    def stands(self):
        return not self.thread or self.broadcast


def pages(server, c, **args):
    """All messages, page after page."""
    cursor, out = "", []
    while True:
        reply = server.must("admin.analytics.messages.activity", channel=c, cursor=cursor, **args)
        out += reply["message_activities"]
        cursor = reply["response_metadata"]["next_cursor"]
        if not cursor:
            return out


class Model:
    """Each message keeps who saw it and what was done with it: the plain reading of docs/guide/analytics.md."""

    def __init__(self, rnd, server):
        self.rnd, self.server = rnd, server
        self.ids, self.department, self.channels = {}, {}, {}
        self.cursors, self.last, self.members = {}, {}, {}
        for u in server.must("users.list")["members"]:
            self.ids[u["name"]] = u["id"]
        for name in ("one", "two"):
            self.make(name, False)
        self.make("three", True)

    def make(self, name, private):
        reply = self.server.must("conversations.create", name=name, is_private=str(private).lower())
        c = reply["channel"]["id"]
        self.channels[c], self.members[c], self.last[c] = {}, set(), 0
        self.private = c if private else None
        self.note(c)
        for p in PEOPLE + ["robot"]:
            self.add(c, p)

    # --- what the server wrote itself
    def note(self, c):
        m = self.server.must("conversations.history", channel=c, limit=1)["messages"][0]
        if micro(m["ts"]) not in self.channels[c]:
            by_id = {v: k for k, v in self.ids.items()}
            self.put(c, Message(micro(m["ts"]), by_id.get(m.get("user"))))

    def put(self, c, m):
        self.channels[c][m.ts] = m
        self.last[c] = max(self.last[c], m.ts)

    def add(self, c, p):
        self.server.must("conversations.invite", channel=c, users=self.ids[p])
        self.members[c].add(p)
        self.cursors[c, p] = self.last[c]
        self.note(c)

    # --- what people do
    def any_message(self, c):
        return self.channels[c][self.rnd.choice(list(self.channels[c]))] if self.channels[c] else None

    def post(self, c, p):
        args, m = {}, None
        if self.rnd.random() < 0.3:
            m = self.any_message(c)
            if m and not m.tombstone:
                args["thread_ts"] = text_ts(m.thread or m.ts)
                if self.rnd.random() < 0.3:
                    args["reply_broadcast"] = "true"
        text, shared = "hello", []
        while self.rnd.random() < 0.25:
            other = self.rnd.choice(list(self.channels))
            o = self.any_message(other)
            if o:
                text += " %s/archives/%s/p%d" % (self.server.url, other, o.ts)
                shared.append((other, o))
        part = self.rnd.choice(["attachments", "text"])
        args[part] = text if part == "text" else [{"text": text}]
        reply = self.server.call("chat.postMessage", p, channel=c, **args)
        if not reply["ok"]:
            return
        new = Message(micro(reply["ts"]), p, micro(args["thread_ts"]) if "thread_ts" in args else 0, "reply_broadcast" in args)
        new.attached = shared if part == "attachments" else []
        self.put(c, new)
        if new.thread:
            self.channels[c][new.thread].replies += 1
        self.share(p, shared)

    def share(self, p, shared):
        for other, o in shared:
            if o.ts in self.channels[other] and p != "robot" and (other != self.private or p in self.members[other]):
                o.did["shares"].add(p)

    def burst(self, c, p):
        for _ in range(self.rnd.choice([48, 50, 51, 53])):
            self.put(c, Message(micro(self.server.must("chat.postMessage", p, channel=c, text="burst")["ts"]), p))

    def mark(self, c, p):
        stamps = sorted(self.channels[c])
        ts = self.rnd.choice(stamps[-15:] if self.rnd.random() < 0.7 else stamps)
        ts += self.rnd.choice([0, 0, 0, -1, 1, 10 ** 12])
        agent = self.rnd.choice(list(AGENTS)) if self.rnd.random() < 0.3 else "web"
        reply = self.server.call("conversations.mark", p, agent=agent, channel=c, ts=text_ts(ts))
        if not reply["ok"]:
            return
        passed_by = [m for m in self.channels[c].values() if m.stands() and self.cursors[c, p] < m.ts <= ts]
        self.cursors[c, p] = ts
        if p != "robot" and len(passed_by) <= STEP_MAX:
            for m in passed_by:
                if not m.late:
                    m.views.setdefault(p, agent)

    def report(self, c, p):
        if p == "robot":
            return
        agent, events, expect = self.rnd.choice(list(AGENTS)), [], []
        stamps = sorted(self.channels[c])
        at = self.rnd.randrange(len(stamps))
        for ts in stamps[at:at + self.rnd.choice([1, 1, 3, 10])]:
            what = self.rnd.choice(["view", "view", "view", "click"])
            wrong = self.rnd.random() < 0.1
            events.append({"type": what, "channel": c, "ts": text_ts(ts + wrong)})
            expect.append((ts + wrong, what))
        self.rnd.shuffle(events)
        reply = self.server.must("taut.activity.report", p, agent=agent, events=events)
        sees = p in self.members[c] or (c != self.private and p not in VISITORS)  # from afar only what they are in
        good = [(ts, what) for ts, what in expect if sees and ts in self.channels[c]]
        assert reply["accepted"] == len(good) and len(reply["refused"]) == len(events) - len(good), (events, reply)
        for ts, what in good:
            if what == "click":
                self.channels[c][ts].did["clicks"].add(p)
            else:
                self.channels[c][ts].views.setdefault(p, agent)

    def react(self, c, p):
        m, method = self.any_message(c), self.rnd.choice(["reactions.add", "reactions.add", "reactions.remove"])
        reply = self.server.call(method, p, channel=c, timestamp=text_ts(m.ts), name=self.rnd.choice(["tada", "eyes"]))
        if reply["ok"] and p != "robot":
            m.did["reactions"].add(p)

    def edit(self, c, p):
        other = self.rnd.choice(list(self.channels))
        o, own = self.any_message(other), [m for m in self.channels[c].values() if m.author == p]
        if not own:
            return
        m = self.rnd.choice([m for m in own if m.thread and not m.broadcast] or own)
        if m.thread and not m.broadcast:
            reply = self.server.call("chat.update", p, channel=c, ts=text_ts(m.ts), reply_broadcast="true")
            if reply["ok"]:
                m.broadcast = m.late = True
        else:
            reply = self.server.call("chat.update", p, channel=c, ts=text_ts(m.ts),
                                     text="see %s/archives/%s/p%d" % (self.server.url, other, o.ts))
            if reply["ok"]:
                self.share(p, [(c2, o2) for c2, o2 in [(other, o)] + m.attached if o2 is not m])

    def delete(self, c, p):
        m = self.any_message(c)
        if not self.server.call("chat.delete", p, channel=c, ts=text_ts(m.ts))["ok"]:
            return
        if m.replies:
            m.tombstone, m.views, m.did = True, {}, {k: set() for k in m.did}
            m.author = None
            return
        del self.channels[c][m.ts]
        if m.thread:
            parent = self.channels[c][m.thread]
            parent.replies -= 1
            if parent.tombstone and not parent.replies:
                del self.channels[c][parent.ts]

    def leave(self, c, p):
        if p not in self.members[c]:
            self.add(c, p)
        elif self.server.call("conversations.leave", p, channel=c)["ok"]:
            self.members[c].remove(p)
            self.note(c)

    def move(self, c, p):
        if p != "robot":
            self.department[p] = self.rnd.choice(DEPARTMENTS)
            self.server.must("users.profile.set", p, profile={"fields": {"Xf0DEPT": {"value": self.department[p]}}})

    def step(self):
        kinds = [(self.post, 30), (self.mark, 45), (self.report, 12), (self.react, 12), (self.edit, 6), (self.delete, 4),
                 (self.leave, 3), (self.move, 1), (self.burst, 0.5)]
        kind = self.rnd.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        c, p = self.rnd.choice(list(self.channels)), self.rnd.choice(PEOPLE + ["robot"])
        if kind == self.burst and p not in self.members[c]:
            return
        kind(c, p)

    # --- what must be told
    def groups(self, m, views, of, name):
        rows = {}
        for what, people in [("views", views)] + list(m.did.items()):
            for p in people:
                if of(p):
                    row = rows.setdefault(of(p), {name: of(p), "views": 0, "reactions": 0, "shares": 0, "clicks": 0})
                    row[what] += 1
        return sorted(rows.values(), key=lambda r: (-r["views"], r[name]))

    def expected(self, c, m):
        views = {p: k for p, k in m.views.items() if p != m.author}
        clients = list(views.values())
        return {"channel_id": c, "timestamp": text_ts(m.ts), "unique_user_views_count": len(views),
                "unique_user_reactions_count": len(m.did["reactions"]), "unique_user_shares_count": len(m.did["shares"]),
                "unique_user_clicks_count": len(m.did["clicks"]),
                "unique_views_client": {k + "_views_count": clients.count(k) for k in ("desktop", "mobile", "web")},
                "unique_stats_by_department": self.groups(m, views, self.department.get, "department"),
                "unique_stats_by_org": self.groups(m, views, lambda p: "T0AWAY" if p in VISITORS else "T0HOME", "team_id")}

    def check(self, where):
        for c in self.channels:
            listed = sorted((m for m in self.channels[c].values() if not m.tombstone), key=lambda m: -m.ts)
            low, high = sorted(self.rnd.choices(listed, k=2), key=lambda m: m.ts)
            for args, part in (({"limit": self.rnd.choice([7, 50, 100])}, listed),
                               ({"limit": 100, "oldest_ts": text_ts(low.ts), "latest_ts": text_ts(high.ts)},
                                [m for m in listed if low.ts <= m.ts <= high.ts])):
                got, want = pages(self.server, c, **args), [self.expected(c, m) for m in part]
                wrong = [(w, g) for w, g in zip(want, got) if w != g]
                check("%s, %s, expected and told" % (where, args), got == want, (len(want), len(got), wrong[:1]))


def client(server, seed, c, stamps, person, faults):
    """One of several of a person: it reports and marks what others report and mark."""
    rnd, connection, agent = random.Random(seed), server.connect(), list(AGENTS)[seed % 3]
    for _ in range(40):
        at = rnd.randrange(len(stamps))
        if rnd.random() < 0.4:
            reply = server.call("conversations.mark", person, agent=agent, connection=connection, channel=c, ts=stamps[at])
            if not reply["ok"] and reply["error"] != "not_in_channel":
                faults.append(reply)
        part = stamps[at:at + rnd.choice([1, 2, 4])]
        reply = server.call("taut.activity.report", person, agent=agent, connection=connection,
                            events=[{"type": "view", "channel": c, "ts": ts} for ts in part])
        if not reply["ok"] or reply["accepted"] != len(part):
            faults.append(reply)


def race(server, where, is_member):
    c = server.must("conversations.create", name="race-in" if is_member else "race-out")["channel"]["id"]
    person, parent, faults = PEOPLE[0], "", []
    if is_member:
        server.must("conversations.join", person, channel=c)
    stamps = [server.must("chat.postMessage", channel=c, text="x")["ts"] for _ in range(20)]
    for i in range(20):  # and a thread, which has no cursor
        parent = parent or stamps[0]
        stamps.append(server.must("chat.postMessage", channel=c, text="y", thread_ts=parent)["ts"])
    at_once([lambda i=i: client(server, i, c, stamps, person, faults) for i in range(6)])
    server.must("taut.activity.report", person, events=[{"type": "view", "channel": c, "ts": ts} for ts in stamps])
    told = server.must("admin.analytics.messages.activity", channel=c, limit=100)["message_activities"]
    views = {m["timestamp"]: m["unique_user_views_count"] for m in told if m["timestamp"] in stamps}
    check("%s, clients at once, member %s" % (where, is_member), not faults and views == {ts: 1 for ts in stamps}, (faults[:2], sorted(views.values())))


CROWD, TOLD, LEVEL = 20000, 1000, 30  # people, departments that a message tells, a class of length (core/span.h)


def fill(server, c, stamps):
    """CROWD people who saw all of it; those of the first TOLD departments are two each, all others alone."""
    server.sql("create table reader as with recursive n(i) as (select 0 union all select i + 1 from n where i < %d)"
               " select u.*, i from users u, n where u.id = (select max(user_id) from channel_member)" % (CROWD - 1))
    server.sql("""update reader set id = id + 1 + i, email = '', email_fold = '', is_bot = 0, fields =
               '{"Xf0DEPT":{"value":"Department ' || case when i < %d then i / 2 else i end || '"}}'""" % (2 * TOLD))
    server.sql("insert into sight (channel_id, thread_ts, user_id, to_ts, from_ts, client, level) select %d, 0, id, %d, %d, 1, %d from reader"
               % (int(c, 36), micro(stamps[-1]), micro(stamps[0]) - 1, LEVEL))
    server.sql("alter table reader drop column i")
    server.sql("insert into users select * from reader")
    server.sql("drop table reader")


def memory_mb(server):
    """The most that it has had."""
    with open("/proc/%d/status" % server.process.pid, encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s*(\d+)", f.read())[1]) // 1024


def test_departments(where, **how):
    with Serve(**how) as server:
        server.sql("insert into profile_field select id, 'Xf0DEPT', 0, 'Department', '', 'text', '', 0 from team")
        c = server.must("conversations.create", name="crowd")["channel"]["id"]
        stamps = [server.must("chat.postMessage", channel=c, text="x")["ts"] for _ in range(99)]
        fill(server, c, stamps)
        before = memory_mb(server)
        told = server.must("admin.analytics.messages.activity", channel=c, limit=100)["message_activities"]
        grown = memory_mb(server) - before
        seen = [m for m in told if m["timestamp"] in stamps]
        check("%s: everybody counts" % where, [m["unique_user_views_count"] for m in seen] == [CROWD] * 99, told[0]["unique_user_views_count"])
        want = sorted("Department %d" % i for i in range(TOLD))
        got = [[(d["department"], d["views"]) for d in m["unique_stats_by_department"]] for m in seen]
        check("%s: the largest departments are told" % where, got == [[(name, 2) for name in want]] * 99, (len(got[0]), got[0][:3]))
        check("%s: in memory that does not grow with departments" % where, grown < 150, "%d MB" % grown)
        server.sql("update users set fields = replace(fields, 'Department', '%s')" % ("部" * 240))
        check("%s: long names make short pages" % where, [m["timestamp"] for m in pages(server, c, limit=100) if m["timestamp"] in stamps] ==
              stamps[::-1])


def test(seed, *engine):
    where = "PostgreSQL" if engine else "SQLite"
    with Server(*engine) as server:
        model = Model(random.Random(seed), server)
        for i in range(1, STEPS + 1):
            model.step()
            if i % CHECK_EACH == 0:
                model.check("seed %d, step %d, %s" % (seed, i, where))
                if harness.failed:
                    return
        for is_member in (False, True):
            race(server, where, is_member)


if __name__ == "__main__":
    SEED = int(os.environ.get("TAUT_TEST_SEED", "0")) or random.randrange(1, 10 ** 6)
    for args in engines():
        test(SEED, *args)
        test_departments("PostgreSQL" if args else "SQLite", **({"database": database(args[1], "taut_activity")} if args else {}))
    finish()
