#!/usr/bin/env python3
"""Random days against a naive model: what admin.analytics.getFile tells must agree to the last count, row by row.

    tests/system/days.py [BUILD]      with TAUT_TEST_PG set: on that PostgreSQL database as well
    TAUT_TEST_SEED=N                  another random history (each prints its own when it fails)
"""
import os
import random
import shutil
import signal
import time

import harness
from harness import Dev, check, engines, finish, psql, run
from moved import FIRST, Moved, date_of

AGENTS = {"desktop": "taut-desktop/1.0", "ios": "Chat/24.06 iOS/17.5", "android": "okhttp/4.12", "web": "Mozilla/5.0 (X11)"}
PEOPLE = ["p%d" % i for i in range(9)]
GUESTS, VISITOR = {"p6": "guest", "p7": "single_channel_guest"}, "p8"  # whose home is another workspace
DAYS, STEPS = 7, 250
GAPS = [1, 1, 2, 1, 9, 35, 1]  # days from one to the next: some have nobody
KINDS = {"public": "public_channel", "private": "private_channel", "im": "direct", "mpim": "group_direct"}
FIELD = "Xf0NUMBER"


def seed_file():
    people = [{"name": "boss", "role": "primary_owner"}]
    for p in PEOPLE:
        people.append(dict({"name": p}, **({"workspace": "away", "also_in": ["home"]} if p == VISITOR else {"role": GUESTS[p]} if p in GUESTS else {})))
    whole = [{"user": p, "token": "xoxp-" + p, "organization": p == VISITOR} for p in PEOPLE] + [{"user": "boss", "token": "xoxp-boss"}]
    return {"time": date_of(FIRST) + "T00:00:00Z", "made": date_of(FIRST - 2) + "T10:00:00Z",
            "organization": {"id": "E0ORG", "name": "Org", "domain": "org"},
            "workspaces": [{"id": "T0HOME", "name": "Home", "domain": "home"}, {"id": "T0AWAY", "name": "Away", "domain": "away"}],
            "users": people, "apps": [{"name": "robot", "bots": [{"name": "robot"}]}],
            "profile_fields": [{"id": FIELD, "label": "employee number", "type": "text", "workspace": w} for w in ("home", "away")],
            "tokens": whole + [{"user": "robot", "token": "xoxb-robot"}] +
                      [{"user": p, "app": "robot", "token": "xoxp-by-robot-" + p} for p in PEOPLE[:4]]}


class Server(Dev):
    def __init__(self, database):
        self.moved = Moved()
        self.moved.to(FIRST, 8)
        super().__init__("--log-level", "error", "--analytics-delay", "10m", *database, seed=seed_file(), env=self.moved.env)
        self.token, self.kept = "xoxp-boss", self.connect()
        self.where = ["--team", "home", "--data-dir", self.folder, *database]
        if database:
            schema = psql(database[1], "select nspname from pg_namespace where nspname like 'taut_dev_%d_%%'" % self.process.pid)
            self.where[-1] += ("&" if "?" in database[1] else "?") + "options=-csearch_path%3D" + schema

    def full(self, method, token=None, /, agent="web", **args):
        return super().full(method, token, connection=self.kept, headers={"User-Agent": AGENTS[agent]}, **args)

    def file(self, kind, day):
        return self.rows(kind, date_of(day))

    def shell(self, word, *words):
        """A command beside the server, on its database."""
        out = run(word, *words, *self.where, env=self.moved.env)
        self.process.send_signal(signal.SIGHUP)
        return out


class Person:
    def __init__(self, name, guest="", email=None):
        self.guest, self.email = guest, email or name + "@home.example"
        self.gone, self.was_gone, self.number, self.claimed, self.days = False, False, "", 0, set()


class Channel:
    def __init__(self, kind, made):
        self.kind, self.made, self.last, self.archived, self.members, self.stamps = kind, made, made, False, set(), []


def counts():
    return {"on": set(), "said": dict.fromkeys(list(AGENTS) + ["app", "server"], 0), "in_channels": 0, "reactions": 0, "files": 0, "searches": 0}


class Model:
    """Whoever does something gets a count beside it; nothing is looked up in the server but its own answers."""

    def __init__(self, rnd, server):
        self.rnd, self.server = rnd, server
        self.day, self.people, self.channels, self.ids, self.waits = FIRST, {}, {}, {}, []
        self.did, self.heard = {}, {}  # (day, person), (day, channel)
        self.places, self.n, self.general = {}, 0, None
        for u in server.must("users.list")["members"]:
            self.ids[u["name"]] = u["id"]
        self.people["boss"] = Person("boss")
        for p in PEOPLE:
            self.people[p] = Person(p, GUESTS.get(p, ""), p + "@away.example" if p == VISITOR else None)
        self.touch("boss")
        for c in server.must("conversations.list")["channels"]:
            self.general = c["id"] if c["is_general"] else self.general
            self.channels[c["id"]] = Channel("public", c["created"])
            self.channels[c["id"]].members = {p for p in self.people if self.ids[p] in server.must("conversations.members", channel=c["id"])["members"]}
        for name, private in (("one", False), ("two", False), ("three", True)):
            self.make(name, private)
        for people in (["p0"], ["p1", "p2"]):
            reply = server.must("conversations.open", users=",".join(self.ids[p] for p in people))
            self.channels[reply["channel"]["id"]] = c = Channel("im" if len(people) == 1 else "mpim", 0)
            c.members = {"boss", *people}

    # --- what is counted
    def row(self, p):
        return self.did.setdefault((self.day, p), counts())

    def heard_in(self, c):
        return self.heard.setdefault((self.day, c), {"n": 0, "by_people": 0, "posters": set(), "viewers": set(), "reactions": 0})

    def touch(self, p, by_app=False):
        """A call of the person's was answered well."""
        who = self.people[p]
        who.claimed = who.claimed or int(time.time()) + self.server.moved.cells[0]
        if by_app:
            self.row(p)["on"].add("apps")

    def active(self, p, agent):
        self.row(p)["on"].update(("active", agent))
        self.people[p].days.add(self.day)

    def reads(self, c, p, agent):
        self.active(p, agent)
        self.heard_in(c)["viewers"].add(p)

    def says(self, c, p, ts, how):
        """how: a kind of client, app, or server: what was scheduled comes by itself."""
        ch = self.channels[c]
        ch.stamps.append(ts)
        self.last(c, ts)
        self.heard_in(c)["n"] += 1
        if p == "robot":
            return
        self.heard_in(c)["by_people"] += 1
        self.heard_in(c)["posters"].add(p)
        self.active(p, "apps" if how == "app" else "active" if how == "server" else how)
        self.row(p)["said"][how] += 1
        self.row(p)["in_channels"] += ch.kind in ("public", "private")

    def last(self, c, ts):
        self.channels[c].last = max(self.channels[c].last, int(float(ts)))

    def note(self, c):
        """The server itself may have said something there."""
        reply = self.server.call("conversations.history", channel=c, limit=1)
        if reply["ok"]:
            self.touch("boss")
            self.reads(c, "boss", "web")
            self.last(c, reply["messages"][0]["ts"] if reply["messages"] else 0)

    def make(self, name, private):
        reply = self.server.must("conversations.create", name=name, is_private=str(private).lower())["channel"]
        self.touch("boss")
        self.channels[reply["id"]] = Channel("private" if private else "public", reply["created"])
        self.channels[reply["id"]].members = {"boss"}
        for p in PEOPLE + ["robot"]:
            if self.rnd.random() < 0.8 and self.call("boss", "conversations.invite", channel=reply["id"], users=self.ids[p])["ok"]:
                self.channels[reply["id"]].members |= {p} - {"robot"}
        self.note(reply["id"])

    # --- what people do
    def call(self, p, method, agent="web", by_app=False, **args):
        token = "xoxb-robot" if p == "robot" else "xoxp-by-robot-" + p if by_app else "xoxp-" + p
        reply = self.server.call(method, token, agent=agent, **args)
        if reply["ok"] and p != "robot":
            self.touch(p, by_app)
        return reply

    def some(self):
        """A person, what it calls with, and whether an app does."""
        p, agent = self.rnd.choice(PEOPLE + ["robot", "boss"]), self.rnd.choice(list(AGENTS))
        by_app = p in PEOPLE[:4] and self.rnd.random() < 0.2
        return p, agent, by_app

    def pick(self, c):
        return self.rnd.choice(self.channels[c].stamps) if self.channels[c].stamps else None

    def post(self, c):
        p, agent, by_app = self.some()
        args, method = {"text": "hello " + str(self.rnd.random())}, "chat.postMessage"
        if self.rnd.random() < 0.25 and self.pick(c):
            args["thread_ts"] = self.pick(c)
            args["reply_broadcast"] = self.rnd.choice(["true", "false"])
        elif self.rnd.random() < 0.2:
            method = self.rnd.choice(["chat.meMessage", "chat.postEphemeral"])
        if method == "chat.postEphemeral":
            self.call(p, method, agent, by_app, channel=c, user=self.ids["boss"], **args)
            return
        reply = self.call(p, method, agent, by_app, channel=c, **args)
        if reply["ok"]:
            self.says(c, p, reply["ts"], "app" if by_app else agent)

    def schedule(self, c):
        p, agent, by_app = self.some()
        if p != "robot" and "boss" in self.channels[c].members and not by_app:
            self.n += 1
            at = int(time.time()) + self.server.moved.cells[0] + self.rnd.randrange(300, 36000)
            if self.call(p, "chat.scheduleMessage", agent, by_app, channel=c, text="later %d." % self.n, post_at=at)["ok"]:
                self.waits.append((c, p, "later %d." % self.n))

    def settle(self):
        """What was scheduled is said, unless its author or the channel went."""
        self.server.must("taut.clock.set")
        waits, self.waits = self.waits, []
        for c, p, text in waits:
            reply = self.server.call("conversations.history", channel=c, limit=999)
            if not reply["ok"]:
                continue
            self.reads(c, "boss", "web")
            found = [m for m in reply["messages"] if m["text"] == text]
            for m in found:
                self.says(c, p, m["ts"], "server")
            self.waits += [] if found else [(c, p, text)]

    def change(self, c):
        p, agent, by_app = self.some()
        ts = self.pick(c)
        if not ts:
            return
        if self.rnd.random() < 0.5:
            self.call(p, "chat.update", agent, by_app, channel=c, ts=ts, text="edited")
        elif self.call(p, "chat.delete", agent, by_app, channel=c, ts=ts)["ok"]:
            self.channels[c].stamps.remove(ts)

    def react(self, c):
        p, agent, by_app = self.some()
        ts, method = self.pick(c), self.rnd.choice(["reactions.add", "reactions.add", "reactions.remove"])
        if ts and self.call(p, method, agent, by_app, channel=c, timestamp=ts, name=self.rnd.choice(["tada", "eyes", "wave"]))["ok"]:
            if method == "reactions.add" and p != "robot":
                self.row(p)["reactions"] += 1
                self.heard_in(c)["reactions"] += 1

    def read(self, c):
        p, agent, by_app = self.some()
        ts, what = self.pick(c), self.rnd.choice(["history", "replies", "mark", "report"])
        if what == "history":
            good = self.call(p, "conversations.history", agent, by_app, channel=c)["ok"]
        elif what == "report" and ts:
            reply = self.call(p, "taut.activity.report", agent, by_app, events=[{"type": "view", "channel": c, "ts": ts}])
            good = reply["ok"] and reply["accepted"]
        else:
            good = ts and self.call(p, "conversations." + what.replace("report", "mark"), agent, by_app, channel=c, ts=ts)["ok"]
        if good and p != "robot" and not by_app:
            self.reads(c, p, agent)

    def search(self, _):
        p, agent, by_app = self.some()
        if p in ("robot", VISITOR):
            return
        method, page = self.rnd.choice(["search.messages", "search.files", "search.all"]), self.rnd.choice([1, 1, 2])
        if self.call(p, method, agent, by_app, query="hello", page=page)["ok"]:
            self.row(p)["searches"] += page == 1

    def upload(self, c):
        p, agent, by_app = self.some()
        shared = self.rnd.random() < 0.6
        if p == VISITOR:
            return
        reply = self.call(p, "files.upload", agent, by_app, content="text", **({"channels": c} if shared else {}))
        if not reply["ok"]:
            return
        if p != "robot":
            self.row(p)["files"] += 1
        if shared:
            for kind in ("public", "private"):
                for s in reply["file"]["shares"].get(kind, {}).get(c, []):
                    self.says(c, p, s["ts"], "app" if by_app else agent)

    def move(self, c):
        ch, p = self.channels[c], self.rnd.choice(PEOPLE)
        if ch.kind not in ("public", "private"):
            return
        if p not in ch.members:
            good = self.call("boss", "conversations.invite", channel=c, users=self.ids[p])["ok"]
            ch.members |= {p} if good else set()
        elif self.rnd.random() < 0.5:
            ch.members -= {p} if self.call(p, "conversations.leave", self.rnd.choice(list(AGENTS)), channel=c)["ok"] else set()
        else:
            ch.members -= {p} if self.call("boss", "conversations.kick", channel=c, user=self.ids[p])["ok"] else set()
        self.note(c)

    def archive(self, c):
        if self.rnd.random() < 0.6:
            c = self.rnd.choice([k for k in self.channels if self.channels[k].archived] or [c])
        ch = self.channels[c]
        if ch.kind in ("public", "private"):
            method = "conversations.unarchive" if ch.archived else "conversations.archive"
            if self.call("boss", method, channel=c)["ok"]:
                ch.archived = not ch.archived
            self.note(c)

    def new_channel(self, _):
        self.n += 1
        self.make("more-%d" % self.n, self.rnd.random() < 0.3)

    def profile(self, _):
        p = self.rnd.choice([p for p in PEOPLE if p not in GUESTS])
        self.n += 1
        if self.rnd.random() < 0.5:
            if self.call("boss" if p != VISITOR else p, "users.profile.set", user=self.ids[p], name="email", value="e%d@home.example" % self.n)["ok"]:
                self.people[p].email = "e%d@home.example" % self.n
        elif self.call(p, "users.profile.set", profile={"fields": {FIELD: {"value": "N-%d" % self.n}}})["ok"]:
            self.people[p].number = "N-%d" % self.n

    def rank(self, _):
        p = self.rnd.choice(PEOPLE[3:8])
        who, dice = self.people[p], self.rnd.random()
        if dice < 0.4:
            if self.server.shell("user", "activate" if who.gone else "deactivate", p).returncode == 0:
                who.gone = not who.gone
        elif dice < 0.8:
            guest = self.rnd.choice(["member", "guest", "single-channel-guest"])
            if self.server.shell("user", "role", p, guest).returncode == 0:
                who.guest = "" if guest == "member" else guest.replace("-", "_")
        else:
            self.n += 1
            p = "new%d" % self.n
            out = self.server.shell("user", "create", p, p + "@home.example", "member")
            if out.returncode == 0:
                self.ids[p] = out.stdout.strip()
                self.people[p] = Person(p)
                self.channels[self.general].members.add(p)
                self.note(self.general)
                if self.rnd.random() < 0.3:
                    self.people[p].gone = self.server.shell("user", "deactivate", p).returncode == 0

    def step(self):
        kinds = [(self.post, 30), (self.read, 25), (self.react, 12), (self.change, 6), (self.search, 5), (self.upload, 5), (self.move, 4),
                 (self.schedule, 3), (self.profile, 2), (self.archive, 0.4), (self.rank, 1.5), (self.new_channel, 0.3)]
        kind = self.rnd.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        kind(self.rnd.choice(list(self.channels)))

    # --- what must be told
    def keep(self):
        """At the end of a day: what people and channels are then."""
        members = {p: (w.guest, w.email, w.number, w.gone, w.was_gone, w.claimed, set(w.days)) for p, w in self.people.items()}
        rooms = {c: (ch.kind, ch.archived, ch.made, ch.last, set(ch.members)) for c, ch in self.channels.items()}
        self.places[self.day] = members, rooms
        for w in self.people.values():
            w.was_gone = w.gone

    def expect_members(self, day):
        members, rows = self.places[day][0], {}
        for p, (guest, email, number, gone, was_gone, claimed, _) in members.items():
            did = self.did.get((day, p)) or counts()
            busy = did["on"] or sum(did["said"].values()) or did["reactions"] or did["files"] or did["searches"]
            if gone and was_gone and not busy:
                continue
            on = did["on"]
            rows[self.ids[p]] = {
                "enterprise_id": "E0ORG", "team_id": "T0HOME", "date": date_of(day), "user_id": self.ids[p], "enterprise_user_id": self.ids[p],
                "email_address": email, "enterprise_employee_number": number, "is_guest": bool(guest),
                "is_billable_seat": guest != "single_channel_guest", "is_active": "active" in on, "is_active_ios": "ios" in on,
                "is_active_android": "android" in on, "is_active_desktop": "desktop" in on, "is_active_apps": "apps" in on,
                "is_active_workflows": False, "is_active_slack_connect": False, "reactions_added_count": did["reactions"],
                "messages_posted_count": sum(did["said"].values()), "channel_messages_posted_count": did["in_channels"],
                "files_added_count": did["files"], "total_calls_count": 0, "slack_calls_count": 0, "slack_huddles_count": 0,
                "search_count": did["searches"], "date_claimed": claimed}
        return rows

    def expect_channels(self, day):
        members, rooms = self.places[day]
        rows = {}
        for c, (kind, archived, made, last, inside) in rooms.items():
            if kind != "public" or archived:
                continue
            inside = [p for p in inside if not members[p][3]]
            guests = sum(1 for p in inside if members[p][0])
            h = self.heard.get((day, c)) or {"n": 0, "by_people": 0, "posters": (), "viewers": (), "reactions": 0}
            rows[c] = {"enterprise_id": "E0ORG", "team_id": "T0HOME", "originating_team": {"team_id": "T0HOME", "name": "Home"},
                       "channel_id": c, "channel_type": "single_workspace_channel", "visibility": "public", "shared_with": [],
                       "is_shared_externally": False, "externally_shared_with_organizations": [], "date_created": made,
                       "date_last_active": last, "total_members_count": len(inside), "full_members_count": len(inside) - guests,
                       "guest_member_count": guests, "messages_posted_count": h["n"], "messages_posted_by_members_count": h["by_people"],
                       "members_who_viewed_count": len(h["viewers"]), "members_who_posted_count": len(h["posters"]),
                       "reactions_added_count": h["reactions"], "date": date_of(day)}
        return rows

    def expect_totals(self, day, live):
        members, rooms = self.places[day]
        rows = self.expect_members(day)
        listed = {p: members[p] for p in members if self.ids[p] in rows}
        did = {p: self.did.get((day, p)) or counts() for p in listed}
        here = [m for m in listed.values() if not m[3]]

        def on(what):
            return sum(1 for d in did.values() if what in d["on"])

        def said(*how):
            return sum(d["said"][h] for d in did.values() for h in how)

        def since(days):
            return sum(1 for m in listed.values() if m[6] & set(range(day - days + 1, day + 1)))

        kinds = {k: sum(h["n"] for (d, c), h in self.heard.items() if d == day and rooms[c][0] == k) for k in KINDS}
        row = {"date": date_of(day), "enterprise_id": "E0ORG", "team_id": "T0HOME", "is_live": live, "members_count": len(here),
               "guests_count": sum(1 for m in here if m[0]), "daily_active_members_count": on("active"),
               "weekly_active_members_count": since(7), "monthly_active_members_count": since(30),
               "members_who_posted_count": sum(1 for d in did.values() if sum(d["said"].values())),
               "messages_posted_count": sum(kinds.values()), "messages_posted_by_members_count": said(*counts()["said"]),
               "shared_channel_messages_count": 0, "web_messages_count": said("web", "server"), "app_messages_count": said("app"),
               "reactions_added_count": sum(d["reactions"] for d in did.values()), "files_added_count": sum(d["files"] for d in did.values()),
               "search_count": sum(d["searches"] for d in did.values())}
        row.update({name + "_messages_count": kinds[k] for k, name in KINDS.items()})
        row.update({k + "_members_count": on(k) for k in AGENTS})
        row.update({k + "_messages_count": said(k) for k in ("desktop", "ios", "android")})
        return {date_of(day): row}

    def compare(self, what, got, want, key):
        if isinstance(got, str):
            check(what, False, got)
            return
        told = {r[key]: r for r in got}
        for r in told.values():
            if key == "user_id" and abs(r["date_claimed"] - want.get(r[key], r)["date_claimed"]) <= 2:  # of two clocks
                want.get(r[key], r)["date_claimed"] = r["date_claimed"]
        wrong = [(k, {f: (told.get(k, {}).get(f), want.get(k, {}).get(f)) for f in {**told.get(k, {}), **want.get(k, {})}
                      if told.get(k, {}).get(f) != want.get(k, {}).get(f)}) for k in sorted({**told, **want}) if told.get(k) != want.get(k)]
        check(what + ", told and expected", not wrong and len(told) == len(got), wrong[:3])

    def look(self, where, day):
        self.compare("%s, members of %s" % (where, date_of(day)), self.server.file("member", day), self.expect_members(day), "user_id")
        self.compare("%s, channels of %s" % (where, date_of(day)), self.server.file("public_channel", day), self.expect_channels(day),
                     "channel_id")
        self.compare("%s, totals of %s" % (where, date_of(day)), self.server.file("taut.analytics.daily", day),
                     self.expect_totals(day, False), "date")

    def look_now(self, where):
        kept = self.places.get(self.day), {p: w.was_gone for p, w in self.people.items()}
        self.keep()
        self.compare("%s, totals of %s so far" % (where, date_of(self.day)), self.server.file("taut.analytics.daily", self.day),
                     self.expect_totals(self.day, True), "date")
        for p, was in kept[1].items():
            self.people[p].was_gone = was


def test(database, seed):
    where = "seed %d, %s" % (seed, "PostgreSQL" if database else "SQLite")
    with Server(database) as server:
        m = Model(random.Random(seed), server)
        for i in range(DAYS):
            for _ in range(STEPS):
                m.step()
            m.look_now(where)
            server.moved.to(m.day, 20)
            m.settle()
            for _ in range(STEPS // 4):
                m.step()
            server.moved.to(m.day, 23.9)
            m.settle()
            m.keep()
            before, m.day = m.day, m.day + 1
            server.moved.to(m.day, 0.02)  # the day before is over, and not closed yet
            m.settle()
            for _ in range(STEPS // 2):
                m.step()
            check("%s: %s is not closed too soon" % (where, date_of(before)), server.file("member", before) == "file_not_yet_available")
            server.moved.to(m.day, 0.5)
            m.settle()
            m.look(where, before)
            if i == DAYS // 2:  # what was is not lost with its files
                shutil.rmtree(os.path.join(server.folder, "analytics", "T0HOME"))
            if harness.failed:
                return
            for _ in range(GAPS[i] - 1):
                m.keep()
                m.day += 1
            server.moved.to(m.day, 8)
            m.settle()
        for day in sorted(m.places):
            if day < m.day:
                m.look(where + ", later", day)


if __name__ == "__main__":
    SEED = int(os.environ.get("TAUT_TEST_SEED", "0")) or random.randrange(1, 10 ** 6)
    for engine in engines():
        test(engine, SEED)
    finish()
