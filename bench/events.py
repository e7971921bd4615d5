#!/usr/bin/env python3
"""Events API: how many deliveries a second one local receiver gets, in order; at least 2,000 are wanted.

    python3 bench/events.py        by itself; exit status 1 when it is slower, or the order is not kept

The receiver lets the first event wait while messages are posted, then takes what has piled up as fast as it can.
"""
import json
import multiprocessing
import os
import socket
import sys
import tempfile
import time

from servers import Taut

MESSAGES, POSTERS, WANTED, HELD_S = 12000, 2, 2000, 2.5


def read_request(sock, rest):
    while b"\r\n\r\n" not in rest:
        rest += sock.recv(1 << 16)
    head, rest = rest.split(b"\r\n\r\n", 1)
    n = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    while len(rest) < n:
        rest += sock.recv(1 << 16)
    return rest[:n], rest[n:]


def receive(listener, out):
    """Bare sockets, so that the receiver is not what is measured."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
    sock, rest, seen, begun = listener.accept()[0], b"", [], 0
    while len(seen) < MESSAGES:
        body, rest = read_request(sock, rest)
        if b'"url_verification"' in body:
            c = json.loads(body)["challenge"].encode()
            sock.sendall(answer % (len(c), c))
            continue
        text = body.split(b'"text":"', 1)[1].split(b'"', 1)[0]
        if text.startswith(b"n"):
            seen.append(body.split(b'"event_ts":"', 1)[1].split(b'"', 1)[0])
            if len(seen) == 1:
                out.put("first")
                time.sleep(HELD_S)
                begun = time.monotonic()
        else:
            out.put("ready")
        sock.sendall(answer % (0, b""))
    out.put((time.monotonic() - begun, seen == sorted(set(seen))))


def post(port, token, first, step, n=MESSAGES, text="n"):
    sock, rest = socket.create_connection(("127.0.0.1", port)), b""
    for i in range(first, n, step):
        body = b"channel=general&text=%s%d" % (text.encode(), i)
        sock.sendall(b"POST /api/chat.postMessage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                     b"application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s" % (token.encode(), len(body), body))
        _, rest = read_request(sock, rest)


def main():
    listener, out = socket.create_server(("127.0.0.1", 0)), multiprocessing.Queue()
    receiver = multiprocessing.Process(target=receive, args=(listener, out), daemon=True)
    receiver.start()
    world = {"users": [{"name": "ann"}], "tokens": [{"user": "ann", "token": "xoxp-bench"}],
             "apps": [{"name": "app", "bots": [{"name": "app"}], "manifest": {
                 "display_information": {"name": "app"}, "settings": {"event_subscriptions": {
                     "request_url": "http://127.0.0.1:%d/" % listener.getsockname()[1], "bot_events": ["message.channels"]}}}}]}
    with tempfile.TemporaryDirectory() as folder:
        seed = os.path.join(folder, "seed")
        with open(seed, "w", encoding="utf-8") as f:
            json.dump(world, f)
        with Taut("dev", ["--seed", seed], os.path.join(folder, "log")) as taut:
            while out.empty():
                post(taut.port, "xoxp-bench", 0, 1, 1, "ready")
                time.sleep(0.05)
            posters = [multiprocessing.Process(target=post, args=(taut.port, "xoxp-bench", i, POSTERS)) for i in range(POSTERS)]
            for p in posters:
                p.start()
            result = out.get(timeout=60)
            while not isinstance(result, tuple):
                result = out.get(timeout=60)
            for p in posters:
                p.join()
    seconds, ordered = result
    print("%d deliveries in %.2f s: %.0f/s, wanted %d/s; order %s" % (
        MESSAGES, seconds, MESSAGES / seconds, WANTED, "kept" if ordered else "NOT kept"))
    return MESSAGES / seconds < WANTED or not ordered


if __name__ == "__main__":
    sys.exit(main())
