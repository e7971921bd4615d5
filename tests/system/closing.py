#!/usr/bin/env python3
"""Days are closed once, whatever happens meanwhile: kill -9 at each step, a full disk, a server that was off, clocks that leap.

    tests/system/closing.py [BUILD]      with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import glob
import gzip
import os
import shutil
import signal

from harness import WAIT_S, Serve, check, database, engines, finish, wait_until
from moved import FIRST, Moved, date_of

WALL, BOOT, FULL, DIE, ALONE = range(5)
STEPS = 10  # of each of two files: write, fsync, before and after rename, fsync of the folder
HOUR = 3600


class Counted(Serve):
    """With a clock and a disk that are moved, from the first day on."""

    def __init__(self, **how):
        self.moved = Moved()
        self.moved.to(FIRST, 8)
        super().__init__("--analytics-delay", "1s", env=self.moved.env, **how)
        self.post()

    def post(self, channel="general"):
        reply = self.call("chat.postMessage", channel=channel, text="hello")
        check("a message is posted", reply["ok"], reply)

    def file(self, day, kind="member"):
        return self.rows(kind, date_of(day))

    def closed(self, day):
        return wait_until(lambda: self.file(day) != "file_not_yet_available")

    def count(self, day):
        rows = self.file(day)
        return rows if isinstance(rows, str) else sum(r["messages_posted_count"] for r in rows)

    def bytes(self, day):
        """Of the day's files, by what stands on disk."""
        found = {}
        for path in sorted(glob.glob(os.path.join(self.folder, "analytics", "*", "*-%s.json.gz" % date_of(day)))):
            with open(path, "rb") as f:
                found[os.path.basename(path)] = f.read()
        return found

    def verify(self, day):
        return self.shell("analytics", "verify", "--date", date_of(day))


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
    check("step %d: the next start closes the day" % step, s.closed(day) and s.count(day) == 1, s.file(day))
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
    s.stop()
    s.moved.to(day + 3, 9)
    s.start()
    check("days on which the server was down are closed at the next start", s.closed(day + 2))
    check("with what was counted before", (s.count(day), s.count(day + 1), s.count(day + 2)) == (1, 0, 0), (s.count(day), s.count(day + 1)))
    check("today is not", s.file(day + 3) == "file_not_yet_available")
    s.post()
    return day + 3


def switched_off(s, day):
    s.stop()
    s.moved.to(day + 1, 9)
    s.start("--analytics", "off")
    check("a day before counting ended is closed", wait_until(lambda: s.sql("select whole from team_day where day = %d" % day) == "1"))
    s.stop()
    s.moved.to(day + 2, 9)
    s.start()
    check("days are counted whole from the next one on", wait_until(lambda: s.sql("select whole_day from team_count") == str(day + 3)))
    s.moved.to(day + 4, 9)
    check("counting goes on", s.closed(day + 3))
    seen = [s.count(d) for d in range(day, day + 4)]
    check("days that were not counted whole have no files", seen == [1, "file_not_found", "file_not_found", 0], seen)
    s.post()
    return day + 4


# --- clocks that leap -----------------------------------------------------------------------------------------------------


def leap(s, seconds):
    """The wall clock alone."""
    n = len(s.logged("clock_leapt"))
    s.moved.cells[WALL] += seconds
    s.moved.put()
    check("a leap of %d s is noticed" % seconds, wait_until(lambda: len(s.logged("clock_leapt")) > n))


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
    check("the day is closed when it is over", s.closed(day) and s.count(day) == 2, s.count(day))
    check("the next ones are not", s.file(day + 1) == "file_not_yet_available")
    leap(s, -24 * HOUR)
    s.post()  # of a day that is closed: counts for the one that is open
    passes(s, HOUR + 60)
    check("a clock that is set back changes nothing", s.count(day) == 2, s.count(day))
    leap(s, 24 * HOUR)
    leap(s, 4 * 24 * HOUR)
    passes(s, HOUR + 60)
    check("who stays there is believed", s.closed(day + 4))
    check("what a set back clock counted is there", s.count(day + 1) == 1, s.count(day + 1))
    s.moved.began = s.moved.cells[WALL] - s.moved.cells[BOOT]
    return day + 5


def wrong_at_start(s, day):
    """A server whose first look is at a clock that is far ahead; nothing says whether it is right."""
    s.post()
    s.stop()
    s.moved.cells[ALONE] = 1
    s.moved.cells[WALL] += 400 * 24 * HOUR
    s.moved.put()
    s.start()
    check("a clock far ahead is doubted", wait_until(lambda: s.logged("clock_doubted")))
    passes(s, HOUR // 2)
    check("it closes nothing", s.file(day) == "file_not_yet_available", s.file(day))
    leap(s, -400 * 24 * HOUR)
    check("and is set right in time", s.file(day) == "file_not_yet_available", s.file(day))
    s.moved.began = s.moved.cells[WALL] - s.moved.cells[BOOT]
    s.stop()
    s.moved.to(day + 1, 9)
    s.start()
    check("a midnight is no reason for doubt", s.closed(day) and s.count(day) == 1, s.count(day))
    s.stop()
    s.moved.to(day + 8, 9)
    s.start()
    check("a week is", wait_until(lambda: len(s.logged("clock_doubted")) == 2) and s.file(day + 1) == "file_not_yet_available")
    passes(s, HOUR + 60)
    check("who stays there is believed", s.closed(day + 7))
    s.stop()
    s.moved.to(day + 15, 9)
    s.start()
    check("doubted again", wait_until(lambda: len(s.logged("clock_doubted")) == 3) and s.file(day + 8) == "file_not_yet_available")
    s.moved.cells[ALONE] = 0
    s.moved.put()
    check("a time server that agrees ends the doubt", s.closed(day + 14))
    return day + 15


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
    check("a full disk is told", wait_until(lambda: s.logged("event=days_not_closed") and s.logged("event=analytics_file")))
    check("and nothing is closed", s.file(FIRST) == "file_not_yet_available" and not s.bytes(FIRST))
    s.post()
    s.moved.cells[FULL] = 0
    s.moved.put()


def room_again(s):
    check("once there is room the day is closed", s.closed(FIRST) and s.count(FIRST) == 1, s.count(FIRST))
    check("whole", s.verify(FIRST).returncode == 0, s.verify(FIRST).stdout)


def test(*engine):
    here, there = ({"database": database(engine[1], "taut_closing_" + name)} if engine else {} for name in ("here", "there"))
    with Counted(**there) as other, Counted(**here) as s:
        full(other)
        day = crashes(s)
        for part in (off_for_days, switched_off, leaps, wrong_at_start, changed):
            day = part(s, day)
        room_again(other)


if __name__ == "__main__":
    for engine in engines():
        test(*engine)
    finish()
