#!/usr/bin/env python3
"""taut dev from outside: its files, its workspace, its clock, faults on purpose, and that nothing is left behind.

    tests/system/dev.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import fcntl
import glob
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import urllib.parse

from harness import FORM, LISTEN, TAUT, WAIT_S, Dev, Serve, Site, at_once, check, engines, finish, psql, wait_until

KINDS = ["owner", "admin", "member_in", "member_in2", "member_out", "guest_multi", "guest_single", "bot_in", "bot_out", "noscope",
         "other_ws", "other_ws_admin", "revoked", "deactivated"]
NAMES = ["TAUT_URL", "SLACK_API_URL", "TAUT_ADMIN_TOKEN", "TAUT_BOT_TOKEN", "TAUT_USER2_TOKEN", "TAUT_LIMITED_TOKEN",
         "TAUT_GUEST_TOKEN", "TAUT_APP_TOKEN", "TAUT_SIGNING_SECRET", "TAUT_CLIENT_ID", "TAUT_CLIENT_SECRET",
         "TAUT_VERIFICATION_TOKEN", "TAUT_WEBHOOK_URL", "TAUT_PID"]
SPAN_S = 60  # no clock is farther from what it was set to


def refused(*args):
    """What taut dev says when it does not start, and its exit code; it has to leave no folder behind."""
    p = subprocess.Popen([TAUT, "dev", *LISTEN, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    says = p.communicate(timeout=WAIT_S)[1]
    left = glob.glob("/dev/shm/taut-dev-%d-*" % p.pid)
    check("a failed start leaves nothing", not left, left)
    return p.returncode, says


class Piped(Dev):
    """Its log is a small pipe."""

    def start(self, *more):
        os.mkfifo(self.path("stderr"))
        self.log = open(os.open(self.path("stderr"), os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8")
        fcntl.fcntl(self.log, fcntl.F_SETPIPE_SZ, 4096)
        super().start(*more)
        os.set_blocking(self.log.fileno(), True)


def test_unread():
    """Nobody reads standard error: it goes on, and says later how much was lost."""
    calls = 1500
    with Piped("--log-level", "debug") as d:
        check("calls are answered", all(d.call("api.test")["ok"] for _ in range(calls)))
        said = []
        for line in d.log:
            said.append(line.rstrip("\n"))
            if "event=lines_dropped" in said[-1] or len(said) == calls:
                d.process.send_signal(signal.SIGTERM)
        d.log.close()
        check("it ends in peace", d.process.wait(WAIT_S) == 0)
        whole = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z level=\w+ event=\w+ ")
        check("lines are whole", all(whole.match(line) for line in said), [line for line in said if not whole.match(line)][:3])
        dropped = [int(n) for line in said for n in re.findall(r"event=lines_dropped lines=(\d+)", line)]
        there = sum("method=api.test" in line for line in said)
        check("what is lost is counted", there < calls <= there + sum(dropped), (there, dropped))
        check("what is said later is there", any("event=stopping" in line for line in said), said[-1:])


def test_files():
    with Dev(actors=True) as d:
        check("the env file has all its lines, in order", list(d.env) == NAMES, list(d.env))
        check("none is empty", all(d.env.values()), d.env)
        check("the address is one of this machine", re.fullmatch(r"http://127\.0\.0\.1:\d+", d.env["TAUT_URL"]), d.env["TAUT_URL"])
        check("the API stands below it", d.env["SLACK_API_URL"] == d.env["TAUT_URL"] + "/api/")
        check("the webhook too", d.env["TAUT_WEBHOOK_URL"].startswith(d.env["TAUT_URL"] + "/services/T"))
        check("the process is ours", int(d.env["TAUT_PID"]) == d.process.pid)
        check("all kinds of actors are there", list(d.actors["tokens"]) == KINDS, list(d.actors["tokens"]))
        check("32 racers, each with a token of its own", len(set(d.actors["racers"])) == 32)
        for name in ("env", "actors"):
            check("nobody else reads it", stat.S_IMODE(os.stat(d.path(name)).st_mode) == 0o600)
        left = sorted(os.listdir(d.dir.name))
        check("nothing half-written is left", left == ["actors", "env", "stderr", "stdout"], left)
        user = r"xoxp-\d+-\d+-[0-9A-Za-z]+"
        for name in ("TAUT_ADMIN_TOKEN", "TAUT_USER2_TOKEN", "TAUT_LIMITED_TOKEN", "TAUT_GUEST_TOKEN"):
            check(name + " looks like a person's", re.fullmatch(user, d.env[name]), d.env[name])
        for token in d.actors["racers"]:
            check("a racer's token looks like a person's", re.fullmatch(user, token), token)
        check("the bot's looks like a bot's", re.fullmatch(r"xoxb-\d+-\d+-[0-9A-Za-z]+", d.env["TAUT_BOT_TOKEN"]))
        check("the app's looks like an app's", re.fullmatch(r"xapp-\d-A[0-9A-Z]+-\d+-[0-9A-Za-z]+", d.env["TAUT_APP_TOKEN"]))


def test_actors():
    with Dev(actors=True) as d:
        t = d.actors["tokens"]
        who = {kind: d.call("auth.test", t[kind]) for kind in KINDS}
        for kind in KINDS[:-2]:
            check(kind + " may call", who[kind]["ok"] is True, who[kind])
        check("revoked may not", who["revoked"].get("error") == "token_revoked", who["revoked"])
        check("nor who was deactivated", who["deactivated"].get("error") == "account_inactive", who["deactivated"])
        check("another workspace of the same organization", who["other_ws"]["team_id"] == who["other_ws_admin"]["team_id"] !=
              who["owner"]["team_id"])

        users = {u["id"]: u for u in d.call("users.list", limit=200)["members"]}
        flags = {kind: users[who[kind]["user_id"]] for kind in KINDS[:9]}
        check("the owner is the primary one", flags["owner"]["is_primary_owner"] and flags["owner"]["is_admin"])
        check("the admin is no owner", flags["admin"]["is_admin"] and not flags["admin"]["is_owner"])
        for kind in ("member_in", "member_in2", "member_out"):
            check(kind + " has no rank", not flags[kind]["is_admin"] and not flags[kind]["is_restricted"])
        check("guests", flags["guest_multi"]["is_restricted"] and not flags["guest_multi"]["is_ultra_restricted"] and
              flags["guest_single"]["is_ultra_restricted"])
        check("bots", flags["bot_in"]["is_bot"] and flags["bot_out"]["is_bot"])
        check("somebody is deactivated", [u["name"] for u in users.values() if u["deleted"]] == ["zoe"])

        inside = d.call("conversations.members", channel="C0RANDOM", limit=200)["members"]
        for kind, there in (("member_in", True), ("member_in2", True), ("bot_in", True), ("member_out", False), ("bot_out", False)):
            check("%s in #random: %s" % (kind, there), (who[kind]["user_id"] in inside) == there)

        check("noscope has one scope", d.full("auth.test", t["noscope"]).headers["X-OAuth-Scopes"] == "identity.basic")
        check("it does not get far", d.call("users.list", t["noscope"])["error"] == "missing_scope")
        check("limited has one too", d.full("auth.test", d.env["TAUT_LIMITED_TOKEN"]).headers["X-OAuth-Scopes"] == "users:read")
        check("the owner has many", len(d.full("auth.test").headers["X-OAuth-Scopes"].split(",")) > 20)
        check("TAUT_USER2_TOKEN is a member's", d.call("auth.test", d.env["TAUT_USER2_TOKEN"])["user"] == "bob")
        racers = {d.call("auth.test", token)["user"] for token in d.actors["racers"]}
        check("racers are 32 people", len(racers) == 32, racers)


def snapshot(d):
    """All that a client can see of the built-in workspace, without where it is served."""
    d.call("taut.clock.set", now="1893456000", frozen="true")  # replies tell the time too
    kinds = "public_channel,private_channel,im,mpim"
    channels = d.call("conversations.list", types=kinds, limit=200)["channels"]
    seen = {"users": d.call("users.list", limit=200), "channels": channels, "emoji": d.call("emoji.list"), "actors": d.actors,
            "env": {k: v for k, v in d.env.items() if k != "TAUT_PID"}}
    for c in channels:
        seen[c["id"]] = d.call("conversations.history", channel=c["id"], limit=200)
        for m in seen[c["id"]].get("messages", []):
            if m.get("reply_count"):
                seen[c["id"] + m["ts"]] = d.call("conversations.replies", channel=c["id"], ts=m["ts"])
    return json.dumps(seen, sort_keys=True).replace(d.env["TAUT_URL"], "URL")


def test_same_each_time():
    with Dev(actors=True) as d:
        first = snapshot(d)
        seen = json.loads(first)
        names = {c["name"]: c for c in seen["channels"] if "name" in c}
        check("channels of each kind", {"general", "random", "plans", "design", "old-site"} <= set(names), list(names))
        check("one is private, one archived", names["plans"]["is_private"] and names["old-site"]["is_archived"])
        general = seen["C0GENERAL"]["messages"]
        check("a thread", [m["reply_count"] for m in general if m.get("reply_count")] == [3], general)
        check("reactions", any(m.get("reactions") for m in general))
        check("emoji of its own", set(seen["emoji"]["emoji"]) == {"acme", "shipit"}, seen["emoji"])
        check("fixed times", general[0]["ts"] == "1767592800.000000", general[0]["ts"])
    with Dev(actors=True) as d:
        check("a second start gives the same", first == snapshot(d))
    for database in engines()[1:]:
        with Dev(*database, actors=True) as d:
            check("and so does PostgreSQL", snapshot(d) == first)
            check("it posts there as well", d.call("chat.postMessage", channel="C0GENERAL", text="hello")["ok"])
        left = psql(database[1], "select count(*) from pg_namespace where nspname like 'taut\\_dev\\_%d\\_%%'" % d.process.pid)
        check("its schema is gone", left == "0", left)


def now(d):
    return float(d.call("taut.clock.set")["now"])


def test_clock():
    with Dev("--clock", "2030-01-01T00:00:00Z") as d:
        start = now(d)
        check("it begins where it is told", 1893456000 <= start < 1893456000 + SPAN_S, start)
        check("it runs", now(d) > start)
        ts = float(d.call("chat.postMessage", channel="C0GENERAL", text="happy new year")["ts"])
        check("messages are of that time", start <= ts < start + SPAN_S, ts)
        d.call("taut.clock.set", now="1893456000", frozen="true")
        check("it stands", now(d) == now(d) == 1893456000)
        check("two days on", float(d.call("taut.clock.set", advance="2d")["now"]) == 1893456000 + 2 * 86400)
        d.call("taut.clock.set", frozen="false")
        check("it runs again", now(d) > 1893456000 + 2 * 86400)
        check("members may not", d.call("taut.clock.set", d.env["TAUT_USER2_TOKEN"])["error"] == "not_an_admin")
    with Dev("--clock", "1700000000.5") as d:
        check("a ts does too", 1700000000.5 <= now(d) < 1700000000 + SPAN_S)
    code, says = refused("--clock", "yesterday")
    check("anything else is refused", code == 2 and "--clock: 'yesterday'" in says, (code, says))


def test_log_is_short():
    """The seed is months old, and each of its days is closed: that is no news."""
    with Dev() as d:
        d.call("taut.clock.set", advance="40d")
        d.stop()
        check("days that were closed long after are not told one by one", len(d.logged("day_closed")) < 10, d.said()[-400:])


def test_fault_answers():
    rules = ("chat.postMessage:error=msg_too_long:times=2,users.list:status=429:retry_after=7,users.info:status=500,"
             "team.*:error=made_up,conversations.info:error=fatal_error:rate=0.5")
    with Dev("--fault", rules) as d:
        post = [d.full("chat.postMessage", channel="C0GENERAL", text="faulty") for _ in range(3)]
        check("two calls, then no more", [p.json()["ok"] for p in post] == [False, False, True], post)
        check("the code it was told", post[0].status == 200 and post[0].json()["error"] == "msg_too_long", post[0])
        texts = [m.get("text") for m in d.call("conversations.history", channel="C0GENERAL")["messages"]]
        check("a spoilt call is not done", texts.count("faulty") == 1, texts)

        reply = d.full("users.list")
        check("429", reply.status == 429 and reply.json() == {"ok": False, "error": "ratelimited"}, reply)
        check("and for how long", reply.headers["Retry-After"] == "7", reply.headers["Retry-After"])
        reply = d.full("users.info", user="U0BOB")
        check("500", reply.status == 500 and reply.json()["error"] == "internal_error" and reply.headers["Retry-After"] is None, reply)
        check("a code of no catalogue", d.call("team.info")["error"] == "made_up")
        check("others go on", d.call("auth.test")["ok"])
        share = [d.call("conversations.info", channel="C0GENERAL")["ok"] for _ in range(60)]
        check("about half of them", 10 < sum(share) < 50, share)
    with Dev("--fault", rules) as d:
        again = [d.call("conversations.info", channel="C0GENERAL")["ok"] for _ in range(60)]
    with Dev("--fault", rules) as d:
        check("the same ones each time", [d.call("conversations.info", channel="C0GENERAL")["ok"] for _ in range(60)] == again)
    for rule in ("users.list", "users.list:status=429:wait=1", "users.list:delay=1h"):
        code, says = refused("--fault", rule)
        check("%s is refused" % rule, code == 2 and "--fault: '%s' is no rule" % rule in says, (code, says))


def test_fault_delays():
    """Slow answers do not make others wait: more of them than there are threads, reads and writes."""
    with Dev("--threads", "2", "--fault", "users.list:delay=600s,chat.postMessage:delay=600s,api.test:delay=200ms") as d:
        start = time.monotonic()
        check("it comes", d.call("api.test")["ok"])
        check("but later", time.monotonic() - start >= 0.2)

        ends = []

        def slow(method, **args):
            return lambda: ends.append(d.call(method, **args))

        def texts():
            return [m["text"] for m in d.call("conversations.history", channel="C0GENERAL")["messages"]]

        def meanwhile():
            check("the work is done at once, beside others' calls", wait_until(lambda: texts().count("slow") == 4), texts())
            check("writes go on", d.call("conversations.setTopic", channel="C0GENERAL", topic="new")["ok"])
            check("nobody has an answer yet", not ends, ends)
            check("the end does not wait for them", d.stop() == 0)
        at_once([slow("users.list"), slow("chat.postMessage", channel="C0GENERAL", text="slow")] * 4, meanwhile)
        check("and everybody has been answered", len(ends) == 8 and all(r["ok"] for r in ends), ends)


def post_to(url, body, content_type="application/json"):
    """Status and text."""
    at = urllib.parse.urlsplit(url)
    reply = Site("http://" + at.netloc).ask("POST", url, body.encode(), Content_Type=content_type)
    return reply.status, reply.data.decode()


def test_webhook():
    with Dev() as d:
        url = d.env["TAUT_WEBHOOK_URL"]
        check("JSON", post_to(url, '{"text":"by JSON"}') == (200, "ok"))
        check("a form", post_to(url, urllib.parse.urlencode({"payload": '{"text":"by form, 1 + 1"}'}), FORM) == (200, "ok"))
        check("JSON that is called a form", post_to(url, '{"text":"by curl"}', FORM) == (200, "ok"))
        said = [m["text"] for m in d.call("conversations.history", channel="C0GENERAL", limit=3)["messages"]]
        check("all three were posted", said == ["by curl", "by form, 1 + 1", "by JSON"], said)
        for body, status, says in (("{}", 400, "no_text"), ("nonsense", 400, "invalid_payload"), ("[]", 400, "invalid_payload"),
                                   ('{"blocks":[{"type":"no_such"}]}', 400, "invalid_blocks")):
            seen = post_to(url, body)
            check("%s is %s" % (body, says), seen == (status, says), seen)
        for wrong in (url + "0", d.env["TAUT_URL"] + "/services/", d.env["TAUT_URL"] + "/services/" + d.env["TAUT_BOT_TOKEN"] + "x"):
            seen = post_to(wrong, '{"text":"x"}')
            check("another address is not taken", seen == (403, "invalid_token"), seen)
        d.call("auth.revoke", url.split("/services/")[1])
        seen = post_to(url, '{"text":"x"}')
        check("nor one that was revoked", seen == (404, "no_service"), seen)
    with Dev("--fault", "taut.webhook.post:status=429") as d:
        seen = post_to(d.env["TAUT_WEBHOOK_URL"], '{"text":"x"}')
        check("too many", seen == (429, "rate_limited"), seen)
    with Dev("--fault", "taut.session.create:error=service_unavailable") as d:
        seen = Site(d.env["TAUT_URL"]).ask("POST", "/signin", b"email=bob&password=x", Content_Type=FORM, Origin=d.env["TAUT_URL"])
        check("whoever cannot sign in now has not mistyped", seen.status == 503 and b"wrong" not in seen.data, seen.data)


def test_webhook_by_shell():
    """taut app webhook, beside a server that runs."""
    with Serve() as server:
        def shell(*words):
            done = server.shell("app", "webhook", *words)
            return done.returncode, (done.stdout or done.stderr).splitlines()[0]

        code, path = shell("First App", "#random")
        check("it gives an address", code == 0 and re.fullmatch(r"/services/T\w+/B\w+/\w{24}", path), (code, path))
        seen = post_to(server.url + path, '{"text":"hello"}')
        check("which takes messages at once", seen == (200, "ok"), seen)
        for words in (("First App", "nowhere"), ("No App", "random")):
            code, says = shell(*words)
            check("%s is told" % (words,), code == 1 and says.startswith("taut: There is no"), (code, says))


SEED = {
    "time": "2026-03-01T12:00:00Z",
    "workspaces": [{"domain": "tiny", "name": "Tiny"}],
    "users": [{"name": "ann", "real_name": "Ann Archer"}, {"name": "ben"}],
    "apps": [{"name": "Bot", "bots": [{"name": "robot"}]}],
    "channels": [{"name": "general", "messages": [{"user": "ann", "text": "one", "ago": "1d", "replies": [
        {"user": "ben", "text": "two"}]}, {"user": "robot", "text": "three"}]}],
}


def test_seed():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "seed.json")

        def write(text):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)

        with Dev(seed=SEED) as d:
            check("the first person owns it", d.call("auth.test")["user"] == "ann" and d.call("auth.test")["team"] == "Tiny")
            channel = [c["id"] for c in d.call("conversations.list")["channels"] if c["is_general"]][0]
            messages = d.call("conversations.history", channel=channel)["messages"]
            check("what was said", [m["text"] for m in messages] == ["three", "one"], messages)
            times = [messages[1]["ts"], messages[1]["latest_reply"], messages[0]["ts"]]
            check("and when: a day before, then a minute apart", times == [
                "1772280000.000000", "1772280060.000000", "1772280060.000001"], times)
            check("a reply", messages[1]["reply_count"] == 1, messages[1])
            check("the bot speaks", "bot_profile" in messages[0] and d.call("auth.test", d.env["TAUT_BOT_TOKEN"])["user"] == "robot")
        for text, says in ((json.dumps(dict(SEED, users=[{"name": "ann"}, {"name": "ben"}, {"name": "cat", "role": "chief"}])),
                            "users[2].role: it is one of:"),
                           ("{", "line 1: this is no JSON"),
                           ("", "is empty")):
            write(text)
            code, said = refused("--seed", path)
            check("told with its place", code != 0 and says in said and path in said, (code, said))
        code, said = refused("--seed", path + ".not")
        check("a seed that is not there", code == 2 and "cannot be read" in said, (code, said))


def test_nothing_is_left():
    for sig in (signal.SIGTERM, signal.SIGINT):
        with Dev() as d:
            folder = d.folder
            check("its rows lie in a folder of its own", folder and os.path.exists(os.path.join(folder, "taut.db")), folder)
            check("that nobody else enters", stat.S_IMODE(os.stat(folder).st_mode) == 0o700)
            check("%s ends it well" % sig.name, d.stop(sig) == 0)
            check("the folder is gone", not os.path.exists(folder), folder)
    code, says = refused("--env", "/not/there/env")
    check("a file that cannot be written is told", code == 1 and "/not/there/env" in says, (code, says))
    code, says = refused("--no-such-flag", "x")
    check("wrong flags are told", code == 2 and "no such flag" in says, (code, says))


def test_killed():
    """After kill -9 the next one removes what is left, and nothing else."""
    with Dev() as living, Dev() as a, Dev() as b, Dev() as c:
        for d in (a, b, c):
            d.kill()
        left, of_another = a.folder, c.folder
        beside = os.path.join(os.path.dirname(left), "taut-dev-%d-" % os.getpid())
        again, foreign = beside + "killed", beside + "notes"
        os.rename(b.folder, again)  # its process id has come again
        os.mkdir(foreign)
        if os.geteuid() == 0:
            os.chown(of_another, 65534, 65534)
        with Dev():
            check("what a killed one left is gone", not os.path.exists(left))
            check("also when its process id is in use", not os.path.exists(again))
            check("that of another user stays", os.path.exists(of_another) == (os.geteuid() == 0))
            check("what is none of its own stays", os.path.isdir(foreign))
            check("and so does what is in use", living.call("chat.postMessage", channel="C0GENERAL", text="here")["ok"] and living.folder)
        os.rmdir(foreign)
        shutil.rmtree(of_another, ignore_errors=True)


def main():
    for test in (test_files, test_actors, test_same_each_time, test_clock, test_log_is_short, test_unread, test_fault_answers, test_fault_delays, test_webhook,
                 test_webhook_by_shell, test_seed, test_nothing_is_left, test_killed):
        test()


if __name__ == "__main__":
    main()
    finish()
