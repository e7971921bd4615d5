#!/usr/bin/env python3
"""Per-message activity: how fast pages of it are, and what counting costs those who mark.

    bench/activity.py [--quick]

Fills a channel with people, messages and what seven days of reading leave (the rows that core/sight.c would write), then asks
admin.analytics.messages.activity over HTTP for pages of 100 messages: in a channel that 10,000 people read, at most 150 ms; in
one that 100,000 read, at most 1 s.  Then it moves a read cursor message by message, on two servers, with analytics and without, in
turn: counting may cost 15 % of the processor's time.  Fails when a target is missed.
"""

import json
import os
import random
import sqlite3
import statistics
import sys
import time

import counting
from program import by_itself
from rounds import Figure
from servers import BenchError, load
from workspace import FORM, owner_token, scratch

QUICK = "--quick" in sys.argv
DAY_US = 24 * 3600 * 10**6
DAYS, READS_A_DAY, DEPARTMENTS, FIELD = 7, 4, 20, "Xf0BENCH"
LEVEL_MIN = 24  # core/span.h
CLIENTS = 3
# name, people, messages in the seven days, the most that a page of the newest and of the oldest 100 may take
CHANNELS = [("ten-thousand", 10_000, 200, 150), ("hundred-thousand", 20_000 if QUICK else 100_000, 500, 1000)]
ASKS = 5 if QUICK else 15
MARKED, MARK_ROUNDS = (40_000, 9) if QUICK else (160_000, 39)


def insert(db, table, rows):
    rows = iter(rows)
    first = next(rows)
    db.execute("begin")
    text = "insert into %s (%s) values (%s)" % (table, ", ".join(first), ", ".join("?" * len(first)))
    db.execute(text, list(first.values()))
    db.executemany(text, (list(r.values()) for r in rows))
    db.execute("commit")


def like(db, table, where):
    """A row to make others of."""
    db.row_factory = sqlite3.Row
    row = dict(db.execute("select * from %s where %s" % (table, where)).fetchone())
    db.row_factory = None
    return row


def people(db, owner, first, n):
    user, member = like(db, "users", "id = %d" % owner), like(db, "team_member", "user_id = %d" % owner)
    for i in range(n):
        fields = json.dumps({FIELD: {"value": "Department %d" % (i % DEPARTMENTS), "alt": ""}})
        yield (dict(user, id=first + i, name="reader%d" % (first + i), email="", email_fold="", fields=fields),
               dict(member, user_id=first + i, role=0))


def spans_of(rnd, stamps):
    """What one person's reading leaves: (from, to, client), one after the other; the last lies beside its cursor."""
    usual, at, spans = rnd.randrange(CLIENTS), 0, []
    begin, end = stamps[0] - 1, stamps[-1]
    for moment in sorted(rnd.uniform(begin, end) for _ in range(DAYS * READS_A_DAY)) + [end]:
        to = at
        while to < len(stamps) and stamps[to] <= moment:
            to += 1
        client = usual if rnd.random() < 0.75 else rnd.randrange(CLIENTS)
        if to == at:
            continue
        span = (stamps[at - 1] if at else begin, stamps[to - 1], client + 1)
        if to - at <= 50 and spans and spans[-1][1] == span[0] and spans[-1][2] == span[2]:
            spans[-1] = (spans[-1][0], span[1], span[2])
        elif to - at <= 50:
            spans.append(span)
        at = to
    return spans


def level(length):
    n = LEVEL_MIN
    while length > 1 << n:
        n += 1
    return n


def fill(db, channel, owner, first, n, messages):
    rnd = random.Random(first)
    now = int(time.time() * 10**6) - 60 * 10**6
    stamps = sorted(now - rnd.randrange(DAYS * DAY_US - 600 * 10**6) for _ in range(messages))
    rows = list(people(db, owner, first, n))
    insert(db, "users", (u for u, _ in rows))
    insert(db, "team_member", (m for _, m in rows))
    message = like(db, "message", "1 = 1 limit 1")
    insert(db, "message", (dict(message, channel_id=channel, ts=ts, user_id=owner, subtype="", text="x" * 400, client_msg_id="")
                           for ts in stamps))
    seen = [(first + i, spans_of(rnd, stamps)) for i in range(n)]
    member = like(db, "channel_member", "channel_id = %d" % channel)
    insert(db, "channel_member", (dict(member, user_id=u, last_read=stamps[-1], seen_from=s[-1][0] if s else 0,
                                       seen_to=s[-1][1] if s else 0, seen_client=s[-1][2] if s else 0) for u, s in seen))
    insert(db, "sight", (dict(channel_id=channel, thread_ts=0, user_id=u, to_ts=b, from_ts=a, client=c, level=level(b - a))
                         for u, s in seen for a, b, c in s[:-1]))
    db.execute("update channel set last_ts = ?, members_n = ? where id = ?", (stamps[-1], n + 1, channel))
    return stamps, sum(len(s) for _, s in seen)


def asked(taut, token, channel, **window):
    begin = time.perf_counter()
    reply = taut.call(token, "admin.analytics.messages.activity", channel=channel, limit=100, **window)
    took = (time.perf_counter() - begin) * 1000
    return took, reply["message_activities"]


def text_ts(us):
    return "%d.%06d" % (us // 10**6, us % 10**6)


def measure_pages(taut, token, channels):
    figures = []
    for name, channel, stamps, n, most in channels:
        oldest = {"oldest_ts": text_ts(stamps[0]), "latest_ts": text_ts(stamps[99])}
        for part, window in (("newest", {}), ("oldest", oldest)):
            taken = [asked(taut, token, channel, **window) for _ in range(ASKS)]
            views = [m["unique_user_views_count"] for m in taken[0][1]]
            if len(views) != 100 or statistics.median(views) < n / 2:
                raise BenchError("%s, %s: the page is not what was filled in: %r" % (name, part, views))
            figures.append(Figure("%s people, the %s 100 of %d messages" % (format(n, ","), part, len(stamps)),
                                  [t for t, _ in taken], ("≤", most), "%d viewers in the median" % statistics.median(views),
                                  "ms"))
    return figures


def measure_marks(space, folder, token, channel, first):
    """Both servers go through the same messages, each with a cursor of its own."""
    at = {}

    def mark(taut):
        r = load(taut.port, "/api/conversations.mark", "-c", 8, "-n", MARKED // (MARK_ROUNDS + 1), "-w", 0, "-s", at.get(taut, first),
                 "-H", "Authorization: Bearer " + token, "-H", FORM, "-d", "channel=%s&ts={seq:10}.000000" % channel)
        at[taut] = r["next_seq"]
        return r

    r = counting.compare(space, folder, {"on": mark, "off": mark}, MARK_ROUNDS)
    return [counting.cpu_figure("conversations.mark", r, ("≤", 1.15)), counting.rate_figure("conversations.mark", r, None)]


def mark_channel(db, channel, owner):
    """A message a second, from a time that has ten digits on; the owner has read nothing."""
    first = 1_500_000_000
    message = like(db, "message", "1 = 1 limit 1")
    insert(db, "message", (dict(message, channel_id=channel, ts=(first + i) * 10**6, user_id=owner, subtype="", text="x" * 400,
                                client_msg_id="") for i in range(MARKED)))
    db.execute("update channel set last_ts = ? where id = ?", ((first + MARKED) * 10**6, channel))
    db.execute("update channel_member set last_read = ? where channel_id = ?", ((first - 1) * 10**6, channel))
    return first


def main():
    with scratch("activity") as space:
        with space.serve() as taut:
            token = owner_token(taut)
            me = int(taut.call(token, "auth.test")["user_id"], 36)
            team = int(taut.call(token, "auth.test")["team_id"], 36)
            made = {name: taut.call(token, "conversations.create", name=name)["channel"]["id"]
                    for name in [c[0] for c in CHANNELS] + ["marks"]}
        with space.tables() as db:
            db.execute("insert into profile_field values (?, ?, 0, 'Department', '', 'text', '', 0)", (team, FIELD))
            filled, first = [], int("UBENCH0000", 36)
            for name, n, messages, most in CHANNELS:
                begin = time.time()
                stamps, spans = fill(db, int(made[name], 36), me, first, n, messages)
                print("%s: %d people, %d messages, %d spans, filled in %.0f s" % (name, n, messages, spans, time.time() - begin))
                filled.append((name, made[name], stamps, n, most))
                first += n
            marked_from = mark_channel(db, int(made["marks"], 36), me)
        with space.serve() as taut:
            figures = measure_pages(taut, token, filled)
        return figures + measure_marks(space, os.path.join(space.top, "off"), token, made["marks"], marked_from)


if __name__ == "__main__":
    by_itself(main)
