#!/usr/bin/env python3
"""taut from the shell: settings and their sources, check, people, tokens and apps beside a running server, signing in, TLS.

    tests/system/shell.py [BUILD]
"""
import contextlib
import http.client
import json
import os
import re
import resource
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import urllib.parse

from harness import FORM, LISTEN, Serve, certificate, check, finish, run, table, until


def settings(top):
    for flags, what in ((["--threads", "many"], "a number from 0 to 256"), (["--idle-timeout", "soon"], "a duration"),
                        (["--rate-limits", "some"], "one of: off, slack"), (["--max-body", "1X"], "a size"),
                        (["--no-such-flag", "1"], "no such flag"), (["stray"], "no setting"), (["--config", "/no/such"], "cannot be read"),
                        (["--config", "/"], "cannot be read"), (["--config", "/dev/zero"], "larger than 1 MB")):
        p = run("serve", *flags)
        check("wrong: " + " ".join(flags), p.returncode == 2 and what in p.stderr, p.stderr)
    p = run("serve", env={"TAUT_THREADS": "none"})
    check("a wrong environment is told by its name", p.returncode == 2 and "TAUT_THREADS" in p.stderr, p.stderr)
    config = os.path.join(top, "taut.conf")
    with open(config, "w") as f:
        f.write("# a comment\nlisten = 127.0.0.1:0\nworkspace = From File\n\nthreads = 3\n")
    with Serve(listen=(), cwd=top, env={"TAUT_WORKSPACE": "From Environment"}) as server:
        check("the environment goes before the file", "From Environment" in server.told(), server.told())
        check("the workspace has that name", server.call("team.info")["team"]["name"] == "From Environment")
        check("what only the file says holds", server.logged("workers=3"), server.said())
    with Serve("--workspace", "From Flag", "--config", config, listen=(), env={"TAUT_WORKSPACE": "From Environment"}) as server:
        check("a flag goes before all", "From Flag" in server.told(), server.told())
    with open(config, "w") as f:
        f.write("listen = 127.0.0.1:0\nlisen = 1\n")
    p = run("serve", "--config", config)
    check("a wrong line is told with its number", p.returncode == 2 and config + ":2" in p.stderr and "lisen" in p.stderr, p.stderr)
    for command in ("serve", "dev", "check", "demo"):
        told = run(command, "--help").stdout
        check("help of " + command, told.startswith("usage: taut %s [--SETTING VALUE]…\n" % command) and "--config FILE" in told, told)
    for words in (["user"], ["user", "list"], ["analytics", "verify"]):
        told = run(*words, "--help").stdout
        check("help of " + " ".join(words), told.startswith("usage:\n  taut " + words[0]) and "--data-dir DIR" in told, told)
    check("version", run("--version").stdout.startswith("taut "))
    check("no such command", run("frobnicate").returncode == 2 and run().returncode == 2)


def checks(top):
    folder = os.path.join(top, "c1")
    p = run("check", "--data-dir", folder, *LISTEN)
    check("check makes nothing", p.returncode == 0 and "0 wrong" in p.stdout and not os.path.exists(folder), p.stdout)
    for flags, what in ((["--listen", "nonsense"], "listen"), ([*LISTEN, "--tls-cert", "/no/such", "--tls-key", "/no"], "TLS"),
                        ([*LISTEN, "--public-url", "chat.example"], "public_url"),
                        ([*LISTEN, "--trusted-proxies", "proxy"], "trusted proxies"),
                        ([*LISTEN, "--database", "mysql://x"], "database"), (["--threads", "x"], "threads")):
        p = run("check", "--data-dir", folder, *flags)
        check("check finds: " + " ".join(flags), p.returncode == 1 and "WRONG" in p.stdout and what in p.stdout, p.stdout)
    with Serve() as server:
        p = run("check", "--data-dir", server.folder, "--listen", "127.0.0.1:%d" % server.port)
        check("check beside a running server", p.returncode == 0 and "a server runs on it" in p.stdout, p.stdout)
        with contextlib.closing(sqlite3.connect(os.path.join(server.folder, "taut.db"))) as db:
            newest = db.execute("select * from schema_version order by number desc limit 1").fetchone()
            with db:
                db.execute("delete from schema_version where number = ?", newest[:1])
            p = server.shell("user", "list")
            check("nothing changes the schema below a server of an older version",
                  p.returncode == 1 and "(process %d) is of an older version" % server.process.pid in p.stderr, p)
            with db:
                db.execute("insert into schema_version values (?, ?, ?)", newest)
        p = server.shell("user", "list")
        check("one of this version is no hindrance", p.returncode == 0 and "slackbot" in p.stdout, p)
        server.stop()
        with open(os.path.join(server.folder, "taut.key"), "w") as f:
            f.write("short")
        p = run("serve", *server.where(), *LISTEN)
        check("a broken key file is refused with a sentence", p.returncode == 1 and "32 bytes" in p.stderr, p.stderr)
        os.unlink(os.path.join(server.folder, "taut.key"))
        for n, what in enumerate(("a key file that is gone", "another one")):
            p = run("check", *server.where(), *LISTEN)
            check("check finds " + what, p.returncode == 1 and "put its copy back" in p.stdout, p.stdout)
            server.start()
            server.stop()
            check("the log tells of " + what, len(server.logged("key_is_another")) == n + 1, server.said())
    with Serve("--max-connections", "2") as server:
        waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(4)]
        until("the log tells that newcomers wait", lambda: server.logged("connections_full"))
        for sock in waiting:
            sock.close()
    p = run("user", "--data-dir", os.path.join(top, "nowhere"), "list")
    check("managing what is not there", p.returncode == 1 and "There is no workspace in" in p.stderr, p.stderr)


def people(s):
    p = s.shell("user", "create", "bob", "bob@example.com")
    bob = p.stdout.strip()
    check("user create prints the id", p.returncode == 0 and re.fullmatch(r"U[0-9A-Z]+", bob), p)
    check("a handle is given once", "taken" in s.shell("user", "create", "bob", "other@example.com").stderr)
    check("an e-mail is given once", "taken" in s.shell("user", "create", "bobby", "BOB@example.com").stderr)
    for words in (("create", "Bob!", "x@example.com"), ("create", "x", "nonsense"), ("create", "x", "x@example.com", "king"), ("role", "nobody", "admin")):
        p = s.shell("user", *words)
        check("refused: user " + " ".join(words), p.returncode == 1 and p.stderr.startswith("taut: "), p)
    token = s.shell("token", "create", "bob").stdout.strip()
    check("a new token works at once", s.call("auth.test", token)["user_id"] == bob)
    narrow = s.shell("token", "create", "bob", "users:read").stdout.strip()
    check("a token of few scopes", s.call("conversations.list", narrow)["error"] == "missing_scope" and s.call("users.list", narrow)["ok"])
    check("a misspelt scope is refused", "no scope" in s.shell("token", "create", "bob", "users:reed").stderr)
    row = next(line for line in s.shell("token", "list").stdout.splitlines() if line.rstrip().endswith(" users:read"))
    check("tokens are listed without their text", token not in s.shell("token", "list").stdout)
    check("a revoked token stops at once",
          s.shell("token", "revoke", row.split()[0]).returncode == 0 and s.call("users.list", narrow)["error"] == "token_revoked")
    check("revoked twice", s.shell("token", "revoke", row.split()[0]).returncode == 1)
    s.shell("user", "role", "bob", "admin")
    check("a role is set at once", s.call("users.info", user=bob)["user"]["is_admin"])
    check("a person's time zone",
          s.shell("user", "timezone", "bob", "Asia/Kolkata").returncode == 0 and s.call("users.info", user=bob)["user"]["tz_offset"] == 19800)
    check("a zone that there is not", "no time zone" in s.shell("user", "timezone", "bob", "Asia/Nowhere").stderr)
    s.shell("user", "deactivate", "bob")
    check("a deactivated person's token stops at once", s.call("auth.test", token)["error"] == "account_inactive")
    check("deactivated twice", s.shell("user", "deactivate", "bob").returncode == 1)
    s.shell("user", "activate", "bob")
    check("and works again", s.call("auth.test", token)["ok"])
    check("user list", "bob@example.com" in s.shell("user", "list").stdout)
    org = s.shell("token", "--org", "create", "owner").stdout.strip()
    check("a token of the organization", s.call("auth.test", org)["is_enterprise_install"])
    check("a second workspace", s.shell("workspace", "create", "Research", "research", "bob").returncode == 0 and "research" in s.shell("workspace", "list").stdout)
    check("it is one of the organization's", len(s.call("auth.teams.list", s.shell("token", "--org", "create", "bob").stdout.strip())["teams"]) == 2)


def fields(s):
    """Custom fields of profiles: made, filled in, hidden, taken out."""
    colour = s.shell("field", "create", "Colour").stdout.strip()
    check("field create prints the id", re.fullmatch(r"Xf[0-9A-Z]+", colour), colour)
    house = s.shell("field", "create", "House", "options_list", "North, South").stdout.strip()
    for words in (("create", "Colour"), ("create", "x", "number"), ("create", "House 2", "options_list"), ("create", "x", "text", "a,b"),
                  ("create", " "), ("hide", "nothing"), ("remove", "Xf000")):
        p = s.shell("field", *words)
        check("refused: field " + " ".join(words), p.returncode == 1 and p.stderr.startswith("taut: "), p)
    s.shell("field", "hint", "Colour", "The one you like best")
    s.shell("field", "hide", house)
    told = s.call("team.profile.get")["profile"]["fields"]
    check("team.profile.get tells them",
          [(f["label"], f["type"], f["hint"], f["possible_values"], f["is_hidden"]) for f in told] ==
          [("Colour", "text", "The one you like best", None, False), ("House", "options_list", "", ["North", "South"], True)], told)
    p = s.call("users.profile.set", profile=json.dumps({"fields": {colour: {"value": "blue"}, house: {"value": "South"}}}))
    check("a person fills them in", p["ok"] and p["profile"]["fields"][house]["value"] == "South", p)
    s.shell("field", "show", "House")
    listed = s.shell("field", "list").stdout
    check("field list", "Colour" in listed and "hidden" not in listed, listed)
    s.shell("field", "remove", "Colour")
    check("what is taken out is taken out of profiles", s.call("users.profile.get")["profile"]["fields"] == {house: {"value": "South", "alt": ""}})
    s.shell("field", "remove", house)
    check("the last one as well", s.call("users.profile.get")["profile"]["fields"] is None)


def apps(s, top):
    path = os.path.join(top, "manifest.json")
    with open(path, "w") as f:
        json.dump({"display_information": {"name": "Poll <b>"}, "features": {"bot_user": {"display_name": "poll"}},
                   "oauth_config": {"redirect_urls": ["http://127.0.0.1:1/cb"], "scopes": {"bot": ["chat:write"]}}}, f)
    out = table(s.shell("app", "--manifest", path, "create").stdout)
    check("an app's bot works at once", s.call("auth.test", out["bot token"])["user"] == "poll", out)
    check("with the scopes of its manifest", s.call("users.list", out["bot token"])["error"] == "missing_scope")
    shown = s.shell("app", "show", "Poll <b>").stdout
    check("app show tells what is sealed, not what is hashed", out["signing secret"] in shown and out["client secret"] not in shown)
    with open(path, "w") as f:
        f.write('{"display_information": {"name": "x"}, "oauth_config": {"scopes": {"bot": ["no:such"]}}}')
    check("a wrong manifest is told with its place", "no:such" in s.shell("app", "--manifest", path, "create").stderr)
    pair = table(s.shell("token", "config", "owner").stdout)
    made = s.call("apps.manifest.create", pair["token"], manifest=json.dumps({"display_information": {"name": "By token"}}))
    check("an app configuration token makes apps", pair["token"].startswith("xoxe.xoxp-") and made["ok"], made)
    check("and is traded for the next one", s.call("tooling.tokens.rotate", refresh_token=pair["refresh token"])["ok"])
    check("what the API made, the shell lists", "By token" in s.shell("app", "list").stdout)
    return out


def cookie_of(reply):
    return (reply.headers.get("Set-Cookie") or "").split(";")[0]


def pages(s, app):
    check("a short password is refused", s.shell("user", "password", "owner", input="short\n").returncode == 1)
    check("user password", s.shell("user", "password", "owner", input="correct horse\n").returncode == 0)
    form = {"Content_Type": FORM, "Origin": s.url}
    ask = "/oauth/v2/authorize?client_id=%s&scope=chat:write&state=%s" % (app["client id"], "%3Cx%3E")
    reply = s.ask("GET", ask)
    check("not signed in: to the sign-in page", reply.status == 303 and reply.headers.get("Location").startswith("/signin?next=%2Foauth"), reply.status)
    check("a wrong password", s.ask("POST", "/signin", "email=owner&password=wrong", **form).status == 403)
    check("another site's form is not taken",
          s.ask("POST", "/signin", "email=owner&password=correct+horse", Content_Type=form["Content_Type"], Origin="https://evil.example").status == 403)
    reply = s.ask("POST", "/signin", "email=owner&password=correct+horse&next=https://evil.example/", **form)
    check("signing in leads nowhere else", reply.status == 303 and reply.headers.get("Location") == "/", reply.headers.get("Location"))
    check("the cookie is closed to scripts and other sites", "HttpOnly" in reply.headers.get("Set-Cookie") and "SameSite=Lax" in reply.headers.get("Set-Cookie"))
    cookie = cookie_of(reply)
    page = s.ask("GET", ask, Cookie=cookie)
    check("the consent page escapes", page.status == 200 and b"Poll &lt;b&gt; asks to enter" in page.data and b"<b>" not in page.data)
    check("and is not framed", "frame-ancestors 'none'" in page.headers.get("Content-Security-Policy"))
    answer = urllib.parse.urlencode({"client_id": app["client id"], "scope": "chat:write", "state": "<x>", "approve": "true"})
    check("consent without an origin is not taken", s.ask("POST", "/oauth/v2/authorize", answer, Cookie=cookie, Content_Type=form["Content_Type"]).status == 403)
    reply = s.ask("POST", "/oauth/v2/authorize", answer, Cookie=cookie, **form)
    where = urllib.parse.urlparse(reply.headers.get("Location") or "")
    got = urllib.parse.parse_qs(where.query)
    check("consent goes back to the app with its state", reply.status == 303 and where.netloc == "127.0.0.1:1" and got["state"] == ["<x>"], reply.headers.get("Location"))
    traded = s.call("oauth.v2.access", client_id=app["client id"], client_secret=app["client secret"], code=got["code"][0])
    check("the code is traded for a token", traded["ok"] and s.call("auth.test", traded["access_token"])["ok"], traded)
    reply = s.ask("GET", ask + "&redirect_uri=https://evil.example/", Cookie=cookie)
    check("an address nobody registered is not gone to", reply.status == 400 and reply.headers.get("Location") is None)
    hook = {"client_id": app["client id"], "scope": "incoming-webhook", "approve": "true"}
    page = s.ask("GET", "/oauth/v2/authorize?" + urllib.parse.urlencode(dict(hook, channel="C1")), Cookie=cookie).data.decode()
    rooms = dict((name, room) for room, name in re.findall(r'<option value="(C[0-9A-Z]+)">#([^<]*)</option>', page))
    check("the page asks where a webhook is to post", sorted(rooms) == ["general", "random"] and page.count("name=channel") == 1 and 'name="channel"' not in page, page)
    reply = s.ask("POST", "/oauth/v2/authorize", urllib.parse.urlencode(hook), Cookie=cookie, **form)
    check("and does not go on without an answer", reply.status == 400 and b"Choose a channel" in reply.data, reply.data)
    reply = s.ask("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(hook, channel=rooms["random"])), Cookie=cookie, **form)
    code = urllib.parse.parse_qs(urllib.parse.urlparse(reply.headers.get("Location") or "").query)["code"][0]
    traded = s.call("oauth.v2.access", client_id=app["client id"], client_secret=app["client secret"], code=code)
    said = s.ask("POST", traded["incoming_webhook"]["url"][len(s.url):], json.dumps({"text": "from outside"}), Content_Type="application/json")
    check("its webhook works", traded["incoming_webhook"]["channel"] == "#random" and said.status == 200 and said.data == b"ok", said.data)
    heard = s.call("conversations.history", channel=rooms["random"])["messages"][0]
    check("and posts there", heard["text"] == "from outside", heard)
    made = s.call("apps.manifest.create", manifest=json.dumps({"display_information": {"name": "Own"}, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}))
    page = s.ask("GET", made["oauth_authorize_url"][len(s.url):], Cookie=cookie).data.decode()
    check("an app with nowhere to go back to", "its tokens are shown to you" in page, page)
    answer = dict(client_id=made["credentials"]["client_id"], scope="chat:write")
    page = s.ask("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(answer, approve="false")), Cookie=cookie, **form).data
    check("is not let in", b"nothing has changed" in page, page)
    page = s.ask("POST", "/oauth/v2/authorize", urllib.parse.urlencode(dict(answer, approve="true")), Cookie=cookie, **form).data.decode()
    token = re.search(r"<code>(xoxb-[^<]*)</code>", page)
    check("or is, and its token is shown", token and s.call("auth.test", token.group(1))["user"] == "own", page)
    where = traded["incoming_webhook"]["configuration_url"][len(s.url):]
    check("webhooks are looked after by who signed in", s.ask("GET", where).headers.get("Location") == "/signin?next=" + urllib.parse.quote(where, safe=""))
    page = s.ask("GET", where, Cookie=cookie).data.decode()
    check("their page", "Webhooks of Poll &lt;b&gt;" in page and "#random" in page and "asked for by owner" in page, page)
    remove = "webhook=" + re.search('name="webhook" value="(K[0-9A-Z]+)"', page).group(1)
    check("another site's form removes none", s.ask("POST", where, remove, Cookie=cookie, Content_Type=form["Content_Type"]).status == 403)
    check("one is removed", s.ask("POST", where, remove, Cookie=cookie, **form).status == 303 and "There are none" in s.ask("GET", where, Cookie=cookie).data.decode())
    said = s.ask("POST", traded["incoming_webhook"]["url"][len(s.url):], json.dumps({"text": "late"}), Content_Type="application/json")
    check("and its address is gone", said.status == 404 and said.data == b"no_service", said.data)
    check("no such bot", s.ask("GET", "/services/B0NOBODY", Cookie=cookie).status == 404 and s.ask("GET", "/services/B", Cookie=cookie).status == 404)
    check("signing out", s.ask("POST", "/signout", "", Cookie=cookie, **form).status == 303)
    check("the session is over", s.ask("GET", ask, Cookie=cookie).status == 303)


def tls(top):
    cert, key = certificate(top, "own")
    with Serve("--tls-cert", cert, "--tls-key", key) as server:
        check("TLS", server.call("auth.test")["url"].startswith("https://"))


def authority(top):
    folder = os.path.join(top, "ca")
    named = lambda name: subprocess.run(["openssl", "verify", "-CAfile", os.path.join(folder, "ca.pem"), "-verify_hostname", name, os.path.join(folder, "cert.pem")],
                                        capture_output=True).returncode == 0
    p = run("ca", folder)
    check("ca tells what to paste", p.returncode == 0 and "127.0.0.1 slack.com" in p.stdout and "NODE_EXTRA_CA_CERTS=" + folder in p.stdout, p)
    check("the certificate is for Slack's names alone", named("slack.com") and named("hooks.slack.com") and not named("example.com"))
    modes = [os.stat(os.path.join(folder, f)).st_mode & 0o777 for f in ("ca.key", "key.pem", "ca.pem")]
    check("keys are their owner's, the authority is everybody's", modes[:2] == [0o600, 0o600] and modes[2] & 0o044 == 0o044, modes)
    with open(os.path.join(folder, "ca.pem")) as f:
        before = f.read()
    p = run("ca", folder, "--host", "files.slack.com", "--address", "10.1.2.3")
    with open(os.path.join(folder, "ca.pem")) as f:
        check("again: the authority stays, the certificate is new",
              p.returncode == 0 and f.read() == before and "10.1.2.3 files.slack.com" in p.stdout and named("files.slack.com") and not named("slack.com"), p)
    p = run("ca", folder, "--host", "other.example")
    check("it vouches for no other names", p.returncode == 1 and "other names" in p.stderr and named("files.slack.com"), p)
    with open(os.path.join(folder, "key.pem")) as f:
        before = f.read()
    p = run("ca", folder, "--host", "files.slack.com", restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)))
    with open(os.path.join(folder, "key.pem")) as f:
        check("a full disk leaves the old pair", p.returncode == 1 and "cannot be written" in p.stderr and f.read() == before and
              named("files.slack.com") and not [x for x in os.listdir(folder) if x.endswith(".new")], p)
    for words, code in (((), 2), (("a", "b"), 2), ((folder, "--host"), 2), ((folder, "--no-such"), 2), ((folder, "--host", "x y"), 1),
                        ((folder, "--host", "a..b"), 1), ((folder, "--address", "nowhere"), 1), (("/no/such/folder",), 1)):
        check("refused: ca " + " ".join(words), run("ca", *words).returncode == code)
    with open(os.path.join(folder, "ca.key"), "w") as f:
        f.write("no key")
    check("a broken authority is told", "cannot be used" in run("ca", folder).stderr)
    folder = os.path.join(top, "own")
    check("names and addresses of one's own", run("ca", folder, "--host", "localhost", "--host", "127.0.0.1").returncode == 0)
    trusting = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
    with Serve("--tls-cert", os.path.join(folder, "cert.pem"), "--tls-key", os.path.join(folder, "key.pem")) as server:
        for name in ("localhost", "127.0.0.1"):
            c = http.client.HTTPSConnection(name, server.port, timeout=10, context=trusting)
            c.request("GET", "/healthz")
            check("a client that trusts the authority alone: " + name, c.getresponse().status == 200)


def main():
    with tempfile.TemporaryDirectory() as top:
        settings(top)
        authority(top)
        checks(top)
        with Serve() as s:
            people(s)
            fields(s)
            pages(s, apps(s, top))
            posted = s.call("chat.postMessage", channel="#general", text="before")
            check("SIGTERM ends it with 0", s.stop() == 0)
            s.start()
            check("the second start makes nothing", "new tokens" in s.told() and "owner token" not in s.told(), s.told())
            found = s.call("conversations.history", channel=posted["channel"], limit=1)
            check("and finds everything as it was", found["messages"][0]["text"] == "before")
        tls(top)


if __name__ == "__main__":
    main()
    finish()
