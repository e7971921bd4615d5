#!/usr/bin/env python3
"""libtaut as programs use it: installed, found by pkg-config, and its examples against a running taut dev.

    tests/system/client.py [BUILD]        with BUILD/asan there: the examples under sanitizers as well
"""
import gzip
import json
import os
import re
import select
import subprocess
import tempfile
import time

from harness import BUILD, ROOT, WAIT_S, Dev, certificate, check, finish


def run(args, env, **more):
    return subprocess.run(args, capture_output=True, text=True, env=dict(os.environ, **env), timeout=WAIT_S, **more)


def installed(top, server):
    """What README.md shows is compiled as it says there, against what make install put down."""
    prefix = os.path.join(top, "usr")
    p = run(["make", "-s", "-C", ROOT, "install", "BUILD=" + BUILD, "PREFIX=" + prefix], {})
    check("make install", p.returncode == 0, p.stderr)
    for name in ("bin/taut", "lib/libtaut.a", "lib/libtaut.so.0.1", "include/taut/taut.h", "include/taut/chat.h", "share/man/man1/taut.1",
                 "share/bash-completion/completions/taut", "share/zsh/site-functions/_taut", "lib/pkgconfig/taut.pc"):
        check("installed: " + name, os.path.exists(os.path.join(prefix, name)))
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        text = re.search(r"```c\n(.*?)```", f.read(), re.S).group(1)
    source, program = os.path.join(top, "hello.c"), os.path.join(top, "hello")
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    env = {"PKG_CONFIG_PATH": os.path.join(prefix, "lib/pkgconfig"), "LD_LIBRARY_PATH": os.path.join(prefix, "lib"),
           "SLACK_API_URL": server.env["SLACK_API_URL"], "TAUT_TOKEN": server.env["TAUT_BOT_TOKEN"]}
    for how in ("", "--static"):
        flags = run(["pkg-config", "--cflags", "--libs", "taut"] + how.split(), env).stdout.split()
        if how:
            flags = [f if f != "-ltaut" else os.path.join(prefix, "lib/libtaut.a") for f in flags if f in ("-ltaut", "-lcurl", "-lisal", "-lcrypto") or f[:2] == "-I"]
        p = run(["cc", "-Wall", "-Wextra", "-Werror", "-pedantic", source, "-o", program] + flags, env)
        check("README's C example compiles " + how, p.returncode == 0, p.stderr)
        p = run([program], env)
        check("README's C example runs " + how, p.returncode == 0 and "C0GENERAL" in p.stdout and "#random: " in p.stdout, p.stdout + p.stderr)
    exports = run(["nm", "-D", "--defined-only", os.path.join(prefix, "lib/libtaut.so.0.1")], {}).stdout.split("\n")
    check("only taut_ names are exported", all(" taut_" in line for line in exports if line), exports)
    cpp = os.path.join(top, "hello.cc")
    with open(cpp, "w", encoding="utf-8") as f:
        f.write("#include <taut/taut.h>\nint main() { taut_free(taut_new(nullptr)); }\n")
    p = run(["g++", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I" + os.path.join(prefix, "include"), cpp], {})
    check("the headers are C++ as well", p.returncode == 0, p.stderr)


def example(folder, name, server, *args, token="TAUT_BOT_TOKEN", trust=None, **more):
    return run([os.path.join(folder, "examples", name), *args], {**server.env, "TAUT_TOKEN": server.env[token], **(trust or {})}, **more)


def examples(folder, top, server):
    p = example(folder, "post", server, "#random", "from an example")
    check("post", p.returncode == 0 and p.stdout.endswith(": from an example\n"), p.stdout + p.stderr)
    p = example(folder, "post", server, "#nowhere")
    check("post says what is wrong", p.returncode == 1 and "channel_not_found" in p.stderr, p.stderr)
    p = example(folder, "channels", server)
    check("channels", p.returncode == 0 and re.search(r"^C0GENERAL +general +\d+ people$", p.stdout, re.M), p.stdout + p.stderr)
    p = example(folder, "channels", server, token="TAUT_LIMITED_TOKEN")
    check("channels without a scope", p.returncode == 1 and "it needs " in p.stderr, p.stderr)
    path = os.path.join(top, "day.json.gz")
    with gzip.open(path, "wt") as f:
        f.write("".join(json.dumps({"user_id": "U%d" % i, "is_active": i % 2 == 0, "messages_posted_count": i, "email_address": "é@%d" % i}) + "\n"
                        for i in range(5000)))
    p = example(folder, "members", server, path)
    lines = p.stdout.splitlines()
    check("members", p.returncode == 0 and len(lines) == 2500 and lines[1].split() == ["U2", "2", "é@2"], p.stdout[:200] + p.stderr)
    server.call("chat.postMessage", channel="C0GENERAL", text="counted")
    server.call("taut.clock.set", advance="2d")
    day = time.strftime("%Y-%m-%d", time.gmtime(float(server.call("taut.clock.set")["now"]) - 2 * 86400))
    p = example(folder, "members", server, day, token="TAUT_ADMIN_TOKEN")
    check("members of a day", p.returncode == 0 and re.search(r"^U0ALICE +[1-9]\d* alice@", p.stdout, re.M), p.stdout + p.stderr)
    p = example(folder, "members", server, "2001-01-01", token="TAUT_ADMIN_TOKEN")
    check("members of a day before all days", p.returncode == 1 and "data_not_available" in p.stderr, p.stderr)
    p = example(folder, "members", server, "2026-02-30", token="TAUT_ADMIN_TOKEN")
    check("members of no day", p.returncode == 1 and "invalid_date" in p.stderr, p.stderr)
    path = os.path.join(top, "large.bin")
    with open(path, "wb") as f:
        f.truncate(30 << 20)
    p = example(folder, "upload", server, "C0RANDOM", path)
    check("upload", p.returncode == 0 and p.stdout.startswith("F"), p.stdout + p.stderr)
    p = example(folder, "upload", server, "C0NOWHERE", path)
    check("upload to nowhere", p.returncode == 1 and "channel" in p.stderr, p.stderr)


class Echo:
    """The echo example, which has said that it is connected."""

    def __init__(self, folder, server, how, **more):
        self.process = subprocess.Popen([os.path.join(folder, "examples", "echo"), how, "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **server.env, TAUT_TOKEN=server.env["TAUT_BOT_TOKEN"], **more))
        check("echo connects: " + how, self.process.stdout.readline() == "connected\n")

    def end(self):
        out, err = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, out + err


def tail_of(folder, server):
    """taut tail over Socket Mode; what is said for it is taken back."""
    p = subprocess.Popen([os.path.join(folder, "taut"), "tail", "--socket", "--type", "message"], stdout=subprocess.PIPE, text=True,
                         env=dict(os.environ, **server.env, TAUT_TOKEN=server.env["TAUT_BOT_TOKEN"]))
    seen, said = [], []
    while ("U0ALICE", "for tail") not in seen and len(said) < 100:  # until it is connected; the bot's own answers may come first
        said.append(server.call("chat.postMessage", channel="C0GENERAL", text="for tail")["ts"])
        if select.select([p.stdout], [], [], 0.2)[0]:
            e = json.loads(p.stdout.readline())
            seen.append((e["user"], e["text"]))
    p.kill()
    p.wait()
    p.stdout.close()
    acknowledged = [("U0ALICE", "say socket %d" % i) for i in (1, 2)]
    check("tail over Socket Mode, without what the bot answered", ("U0ALICE", "for tail") in seen and not set(acknowledged) & set(seen), seen)
    for ts in said:
        server.call("chat.delete", channel="C0GENERAL", ts=ts)


def echoes(folder):
    """Over both kinds of connection; a seed whose app hears what is said in its channels."""
    with open(os.path.join(ROOT, "catalogue/dev.json"), encoding="utf-8") as f:
        world = json.load(f)
    world["apps"][0]["manifest"] = {
        "display_information": {"name": "Helper"}, "oauth_config": {"scopes": {"bot": ["channels:history", "chat:write"]}},
        "settings": {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["message.channels"]}}}
    with Dev(seed=world) as server:
        for how in ("socket", "rtm"):
            echo = Echo(folder, server, how)
            for i in ("1", "2"):
                server.call("chat.postMessage", channel="C0GENERAL", text="say %s %s" % (how, i))
            code, out = echo.end()
            if how == "socket":
                tail_of(folder, server)
            said = [m["text"] for m in server.call("conversations.history", channel="C0GENERAL", limit=4)["messages"]]
            check("echo answers: " + how, code == 0 and sorted(said) == ["say %s %s" % (how, i) for i in "1122"], (code, out, said))


def over_tls(top):
    """Calls, uploads and events with a certificate of one's own; without its CA nothing is said."""
    cert, key = certificate(top, "localhost")
    with Dev("--tls-cert", cert, "--tls-key", key) as server:
        server.env = {k: v.replace("127.0.0.1", "localhost") for k, v in server.env.items()}
        trust = {"SSL_CERT_FILE": cert}
        check("the server is behind TLS", server.env["SLACK_API_URL"].startswith("https://"), server.env["SLACK_API_URL"])
        p = example(BUILD, "post", server, "#random", "in secret", trust=trust)
        check("post over TLS", p.returncode == 0 and p.stdout.endswith(": in secret\n"), p.stdout + p.stderr)
        p = example(BUILD, "post", server, "#random", "not said")
        check("a certificate nobody vouches for", p.returncode == 1 and "SSL_CERT_FILE" in p.stderr, p.stdout + p.stderr)
        p = example(BUILD, "upload", server, "C0RANDOM", cert, trust=trust)
        check("upload over TLS", p.returncode == 0, p.stdout + p.stderr)
        echo = Echo(BUILD, server, "rtm", **trust)
        for i in ("1", "2"):
            p = example(BUILD, "post", server, "#random", "x" * 20000 + i, token="TAUT_ADMIN_TOKEN", trust=trust)
        code, out = echo.end()
        check("events over TLS", code == 0, (code, out))


def main():
    with tempfile.TemporaryDirectory() as top, Dev() as server:
        installed(top, server)
        examples(BUILD, top, server)
        echoes(BUILD)
        over_tls(top)
        asan = os.path.join(BUILD, "asan")
        if os.path.exists(os.path.join(asan, "examples")):
            examples(asan, top, server)
            echoes(asan)


if __name__ == "__main__":
    main()
    finish()
