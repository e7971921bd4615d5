#!/usr/bin/env python3
"""Days are closed once, whatever happens meanwhile: kill -9 at each step, a full disk, a server that was off, clocks that leap.

    tests/system/closing.py [BUILD]      with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import glob
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import days  # noqa: E402
from days import FIRST, TAUT, Moved, check, date_of  # noqa: E402

WALL, BOOT, FULL, DIE = range(4)
STEPS = 10  # of each of two files: write, fsync, before and after rename, fsync of the folder
HOUR = 3600
WAIT_S = 60


def until(f):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if f():
            return True
        time.sleep(0.05)
    return False


class Serve:
    """`taut serve` with a clock and a disk that are moved."""

    def __init__(self, database):
        self.top = tempfile.TemporaryDirectory()
        self.moved = Moved(self.top.name)
        self.folder, self.log, self.token = os.path.join(self.top.name, "data"), os.path.join(self.top.name, "log"), None
        self.where, self.schema, self.database = ["--data-dir", self.folder], None, database
        if database:
            self.schema = "closing_%d_%s" % (os.getpid(), os.path.basename(self.top.name).replace("-", "_").lower())
            self.sql("create schema " + self.schema)
            self.where += ["--database", database + ("&" if "?" in database else "?") + "options=-csearch_path%3D" + self.schema]

    def sql(self, text):
        """Beside the server, in its database."""
        if not self.database:
            db = sqlite3.connect(os.path.join(self.folder, "taut.db"), timeout=10)
            with db:
                rows = db.execute(text).fetchall()
            db.close()
            return "\n".join("|".join("" if v is None else str(v) for v in row) for row in rows)
        command = ["psql", self.database, "-qAtc", ("set search_path to %s; " % self.schema if "create schema" not in text else "") + text]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def start(self, *more):
        self.process = subprocess.Popen([TAUT, "serve", "--listen", "127.0.0.1:0", "--analytics-delay", "1s", *self.where, *more],
                                        stdout=subprocess.PIPE, stderr=open(self.log, "ab"), text=True, env=self.moved.env)
        for line in self.process.stdout:
            words = line.split()
            if "serves" in words:
                self.api = next(w for w in words if w.startswith("http")).rstrip("/") + "/api/"
            if words[:2] == ["owner", "token"]:
                self.token = words[2]
            if line.startswith("console.log") or "new tokens:" in line:
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def end(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        self.process.wait(WAIT_S)

    def drop(self):
        if self.process.poll() is None:
            self.end()
        if self.schema:
            self.sql("drop schema %s cascade" % self.schema)
        self.top.cleanup()

    def call(self, method, **args):
        request = urllib.request.Request(self.api + method, urllib.parse.urlencode(args).encode(), {"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=WAIT_S) as reply:
            data = reply.read()
            return data if reply.headers["Content-Type"] == "application/gzip" else json.loads(data)

    def post(self, channel="general"):
        reply = self.call("chat.postMessage", channel=channel, text="hello")
        check("a message is posted", reply["ok"], reply)

    def file(self, day, kind="member"):
        """The rows, or the error."""
        reply = self.call("admin.analytics.getFile", type=kind, date=date_of(day))
        return [json.loads(line) for line in gzip.decompress(reply).splitlines()] if isinstance(reply, bytes) else reply["error"]

    def closed(self, day):
        return until(lambda: self.file(day) != "file_not_yet_available")

    def said(self, day):
        rows = self.file(day)
        return rows if isinstance(rows, str) else sum(r["messages_posted_count"] for r in rows)

    def bytes(self, day):
        """Of the day's files, by what stands on disk."""
        found = {}
        for path in sorted(glob.glob(os.path.join(self.folder, "analytics", "*", "*-%s.json.gz" % date_of(day)))):
            with open(path, "rb") as f:
                found[os.path.basename(path)] = f.read()
        return found

    def logged(self, word):
        with open(self.log, encoding="utf-8") as f:
            return sum(word in line for line in f)

    def verify(self, day):
        return subprocess.run([TAUT, "analytics", "verify", "--date", date_of(day), *self.where], capture_output=True, text=True,
                              env=self.moved.env)


def first_day(database):
    s = Serve(database)
    s.moved.to(FIRST, 8)
    s.start()
    s.post()
    return s


# --- kill -9 ----------------------------------------------------------------------------------------------------------


def crash_at(s, day, step):
    s.moved.cells[DIE] = step
    s.moved.to(day + 1, 0.5)
    check("step %d: it is killed while it closes" % step, s.process.wait(WAIT_S) == -signal.SIGKILL)
    left = s.bytes(day)
    check("step %d: what has its name is whole" % step, all(gzip.decompress(data) for data in left.values()))
    check("step %d: the day is not told to be closed" % step, s.sql("select count(*) from team_day where day = %d" % day) == "0")
    s.moved.cells[DIE] = 0
    s.moved.to(day + 1, 6)
    s.start()
    check("step %d: the next start closes the day" % step, s.closed(day) and s.said(day) == 1, s.file(day))
    now = s.bytes(day)
    check("step %d: the same bytes" % step, len(now) == 2 and all(now[name] == data for name, data in left.items()))
    check("step %d: once" % step, s.sql("select count(*) from team_day where day = %d" % day) == "1")
    check("step %d: nothing half written is left" % step, not glob.glob(os.path.join(s.folder, "analytics", "*", "*.new")))
    out = s.verify(day)
    check("step %d: verify agrees" % step, out.returncode == 0, out.stdout + out.stderr)
    return now


def crashes(s):
    """The n-th day is closed by a server that is killed at the n-th step."""
    for step in range(1, STEPS + 1):
        kept = crash_at(s, FIRST + step - 1, step)
        s.moved.to(FIRST + step, 8)
        s.post()
    for path in glob.glob(os.path.join(s.folder, "analytics", "*", "*-%s.json.gz" % date_of(FIRST + STEPS - 1))):
        os.unlink(path)
    s.file(FIRST + STEPS - 1), s.file(FIRST + STEPS - 1, "public_channel")
    check("files that went are made again, byte by byte", s.bytes(FIRST + STEPS - 1) == kept)
    return FIRST + STEPS


# --- days without a server, and without counting -------------------------------------------------------------------------


def off_for_days(s, day):
    s.end()
    s.moved.to(day + 3, 9)
    s.start()
    check("days on which the server was down are closed at the next start", s.closed(day + 2))
    check("with what was counted before", (s.said(day), s.said(day + 1), s.said(day + 2)) == (1, 0, 0), (s.said(day), s.said(day + 1)))
    check("today is not", s.file(day + 3) == "file_not_yet_available")
    s.post()
    return day + 3


def switched_off(s, day):
    s.end()
    s.moved.to(day + 1, 9)
    s.start("--analytics", "off")
    check("a day before counting ended is closed", until(lambda: s.sql("select whole from team_day where day = %d" % day) == "1"))
    s.end()
    s.moved.to(day + 2, 9)
    s.start()
    check("days are counted whole from the next one on", until(lambda: s.sql("select whole_day from team_count") == str(day + 3)))
    s.moved.to(day + 4, 9)
    check("counting goes on", s.closed(day + 3))
    seen = [s.said(d) for d in range(day, day + 4)]
    check("days that were not counted whole have no files", seen == [1, "file_not_found", "file_not_found", 0], seen)
    s.post()
    return day + 4


# --- clocks that leap -----------------------------------------------------------------------------------------------------


def leap(s, seconds):
    """The wall clock alone."""
    n = s.logged("clock_leapt")
    s.moved.cells[WALL] += seconds
    s.moved.put()
    check("a leap of %d s is noticed" % seconds, until(lambda: s.logged("clock_leapt") > n))


def passes(s, seconds):
    s.moved.cells[WALL] += seconds
    s.moved.cells[BOOT] += seconds
    s.moved.put()


def leaps(s, day):
    s.call("conversations.create", name="later")  # what is written there is never earlier than what stands there
    leap(s, 3 * 24 * HOUR)
    s.post("later")
    passes(s, HOUR // 2)
    check("a clock that leapt closes nothing", s.file(day) == "file_not_yet_available", s.file(day))
    leap(s, -3 * 24 * HOUR)
    check("nor has it", s.file(day) == "file_not_yet_available", s.file(day))
    passes(s, HOUR + 60)
    s.post()
    passes(s, 14 * HOUR)
    check("the day is closed when it is over", s.closed(day) and s.said(day) == 2, s.said(day))
    check("the next ones are not", s.file(day + 1) == "file_not_yet_available")
    leap(s, -24 * HOUR)
    s.post()  # of a day that is closed: counts for the one that is open
    passes(s, HOUR + 60)
    check("a clock that is set back changes nothing", s.said(day) == 2, s.said(day))
    leap(s, 24 * HOUR)
    leap(s, 4 * 24 * HOUR)
    passes(s, HOUR + 60)
    check("who stays there is believed", s.closed(day + 4))
    check("what a set back clock counted is there", s.said(day + 1) == 1, s.said(day + 1))
    s.moved.began = s.moved.cells[WALL] - s.moved.cells[BOOT]
    return day + 5


# --- what verify notices --------------------------------------------------------------------------------------------------


def changed(s, day):
    s.post()
    s.moved.to(day + 1, 9)
    s.closed(day)
    check("verify agrees", s.verify(day).returncode == 0, s.verify(day))
    for path in glob.glob(os.path.join(s.folder, "analytics", "*", "*-%s.json.gz" % date_of(day))):
        shutil.copy(path, path + ".kept")
        with open(path, "rb") as f:
            rows = gzip.decompress(f.read())
        for what, data in (("row", gzip.compress(rows.replace(b'"messages_posted_count":1', b'"messages_posted_count":2'))), ("byte", b"\x1f")):
            with open(path, "wb") as f:
                f.write(data)
            check("verify notices a changed %s" % what, s.verify(day).returncode == 1, path)
        os.replace(path + ".kept", path)
    check("and agrees with what was", s.verify(day).returncode == 0, s.verify(day))
    for table, column in (("member_day", "messages"), ("member_day", "reactions"), ("channel_day", "messages")):
        s.sql("update %s set %s = %s + 1 where day = %d and messages = 1" % (table, column, column, day))
        out = s.verify(day)
        check("verify notices a changed %s.%s" % (table, column), out.returncode == 1, out.stdout)
        s.sql("update %s set %s = %s - 1 where day = %d" % (table, column, column, day))
        check("and that it is as it was", s.verify(day).returncode == 0, s.verify(day))
    return day + 1


# --- a full disk ----------------------------------------------------------------------------------------------------------


def full(s):
    s.moved.cells[FULL] = 1
    s.moved.to(FIRST + 1, 0.5)
    check("a full disk is told", until(lambda: s.logged("event=days_not_closed") and s.logged("event=analytics_file")))
    check("and nothing is closed", s.file(FIRST) == "file_not_yet_available" and not s.bytes(FIRST))
    s.post()
    s.moved.cells[FULL] = 0
    s.moved.put()


def room_again(s):
    check("once there is room the day is closed", s.closed(FIRST) and s.said(FIRST) == 1, s.said(FIRST))
    check("whole", s.verify(FIRST).returncode == 0, s.verify(FIRST).stdout)


def run(database):
    other, s = first_day(database), first_day(database)
    try:
        full(other)
        day = crashes(s)
        for test in (off_for_days, switched_off, leaps, changed):
            day = test(s, day)
        room_again(other)
    finally:
        other.drop()
        s.drop()


def main():
    for database in [None] + ([os.environ["TAUT_TEST_PG"]] if os.environ.get("TAUT_TEST_PG") else []):
        run(database)
    print("%d passed, %d failed" % (days.passed, days.failed))
    return days.failed > 0


if __name__ == "__main__":
    sys.exit(main())
