#!/usr/bin/env python3
"""How fast search is on a large workspace.

    bench/search.py [--messages N] [--rounds N] [--database URL]

Fills a workspace with N messages (1,000,000 by default) in 100 channels, straight into the tables, then asks
search.messages over HTTP: each kind of query, by time and by score, in the whole workspace and in one channel.
URL: of an empty PostgreSQL database, as of tools/pg-scratch; without it, SQLite.
"""

import itertools
import json
import os
import random
import subprocess
import time

from program import by_itself, options
from servers import BenchError
from workspace import owner_token, scratch

CHANNELS = 100
WORDS_A_TEXT = 60
BATCH = 50_000
HASH_BYTES, FILL_HASH_BYTES = 1 << 20, 64 << 20  # so much FTS5 collects before it writes a list: by itself, and while it is filled
TARGET_P50_MS, TARGET_P99_MS = 20, 100


def vocabulary():
    """40,000 words; the n-th is said about 1/n as often as the first."""
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = {"".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(42000)}
    return sorted(words, key=lambda w: (len(w), w))[:40000]


def texts(words, n):
    rng = random.Random(2)
    weights = list(itertools.accumulate(1 / (i + 20) for i in range(len(words))))
    pool = rng.choices(words, cum_weights=weights, k=2_000_000)
    for _ in range(n):
        at = rng.randrange(len(pool) - WORDS_A_TEXT)
        yield " ".join(pool[at:at + WORDS_A_TEXT])


def places(channels, n):
    """Where each message stands: (channel's id, its number, ts)."""
    first = (int(time.time()) - 60 - n) * 10**6
    for i in range(n):
        yield *channels[i * 7919 % len(channels)], first + i * 10**6


MESSAGE = [0, 0, "", None, 0, 0, 0, 0, "", 0, 0, 0, 0, "", "", "", "", ""]  # what comes after user_id; None: the text


def message(row, ts, user, text):
    return [row, ts, user] + [text if v is None else v for v in MESSAGE]


class Sqlite:
    def __init__(self, space):
        self.space, self.path, self.options = space, os.path.join(space.folder, "taut.db"), []

    def fill(self, team, user, channels, n):
        with self.space.tables() as db:
            db.execute("pragma cache_size = -200000")
            db.execute("attach ? as search", (self.path + "-search",))
            db.execute("pragma search.synchronous = off")
            db.execute("pragma search.cache_size = -200000")
            hash_bytes(db, FILL_HASH_BYTES)
            rows = zip(places(channels, n), texts(vocabulary(), n))
            while batch := list(itertools.islice(rows, BATCH)):
                put(db, batch, team, user)
            hash_bytes(db, HASH_BYTES)
            for channel in channels:
                db.execute("update channel set last_ts = (select max(ts) from message where channel_id = ?1) where id = ?1",
                           (channel[1],))

    def settle(self):
        """The server merges by itself while nothing is said."""

    def bytes(self):
        return os.path.getsize(self.path) + os.path.getsize(self.path + "-search")


def part(channel):
    """As search_part() of src/core/search_index.c."""
    return (channel * 0x9e3779b97f4a7c15 % 2**64 >> 32) % 8 << 52


def index(db, docs):
    """The index wants its documents in order of their places."""
    db.executemany("insert into search.message_fts (rowid, words, tags) values (?, ?, ?)", sorted(docs))


def tags_of(team, user, channel):
    return f"vp{team.lower()} vc{channel.lower()} vu{user.lower()}"


def hash_bytes(db, n):
    db.execute("insert into search.message_fts (message_fts, rank) values ('hashsize', ?)", (n,))


def put(db, batch, team, user):
    docs = []
    db.execute("begin")
    for (channel, row, ts), text in batch:
        values = message(row, ts, user[1], text)
        db.execute(f"insert into message values ({', '.join('?' * len(values))})", values)
        db.execute("insert into search_doc (id, channel_id, ts) values (?, ?, ?)", (ts, row, ts))
        docs.append((part(row) + ts, text, tags_of(team, user[0], channel)))
    index(db, docs)
    db.execute("update search_mark set upto = ?, docs = docs + ?", (batch[-1][0][2], len(batch)))
    db.execute("commit")


class Postgres:
    def __init__(self, url):
        self.url, self.options = url, ["--database", url]

    def psql(self, sql):
        return subprocess.run(["psql", self.url, "-qAtc", sql], check=True, capture_output=True, text=True).stdout.strip()

    def copy(self, table, rows):
        with subprocess.Popen(["psql", self.url, "-qc", f"copy {table} from stdin"], stdin=subprocess.PIPE, text=True) as p:
            for row in rows:
                p.stdin.write("\t".join(map(str, row)) + "\n")
        if p.returncode:
            raise BenchError(f"psql could not fill {table}")

    def fill(self, team, user, channels, n):
        """The server indexes it when it starts."""
        stood = list(places(channels, n))
        self.copy("message", (message(row, ts, user[1], text) for (_, row, ts), text in zip(stood, texts(vocabulary(), n))))
        self.copy("search_doc (id, channel_id, ts)", ((ts, row, ts) for _, row, ts in stood))
        self.psql("update channel c set last_ts = m.ts from (select channel_id, max(ts) ts from message group by 1) m "
                  "where m.channel_id = c.id")

    def bytes(self):
        return int(self.psql("select pg_database_size(current_database())"))

    def settle(self):
        """While PostgreSQL works, the server rests."""
        while self.psql("select exists (select 1 from search_doc where words is null)") == "t":
            time.sleep(1)
        self.psql("vacuum analyze")


def queries():
    w = vocabulary()
    return {"common": w[0], "medium": w[2000], "rare": w[39000], "two terms": f"{w[1]} {w[30]}",
            "phrase": f'"{w[0]} {w[1]}"', "rare prefix": w[12000][:3] + "*", "medium prefix": w[2000] + "*",
            "common prefix": w[0] + "*", "broad prefix": w[0][:1] + "*"}


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def measure(taut, token, channel, rounds):
    slow = []
    print(f"{'query':14}{'where':12}{'sort':12}{'total':>8}{'p50 ms':>9}{'p99 ms':>9}")
    for (name, query), where, sort in itertools.product(queries().items(), ("workspace", "channel"),
                                                        ("timestamp", "score")):
        text = query if where == "workspace" else f"{query} in:{channel}"
        taken = []
        for _ in range(rounds):
            begin = time.perf_counter()
            reply = taut.call(token, "search.messages", query=text, sort=sort)
            taken.append((time.perf_counter() - begin) * 1000)
        p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
        print(f"{name:14}{where:12}{sort:12}{reply['messages']['total']:8}{p50:9.1f}{p99:9.1f}")
        if p50 > TARGET_P50_MS or p99 > TARGET_P99_MS:
            slow.append((name, where, sort))
    return slow


def fill(space, store, messages):
    """What a search needs to know of the filled workspace: the owner's token, a channel's id."""
    with space.serve(*store.options) as taut:
        token = owner_token(taut)
        me = taut.call(token, "auth.test")
        names = [taut.call(token, "conversations.create", name=f"bench-{i}")["channel"]["id"]
                 for i in range(CHANNELS)]
    store.fill(me["team_id"], (me["user_id"], int(me["user_id"], 36)), [(c, int(c, 36)) for c in names], messages)
    return {"messages": messages, "token": token, "channel": names[0]}


def kept(space, store, messages):
    """The same of a workspace that an earlier run kept (BENCH_KEEP), else it is filled."""
    path = os.path.join(space.top, "filled.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    filled = fill(space, store, messages)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(filled, f)
    return filled


def main():
    asked = options(__doc__, messages=1_000_000, rounds=100, database=None)
    with scratch(f"search-{asked.messages}") as space:
        store = Postgres(asked.database) if asked.database else Sqlite(space)
        begin = time.time()
        filled = kept(space, store, asked.messages)
        with space.serve(*store.options) as taut:
            taut.rest()
            store.settle()
            print(f"{filled['messages']} messages, {store.bytes() >> 20} MB; ready after {time.time() - begin:.0f} s")
            slow = measure(taut, filled["token"], filled["channel"], asked.rounds)
        if slow:
            raise BenchError(f"over p50 {TARGET_P50_MS} ms or p99 {TARGET_P99_MS} ms: {slow}")


if __name__ == "__main__":
    by_itself(main)
