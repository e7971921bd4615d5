"""What the programs of this folder share: checks that are counted, waiting, and a taut that is started, asked and ended.

    with Dev("--rate-limits", "slack") as d:        # or Serve(), which keeps its folder from one start to the next
        check("it posts", d.call("chat.postMessage", channel="general", text="hello")["ok"])
    finish()
"""
import glob
import gzip
import http.client
import json
import os
import re
import shlex
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import typing
import urllib.parse

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "net"))
import ws_client  # noqa: E402, F401  who is connected takes it from here
from certificate import certificate  # noqa: E402, F401
from parent import ends_with  # noqa: E402

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
TAUT = os.path.join(BUILD, "taut")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FIXTURE = os.path.join(ROOT, "tests", "fixture.json")
FORM = "application/x-www-form-urlencoded"
LISTEN = ("--listen", "127.0.0.1:0")
WAIT_S = 60  # for whatever must come in the end; nothing here is a test of speed

# --- checks -----------------------------------------------------------------------------------------------------------

passed = failed = 0


def check(what, good, seen=None):
    global passed, failed
    if good:
        passed += 1
        return
    failed += 1
    print("not so: %s%s" % (what, "" if seen is None else "; seen: %.2000r" % (seen,)), flush=True)


def wait_until(f, seconds=WAIT_S):
    """What f gives once that is true, or gives at last."""
    end = time.monotonic() + seconds
    while not (got := f()) and time.monotonic() < end:
        time.sleep(0.01)
    return got


def until(what, f, seconds=WAIT_S):
    """A check of what may take a while to come true."""
    check(what, wait_until(f, seconds), "not within %d s" % seconds)


def finish():
    """The line that tests/all adds up."""
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


def at_once(functions, meanwhile=lambda: None):
    """Each in a thread of its own; comes back when all are done."""
    threads = [threading.Thread(target=f) for f in functions]
    for t in threads:
        t.start()
    meanwhile()
    for t in threads:
        t.join()


# --- engines ----------------------------------------------------------------------------------------------------------


def engines():
    """Options that choose one, for each that there is: TAUT_TEST_PG names a PostgreSQL database."""
    url = os.environ.get("TAUT_TEST_PG")
    return [()] + ([("--database", url)] if url else [])


def psql(url, sql):
    return subprocess.run(["psql", url, "-qAtc", sql], check=True, capture_output=True, text=True).stdout.strip()


def database(url, name):
    """An empty one on that server."""
    psql(url, "drop database if exists " + name)
    psql(url, "create database " + name)
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path="/" + name))


# --- asking -----------------------------------------------------------------------------------------------------------


class Reply(typing.NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    data: bytes

    def json(self):
        return json.loads(self.data)


class Site:
    """An address of taut, and the token of calls that bring none."""

    def __init__(self, url, token=None):
        self.url, self.token = url.rstrip("/"), token

    @property
    def port(self):
        return urllib.parse.urlsplit(self.url).port

    def connect(self):
        """A connection for many requests; those that are given none have one each."""
        at = urllib.parse.urlsplit(self.url)
        if at.scheme == "http":
            return http.client.HTTPConnection(at.hostname, at.port, timeout=WAIT_S)
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(at.hostname, at.port, timeout=WAIT_S, context=anybody)

    def ask(self, verb, target, body=None, token=None, connection=None, **headers):
        """target: a path, or an address here.  Underscores in the names of headers are hyphens."""
        c = connection or self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = "Bearer " + token
        c.request(verb, target.removeprefix(self.url), body, sent)
        r = c.getresponse()
        reply = Reply(r.status, r.headers, r.read())
        if not connection:
            c.close()
        return reply

    def full(self, method, token=None, /, connection=None, headers=None, **args):
        """A call as clients make it: a form, in which lists and objects are JSON."""
        form = urllib.parse.urlencode({name: v if isinstance(v, str) else json.dumps(v) for name, v in args.items()})
        return self.ask("POST", "/api/" + method, form, token or self.token, connection, Content_Type=FORM, **headers or {})

    def call(self, method, token=None, /, **args):
        return self.full(method, token, **args).json()

    def must(self, method, token=None, /, **args):
        """A call that is no test, but needed for one."""
        reply = self.call(method, token, **args)
        if not reply["ok"]:
            raise RuntimeError("%s %s: %s" % (method, args, reply))
        return reply

    def rows(self, kind, date, token=None):
        """Of a day's analytics; or the error."""
        reply = self.full("admin.analytics.getFile", token, type=kind, date=date)
        if reply.headers["Content-Type"] != "application/gzip":
            return reply.json()["error"]
        return [json.loads(line) for line in gzip.decompress(reply.data).splitlines()]


# --- commands ----------------------------------------------------------------------------------------------


def run(*words, env=None, **more):
    """taut as a command that ends."""
    return subprocess.run([TAUT, *words], capture_output=True, text=True, timeout=WAIT_S, env={**os.environ, **(env or {})}, **more)


def table(text):
    """Lines of a command that tell a name and, after some blanks, what stands for it."""
    return dict(re.split("  +", line.rstrip(), maxsplit=1) for line in text.splitlines() if "  " in line)


# --- servers ----------------------------------------------------------------------------------------------------------


class Taut(Site):
    """A server.  Leaving the block ends it when it still runs, and checks that it ends in peace; it never outlives the test."""

    def __init__(self, *words, env=None, cwd=None):
        """env: beside ours."""
        self.dir = tempfile.TemporaryDirectory(prefix="taut-test-")
        self.words, self.token = words, None
        self.how = {"env": {**os.environ, **(env or {})}, "cwd": cwd}
        self.start()

    def start(self, *more):
        """Once more, with these options too."""
        with open(self.path("stdout"), "wb") as out, open(self.path("stderr"), "ab") as err:
            self.process = subprocess.Popen([TAUT, *self.words, *more], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            preexec_fn=ends_with(os.getpid()), **self.how)
        wait_until(lambda: self.process.poll() is not None or self.address())
        if self.process.poll() is not None or not self.address():
            self.process.kill()
            raise RuntimeError("taut %s did not start: %s" % (" ".join(self.words), self.said()))
        self.url = self.address().rstrip("/")

    def address(self):
        """Where it serves, as it told; nothing before that."""
        raise NotImplementedError

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def told(self):
        """What this start wrote for people."""
        with open(self.path("stdout"), encoding="utf-8") as f:
            return f.read()

    def said(self):
        """The log of all starts."""
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def logged(self, word):
        """Lines of the log that hold it."""
        return [line for line in self.said().splitlines() if word in line]

    def stop(self, sig=signal.SIGTERM):
        """The exit code."""
        self.process.send_signal(sig)
        try:
            return self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self):
        return self.stop(signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            check("it ends in peace", self.stop() == 0, self.said()[-2000:])
        self.dir.cleanup()


class Serve(Taut):
    """taut serve on a folder, a new one when none is named; `token` is the owner's, of the first start."""

    def __init__(self, *options, folder=None, database=None, listen=LISTEN, **how):
        self.folder, self.at = folder, ("--database", database) if database else ()
        super().__init__("serve", *listen, *options, **how)

    def start(self, *more):
        self.folder = self.folder or self.path("data")
        super().start(*self.where(), *more)

    def where(self):
        """The options by which commands find it."""
        return ("--data-dir", self.folder, *self.at)

    def address(self):
        told = self.told()
        if not re.search(r"^console\.log|\(new tokens:", told, re.M):
            return None
        token = re.search(r"^ *owner token +(\S+)", told, re.M)
        self.token = token[1] if token else self.token
        return re.search(r"serves .*?(https?://\S+)", told)[1]

    def shell(self, *words, **more):
        """A command beside it, on its data."""
        return run(*words, *self.where(), env=self.how["env"], **more)

    def sql(self, text):
        """Beside it, in its database."""
        if self.at:
            return psql(self.at[1], text)
        db = sqlite3.connect(os.path.join(self.folder, "taut.db"), timeout=10)
        with db:
            rows = db.execute(text).fetchall()
        db.close()
        return "\n".join("|".join("" if v is None else str(v) for v in row) for row in rows)


class Dev(Taut):
    """taut dev.  `env` and `actors` are what it wrote down; `token` is the admin's."""

    def __init__(self, *options, seed=None, actors=False, **how):
        """seed: a file, or what is to stand in one; actors: with people of each kind beside it."""
        self.options, self.seed, self.actors = options, seed, actors
        super().__init__("dev", *LISTEN, **how)

    def start(self, *more):
        options = ["--env", self.path("env")] + (["--actors", self.path("actors")] if self.actors else [])
        if isinstance(self.seed, dict):
            with open(self.path("seed"), "w", encoding="utf-8") as f:
                json.dump(self.seed, f)
        if self.seed:
            options += ["--seed", self.path("seed") if isinstance(self.seed, dict) else self.seed]
        super().start(*options, *self.options, *more)
        self.token = self.env["TAUT_ADMIN_TOKEN"]
        if self.actors:
            with open(self.path("actors"), encoding="utf-8") as f:
                self.actors = json.load(f)

    def address(self):
        if not os.path.exists(self.path("env")):
            return None
        with open(self.path("env"), encoding="utf-8") as f:
            lines = [re.fullmatch(r"export ([A-Z0-9_]+)=(.*)\n", line).groups() for line in f]
        self.env = {name: shlex.split(value)[0] for name, value in lines}
        return self.env["TAUT_URL"]

    @property
    def folder(self):
        """Where its files lie while it runs."""
        return next(iter(glob.glob("/dev/shm/taut-dev-%d-*" % self.process.pid) +
                         glob.glob("%s/taut-dev-%d-*" % (tempfile.gettempdir(), self.process.pid))), None)
