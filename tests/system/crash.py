#!/usr/bin/env python3
"""What is acknowledged is there: after kill -9 under load, a full disk, a database that goes away, on both engines.

    tests/system/crash.py BUILD

TAUT_TEST_PG names a PostgreSQL database of its own use; without it a scratch cluster is started.
"""
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TAUT = os.path.join(BUILD, "taut")
WRITERS = 4
passed = failed = 0


def check(good, what, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok: %s  %s" % (what, detail), flush=True)


class Server:
    """A `taut serve` on a folder; its first start tells the tokens."""

    tokens = {}

    def __init__(self, folder, database=None, before=None):
        self.folder, self.log = folder, folder + ".log"
        args = [TAUT, "serve", "--data-dir", folder, "--listen", "127.0.0.1:0", "--drain-timeout", "2s"]
        if database:
            args += ["--database", database]
        self.err = open(self.log, "ab")
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=self.err, text=True, preexec_fn=before)
        self.port = None
        for line in self.process.stdout:
            words = line.split()
            if "serves" in words:
                url = next(w for w in words if w.startswith("http"))
                self.port = urllib.parse.urlparse(url).port
            if words[:2] == ["owner", "token"]:
                Server.tokens[folder] = words[2]
            if line.startswith("console.log") or "new tokens:" in line:
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.token = Server.tokens.get(folder)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def call(self, method, connection=None, **args):
        c = connection or self.connect()
        c.request("POST", "/api/" + method, json.dumps(args).encode(),
                  {"Authorization": "Bearer " + self.token, "Content-Type": "application/json; charset=utf-8"})
        return json.loads(c.getresponse().read())

    def lines(self, word):
        with open(self.log) as f:
            return [line for line in f if word in line]


def write_until_gone(server, channel, name, acknowledged):
    """Posts as fast as it is answered; notes what was answered ok, in order."""
    try:
        connection = server.connect()
        for n in range(100000):
            text = "%s %d" % (name, n)
            reply = server.call("chat.postMessage", connection, channel=channel, text=text)
            if reply["ok"]:
                acknowledged.append((text, reply["ts"]))
    except (OSError, http.client.HTTPException, ValueError):
        pass


def all_messages(server, channel):
    messages, cursor = [], ""
    while True:
        page = server.call("conversations.history", channel=channel, limit=999, cursor=cursor)
        messages += page["messages"]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
        if not cursor:
            return [(m["text"], m["ts"]) for m in reversed(messages)]


def check_acknowledged(server, channel, acknowledged, what):
    stored = all_messages(server, channel)
    texts = [t for t, _ in stored]
    times = [float(ts) for _, ts in stored]
    place = {entry: i for i, entry in enumerate(stored)}
    missing = [a for log in acknowledged for a in log if a not in place]
    check(not missing, what + ": every acknowledged message is there", missing[:3])
    check(len(set(texts)) == len(texts), what + ": once", len(texts) - len(set(texts)))
    check(times == sorted(times) and len(set(times)) == len(times), what + ": in order of their ts")
    in_order = all([place[a] for a in log if a in place] == sorted(place[a] for a in log if a in place) for log in acknowledged)
    check(in_order, what + ": in the order in which they were answered")


def kill_loop(folder, database, rounds, what):
    server = Server(folder, database)
    channel = server.call("conversations.create", name="crash")["channel"]["id"]
    acknowledged = [[] for _ in range(WRITERS * rounds)]
    for r in range(rounds):
        threads = [threading.Thread(target=write_until_gone,
                                    args=(server, channel, "r%d w%d" % (r, w), acknowledged[r * WRITERS + w]))
                   for w in range(WRITERS)]
        for t in threads:
            t.start()
        time.sleep(0.3 + 0.1 * r)
        server.kill()
        for t in threads:
            t.join()
        server = Server(folder, database)
        check(any(acknowledged[r * WRITERS + w] for w in range(WRITERS)), what + ": there was load")
    check_acknowledged(server, channel, acknowledged, what)
    check(server.stop() == 0, what + ": SIGTERM ends it with 0")
    server = Server(folder, database)
    check_acknowledged(server, channel, acknowledged, what + ", after a clean stop")
    return server, channel


def second_instance(server):
    p = subprocess.run([TAUT, "serve", "--data-dir", server.folder, "--listen", "127.0.0.1:0"], capture_output=True, text=True)
    check(p.returncode == 1 and "Another taut (process %d)" % server.process.pid in p.stderr, "a second instance is refused", p.stderr)


def drains(folder):
    """A stop waits for what is under way: every connection gets its answer or was never begun."""
    server = Server(folder)
    channel = server.call("conversations.create", name="drain")["channel"]["id"]
    acknowledged = [[] for _ in range(WRITERS)]
    threads = [threading.Thread(target=write_until_gone, args=(server, channel, "d%d" % w, acknowledged[w])) for w in range(WRITERS)]
    for t in threads:
        t.start()
    time.sleep(0.3)
    check(server.stop() == 0, "SIGTERM under load ends it with 0")
    for t in threads:
        t.join()
    server = Server(folder)
    check_acknowledged(server, channel, acknowledged, "stopped under load")
    server.stop()


def disk_full(folder):
    """Files may not grow any more, as on a full disk; then they may again."""
    limit = 3 << 20
    Server(folder).stop()
    server = Server(folder, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
    channel = server.call("conversations.create", name="full")["channel"]["id"]
    connection, kept, refused = server.connect(), [], None
    for n in range(2000):
        reply = server.call("chat.postMessage", connection, channel=channel, text="%d %s" % (n, "x" * 8000))
        if not reply["ok"]:
            refused = reply["error"]
            break
        kept.append((reply["message"]["text"], reply["ts"]))
    check(refused in ("service_unavailable", "internal_error"), "a full disk is told", refused)
    check(server.call("auth.test", connection)["ok"], "a full disk: reads go on")
    for _ in range(20):
        server.call("chat.postMessage", connection, channel=channel, text="more " + "x" * 8000)
    check(len(server.lines("db_unavailable")) == 1, "a full disk: one line in the log", server.lines("db_unavailable"))
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    reply = server.call("chat.postMessage", connection, channel=channel, text="again")
    check(reply["ok"], "room on the disk: it works again without a restart", reply)
    check(len(server.lines("db_back")) == 1, "room on the disk: one line in the log", server.lines("db_back"))
    check_acknowledged(server, channel, [kept], "a full disk")
    server.stop()


def database_gone(folder, cluster):
    """PostgreSQL is stopped and comes back."""
    url = pg_start(cluster)
    server = Server(folder, url)
    channel = server.call("conversations.create", name="gone")["channel"]["id"]
    before = server.call("chat.postMessage", channel=channel, text="before")
    pg(cluster, "stop", "-m", "immediate")
    replies = [server.call("chat.postMessage", channel=channel, text="while it is gone") for _ in range(5)]
    check(all(r.get("error") == "service_unavailable" for r in replies), "PostgreSQL gone is told", replies[0])
    check(server.call("auth.test").get("error") == "service_unavailable", "PostgreSQL gone: reads are refused as well")
    check(0 < len(server.lines("db_unavailable")) <= 3, "PostgreSQL gone: a line in the log for each kind", server.lines("db_unavailable"))
    pg(cluster, "start")
    for _ in range(50):
        reply = server.call("chat.postMessage", channel=channel, text="after")
        if reply["ok"]:
            break
        time.sleep(0.2)
    check(reply["ok"], "PostgreSQL back: it works again without a restart", reply)
    check_acknowledged(server, channel, [[("before", before["ts"]), ("after", reply["ts"])]], "PostgreSQL gone and back")
    check(server.stop() == 0, "PostgreSQL: SIGTERM ends it with 0")


# --- PostgreSQL -------------------------------------------------------------------------------------------------------

def pg_start(folder):
    return subprocess.run([os.path.join(ROOT, "tools", "pg-scratch"), "start", folder, "--durable"], check=True,
                          capture_output=True, text=True).stdout.strip()


def pg(folder, *words):
    """pg_ctl as whoever owns the cluster."""
    binary = sorted(p for p in subprocess.run(["find", "/usr/lib/postgresql", "-name", "pg_ctl"], capture_output=True,
                                              text=True).stdout.split())[-1]
    command = [binary, "-D", folder + "/data", "-l", folder + "/server.log", "-w", *words]
    owner = os.stat(folder + "/data").st_uid
    if os.getuid() == 0 and owner != 0:
        command = ["setpriv", "--reuid", str(owner), "--regid", str(os.stat(folder + "/data").st_gid), "--clear-groups"] + command
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def main():
    with tempfile.TemporaryDirectory(prefix="taut-crash-") as top:
        os.chmod(top, 0o755)
        server, _ = kill_loop(os.path.join(top, "sqlite"), None, 3, "kill -9, SQLite")
        second_instance(server)
        server.stop()
        drains(os.path.join(top, "drain"))
        disk_full(os.path.join(top, "full"))
        cluster = os.path.join(top, "pg")
        try:
            database_gone(os.path.join(top, "gone"), cluster)
        finally:
            subprocess.run([os.path.join(ROOT, "tools", "pg-scratch"), "stop", cluster], capture_output=True)
        cluster = os.path.join(top, "pg2")
        try:
            kill_loop(os.path.join(top, "postgres"), pg_start(cluster), 2, "kill -9, PostgreSQL")[0].stop()
        finally:
            subprocess.run([os.path.join(ROOT, "tools", "pg-scratch"), "stop", cluster], capture_output=True)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
