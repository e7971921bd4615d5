#!/usr/bin/env python3
"""One message to many RTM clients, against a bare epoll loop that writes the same frame to as many sockets; what an idle
WebSocket costs; and how long after a post others have it.  Fails when a target is missed.

    python3 bench/fanout.py [CLIENTS]     10,000 by default; needs build/taut and build/bench/fanout (make bench builds it)
"""
import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from servers import BUILD, BenchError, Taut

CLIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ROUNDS, WARMUP = 15, 3
LISTENERS, POSTS_PER_S, POST_S = 1000, 200, 10
FANOUT_TARGET, IDLE_TARGET_KB, P50_TARGET_MS, P99_TARGET_MS = 2.0, 2.0, 5.0, 25.0


class Clients:
    """bench/fanout.c at work."""

    def __init__(self, *args):
        self.process = subprocess.Popen([os.path.join(BUILD, "fanout"), *map(str, args)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline().split()
        if not line:
            raise BenchError("the clients ended")
        return line

    def ready(self, n):
        if self.hear() != ["ready", str(n)]:
            raise BenchError("not all clients connected")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def connect(server, clients, tokens, n):
    """Places are asked for and taken a few at a time: a person can have but a few that are not taken."""
    http_conn = http.client.HTTPConnection("127.0.0.1", server.port)
    for i in range(n):
        http_conn.request("POST", "/api/rtm.connect", "", {"Authorization": "Bearer " + tokens[i % len(tokens)],
                                                           "Content-Type": "application/x-www-form-urlencoded"})
        reply = json.loads(http_conn.getresponse().read())
        if not reply["ok"]:
            raise BenchError(f"rtm.connect answered {reply}")
        clients.tell(reply["url"][reply["url"].index("/websocket/"):])
        if i % 100 == 99:
            clients.hear()
    clients.tell("go")
    clients.ready(n)


def now_us():
    return time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6


def post(server, token, text):
    return server.call(token, "chat.postMessage", channel="C0GENERAL", text=text)


def frame_bytes(server, tokens):
    """How long the event of such a message is: what the bare loop writes."""
    one = Clients("hold", server.port)
    connect(server, one, tokens, 1)
    reply = post(server, tokens[0], "x" * 100)
    one.end()
    return len(json.dumps(reply["message"], separators=(",", ":"))) + 100


def fan_out(server, tokens):
    """Medians of the milliseconds to the last client, of both, in turn; KB of an idle client."""
    bytes_each = frame_bytes(server, tokens)
    before = server.rss_kb()
    clients = Clients("hold", server.port)
    connect(server, clients, tokens, CLIENTS)
    time.sleep(0.5)
    idle_kb = (server.rss_kb() - before) / CLIENTS
    bare = Clients("bare", CLIENTS, bytes_each)
    bare.ready(CLIENTS)
    ours, theirs = [], []
    for i in range(ROUNDS + WARMUP):
        for who, times in ((clients, ours), (bare, theirs)):
            begin = now_us()
            who.tell(str(CLIENTS))
            if who is clients:
                post(server, tokens[0], "x" * 100)
            _, got, first, last = who.hear()
            if int(got) != CLIENTS:
                raise BenchError(f"{got} of {CLIENTS} got it")
            if i >= WARMUP:
                times.append((float(last) - (begin if who is clients else float(first))) / 1000)
    clients.end()
    bare.end()
    return statistics.median(ours), statistics.median(theirs), idle_kb


def rooms(server, tokens):
    """A conversation of the poster and one other person for each of the others."""
    made = []
    for i, token in enumerate(tokens[1:]):
        room = server.call(tokens[0], "conversations.create", name=f"bench-fanout-{i}")["channel"]["id"]
        server.call(tokens[0], "conversations.invite", channel=room, users=server.call(token, "auth.test")["user_id"])
        made.append(room)
    return made


def latency(server, tokens):
    """Milliseconds from the reply to a post, which comes after the commit, until each client has it."""
    places = rooms(server, tokens)
    clients = Clients("latency", server.port)
    connect(server, clients, tokens, LISTENERS)
    posts = POSTS_PER_S * POST_S
    share = [len(range(k, LISTENERS, len(tokens))) for k in range(len(tokens))]
    clients.tell(str(sum(share[0] + share[1 + i % len(places)] for i in range(posts))))
    replied, heard = {}, []

    def listen():
        line = clients.hear()
        while line[0] != "done":
            heard.append((float(line[0]), int(line[1].split('"')[0])))
            line = clients.hear()

    thread = threading.Thread(target=listen)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Authorization": "Bearer " + tokens[0], "Content-Type": "application/json; charset=utf-8"}
    start = time.monotonic()
    for i in range(posts):
        time.sleep(max(0, start + i / POSTS_PER_S - time.monotonic()))
        body = json.dumps({"channel": places[i % len(places)], "text": f"at {i}"})
        connection.request("POST", "/api/chat.postMessage", body, headers)
        connection.getresponse().read()
        replied[i] = now_us()
    thread.join()
    clients.end()
    late = sorted((t - replied[i]) / 1000 for t, i in heard)
    return late[len(late) // 2], late[int(len(late) * 0.99)], len(late) / posts, posts / (time.monotonic() - start)


def racers(path):
    """Tokens of 32 people, once the server has written them."""
    while not os.path.exists(path):
        time.sleep(0.01)
    with open(path, encoding="utf-8") as f:
        return json.load(f)["racers"]


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    failed = 0

    def figure(what, value, target, unit):
        nonlocal failed
        good = value <= target
        failed += not good
        print(f"{what}: {value:.2f}{unit} (target {target:g}{unit}){'' if good else '  MISSED'}", flush=True)

    with tempfile.TemporaryDirectory() as d:
        actors = os.path.join(d, "actors")
        with Taut("dev", ["--actors", actors], os.path.join(d, "log")) as server:
            tokens = racers(actors)
            ours, theirs, idle_kb = fan_out(server, tokens)
            print(f"one message to {CLIENTS:,}: {ours:.1f} ms from the post to the last; a bare loop {theirs:.1f} ms")
            figure("ratio", ours / theirs, FANOUT_TARGET, "")
            figure("an idle WebSocket", idle_kb, IDLE_TARGET_KB, " KB")
        if os.path.exists(actors):
            os.remove(actors)
        with Taut("dev", ["--actors", actors], os.path.join(d, "log")) as server:
            racers(actors)
            p50, p99, each, rate = latency(server, tokens)
            print(f"{LISTENERS:,} clients, {rate:.0f} posts/s, each heard by {each:.0f}: from the reply to the event")
            figure("p50", p50, P50_TARGET_MS, " ms")
            figure("p99", p99, P99_TARGET_MS, " ms")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
