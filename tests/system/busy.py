#!/usr/bin/env python3
"""Many write into one conversation at once: everyone is answered ok, everything is there once.

    tests/system/busy.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import http.client
import json
import os
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dev  # noqa: E402
from dev import check  # noqa: E402

WRITERS, EACH = 24, 40


class Caller:
    """A client with a connection of its own."""

    def __init__(self, server, token):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.env["TAUT_URL"]).netloc, timeout=dev.WAIT_S)
        self.headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json; charset=utf-8"}

    def call(self, method, **args):
        self.connection.request("POST", "/api/" + method, json.dumps(args), self.headers)
        return json.loads(self.connection.getresponse().read())


def write(caller, channel, thread, number, faults):
    for i in range(EACH):
        name = "%d/%d" % (number, i)
        answer = caller.call("chat.postMessage", channel=channel, text=name, **({"thread_ts": thread} if i % 4 == 0 else {}))
        if not answer["ok"]:
            faults.append(answer["error"])
        elif i % 8 == 1 and not caller.call("conversations.mark", channel=channel, ts=answer["ts"])["ok"]:
            faults.append("mark")


def test(*args):
    with dev.Dev(*args) as server:
        token = server.env["TAUT_ADMIN_TOKEN"]
        first = Caller(server, token)
        channel = first.call("conversations.create", name="busy")["channel"]["id"]
        thread = first.call("chat.postMessage", channel=channel, text="the thread")["ts"]
        faults = []
        threads = [threading.Thread(target=write, args=(Caller(server, token), channel, thread, n, faults)) for n in range(WRITERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        check("%d writers in one conversation%s" % (WRITERS, " " + " ".join(args)), not faults, (len(faults), sorted(set(faults))))
        texts, cursor = [], ""
        while cursor is not None:
            page = first.call("conversations.history", channel=channel, limit=500, **({"cursor": cursor} if cursor else {}))
            texts += [m["text"] for m in page["messages"]]
            cursor = page["response_metadata"]["next_cursor"] if page["has_more"] else None
        replies = first.call("conversations.replies", channel=channel, ts=thread, limit=1000)["messages"]
        said = sorted(t for t in texts + [m["text"] for m in replies[1:]] if "/" in t)
        check("each is there once", said == sorted("%d/%d" % (n, i) for n in range(WRITERS) for i in range(EACH)), len(said))
        check("the thread counts them", replies[0]["reply_count"] == len(replies) - 1 == WRITERS * EACH // 4, replies[0])
        check("it ends as it should", server.stop() == 0)


if __name__ == "__main__":
    test()
    if os.environ.get("TAUT_TEST_PG"):
        test("--database", os.environ["TAUT_TEST_PG"])
    print("%d passed, %d failed" % (dev.passed, dev.failed))
    sys.exit(dev.failed != 0)
