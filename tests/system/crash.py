#!/usr/bin/env python3
"""What is acknowledged is there, and counted once: after kill -9 under load, a full disk, a database that goes away, on both engines.

    tests/system/crash.py [BUILD]      PostgreSQL is a scratch cluster of its own, which is stopped and started
"""
import contextlib
import functools
import http.client
import os
import resource
import subprocess
import tempfile
import time

from harness import LISTEN, ROOT, Serve, at_once, check, finish, run, wait_until

SCRATCH = os.path.join(ROOT, "tools", "pg-scratch")
WRITERS = 4
READS = 32  # enough for each thread of the server to have some


def write_until_gone(server, channel, name, acknowledged, deleted):
    """Posts as fast as it is answered, and deletes some of it; notes what was answered ok, in order, and what it deletes."""
    try:
        connection = server.connect()
        for n in range(100000):
            text = "%s %d" % (name, n)
            reply = server.call("chat.postMessage", connection=connection, channel=channel, text=text)
            if reply["ok"] and n % 5 == 4:
                deleted.append(text)
                server.call("chat.delete", connection=connection, channel=channel, ts=reply["ts"])
            elif reply["ok"]:
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
    check(what + ": every acknowledged message is there", not missing, missing[:3])
    check(what + ": once", len(set(texts)) == len(texts), len(texts) - len(set(texts)))
    check(what + ": in order of their ts", times == sorted(times) and len(set(times)) == len(times))
    in_order = all([place[a] for a in log if a in place] == sorted(place[a] for a in log if a in place) for log in acknowledged)
    check(what + ": in the order in which they were answered", in_order)


def under_load(server, channel, name, end):
    """What each of some writers was answered until this ended the server, and what they deleted."""
    acknowledged, deleted = [[] for _ in range(WRITERS)], []
    at_once([functools.partial(write_until_gone, server, channel, "%s w%d" % (name, w), log, deleted) for w, log in enumerate(acknowledged)], end)
    return acknowledged, deleted


def counted(server):
    """Messages of conversations, and of people."""
    return server.sql("select (select sum(messages) from channel_day where user_id <> 0), (select sum(messages) from member_day)")


def kill_loop(server, rounds, what):
    channel = server.call("conversations.create", name="crash")["channel"]["id"]
    acknowledged, deleted = [], []
    for r in range(rounds):
        def end():
            time.sleep(0.3 + 0.1 * r)
            server.kill()
        load, gone = under_load(server, channel, "r%d" % r, end)
        check(what + ": there was load", any(load) and gone)
        acknowledged += load
        deleted += gone
        server.start()
    check_acknowledged(server, channel, acknowledged, what)
    said = {text for text, _ in all_messages(server, channel) if text.startswith("r")}.union(deleted)
    check(what + ": SIGTERM ends it with 0", server.stop() == 0)
    seen, wanted = counted(server), "%d|%d" % (len(said), len(said))
    check(what + ": each message counts once, and those that were deleted", seen == wanted, (seen, wanted))
    server.start()
    check_acknowledged(server, channel, acknowledged, what + ", after a clean stop")


def second_instance(server):
    p = run("serve", "--data-dir", server.folder, *LISTEN)
    check("a second instance is refused", p.returncode == 1 and "Another taut (process %d)" % server.process.pid in p.stderr, p.stderr)


def drains(server):
    """A stop waits for what is under way: every connection gets its answer or was never begun."""
    channel = server.call("conversations.create", name="drain")["channel"]["id"]

    def end():
        time.sleep(0.3)
        check("SIGTERM under load ends it with 0", server.stop() == 0)
    acknowledged, _ = under_load(server, channel, "d", end)
    server.start()
    check_acknowledged(server, channel, acknowledged, "stopped under load")


def limit_files(server, most):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def disk_full(server):
    """Files may not grow any more, as on a full disk; then they may again."""
    limit_files(server, 3 << 20)
    channel = server.call("conversations.create", name="full")["channel"]["id"]
    connection, kept, refused = server.connect(), [], None
    for n in range(2000):
        reply = server.call("chat.postMessage", connection=connection, channel=channel, text="%d %s" % (n, "x" * 8000))
        if not reply["ok"]:
            refused = reply["error"]
            break
        kept.append((reply["message"]["text"], reply["ts"]))
    check("a full disk is told", refused in ("service_unavailable", "internal_error"), refused)
    check("a full disk: reads go on", server.call("auth.test", connection=connection)["ok"])
    for _ in range(20):
        server.call("chat.postMessage", connection=connection, channel=channel, text="more " + "x" * 8000)
    check("a full disk: one line in the log", len(server.logged("db_unavailable")) == 1, server.logged("db_unavailable"))
    limit_files(server, resource.RLIM_INFINITY)
    reply = server.call("chat.postMessage", connection=connection, channel=channel, text="again")
    check("room on the disk: it works again without a restart", reply["ok"], reply)
    check("room on the disk: one line in the log", len(server.logged("db_back")) == 1, server.logged("db_back"))
    check_acknowledged(server, channel, [kept], "a full disk")


def database_gone(server, cluster):
    """PostgreSQL is stopped and comes back."""
    channel = server.call("conversations.create", name="gone")["channel"]["id"]
    before = server.call("chat.postMessage", channel=channel, text="before")
    pg_ctl(cluster, "stop", "-m", "immediate")
    replies = [server.call("chat.postMessage", channel=channel, text="while it is gone") for _ in range(5)]
    check("PostgreSQL gone is told", all(r.get("error") == "service_unavailable" for r in replies), replies[0])
    time.sleep(0.3)  # so that what reads has failed later than what writes, and would try again later
    reads = [server.call("auth.test") for _ in range(READS)]
    check("PostgreSQL gone: reads are refused as well", all(r.get("error") == "service_unavailable" for r in reads), reads[0])
    check("PostgreSQL gone: a line in the log for each kind", 0 < len(server.logged("db_unavailable")) <= 3, server.logged("db_unavailable"))
    pg_ctl(cluster, "start")
    after = wait_until(lambda: (reply := server.call("chat.postMessage", channel=channel, text="after"))["ok"] and reply)
    check("PostgreSQL back: it works again without a restart", after)
    refused = [reply for _ in range(READS) if not (reply := server.call("conversations.history", channel=channel))["ok"]]
    check("PostgreSQL back: once one connection has found it, none refuses", not refused, refused[:1])
    check_acknowledged(server, channel, [[("before", before["ts"]), ("after", after["ts"])]], "PostgreSQL gone and back")


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def cluster():
    """One of the test's own: its folder and address."""
    with tempfile.TemporaryDirectory(prefix="taut-crash-") as top:
        os.chmod(top, 0o755)
        folder = os.path.join(top, "pg")
        try:
            yield folder, subprocess.run([SCRATCH, "start", folder, "--durable"], check=True, capture_output=True, text=True).stdout.strip()
        finally:
            subprocess.run([SCRATCH, "stop", folder], capture_output=True)


def pg_ctl(folder, *words):
    """As whoever owns the cluster."""
    binary = sorted(p for p in subprocess.run(["find", "/usr/lib/postgresql", "-name", "pg_ctl"], capture_output=True,
                                              text=True).stdout.split())[-1]
    command = [binary, "-D", folder + "/data", "-l", folder + "/server.log", "-w", *words]
    owner = os.stat(folder + "/data").st_uid
    if os.getuid() == 0 and owner != 0:
        command = ["setpriv", "--reuid", str(owner), "--regid", str(os.stat(folder + "/data").st_gid), "--clear-groups"] + command
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def main():
    options = ("--drain-timeout", "2s")
    with Serve(*options) as server:
        kill_loop(server, 3, "kill -9, SQLite")
        second_instance(server)
    for test in (drains, disk_full):
        with Serve(*options) as server:
            test(server)
    with cluster() as (folder, url), Serve(*options, database=url) as server:
        database_gone(server, folder)
    with cluster() as (folder, url), Serve(*options, database=url) as server:
        kill_loop(server, 2, "kill -9, PostgreSQL")


if __name__ == "__main__":
    main()
    finish()
