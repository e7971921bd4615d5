#!/usr/bin/env python3
"""taut from the shell: settings and their sources, check, people, tokens and apps beside a running server, signing in, TLS.

    tests/system/shell.py BUILD
"""
import http.client
import json
import os
import re
import resource
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
TAUT = os.path.join(BUILD, "taut")
passed = failed = 0


def check(good, what, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok: %s  %s" % (what, str(seen)[:400]), flush=True)


def run(*args, env=None, cwd=None, text=None):
    return subprocess.run([TAUT, *args], capture_output=True, text=True, input=text, cwd=cwd,
                          env=dict(os.environ, **(env or {})))


class Server:
    def __init__(self, folder, *flags, env=None, cwd=None):
        self.folder = folder
        self.process = subprocess.Popen([TAUT, "serve", "--data-dir", folder, *flags], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=dict(os.environ, **(env or {})), cwd=cwd)
        self.told = []
        for line in self.process.stdout:
            self.told.append(line)
            if line.startswith("console.log") or "(new tokens:" in line:
                break
        self.url = re.search(r"https?://[^ \n]+", "".join(self.told)).group(0)
        where = urllib.parse.urlparse(self.url)
        self.host, self.port, self.tls = where.hostname, where.port, where.scheme == "https"
        self.token = next((line.split()[2] for line in self.told if line.split()[:2] == ["owner", "token"]), None)

    def send(self, verb, path, body=None, **headers):
        if self.tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            c = http.client.HTTPSConnection(self.host, self.port, timeout=10, context=context)
        else:
            c = http.client.HTTPConnection(self.host, self.port, timeout=10)
        c.request(verb, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        reply = c.getresponse()
        reply.data = reply.read()
        return reply

    def call(self, method, token=None, **args):
        return json.loads(self.send("POST", "/api/" + method, urllib.parse.urlencode(args), Authorization="Bearer " + (token or self.token),
                                    Content_Type="application/x-www-form-urlencoded").data)

    def manage(self, *words, text=None):
        return run(words[0], "--data-dir", self.folder, *words[1:], text=text)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


def settings(top):
    for flags, what in ((["--threads", "many"], "a number from 0 to 256"), (["--idle-timeout", "soon"], "a duration"),
                        (["--rate-limits", "some"], "one of: off, slack"), (["--max-body", "1X"], "a size"),
                        (["--no-such-flag", "1"], "no such flag"), (["stray"], "no setting"), (["--config", "/no/such"], "cannot be read"),
                        (["--config", "/"], "cannot be read"), (["--config", "/dev/zero"], "larger than 1 MB")):
        p = run("serve", *flags)
        check(p.returncode == 2 and what in p.stderr, "wrong: " + " ".join(flags), p.stderr)
    p = run("serve", env={"TAUT_THREADS": "none"})
    check(p.returncode == 2 and "TAUT_THREADS" in p.stderr, "a wrong environment is told by its name", p.stderr)
    config = os.path.join(top, "taut.conf")
    with open(config, "w") as f:
        f.write("# a comment\nlisten = 127.0.0.1:0\nworkspace = From File\n\nthreads = 3\n")
    server = Server(os.path.join(top, "s1"), cwd=top, env={"TAUT_WORKSPACE": "From Environment"})
    check("From Environment" in server.told[0], "the environment goes before the file", server.told[0])
    check(server.call("team.info")["team"]["name"] == "From Environment", "the workspace has that name")
    check(server.stop() == 0 and "workers=3" in server.process.stderr.read(), "what only the file says holds")
    server = Server(os.path.join(top, "s2"), "--workspace", "From Flag", "--config", config, env={"TAUT_WORKSPACE": "From Environment"})
    check("From Flag" in server.told[0], "a flag goes before all", server.told[0])
    server.stop()
    with open(config, "w") as f:
        f.write("listen = 127.0.0.1:0\nlisen = 1\n")
    p = run("serve", "--config", config)
    check(p.returncode == 2 and config + ":2" in p.stderr and "lisen" in p.stderr, "a wrong line is told with its number", p.stderr)
    check("--listen" in run("serve", "--help").stdout and run("--version").stdout.startswith("taut "), "help and version")
    check(run("frobnicate").returncode == 2 and run().returncode == 2, "no such command")


def checks(top):
    folder = os.path.join(top, "c1")
    p = run("check", "--data-dir", folder, "--listen", "127.0.0.1:0")
    check(p.returncode == 0 and "0 wrong" in p.stdout and not os.path.exists(folder), "check makes nothing", p.stdout)
    for flags, what in ((["--listen", "nonsense"], "listen"), (["--listen", "127.0.0.1:0", "--tls-cert", "/no/such", "--tls-key", "/no"], "TLS"),
                        (["--listen", "127.0.0.1:0", "--public-url", "chat.example"], "public_url"),
                        (["--listen", "127.0.0.1:0", "--trusted-proxies", "proxy"], "trusted proxies"),
                        (["--listen", "127.0.0.1:0", "--database", "mysql://x"], "database"), (["--threads", "x"], "threads")):
        p = run("check", "--data-dir", folder, *flags)
        check(p.returncode == 1 and "WRONG" in p.stdout and what in p.stdout, "check finds: " + " ".join(flags), p.stdout)
    server = Server(os.path.join(top, "c2"), "--listen", "127.0.0.1:0")
    p = run("check", "--data-dir", server.folder, "--listen", "127.0.0.1:%d" % server.port)
    check(p.returncode == 0 and "a server runs on it" in p.stdout, "check beside a running server", p.stdout)
    server.stop()
    with open(os.path.join(server.folder, "taut.key"), "w") as f:
        f.write("short")
    p = run("serve", "--data-dir", server.folder, "--listen", "127.0.0.1:0")
    check(p.returncode == 1 and "32 bytes" in p.stderr, "a broken key file is refused with a sentence", p.stderr)
    os.unlink(os.path.join(server.folder, "taut.key"))
    for what in ("a key file that is gone", "another one"):
        p = run("check", "--data-dir", server.folder, "--listen", "127.0.0.1:0")
        check(p.returncode == 1 and "put its copy back" in p.stdout, "check finds " + what, p.stdout)
        server = Server(server.folder, "--listen", "127.0.0.1:0")
        server.stop()
        check("key_is_another" in server.process.stderr.read(), "the log tells of " + what)
    p = run("user", "--data-dir", os.path.join(top, "nowhere"), "list")
    check(p.returncode == 1 and "There is no workspace in" in p.stderr, "managing what is not there", p.stderr)


def people(s):
    p = s.manage("user", "create", "bob", "bob@example.com")
    bob = p.stdout.strip()
    check(p.returncode == 0 and re.fullmatch(r"U[0-9A-Z]+", bob), "user create prints the id", p)
    check("taken" in s.manage("user", "create", "bob", "other@example.com").stderr, "a handle is given once")
    check("taken" in s.manage("user", "create", "bobby", "BOB@example.com").stderr, "an e-mail is given once")
    for words in (("create", "Bob!", "x@example.com"), ("create", "x", "nonsense"), ("create", "x", "x@example.com", "king"), ("role", "nobody", "admin")):
        p = s.manage("user", *words)
        check(p.returncode == 1 and p.stderr.startswith("taut: "), "refused: user " + " ".join(words), p)
    token = s.manage("token", "create", "bob").stdout.strip()
    check(s.call("auth.test", token)["user_id"] == bob, "a new token works at once")
    narrow = s.manage("token", "create", "bob", "users:read").stdout.strip()
    check(s.call("conversations.list", narrow)["error"] == "missing_scope" and s.call("users.list", narrow)["ok"], "a token of few scopes")
    check("no scope" in s.manage("token", "create", "bob", "users:reed").stderr, "a misspelt scope is refused")
    row = next(line for line in s.manage("token", "list").stdout.splitlines() if line.rstrip().endswith(" users:read"))
    check(token not in s.manage("token", "list").stdout, "tokens are listed without their text")
    check(s.manage("token", "revoke", row.split()[0]).returncode == 0 and s.call("users.list", narrow)["error"] == "token_revoked",
          "a revoked token stops at once")
    check(s.manage("token", "revoke", row.split()[0]).returncode == 1, "revoked twice")
    s.manage("user", "role", "bob", "admin")
    check(s.call("users.info", user=bob)["user"]["is_admin"], "a role is set at once")
    check(s.manage("user", "timezone", "bob", "Asia/Kolkata").returncode == 0 and s.call("users.info", user=bob)["user"]["tz_offset"] == 19800,
          "a person's time zone")
    check("no time zone" in s.manage("user", "timezone", "bob", "Asia/Nowhere").stderr, "a zone that there is not")
    s.manage("user", "deactivate", "bob")
    check(s.call("auth.test", token)["error"] == "account_inactive", "a deactivated person's token stops at once")
    check(s.manage("user", "deactivate", "bob").returncode == 1, "deactivated twice")
    s.manage("user", "activate", "bob")
    check(s.call("auth.test", token)["ok"], "and works again")
    check("bob@example.com" in s.manage("user", "list").stdout, "user list")
    org = s.manage("token", "--org", "create", "owner").stdout.strip()
    check(s.call("auth.test", org)["is_enterprise_install"], "a token of the organization")
    check(s.manage("workspace", "create", "Research", "research", "bob").returncode == 0 and "research" in s.manage("workspace", "list").stdout, "a second workspace")
    check(len(s.call("auth.teams.list", s.manage("token", "--org", "create", "bob").stdout.strip())["teams"]) == 2, "it is one of the organization's")


def fields(s):
    """Custom fields of profiles: made, filled in, hidden, taken out."""
    colour = s.manage("field", "create", "Colour").stdout.strip()
    check(re.fullmatch(r"Xf[0-9A-Z]+", colour), "field create prints the id", colour)
    house = s.manage("field", "create", "House", "options_list", "North, South").stdout.strip()
    for words in (("create", "Colour"), ("create", "x", "number"), ("create", "House 2", "options_list"), ("create", "x", "text", "a,b"),
                  ("create", " "), ("hide", "nothing"), ("remove", "Xf000")):
        p = s.manage("field", *words)
        check(p.returncode == 1 and p.stderr.startswith("taut: "), "refused: field " + " ".join(words), p)
    s.manage("field", "hint", "Colour", "The one you like best")
    s.manage("field", "hide", house)
    told = s.call("team.profile.get")["profile"]["fields"]
    check([(f["label"], f["type"], f["hint"], f["possible_values"], f["is_hidden"]) for f in told] ==
          [("Colour", "text", "The one you like best", None, False), ("House", "options_list", "", ["North", "South"], True)],
          "team.profile.get tells them", told)
    p = s.call("users.profile.set", profile=json.dumps({"fields": {colour: {"value": "blue"}, house: {"value": "South"}}}))
    check(p["ok"] and p["profile"]["fields"][house]["value"] == "South", "a person fills them in", p)
    s.manage("field", "show", "House")
    listed = s.manage("field", "list").stdout
    check("Colour" in listed and "hidden" not in listed, "field list", listed)
    s.manage("field", "remove", "Colour")
    check(s.call("users.profile.get")["profile"]["fields"] == {house: {"value": "South", "alt": ""}}, "what is taken out is taken out of profiles")
    s.manage("field", "remove", house)
    check(s.call("users.profile.get")["profile"]["fields"] is None, "the last one as well")


def apps(s, top):
    path = os.path.join(top, "manifest.json")
    with open(path, "w") as f:
        json.dump({"display_information": {"name": "Poll <b>"}, "features": {"bot_user": {"display_name": "poll"}},
                   "oauth_config": {"redirect_urls": ["http://127.0.0.1:1/cb"], "scopes": {"bot": ["chat:write"]}}}, f)
    out = dict(re.split(r"  +", line, maxsplit=1) for line in s.manage("app", "--manifest", path, "create").stdout.splitlines() if "  " in line)
    check(s.call("auth.test", out["bot token"])["user"] == "poll", "an app's bot works at once", out)
    check(s.call("users.list", out["bot token"])["error"] == "missing_scope", "with the scopes of its manifest")
    shown = s.manage("app", "show", "Poll <b>").stdout
    check(out["signing secret"] in shown and out["client secret"] not in shown, "app show tells what is sealed, not what is hashed")
    with open(path, "w") as f:
        f.write('{"display_information": {"name": "x"}, "oauth_config": {"scopes": {"bot": ["no:such"]}}}')
    check("no:such" in s.manage("app", "--manifest", path, "create").stderr, "a wrong manifest is told with its place")
    pair = dict(re.split(r"  +", line, maxsplit=1) for line in s.manage("token", "config", "owner").stdout.splitlines() if "  " in line)
    made = s.call("apps.manifest.create", pair["token"], manifest=json.dumps({"display_information": {"name": "By token"}}))
    check(pair["token"].startswith("xoxe.xoxp-") and made["ok"], "an app configuration token makes apps", made)
    check(s.call("tooling.tokens.rotate", refresh_token=pair["refresh token"])["ok"], "and is traded for the next one")
    check("By token" in s.manage("app", "list").stdout, "what the API made, the shell lists")
    return out


def cookie_of(reply):
    return (reply.getheader("Set-Cookie") or "").split(";")[0]


def pages(s, app):
    check(s.manage("user", "password", "owner", text="short\n").returncode == 1, "a short password is refused")
    check(s.manage("user", "password", "owner", text="correct horse\n").returncode == 0, "user password")
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": s.url}
    ask = "/oauth/v2/authorize?client_id=%s&scope=chat:write&state=%s" % (app["client id"], "%3Cx%3E")
    reply = s.send("GET", ask)
    check(reply.status == 303 and reply.getheader("Location").startswith("/signin?next=%2Foauth"), "not signed in: to the sign-in page", reply.status)
    check(s.send("POST", "/signin", "email=owner&password=wrong", **form).status == 403, "a wrong password")
    check(s.send("POST", "/signin", "email=owner&password=correct+horse", Content_Type=form["Content_Type"], Origin="https://evil.example").status == 403,
          "another site's form is not taken")
    reply = s.send("POST", "/signin", "email=owner&password=correct+horse&next=https://evil.example/", **form)
    check(reply.status == 303 and reply.getheader("Location") == "/", "signing in leads nowhere else", reply.getheader("Location"))
    check("HttpOnly" in reply.getheader("Set-Cookie") and "SameSite=Lax" in reply.getheader("Set-Cookie"), "the cookie is closed to scripts and other sites")
    cookie = cookie_of(reply)
    page = s.send("GET", ask, Cookie=cookie)
    check(page.status == 200 and b"Poll &lt;b&gt; asks to enter" in page.data and b"<b>" not in page.data, "the consent page escapes")
    check("frame-ancestors 'none'" in page.getheader("Content-Security-Policy"), "and is not framed")
    answer = urllib.parse.urlencode({"client_id": app["client id"], "scope": "chat:write", "state": "<x>", "approve": "true"})
    check(s.send("POST", "/oauth/v2/authorize", answer, Cookie=cookie, Content_Type=form["Content_Type"]).status == 403, "consent without an origin is not taken")
    reply = s.send("POST", "/oauth/v2/authorize", answer, Cookie=cookie, **form)
    where = urllib.parse.urlparse(reply.getheader("Location") or "")
    got = urllib.parse.parse_qs(where.query)
    check(reply.status == 303 and where.netloc == "127.0.0.1:1" and got["state"] == ["<x>"], "consent goes back to the app with its state", reply.getheader("Location"))
    traded = s.call("oauth.v2.access", client_id=app["client id"], client_secret=app["client secret"], code=got["code"][0])
    check(traded["ok"] and s.call("auth.test", traded["access_token"])["ok"], "the code is traded for a token", traded)
    reply = s.send("GET", ask + "&redirect_uri=https://evil.example/", Cookie=cookie)
    check(reply.status == 400 and reply.getheader("Location") is None, "an address nobody registered is not gone to")
    hook = {"client_id": app["client id"], "scope": "incoming-webhook", "approve": "true"}
    page = s.send("GET", "/oauth/v2/authorize?" + urllib.parse.urlencode(dict(hook, channel="C1")), Cookie=cookie).data.decode()
    rooms = dict((name, room) for room, name in re.findall(r'<option value="(C[0-9A-Z]+)">#([^<]*)</option>', page))
    check(sorted(rooms) == ["general", "random"] and page.count("name=channel") == 1 and 'name="channel"' not in page, "the page asks where a webhook is to post", page)
    reply = s.send("POST", "/oauth/v2/authorize", urllib.parse.urlencode(hook), Cookie=cookie, **form)
    check(reply.status == 400 and b"Choose a channel" in reply.data, "and does not go on without an answer", reply.data)
    reply = s.send("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(hook, channel=rooms["random"])), Cookie=cookie, **form)
    code = urllib.parse.parse_qs(urllib.parse.urlparse(reply.getheader("Location") or "").query)["code"][0]
    traded = s.call("oauth.v2.access", client_id=app["client id"], client_secret=app["client secret"], code=code)
    said = s.send("POST", traded["incoming_webhook"]["url"][len(s.url):], json.dumps({"text": "from outside"}), Content_Type="application/json")
    check(traded["incoming_webhook"]["channel"] == "#random" and said.status == 200 and said.data == b"ok", "its webhook works", said.data)
    heard = s.call("conversations.history", channel=rooms["random"])["messages"][0]
    check(heard["text"] == "from outside", "and posts there", heard)
    made = s.call("apps.manifest.create", manifest=json.dumps({"display_information": {"name": "Own"}, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}))
    page = s.send("GET", made["oauth_authorize_url"][len(s.url):], Cookie=cookie).data.decode()
    check("its tokens are shown to you" in page, "an app with nowhere to go back to", page)
    answer = dict(client_id=made["credentials"]["client_id"], scope="chat:write")
    page = s.send("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(answer, approve="false")), Cookie=cookie, **form).data
    check(b"nothing has changed" in page, "is not let in", page)
    page = s.send("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(answer, approve="true")), Cookie=cookie, **form).data.decode()
    token = re.search(r"<code>(xoxb-[^<]*)</code>", page)
    check(token and s.call("auth.test", token.group(1))["user"] == "own", "or is, and its token is shown", page)
    where = traded["incoming_webhook"]["configuration_url"][len(s.url):]
    check(s.send("GET", where).getheader("Location") == "/signin?next=" + urllib.parse.quote(where, safe=""), "webhooks are looked after by who signed in")
    page = s.send("GET", where, Cookie=cookie).data.decode()
    check("Webhooks of Poll &lt;b&gt;" in page and "#random" in page and "asked for by owner" in page, "their page", page)
    remove = "webhook=" + re.search('name="webhook" value="(K[0-9A-Z]+)"', page).group(1)
    check(s.send("POST", where, remove, Cookie=cookie, Content_Type=form["Content_Type"]).status == 403, "another site's form removes none")
    check(s.send("POST", where, remove, Cookie=cookie, **form).status == 303 and "There are none" in s.send("GET", where, Cookie=cookie).data.decode(), "one is removed")
    said = s.send("POST", traded["incoming_webhook"]["url"][len(s.url):], json.dumps({"text": "late"}), Content_Type="application/json")
    check(said.status == 404 and said.data == b"no_service", "and its address is gone", said.data)
    check(s.send("GET", "/services/B0NOBODY", Cookie=cookie).status == 404 and s.send("GET", "/services/B", Cookie=cookie).status == 404, "no such bot")
    check(s.send("POST", "/signout", "", Cookie=cookie, **form).status == 303, "signing out")
    check(s.send("GET", ask, Cookie=cookie).status == 303, "the session is over")


def tls(top):
    cert, key = os.path.join(top, "cert.pem"), os.path.join(top, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
    server = Server(os.path.join(top, "tls"), "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key)
    check(server.tls and server.call("auth.test")["url"].startswith("https://"), "TLS")
    check(server.stop() == 0, "TLS: SIGTERM ends it with 0")


def authority(top):
    folder = os.path.join(top, "ca")
    named = lambda name: subprocess.run(["openssl", "verify", "-CAfile", os.path.join(folder, "ca.pem"), "-verify_hostname", name, os.path.join(folder, "cert.pem")],
                                        capture_output=True).returncode == 0
    p = run("ca", folder)
    check(p.returncode == 0 and "127.0.0.1 slack.com" in p.stdout and "NODE_EXTRA_CA_CERTS=" + folder in p.stdout, "ca tells what to paste", p)
    check(named("slack.com") and named("hooks.slack.com") and not named("example.com"), "the certificate is for Slack's names alone")
    modes = [os.stat(os.path.join(folder, f)).st_mode & 0o777 for f in ("ca.key", "key.pem", "ca.pem")]
    check(modes[:2] == [0o600, 0o600] and modes[2] & 0o044 == 0o044, "keys are their owner's, the authority is everybody's", modes)
    with open(os.path.join(folder, "ca.pem")) as f:
        before = f.read()
    p = run("ca", folder, "--host", "files.slack.com", "--address", "10.1.2.3")
    with open(os.path.join(folder, "ca.pem")) as f:
        check(p.returncode == 0 and f.read() == before and "10.1.2.3 files.slack.com" in p.stdout and named("files.slack.com") and not named("slack.com"),
              "again: the authority stays, the certificate is new", p)
    p = run("ca", folder, "--host", "other.example")
    check(p.returncode == 1 and "other names" in p.stderr and named("files.slack.com"), "it vouches for no other names", p)
    with open(os.path.join(folder, "key.pem")) as f:
        before = f.read()
    p = subprocess.run([TAUT, "ca", folder, "--host", "files.slack.com"], capture_output=True, text=True, restore_signals=False,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)))
    with open(os.path.join(folder, "key.pem")) as f:
        check(p.returncode == 1 and "cannot be written" in p.stderr and f.read() == before and named("files.slack.com")
              and not [x for x in os.listdir(folder) if x.endswith(".new")], "a full disk leaves the old pair", p)
    for words, code in (((), 2), (("a", "b"), 2), ((folder, "--host"), 2), ((folder, "--no-such"), 2), ((folder, "--host", "x y"), 1),
                        ((folder, "--host", "a..b"), 1), ((folder, "--address", "nowhere"), 1), (("/no/such/folder",), 1)):
        check(run("ca", *words).returncode == code, "refused: ca " + " ".join(words))
    with open(os.path.join(folder, "ca.key"), "w") as f:
        f.write("no key")
    check("cannot be used" in run("ca", folder).stderr, "a broken authority is told")
    folder = os.path.join(top, "own")
    check(run("ca", folder, "--host", "localhost", "--host", "127.0.0.1").returncode == 0, "names and addresses of one's own")
    server = Server(os.path.join(top, "owned"), "--listen", "127.0.0.1:0", "--tls-cert", os.path.join(folder, "cert.pem"), "--tls-key", os.path.join(folder, "key.pem"))
    trusting = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
    for name in ("localhost", "127.0.0.1"):
        c = http.client.HTTPSConnection(name, server.port, timeout=10, context=trusting)
        c.request("GET", "/healthz")
        check(c.getresponse().status == 200, "a client that trusts the authority alone: " + name)
    server.stop()


def main():
    with tempfile.TemporaryDirectory() as top:
        settings(top)
        authority(top)
        checks(top)
        s = Server(os.path.join(top, "main"), "--listen", "127.0.0.1:0")
        people(s)
        fields(s)
        pages(s, apps(s, top))
        posted = s.call("chat.postMessage", channel="#general", text="before")
        token = s.token
        check(s.stop() == 0, "SIGTERM ends it with 0")
        s = Server(s.folder, "--listen", "127.0.0.1:0")
        check("new tokens" in s.told[0] and not s.token, "the second start makes nothing", s.told)
        found = s.call("conversations.history", token, channel=posted["channel"], limit=1)
        check(found["messages"][0]["text"] == "before", "and finds everything as it was")
        s.stop()
        tls(top)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
