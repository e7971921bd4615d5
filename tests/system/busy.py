#!/usr/bin/env python3
"""Many write into one conversation at once: everyone is answered ok, everything is there once.

    tests/system/busy.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
from harness import Dev, at_once, check, engines, finish

WRITERS, EACH = 24, 40


def write(server, channel, thread, number, faults):
    connection = server.connect()
    for i in range(EACH):
        in_thread = {"thread_ts": thread} if i % 4 == 0 else {}
        answer = server.call("chat.postMessage", connection=connection, channel=channel, text="%d/%d" % (number, i), **in_thread)
        if not answer["ok"]:
            faults.append(answer["error"])
        elif i % 8 == 1 and not server.call("conversations.mark", connection=connection, channel=channel, ts=answer["ts"])["ok"]:
            faults.append("mark")


def test(*engine):
    with Dev(*engine) as server:
        channel = server.call("conversations.create", name="busy")["channel"]["id"]
        thread = server.call("chat.postMessage", channel=channel, text="the thread")["ts"]
        faults = []
        at_once([lambda n=n: write(server, channel, thread, n, faults) for n in range(WRITERS)])
        check("%d writers in one conversation %s" % (WRITERS, engine), not faults, (len(faults), sorted(set(faults))))
        texts, cursor = [], ""
        while cursor is not None:
            page = server.call("conversations.history", channel=channel, limit=500, **({"cursor": cursor} if cursor else {}))
            texts += [m["text"] for m in page["messages"]]
            cursor = page["response_metadata"]["next_cursor"] if page["has_more"] else None
        replies = server.call("conversations.replies", channel=channel, ts=thread, limit=1000)["messages"]
        said = sorted(t for t in texts + [m["text"] for m in replies[1:]] if "/" in t)
        check("each is there once", said == sorted("%d/%d" % (n, i) for n in range(WRITERS) for i in range(EACH)), len(said))
        check("the thread counts them", replies[0]["reply_count"] == len(replies) - 1 == WRITERS * EACH // 4, replies[0])


if __name__ == "__main__":
    for args in engines():
        test(*args)
    finish()
