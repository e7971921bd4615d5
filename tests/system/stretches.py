#!/usr/bin/env python3
"""Search on PostgreSQL goes back in stretches of time, the longer the less it finds: whatever it looks for, it finds all of it, in
order; also while what an earlier release had indexed is indexed anew.

    tests/system/stretches.py [BUILD]        with TAUT_TEST_PG set; without it there is nothing to do
"""
import subprocess
import time

from harness import Serve, check, engines, finish, psql, until
from nodes import database

MESSAGES = 6000
PAGES = 3  # are looked at
DAY_US = 86400 * 10**6
THIRDS = (1100, 90, 1)  # so many days ago a third of them begins, which lasts until the next one does
WORD = {"all": lambda i: True, "seventh": lambda i: i % 7 == 0, "first": lambda i: i < 25, "seldom": lambda i: i % 1501 == 3,
        '"one two"': lambda i: i % 11 == 0, "seld*": lambda i: i % 1501 == 3, "a*": lambda i: True, "seventh seldom": lambda i: i % 7 == 0 and i % 1501 == 3,
        "seventh -first in:general": lambda i: i % 7 == 0 and i >= 25 and i % 3, "one two first": lambda i: i < 25}


STORE = """
with said(channel_id, ts, user_id, text) as (values %s),
stored as (
    insert into message (channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply,
                         reply_users, edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra)
    select channel_id, ts, user_id, 0, 0, '', text, 0, 0, 0, 0, '', 0, 0, 0, 0, '', '', '', '', '' from said)
insert into search_doc (id, channel_id, ts) select ts, channel_id, ts from said
"""


def times():
    """When each was said, the first first."""
    third, now = MESSAGES // 3, int(time.time() * 1e6)
    begins = [now - days * DAY_US for days in THIRDS] + [now]
    return [begins[i // third] + (begins[i // third + 1] - begins[i // third]) * (i % third) // third for i in range(MESSAGES)]


def text(i):
    said = ["all", "one two" if i % 11 == 0 else "two one"]
    return " ".join(said + [word for word in ("seventh", "first", "seldom") if WORD[word](i)])


def fill(server, said):
    """Into general, and each third into a conversation of the owner's own."""
    user = server.must("auth.test")["user_id"]
    general = next(c["id"] for c in server.must("conversations.list")["channels"] if c["is_general"])
    own = server.must("conversations.create", name="own", is_private="true")["channel"]["id"]
    place = [int(general if i % 3 else own, 36) for i in range(MESSAGES)]
    server.stop()
    rows = ["(%d, %d, %d, '%s')" % (place[i], said[i], int(user, 36), text(i)) for i in range(MESSAGES)]
    for at in range(0, MESSAGES, 1000):
        psql(server.at[1], STORE % ",".join(rows[at:at + 1000]))
    server.start()
    until("all is indexed", lambda: server.sql("select count(*) from search_doc where words is null") == "0")


def found(server, query, direction):
    """The times of what its first pages show, and what the first of them tells of how many there are."""
    seen, first = [], None
    for page in range(1, PAGES + 1):
        m = server.must("search.messages", query=query, sort="timestamp", sort_dir=direction, count=100, page=page)["messages"]
        first = first or m
        seen += [int(x["ts"].replace(".", "")) for x in m["matches"]]
        if len(m["matches"]) < 100:
            break
    return seen, first["total"], first.get("total_capped", False)


def test_words(server, said, when):
    for query, fits in WORD.items():
        wanted = [said[i] for i in range(MESSAGES) if fits(i)]
        for direction in ("desc", "asc"):
            seen, total, capped = found(server, query, direction)
            there = (wanted if direction == "asc" else wanted[::-1])[:PAGES * 100]
            check("%s, %s, %s: all are found" % (query, direction, when), seen == there, (len(seen), len(there)))
            check("%s, %s, %s: and counted" % (query, direction, when), total == len(wanted) or capped and total < len(wanted),
                  (total, len(wanted)))
        best = server.must("search.messages", query=query, sort="score", count=100)["messages"]["matches"]
        check("%s, %s: the best are of them" % (query, when),
              len(best) == min(100, len(wanted)) and {int(x["ts"].replace(".", "")) for x in best} <= set(wanted))


def test_changes(server, said):
    """What is edited or goes, is told by the index at once."""
    channel = next(c["id"] for c in server.must("conversations.list")["channels"] if c["is_general"])
    for i in (1, 4000):
        server.must("chat.update", channel=channel, ts="%d.%06d" % divmod(said[i], 10**6), text="otherwise said")
    server.must("chat.delete", channel=channel, ts="%d.%06d" % divmod(said[5999], 10**6))
    check("what is edited is found", found(server, "otherwise", "asc")[0] == [said[1], said[4000]])
    check("by what it says alone", found(server, "all", "asc")[0] == [t for i, t in enumerate(said) if i not in (1, 4000, 5999)][:PAGES * 100])


def make_older(url):
    """As releases before had it: words with the weight A, tags with B, no stretches of time."""
    psql(url, "create function positions(p smallint[], weight text) returns text language sql as"
         " $$select string_agg(n || weight, ',') from unnest(p) n$$")
    psql(url, "update search_doc set words = (select string_agg(case when lexeme like '.v%' then '''' || substr(lexeme, 2) || ''':1B'"
         " else '''' || lexeme || ''':' || positions(positions, 'A') end, ' ') from unnest(words) where lexeme !~ '^\\.[a-d]')::tsvector")
    psql(url, "update search_state set older = (select max(id) from search_doc)")


def test_older(server, said):
    url = server.at[1]
    server.stop()
    make_older(url)
    with subprocess.Popen(["psql", url, "-qAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("begin; update search_state set older = older; select 'held';\n")
        holder.stdin.flush()
        check("indexing anew is held", holder.stdout.readline() == "held\n")
        server.start()
        test_words(server, said, "older")
        new = server.must("chat.postMessage", channel="general", text="newcomer all")
        check("what is new is found as well", len(found(server, "newcomer", "desc")[0]) == 1)
        check("it was held all the time", server.sql("select older > 0 from search_state") == "t")
        holder.stdin.close()
    until("all is indexed anew", lambda: server.sql("select older from search_state") == "0")
    check("with stretches", server.sql("select count(*) from search_doc where words @@ '''.d%d''' or words @@ '''.d%d'''" %
                                       (said[-1] >> 43, (said[-1] >> 43) - 1)) > "0")
    check("with nothing left of the older form", server.sql("select count(*) from search_doc where words @@ 'all:A'") == "0")
    server.must("chat.delete", channel=new["channel"], ts=new["ts"])


def test(url):
    said = times()
    with Serve(database=url) as server:
        fill(server, said)
        test_words(server, said, "new")
        test_older(server, said)
        test_words(server, said, "anew")
        test_changes(server, said)


if __name__ == "__main__":
    for engine in engines()[1:]:
        test(database(engine[1], "taut_stretches"))
    finish()
