#!/usr/bin/env python3
"""`taut demo`: the same numbers make the same history, it serves, and what its people did is told.

    tests/system/demo.py [BUILD]
"""
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import time

import harness
from harness import LISTEN, TAUT, Serve, Taut, check, finish, run

PEOPLE, DAYS, UNTIL = 30, 8, "2026-11-25T00:00:00Z"


class Served(Taut):
    """taut demo --serve"""

    def address(self):
        found = re.search(r"served at (\S+)\n", self.told())
        return found and found[1]


def demo(folder, *options):
    return run("demo", "--data-dir", folder, *options)


def made(folder, variant):
    return demo(folder, "--members", str(PEOPLE), "--days", str(DAYS), "--until", UNTIL, "--variant", str(variant))


def history(folder):
    """Everything that people did, without what is secret and drawn each time."""
    db = sqlite3.connect(os.path.join(folder, "taut.db"))
    return {table: db.execute("select * from %s order by 1, 2, 3" % table).fetchall()
            for table in ("message", "reaction", "channel", "channel_member", "sight", "message_touch")}


def members(server, date):
    rows = server.rows("member", date)
    if isinstance(rows, str):
        check("the file of %s" % date, False, rows)
        return
    check("a row for each of the people, %s" % date, len(rows) > PEOPLE and all(r["date"] == date for r in rows), len(rows))
    check("most were active", sum(r["is_active"] for r in rows) > PEOPLE / 2)
    check("and posted", sum(r["messages_posted_count"] for r in rows) > PEOPLE)


def look(folder, token):
    with Serve(folder=folder) as server:
        server.token = token
        channels = server.call("conversations.list", limit=1000)["channels"]
        largest = max((c for c in channels if not c["is_general"]), key=lambda c: c["num_members"])
        activity = server.call("admin.analytics.messages.activity", channel=largest["id"], limit=100, oldest_ts="1764000000", latest_ts="1800000000")
        told = activity["message_activities"]
        check("activity of the largest channel", activity["ok"] and len(told) > 20, activity.get("error"))
        for name in ("views", "reactions"):
            check("some have " + name, any(m["unique_user_%s_count" % name] for m in told))
        check("client kinds add up", all(sum(m["unique_views_client"].values()) == m["unique_user_views_count"] for m in told))
        check("there are departments", any(len(m["unique_stats_by_department"]) > 1 for m in told))
        for day in ("2026-11-18", "2026-11-24"):  # the second one is the last that was made
            members(server, day)
        check("searching finds", server.call("search.messages", query="the")["messages"]["total"] > 0)


def shape(folder):
    """A workday has many more messages than a day of the weekend, and some channels many more than others."""
    db = sqlite3.connect(os.path.join(folder, "taut.db"))
    days = dict(db.execute("select (ts / 86400000000) % 7, count(*) from message where subtype = '' group by 1"))
    check("weekends are quiet", days.get(2, 0) * 3 < days[6], days)  # 1970 began on a Thursday: 2 is Saturday, 6 Wednesday
    sizes = sorted(n for n, in db.execute("select count(*) from message where subtype = '' group by channel_id"))
    check("some channels are busy", sizes[-1] > 5 * sizes[len(sizes) // 2], sizes)
    told = db.execute("select count(*) from message where thread_ts <> 0 and thread_ts <> ts").fetchone()[0]
    check("there are threads", told > 10, told)
    check("there are files", db.execute("select count(*) from file").fetchone()[0] > 0)
    check("clients differ", db.execute("select count(distinct client) from sight").fetchone()[0] == 3)


def stopped(folder):
    process = subprocess.Popen([TAUT, "demo", "--data-dir", folder + "-stopped", "--members", "200", "--days", "400"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=120)[1]
    check("it can be stopped", process.returncode == 1 and "stopped" in error, error[-200:])


def served(folder):
    """As taut dev: with a clock that goes on where the days end, and can be moved."""
    with Served("demo", "--data-dir", folder, "--members", "5", "--days", "1", "--until", UNTIL, "--serve", *LISTEN) as server:
        server.token = re.search(r"xoxp-\S+", server.told())[0]
        now = float(server.call("taut.clock.set", advance="1d")["now"])
        check("the clock goes on and moves", 0 <= now - (1795564800 + 3600 + 86400) < 60, now)  # UNTIL, an hour and a day


def verify(folder, date="2026-11-23"):
    """Exit code and what it says."""
    p = run("analytics", "verify", "--data-dir", folder, "--date", date)
    return p.returncode, p.stdout + p.stderr


def tampered(folder, sql, undo):
    """What verify says once a row was changed."""
    db = sqlite3.connect(os.path.join(folder, "taut.db"))
    with db:
        check("a row is changed: " + sql, db.execute(sql).rowcount > 0)
    told = verify(folder)
    with db:
        db.execute(undo)
    db.close()
    return told


def verified(folder):
    """A day is looked at again; whoever changed something is found out."""
    code, said = verify(folder)
    check("the day is as it was closed", code == 0 and said.count("as they were closed") == 2, said)
    check("what is no day", verify(folder, "2026-02-30") == (1, "taut: '2026-02-30' is no day; days are written 2026-11-24.\n"))
    check("a day that is not closed", verify(folder, "2031-01-01") == (1, "taut: 2031-01-01 is not closed.\n"))
    there = int(re.search(r"counted, (\d+) there", said)[1])
    code, said = tampered(folder, "update member_day set messages = messages - 1000 where day = 20780 and messages > 0",
                          "update member_day set messages = messages + 1000 where day = 20780 and messages < 0")
    check("counts that lost something", code == 1 and "counted were" in said and "would give others" in said, said)
    row = "where ts = (select max(ts) from message where ts < 20781 * 86400000000 and subtype = '') and bot_id = "
    code, said = tampered(folder, "update message set bot_id = 1 " + row + "0", "update message set bot_id = 0 " + row + "1")
    check("a message that is gone is told, and no fault", code == 0 and "counted, %d there" % (there - 1) in said, said)
    [path] = [os.path.join(at, f) for at, _, files in os.walk(folder) for f in files if f == "members-2026-11-23.json.gz"]
    with open(path, "r+b") as f:
        f.seek(100)
        f.write(b"\0\0\0\0")
    code, said = verify(folder)
    check("a damaged file", code == 1 and "damaged" in said, said)
    os.unlink(path)
    check("a file that is gone", verify(folder)[0] == 1 and "not there" in verify(folder)[1])


def main():
    with tempfile.TemporaryDirectory() as folder:
        one, two, other = (os.path.join(folder, n) for n in ("one", "two", "other"))
        first = made(one, 7)
        check("it is made", first.returncode == 0, first.stderr)
        check("progress is told", "day %d of %d" % (DAYS, DAYS) in first.stderr, first.stderr)
        if harness.failed:
            return
        made(two, 7)
        made(other, 8)
        check("the same numbers, the same history", history(one) == history(two))
        check("another variant, another history", history(one) != history(other))
        again = made(one, 7)
        check("a workspace that is there is left alone", again.returncode == 1 and "already" in again.stderr, again.stderr)
        check("unknown words are refused", demo(other, "more").returncode == 2)
        check("a time that is none", demo(other, "--until", "soon").returncode == 2)
        check("too few people", demo(other, "--members", "1").returncode == 2)
        stopped(other)
        served(os.path.join(folder, "served"))
        shape(one)
        verified(two)
        look(one, re.search(r"xoxp-\S+", first.stdout)[0])


if __name__ == "__main__":
    main()
    finish()
