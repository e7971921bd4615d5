#!/usr/bin/env python3
"""SQLite's disk: each kind of call fails while people post, then the power is cut; and an index of words that is damaged.

    tests/system/disk.py [BUILD]
"""
import errno
import glob
import os
import sqlite3
import struct
import time

from crash import check_acknowledged, under_load
from harness import Serve, check, finish, wait_until
from preloaded import Preloaded

READS, WRITES, SYNCS = 1, 2, 4
ALWAYS = 1 << 40


class Disk(Preloaded):
    """disk.c, which servers that are started with its environment preload."""

    def __init__(self):
        super().__init__("disk")
        self.put()

    def put(self, error=0, calls=0, before=0, fail=0):
        self.write(error, calls, before, fail)

    def failed(self):
        with open(self.path, "rb") as f:
            error, _, _, left = struct.unpack("4q", f.read())
        return error and left < ALWAYS


def cut_power(folder):
    """What was not synced is gone, as are files that were unlinked."""
    for path in glob.glob(folder + "/taut.db*.synced"):
        if os.path.exists(path.removesuffix(".synced")):
            os.replace(path, path.removesuffix(".synced"))
    for path in glob.glob(folder + "/taut.db*-shm") + glob.glob(folder + "/taut.db*.part") + glob.glob(folder + "/taut.db*.synced"):
        os.unlink(path)


def failing(disk, calls, error, before, fail, what):
    with Serve("--drain-timeout", "2s", env=disk.env) as server:
        channel = server.call("conversations.create", name="crash")["channel"]["id"]

        def end():
            time.sleep(0.2)
            disk.put(error, calls, before, fail)
            check(what + ": it fails, and that is told", wait_until(lambda: disk.failed() and server.logged("event=db_")), server.said())
            disk.put()
            check(what + ": and works again without a restart",
                  wait_until(lambda: server.call("chat.postMessage", channel=channel, text="after")["ok"]), server.said())
            server.kill()
        acknowledged, _ = under_load(server, channel, what, end)
        check(what + ": there was load", any(acknowledged))
        cut_power(server.folder)
        server.how["env"] = None
        server.start()
        check_acknowledged(server, channel, acknowledged, what + ", then the power cut")
        check(what + ": SIGTERM ends it with 0", server.stop() == 0)
        db = sqlite3.connect(os.path.join(server.folder, "taut.db"))
        check(what + ": the database is whole", db.execute("pragma integrity_check").fetchall() == [("ok",)])
        db.close()


def words_damaged():
    """What can be made again from the rows stops neither the server nor the shell commands beside it."""
    with Serve() as server:
        server.call("chat.postMessage", channel="general", text="zebra crossing")
        words = os.path.join(server.folder, "taut.db-search")
        check("whole: it ends", server.stop() == 0)
        server.start()
        check("whole: it is taken as it is", not server.logged("search_index"), server.logged("search_index"))
        for what, at, data in (("all of it", 0, os.urandom(20000)), ("its pages", 4096, os.urandom(9000)), ("its end", None, b"")):
            check(what + ": it ends", server.stop() == 0)
            with open(words, "r+b") as f:
                f.truncate(5000) if at is None else os.pwrite(f.fileno(), data, at)
            before, p = len(server.logged("search_index")), server.shell("user", "list")
            check(what + ": shell commands do without", p.returncode == 0 and "slackbot" in p.stdout, p.stderr)
            server.start()
            check(what + ": it is made anew", len(server.logged("search_index")) == before + 1, server.logged("search_index"))
            check(what + ": what was said is found", wait_until(
                lambda: server.call("search.messages", query="zebra").get("messages", {}).get("total") == 1), server.said())


def main():
    disk = Disk()
    for calls, name in ((WRITES, "writing"), (SYNCS, "syncing"), (READS, "reading")):
        for error in (errno.EIO, errno.ENOSPC) if calls != READS else (errno.EIO,):
            for before, fail in ((0, 1), (7, 3), (20, ALWAYS)):
                failing(disk, calls, error, before, fail, "%s fails with %s, %s after %d" % (
                    name, errno.errorcode[error], "always" if fail == ALWAYS else fail, before))
    words_damaged()


if __name__ == "__main__":
    main()
    finish()
