"""The workspace that is measured: conversations with 1,000 and 1,000,000 messages, and what a post to it writes."""

import contextlib
import glob
import os
import re
import shutil
import sqlite3
import tempfile
import time
from urllib.parse import urlencode

import rows
from servers import BUILD, START_S, BenchError, Taut, run_json

TEXT = " ".join(["the quick brown fox jumps over the lazy dog"] * 10)[:387]  # with the number and a space: 400 bytes
FORM = "Content-Type: application/x-www-form-urlencoded"


def post_body(channel, seq="{seq}"):
    return f"channel={channel}&text={seq}+{urlencode({'t': TEXT})[2:]}"


def database_files(folder):
    found = []
    for path in glob.glob(os.path.join(folder, "**"), recursive=True):
        if os.path.isfile(path) and not path.endswith("-search"):
            with open(path, "rb") as f:
                if f.read(15) == b"SQLite format 3":
                    found.append(path)
    return found


def owner_token(taut):
    """From the welcome of a first start, which is printed when calls are answered already."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        found = re.search(r"owner token +(xoxp-[A-Za-z0-9-]+)\s", taut.output())
        if found:
            return found[1]
        time.sleep(0.01)
    raise BenchError(f"the first start printed no owner token: {taut.output()[-800:]}")


@contextlib.contextmanager
def scratch(name):
    """A workspace of one bench that runs by itself; gone afterwards, unless it is to be kept."""
    if os.environ.get("BENCH_KEEP"):
        folder = os.path.join(os.environ.get("BENCH_DATA", tempfile.gettempdir()), f"taut-{name}-bench")
        os.makedirs(folder, exist_ok=True)
        yield Workspace(folder)
        return
    with tempfile.TemporaryDirectory(prefix=f"taut-{name}-bench-", dir=os.environ.get("BENCH_DATA")) as folder:
        yield Workspace(folder)


class Workspace:
    def __init__(self, folder):
        self.top = folder
        self.folder = os.path.join(folder, "taut-data")
        self.log = os.path.join(folder, "taut.log")
        self.bare_db = os.path.join(folder, "bare.db")
        self.plan = os.path.join(folder, "post.plan")
        self.options = ["--data-dir", self.folder]
        self.filled_s = {}  # channel name: times of its first and last filled message, which stand a second apart
        self.posts = 0  # numbers given out to posts, so that no two texts are the same

    def serve(self, *more):
        return Taut("serve", [*self.options, *more], self.log)

    @contextlib.contextmanager
    def tables(self):
        """Its database while nobody serves it, to be filled without waiting for the disk."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "taut.db"), isolation_level=None)) as db:
            db.execute("pragma synchronous = off")
            yield db

    def build(self, messages):
        """First start, three conversations, messages: {name: how many to fill in}."""
        with self.serve() as taut:
            self.token = owner_token(taut)
            self.general = next(c["id"] for c in taut.call(self.token, "conversations.list", limit=200)["channels"]
                                if c["is_general"])
            self.db = self._database()
            self.channels = {name: taut.call(self.token, "conversations.create", name=name)["channel"]["id"]
                             for name in messages}
            written = self._written(taut, self.general)
            samples = {name: self._written(taut, channel) for name, channel in self.channels.items()}
        self._write(self.plan, rows.commit_plan(*written))
        self._check_plan(rows.shape(*written[0][1:]))
        for at, (name, n) in enumerate(messages.items()):
            first_s = int(time.time()) - 60 - n
            first_us = first_s * 10**6 + at  # search tells messages of one microsecond apart; the filling does not
            self._fill(rows.fill_plan(*samples[name], first_us, 10**6), n)
            self.filled_s[name] = (first_s, first_s + n)
        self._mark_seen()
        self._copy_database()

    def _mark_seen(self):
        """What was filled in is not to be indexed and counted while posts are measured."""
        db = sqlite3.connect(self.db, isolation_level=None)
        db.execute("attach ? as search", (self.db + "-search",))
        for mark in ("search_mark", "count_mark"):
            db.execute(f"update {mark} set upto = (select max(id) from search_doc)")
        db.close()

    def _copy_database(self):
        for suffix in ("", "-wal", "-shm", "-search", "-search-wal", "-search-shm"):
            if os.path.exists(self.bare_db + suffix):
                os.unlink(self.bare_db + suffix)
        for suffix in ("", "-wal", "-search", "-search-wal"):
            if os.path.exists(self.db + suffix):
                shutil.copyfile(self.db + suffix, self.bare_db + suffix)

    def _check_plan(self, shape):
        """The bare program must change what a post changes, or it is no baseline."""
        self._copy_database()
        before = rows.snapshot(self.bare_db)
        run_json([os.path.join(BUILD, "bare_commit"), "-n", "1", self.bare_db, self.plan])
        done = rows.shape(before, rows.snapshot(self.bare_db))
        if done != shape:
            raise BenchError(f"the bare program writes {done}, a post {shape}")

    def _database(self):
        found = database_files(self.folder)
        if len(found) != 1:
            raise BenchError(f"expected one SQLite file under the data folder, found {found}")
        return found[0]

    def _written(self, taut, channel):
        """Snapshots around two posts to a channel, and the numbers these carried."""
        snapshots, seqs = [], []
        for _ in range(3):  # the first post may write more than those after it
            seqs.append(f"{self.posts:012d}")
            self.posts += 1
            taut.call(self.token, "chat.postMessage", channel=channel, text=f"{seqs[-1]} {TEXT}")
            snapshots.append(rows.snapshot(self.db))
            time.sleep(0.002)
        return snapshots, tuple(seqs[1:])

    def _write(self, path, text):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def _fill(self, plan, n):
        path = os.path.join(self.top, "fill.plan")
        self._write(path, plan)
        run_json([os.path.join(BUILD, "bare_commit"), "-f", "-b", "5000", "-n", str(n), self.db, path])

    def authorization(self):
        return f"Authorization: Bearer {self.token}"

    def history_path(self, name, latest=""):
        return f"/api/conversations.history?channel={self.channels[name]}&limit=100{latest}"

    def written_statements(self):
        with open(self.plan, encoding="utf-8") as f:
            return rows.describe(f.read())
