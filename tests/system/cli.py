#!/usr/bin/env python3
"""taut from the shell as a client: calls, lists, files, events, analytics, help, completion, mistakes and exit codes.

    tests/system/cli.py [BUILD]        with BUILD/asan/taut there: the same under sanitizers
"""
import fcntl
import gzip
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time

from harness import BUILD, WAIT_S, Dev, check, finish
from web import Web


class Shell:
    def __init__(self, taut, server):
        self.taut = taut
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("TAUT_", "SLACK_"))}
        self.env.update(SLACK_API_URL=server.env["SLACK_API_URL"], TAUT_TOKEN=server.env["TAUT_ADMIN_TOKEN"],
                        TAUT_APP_TOKEN=server.env["TAUT_APP_TOKEN"])

    def run(self, *args, text=None, **env):
        return subprocess.run([self.taut, *args], capture_output=True, text=True, input=text, env={**self.env, **env}, timeout=WAIT_S)

    def on_terminal(self, *args, columns=60, until=None, meanwhile=None):
        """What it writes on a terminal; ends it once `until` is seen."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        p = subprocess.Popen([self.taut, *args], stdin=slave, stdout=slave, stderr=slave, env=self.env, close_fds=True)
        os.close(slave)
        seen, end = b"", time.monotonic() + WAIT_S
        if meanwhile:
            meanwhile()
        while time.monotonic() < end and not (until and until in seen):
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        if until:
            p.send_signal(signal.SIGINT)
        p.wait(WAIT_S)
        os.close(master)
        return p.returncode, seen.decode().replace("\r\n", "\n")


def api(sh, server):
    p = sh.run("api", "chat.postMessage", "channel=#general", "text=a=b & é")
    sent = json.loads(p.stdout)
    check("api posts", p.returncode == 0 and sent["message"]["text"] == "a=b &amp; é" and p.stderr == "", p.stderr)
    code, out = sh.on_terminal("api", "api.test", "x=1")
    check("on a terminal JSON is indented", code == 0 and '\n  "args": {\n    "x": "1"\n  }' in out and json.loads(out)["ok"], out)
    p = sh.run("api", "chat.postMessage", "--body", "-", text=json.dumps({"channel": "C0GENERAL", "text": "from a body"}))
    check("a body from standard input", json.loads(p.stdout)["message"]["text"] == "from a body", p.stderr)
    p = sh.run("api", "conversations.history", "channel=C0GENERAL", "limit=1", "--all-pages")
    lines = [json.loads(line) for line in p.stdout.splitlines()]
    check("all pages, one item a line", p.returncode == 0 and len(lines) > 3 and lines[0]["text"] == "from a body", p.stderr)
    p = sh.run("api", "users.list", "limit=2", "--fields", "id,profile.email", "--all-pages", "--plain")
    check("api with fields", p.returncode == 0 and "U0ALICE" in p.stdout, p.stdout)
    p = sh.run("api", "brand.newMethod")
    check("a method the catalogue has not is asked for", p.returncode == 2 and "unknown_method" in p.stderr, p.stderr)
    check("the last call is the server's", server.call("auth.test")["ok"])


def typed(sh):
    p = sh.run("chat", "post-message", "--channel", "#random", "--text=hi there", "--no-mrkdwn")
    check("typed call", p.returncode == 0 and re.search(r"^message.text +hi there$", p.stdout, re.M), p.stdout + p.stderr)
    p = sh.run("chat.postMessage", "--channel", "C0RANDOM", "text=by its own name", "--json")
    check("a method by its name", json.loads(p.stdout)["message"]["text"] == "by its own name", p.stderr)
    p = sh.run("conversations", "list")
    check("a list is a table", p.returncode == 0 and re.search(r"^id +name +num_members\n", p.stdout) and "C0GENERAL" in p.stdout, p.stdout)
    p = sh.run("conversations", "list", "--limit", "1", "--all-pages", "--plain", "--fields", "id,name,topic.value")
    check("columns between tabs", ["C0GENERAL", "general", "Company news"] in [line.split("\t") for line in p.stdout.splitlines()], p.stdout)
    p = sh.run("conversations", "members", "--channel", "C0RANDOM")
    check("a list of ids", p.stdout.startswith("value\n") and "U0ALICE" in p.stdout, p.stdout)
    text = "x" * 200
    sh.run("chat", "post-message", "--channel", "C0RANDOM", "--text", text)
    code, out = sh.on_terminal("conversations", "history", "--channel", "C0RANDOM", "--limit", "1", columns=50)
    check("a terminal's lines are cut", code == 0 and all(len(line) <= 50 for line in out.splitlines()[:2]) and "…" in out, out)
    check("and it is told that there is more", "--all-pages" in out, out)
    p = sh.run("conversations", "history", "--channel", "C0RANDOM", "--limit", "1")
    check("a pipe's are not", text in p.stdout and p.stderr == "", p.stdout)
    p = sh.run("files", "upload", "--channels", "general", "--file", "-", "--filename", "notes.txt", text="some notes")
    check("a file from standard input", p.returncode == 0 and re.search(r"^file.size +10$", p.stdout, re.M), p.stdout + p.stderr)
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.truncate(3 << 20)
        p = sh.run("api", "files.upload", "channels=C0GENERAL", "-F", "file=@" + f.name)
        check("a file", p.returncode == 0 and json.loads(p.stdout)["file"]["size"] == 3 << 20, p.stderr)


def mistakes(sh):
    for args, code, says in (
            (["caht", "post-message"], 2, "did you mean 'chat'"), (["srve"], 2, "did you mean 'serve'"),
            (["chat", "post-mesage"], 2, "did you mean 'post-message'"), (["chat.postMesage"], 2, "did you mean 'chat.postMessage'"),
            (["chat", "post-message", "--chanel", "x"], 2, "did you mean 'channel'"), (["xyzzy"], 2, "'taut help' lists them"),
            (["chat", "post-message", "--text", "x"], 2, "needs --channel"), (["chat", "post-message", "--channel"], 2, "needs a value"),
            (["api", "api.test", "novalue"], 2, "no name=value"), (["api", "files.upload", "-F", "file=x"], 2, "part=@FILE"),
            (["api", "files.upload", "-F", "file=@/no/such"], 3, "cannot be read"), (["api", "auth.test", "--all-pages"], 2, "leave --all-pages out"),
            (["tail", "--color"], 2, "taut tail --help"), (["explain", "chanel_not_found"], 2, "channel_not_found"),
            (["analytics", "gett"], 2, "did you mean 'get'"), (["analytics", "get"], 2, "say what and when"),
            (["completion", "fish"], 2, "bash and zsh"), (["methods", "xyzzy"], 3, "'taut methods'"),
            (["auth", "test", "--timeout", "x"], 2, "number of seconds"), (["auth", "test", "--timeout", "5x"], 2, "number of seconds"),
            (["auth", "test", "--timeout", "99999999999"], 2, "number of seconds"),
            (["api", "api.test", "--body", "@/"], 3, "cannot be read: Is a directory"),
            (["conversations", "info", "--channel", "C0NOPE"], 3, "channel_not_found"),
            (["conversations", "join", "--channel", "C0OLDSITE"], 5, "is_archived"),
            (["auth", "test", "--api-url", "http://127.0.0.1:1/api/"], 69, "Is the server running"),
            (["auth", "test", "--token-file", "/no/such"], 2, "no token can be read")):
        p = sh.run(*args)
        check("says what is wrong: taut " + " ".join(args), p.returncode == code and says in p.stderr and p.stdout == "" and p.stderr.count("\n") == 1,
              (p.returncode, p.stderr))
    p = sh.run("analytics", "get", *["--type", "public_channel"] * 40, "--type", "member", "--date", "2000-01-01", "--rows")
    check("a flag given often: the last one counts", p.returncode not in (0, 2) and p.stderr.startswith("taut: admin.analytics.getFile"),
          (p.returncode, p.stderr))
    for words in (["methods"], ["api", "auth.test"], ["--help"]):
        p = subprocess.run([sh.taut, *words], stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True, env=sh.env)
        check("a full disk is told: taut " + " ".join(words), p.returncode == 1 and "output" in p.stderr, (p.returncode, p.stderr))
    p = sh.run("auth", "test", TAUT_TOKEN="")
    check("no token", p.returncode == 4 and "TAUT_TOKEN" in p.stderr, p.stderr)
    p = sh.run("auth", "test", "--token-file", "-", text=sh.env["TAUT_TOKEN"] + "\n", TAUT_TOKEN="")
    check("a token from standard input", p.returncode == 0 and "alice" in p.stdout, p.stderr)


def helps(sh):
    for args, says in ((["help"], "taut chat post-message"), (["--help"], "A server"), (["api", "--help"], "name=value"),
                       (["chat", "--help"], "post-message"), (["chat", "post-message", "--help"], "--thread-ts"),
                       (["chat.postMessage", "-h"], "Errors: "), (["tail", "--help"], "--socket"), (["analytics", "--help"], "daily"),
                       (["completion", "--help"], "zsh"), (["methods", "--help"], "WORD"), (["explain", "--help"], "CODE"),
                       (["methods", "emoji"], "admin.emoji.add"), (["explain", "is_archived"], "Answered by: ")):
        p = sh.run(*args)
        check("help: taut " + " ".join(args), p.returncode == 0 and says in p.stdout and p.stderr == "", p.stdout[:200] + p.stderr)
    page = sh.run("__manual").stdout
    check("the manual names settings, words and exit codes", all(x in page for x in (".TH TAUT 1", "\\-\\-data\\-dir", "analytics", "EXIT STATUS")))
    if shutil.which("man"):
        p = subprocess.run(["man", "--warnings", "-l", "-"], input=page, capture_output=True, text=True, env={**os.environ, "MANPAGER": "cat"})
        check("the manual is good roff", p.returncode == 0 and "warning" not in p.stderr, p.stderr)


def completion(sh):
    def words(*args):
        return [line.split("\t")[0] for line in sh.run("__complete", *args).stdout.splitlines()]
    check("completes words", {"chat", "channels", "check"} <= set(words("ch")) and "serve" not in words("ch"), words("ch"))
    check("completes methods", words("chat", "post-m") == ["post-message"] and words("chat.postM") == ["chat.postMessage"], words("chat", "post-m"))
    check("completes flags", words("chat", "post-message", "--thr") == ["--thread-ts"] and "--listen" in words("serve", "--l"))
    check("completes channels", "general" in words("chat", "post-message", "--channel", ""))
    check("completes arguments", "text=" in words("api", "chat.postMessage", "te"), words("api", "chat.postMessage", "te"))
    check("completes codes", "is_archived" in words("explain", "is_"))
    check("says nothing when no server answers", sh.run("__complete", "chat", "post-message", "--channel", "", SLACK_API_URL="http://127.0.0.1:1/").stdout
          .count("\n") == 0)
    if shutil.which("bash"):
        script = sh.run("completion", "bash").stdout + '\nCOMP_WORDS=(taut chat post-m); COMP_CWORD=2; _taut; echo "${COMPREPLY[@]}"'
        p = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={**sh.env, "PATH": os.path.dirname(sh.taut) + ":" + os.environ["PATH"]})
        check("bash completes", p.stdout == "post-message\n", p.stdout + p.stderr)


def tails(sh, server):
    def say():
        time.sleep(0.5)  # until it is connected: what is said before is not told
        for i in range(100):
            server.call("chat.postMessage", channel="C0RANDOM", text="not here %d" % i)
            server.call("chat.postMessage", channel="C0GENERAL", text="\x1b[31mred %d" % i)
            if talker.is_set():
                return
            time.sleep(0.1)
    talker = threading.Event()
    t = threading.Thread(target=say)
    code, out = sh.on_terminal("tail", "--channel", "general", columns=200, until=b"red", meanwhile=t.start)
    talker.set()
    t.join()
    check("tail shows lines", re.search(r"^\d\d:\d\d:\d\d #general alice: \ufffd\[31mred \d+$", out, re.M), out)
    check("without escapes, and of one channel", "\x1b" not in out and "not here" not in out, out)
    check("it ends by Ctrl-C", code == -signal.SIGINT, code)
    p = subprocess.Popen([sh.taut, "tail", "--type", "reaction_added"], stdout=subprocess.PIPE, text=True, env=sh.env)
    ts = server.call("chat.postMessage", channel="C0GENERAL", text="react")["ts"]
    talker.clear()

    def react():
        for _ in range(200):
            for call in ("add", "remove"):
                server.call("reactions." + call, channel="C0GENERAL", timestamp=ts, name="tada")
            if talker.is_set():
                return
            time.sleep(0.05)
    t = threading.Thread(target=react)
    t.start()
    line = p.stdout.readline()
    talker.set()
    t.join()
    p.kill()
    p.wait()
    p.stdout.close()
    check("tail in a pipe prints JSON", json.loads(line)["type"] == "reaction_added", line)
    p = sh.run("tail", TAUT_TOKEN="xoxb-wrong")
    check("tail with a wrong token ends", p.returncode == 4 and "invalid_auth" in p.stderr, p.stderr)


ROWS = ["".join(json.dumps({"user_id": "U%d" % i, "date": "2026-11-24", "messages_posted_count": i}) + "\n" for i in range(k, k + 500)) for k in (0, 500)]


class FileServer(Web):
    """Answers admin.analytics.getFile: two gzip members, without a last line feed; cut for the second of the month."""

    def __init__(self):
        self.asked = []
        super().__init__()

    def take(self, request, body):
        asked = body.decode()
        self.asked.append(asked)
        if "type=member" not in asked:
            self.reply(request, 200, {"Content-Type": "application/json"}, b'{"ok":false,"error":"invalid_type"}')
            return
        rows = b"".join(gzip.compress(r.encode()) for r in (ROWS[0], ROWS[1][:-1]))
        self.reply(request, 200, {"Content-Type": "application/gzip"}, rows[:-100] if "2026-11-02" in asked else rows)


def analytics(sh, top):
    server = FileServer()
    url = server.url + "api/"
    path = os.path.join(top, "members.json.gz")
    p = sh.run("analytics", "get", "member", "2026-11-24", "-o", path, SLACK_API_URL=url)
    with gzip.open(path, "rt") as f:
        check("analytics get keeps the file", p.returncode == 0 and f.read() + "\n" == "".join(ROWS), p.stderr)
    check("and asks for it", "type=member" in server.asked[0] and "date=2026-11-24" in server.asked[0], server.asked)
    p = sh.run("analytics", "get", "--type", "member", "--date", "2026-11-24", "--rows", SLACK_API_URL=url)
    check("analytics get unpacks", p.returncode == 0 and p.stdout == "".join(ROWS), p.stderr)
    p = sh.run("analytics", "get", "member", "yesterday", "--rows", SLACK_API_URL=url)
    check("yesterday is a day", re.search(r"date=\d{4}-\d\d-\d\d", server.asked[-1]) and p.returncode == 0, server.asked[-1])
    os.unlink(path)
    p = sh.run("analytics", "get", "member", "2026-11-02", "--rows", SLACK_API_URL=url)
    check("a file that is cut is no success", p.returncode == 1 and "too early" in p.stderr, p.stderr)
    p = sh.run("analytics", "get", "nobody", "2026-11-24", "-o", path, SLACK_API_URL=url)
    check("a refusal leaves no file", p.returncode == 1 and "invalid_type" in p.stderr and os.listdir(top) == [], (p.stderr, os.listdir(top)))
    code, out = sh.on_terminal("analytics", "get", "member", "2026-11-24")
    check("no gzip on a terminal", code == 2 and "-o FILE" in out, out)
    p = sh.run("analytics", "activity", "general", "--from", "2026-01-01", "--to", "2026-01-07", "--plain")
    rows = [line.split("\t") for line in p.stdout.splitlines()]
    check("analytics activity", p.returncode == 0 and len(rows) > 3 and ["1767592800.000000", "0", "2", "0", "0"] in rows, p.stdout + p.stderr)
    p = sh.run("analytics", "activity", "nowhere")
    check("analytics activity of no channel", p.returncode == 3 and "channel_not_found" in p.stderr, p.stderr)


def days(sh, server):
    """The same with the server's own files, after two days."""
    server.call("chat.postMessage", channel="C0GENERAL", text="counted")
    now = float(server.call("taut.clock.set")["now"])
    server.call("taut.clock.set", advance="2d")
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    p = sh.run("analytics", "get", "member", day, "--rows")
    rows = {r["user_id"]: r for r in map(json.loads, p.stdout.splitlines())}
    check("the day's members", p.returncode == 0 and rows["U0ALICE"]["is_active"] and rows["U0ALICE"]["messages_posted_count"] > 0, p.stdout + p.stderr)
    p = sh.run("analytics", "get", "public_channel", "--metadata-only", "--rows")
    check("the channels' names", {"general", "random"} <= {json.loads(line)["name"] for line in p.stdout.splitlines()}, p.stdout + p.stderr)
    p = sh.run("analytics", "daily", "--from", day, "--to", day)
    check("totals of a day", p.returncode == 0 and re.search(r"^%s +false +[1-9]" % day, p.stdout, re.M), p.stdout + p.stderr)
    p = sh.run("analytics", "daily", "--from", day, "--to", day, "--json")
    check("totals as JSON", json.loads(p.stdout)["date"] == day, p.stdout + p.stderr)
    p = sh.run("analytics", "get", "member", "2001-01-01", "--rows")
    check("a day before all days", p.returncode == 1 and "data_not_available" in p.stderr, (p.returncode, p.stderr))
    p = sh.run("analytics", "get", "member", day, "--rows", TAUT_TOKEN=server.env["TAUT_BOT_TOKEN"])
    check("a bot may not", p.returncode == 4 and "not_allowed_token_type" in p.stderr, (p.returncode, p.stderr))
    p = sh.run("admin", "analytics-get-file", "--type", "member", "--date", day)
    check("the method sends to the word that keeps files", p.returncode == 2 and "taut analytics get" in p.stderr, p.stderr)


def waits(taut):
    """A server that says 429 is asked again when it said; how long is told."""
    with Dev("--fault", "auth.test:status=429:retry_after=1:times=1,api.test:status=429:retry_after=3600") as server:
        sh = Shell(taut, server)
        p = sh.run("auth", "test", "--plain", "--fields", "user")
        check("waits and goes on", p.returncode == 0 and "alice" in p.stdout and "goes on in 1 s" in p.stderr, p.stdout + p.stderr)
        p = sh.run("api", "api.test")
        check("does not wait for an hour", p.returncode == 75 and "ratelimited" in p.stderr, p.stderr)


def suite(taut):
    with tempfile.TemporaryDirectory() as top, Dev() as server:
        sh = Shell(taut, server)
        api(sh, server)
        typed(sh)
        mistakes(sh)
        helps(sh)
        completion(sh)
        tails(sh, server)
        analytics(sh, top)
        days(sh, server)
    waits(taut)


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it runs behind, and children keep that
    suite(os.path.join(BUILD, "taut"))
    asan = os.path.join(BUILD, "asan", "taut")
    if os.path.exists(asan):
        suite(asan)


if __name__ == "__main__":
    main()
    finish()
