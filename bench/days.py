#!/usr/bin/env python3
"""Analytics of days: closing one, sending its file, and what counting costs those who post.

    bench/days.py [--quick]

Messages are posted to two servers in turn, with analytics and without: counting may cost 10 % of the rate.  Then a workspace is
filled with 1,000,000 members, of whom two thirds did something, and has its day closed and, in turn, written by bench/bare_day.c
from the same database: closing may take 1.5 times as long, and 64 MB of memory.  Then the file is fetched from taut and from
nginx in turn: 80 % of nginx.  Fails when a target is missed.
"""
import os
import random
import re
import shutil
import sys
import time

import counting
import files
from activity import insert, like
from program import by_itself
from rounds import Figure, alternate, median, ratios
from servers import BUILD, BenchError, Nginx, load, run_json, status_kb
from workspace import FORM, owner_token, post_body, scratch

QUICK = "--quick" in sys.argv
MEMBERS = 50_000 if QUICK else 1_000_000
ROUNDS = 3 if QUICK else 5
DOWNLOADS = 100  # one is over in some milliseconds
POSTS, POST_ROUNDS = (4000, 8) if QUICK else (10_000, 24)
WAIT_S = 120
TODAY = int(time.time()) // 86400
DAY = TODAY - 1


def fill(db, team, owner):
    rnd, user, member = random.Random(1), like(db, "users", "id = %d" % owner), like(db, "team_member", "user_id = %d" % owner)
    first = int("UBENCH0000", 36)
    ids = range(first, first + MEMBERS)
    insert(db, "users", (dict(user, id=i, name="m%d" % i, email="m%d@bench.example" % i, email_fold="m%d@bench.example" % i,
                              claimed_us=(DAY - 90) * 86400 * 10**6) for i in ids))
    insert(db, "team_member", (dict(member, user_id=i, role=0, guest=rnd.choice([0] * 9 + [1]), joined_us=0) for i in ids))
    busy = [i for i in ids if rnd.random() < 2 / 3]
    insert(db, "member_day", (dict(team_id=team, day=DAY, user_id=i, active=1 | rnd.choice([2, 4, 8, 16]), messages=rnd.randrange(40),
                                   channel_messages=rnd.randrange(20), desktop_messages=0, ios_messages=0, android_messages=0, app_messages=0,
                                   reactions=rnd.randrange(10), files=rnd.randrange(2), searches=rnd.randrange(5)) for i in busy))
    insert(db, "member_active", (dict(team_id=team, user_id=i, day=DAY, bits=rnd.getrandbits(61) | 1) for i in busy))


def reopen(space):
    """The day is over and not closed."""
    with space.tables() as db:
        db.execute("delete from team_day")
        db.execute("update team_count set first_day = ?, open_day = ?, whole_day = ?", (DAY, DAY, DAY))
    shutil.rmtree(os.path.join(space.folder, "analytics"), ignore_errors=True)


def close(space):
    """Time and memory of a start that finds the day to be closed."""
    reopen(space)
    with space.serve("--analytics-delay", "1s") as taut:
        before = status_kb(taut.working, "VmRSS")
        end = time.monotonic() + WAIT_S
        while not (told := re.search(r"event=day_closed .* ms=(\d+)", taut.output())):
            if time.monotonic() > end:
                raise BenchError("the day is not closed: " + taut.output()[-500:])
            time.sleep(0.05)
        return {"ms": int(told[1]), "mb": (status_kb(taut.working, "VmHWM") - before) / 1024}


def bare(space, path):
    result = run_json([os.path.join(BUILD, "bare_day"), os.path.join(space.folder, "taut.db"), str(DAY), path])
    if result["rows"] < MEMBERS:
        raise BenchError("bare_day read %d rows" % result["rows"])
    return result


def measure_closing(space):
    path = os.path.join(space.top, "bare.gz")
    r = alternate({"taut": lambda: close(space), "bare": lambda: bare(space, path)}, ROUNDS)
    return [Figure("closing a day of %s members / a bare program" % format(MEMBERS, ","), ratios(r["taut"], r["bare"], "ms"), ("≤", 1.5),
                   "%.0f and %.0f ms" % (median(r["taut"], "ms"), median(r["bare"], "ms"))),
            Figure("memory while it is closed", [x["mb"] for x in r["taut"]], ("≤", 64), "", "MB")]


def measure_file(space, token):
    path = "/api/admin.analytics.getFile?type=member&date=" + time.strftime("%Y-%m-%d", time.gmtime(DAY * 86400))
    www = os.path.join(space.top, "www")
    os.makedirs(os.path.join(www, "files"))
    day = next(os.path.join(at, f) for at, _, names in os.walk(os.path.join(space.folder, "analytics")) for f in names if f.startswith("members"))
    shutil.copyfile(day, os.path.join(www, "files", "day.gz"))
    os.chmod(space.top, 0o755)  # nginx may not read what is taut's
    files.BYTES = os.path.getsize(day)
    with space.serve() as taut, Nginx(www, b"", {}) as nginx:
        r = alternate({"taut": lambda: files.download(taut.port, path, token),
                       "nginx": lambda: files.download(nginx.port, "/day.gz", token)}, DOWNLOADS)
    return [Figure("getFile of that day (%.1f MB) / nginx" % (files.BYTES / 1e6), ratios(r["taut"], r["nginx"]), ("≥", 0.80),
                   "%.0f and %.0f MB/s" % (median(r["taut"]), median(r["nginx"])))]


def measure_posts(space, token, general):
    numbers = iter(range(0, 10**12, 10**8))

    def post(taut):
        return load(taut.port, "/api/chat.postMessage", "-c", 32, "-s", next(numbers), "-n", POSTS, "-w", 0,
                    "-H", "Authorization: Bearer " + token, "-H", FORM, "-d", post_body(general))

    r = counting.compare(space, os.path.join(space.top, "off"), {"on": post, "off": post}, POST_ROUNDS)
    return [counting.rate_figure("posting", r, ("≥", 0.90)), counting.cpu_figure("posting", r, None)]


def main():
    with scratch("days") as space:
        with space.serve() as taut:
            token = owner_token(taut)
            me = taut.call(token, "auth.test")
            general = next(c["id"] for c in taut.call(token, "conversations.list", limit=200)["channels"] if c["is_general"])
        figures = measure_posts(space, token, general)
        with space.tables() as db:
            fill(db, int(me["team_id"], 36), int(me["user_id"], 36))
            db.execute("pragma wal_checkpoint(truncate)")
        return measure_closing(space) + measure_file(space, token) + figures


if __name__ == "__main__":
    by_itself(main)
