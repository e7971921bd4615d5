#!/usr/bin/env python3
"""Whether long lists cost more at their end than at their beginning.

    bench/lists.py [--people N] [--channels N] [--rounds N]

Fills a workspace with 100,000 people and 10,000 channels, straight into the tables, then asks users.list and conversations.list
over HTTP for pages of 200, the first and the last in turn: both must come at the same rate.
"""

import time

from program import by_itself, options
from servers import BenchError
from workspace import owner_token, scratch

PAGE = 200
TARGET = 0.8  # of the first page's rate, for the last
STEP = 1 << 15  # from one id to the next: a millisecond


def columns(db, table):
    return [row[1] for row in db.execute(f"pragma table_info({table})")]


def copies(db, table, where, changes, n):
    """n rows like the one that `where` tells; changes: {column: function of the number}."""
    names = columns(db, table)
    row = dict(zip(names, db.execute(f"select * from {table} where {where}").fetchone()))
    text = f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"
    db.executemany(text, ([changes[c](i) if c in changes else row[c] for c in names] for i in range(n)))


def fill(db, user, channel, people, channels):
    db.execute("begin")
    copies(db, "users", f"id = {user}", {"id": lambda i: user + (1 + i) * STEP, "name": lambda i: f"person{i}",
                                         "email": lambda i: f"person{i}@bench.example",
                                         "email_fold": lambda i: f"person{i}@bench.example"}, people)
    copies(db, "team_member", f"user_id = {user}", {"user_id": lambda i: user + (1 + i) * STEP}, people)
    copies(db, "channel", f"id = {channel}", {"id": lambda i: channel + (1 + i) * STEP, "name": lambda i: f"room-{i}"}, channels)
    db.execute("commit")


def last_cursor(taut, token, method, key, total):
    """What leads to the last page; walked to in large steps."""
    cursor, at = "", 0
    while True:
        limit = min(1000, total - PAGE - at)
        reply = taut.call(token, method, limit=limit, **({"cursor": cursor} if cursor else {}))
        at += len(reply[key])
        cursor = reply["response_metadata"]["next_cursor"]
        if at == total - PAGE:
            return cursor


def total_of(taut, token, method, key):
    cursor, total = "", 0
    while True:
        reply = taut.call(token, method, limit=1000, **({"cursor": cursor} if cursor else {}))
        total += len(reply[key])
        cursor = reply["response_metadata"]["next_cursor"]
        if not cursor:
            return total


def time_page(taut, token, method, key, cursor):
    begin = time.perf_counter()
    reply = taut.call(token, method, limit=PAGE, **({"cursor": cursor} if cursor else {}))
    taken = time.perf_counter() - begin
    if len(reply[key]) != PAGE or bool(reply["response_metadata"]["next_cursor"]) == bool(cursor):
        raise BenchError(f"{method} gave {len(reply[key])} of {PAGE}, or is not at its end")
    return taken


def measure(taut, token, method, key, rounds):
    total = total_of(taut, token, method, key)
    end = last_cursor(taut, token, method, key, total)
    first, last = [], []
    for _ in range(rounds):
        first.append(time_page(taut, token, method, key, ""))
        last.append(time_page(taut, token, method, key, end))
    a, b = sorted(first)[rounds // 2], sorted(last)[rounds // 2]
    print(f"{method:22}{total:8}{a * 1000:10.2f}{b * 1000:10.2f}{a / b:8.2f}")
    return a / b


def main():
    asked = options(__doc__, people=100_000, channels=10_000, rounds=100)
    with scratch("lists") as space:
        with space.serve() as taut:
            token = owner_token(taut)
            user = int(taut.call(token, "auth.test")["user_id"], 36)
            channel = int(taut.call(token, "conversations.create", name="rooms")["channel"]["id"], 36)
        with space.tables() as db:
            fill(db, user, channel, asked.people, asked.channels)
        with space.serve() as taut:
            print(f"{'method':22}{'rows':>8}{'first ms':>10}{'last ms':>10}{'ratio':>8}")
            slow = [method for method, key in (("users.list", "members"), ("conversations.list", "channels"))
                    if measure(taut, token, method, key, asked.rounds) < TARGET]
        if slow:
            raise BenchError(f"the last page comes at less than {TARGET} of the first one's rate: {slow}")


if __name__ == "__main__":
    by_itself(main)
