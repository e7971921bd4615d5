#!/usr/bin/env python3
"""Uploads against dd with fsync, downloads against nginx with sendfile, and what a large upload takes of memory.

    python3 bench/files.py        these figures alone; BENCH_QUICK=1 with a smaller file
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time

from rounds import Figure, alternate, median
from servers import BUILD, BenchError, Nginx, Taut, exchange, status_kb
from workspace import owner_token

QUICK = bool(os.environ.get("BENCH_QUICK"))
ROUNDS = 5
BYTES = (128 if QUICK else 1024) << 20
PIECE = 1 << 20
BOUNDARY = b"bench-boundary"
TIMEOUT_S = 300


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def rate(begin):
    seconds = time.monotonic() - begin
    return {"rate": BYTES / seconds / 1e6, "seconds": seconds}


def read_head(s):
    """(status, headers as text, what came behind them)."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = s.recv(65536)
        if not piece:
            raise BenchError("the connection ended before a reply")
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), head.decode(), rest


def upload(taut, token, seed):
    """One multipart upload of BYTES that no earlier one had: a body is stored once.  Random, for in what is packed or
    pictured every 256th byte begins what may be a boundary."""
    begin_part = (b'--%s\r\nContent-Disposition: form-data; name="file"; filename="bench.bin"\r\n\r\n' % BOUNDARY)
    end_part = b"\r\n--%s--\r\n" % BOUNDARY
    piece = random.Random(seed).randbytes(PIECE)
    head = (f"POST /api/files.upload HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\n"
            f"Content-Length: {len(begin_part) + BYTES + len(end_part)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", taut.port), TIMEOUT_S) as s:
        begin = time.monotonic()
        s.sendall(head + begin_part)
        for _ in range(BYTES // PIECE):
            s.sendall(piece)
        s.sendall(end_part)
        status, headers, body = read_head(s)
        length = next(int(h.split(":")[1]) for h in headers.split("\r\n") if h.lower().startswith("content-length:"))
        while len(body) < length:
            body += s.recv(65536)
    reply = json.loads(body)
    if status != 200 or not reply["ok"]:
        raise BenchError(f"files.upload answered {status} {reply}")
    return dict(rate(begin), file=reply["file"])


def dd(path):
    """The same amount to the same disk, by nothing but write and fsync."""
    begin = time.monotonic()
    subprocess.run(["dd", "if=/dev/zero", f"of={path}", "bs=1M", f"count={BYTES >> 20}", "conv=fsync"], check=True,
                   stderr=subprocess.DEVNULL)
    result = rate(begin)
    os.unlink(path)
    return result


def download(port, path, token):
    buffer = bytearray(PIECE)
    got = 0
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as s:
        begin = time.monotonic()
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        status, _, rest = read_head(s)
        if status != 200:
            raise BenchError(f"{path} answered {status}")
        got = len(rest)
        while got < BYTES:
            n = s.recv_into(buffer)
            if n == 0:
                raise BenchError(f"{path} ended after {got} bytes")
            got += n
    return rate(begin)


def remove(taut, token, file):
    taut.call(token, "files.delete", file=file["id"])


def measure_uploads(taut, token, folder):
    say(f"uploads of {BYTES >> 20} MB")
    seeds = iter(range(1, 1000))
    before = taut.rss_kb()

    def one():
        result = upload(taut, token, next(seeds))
        remove(taut, token, result["file"])
        return result

    r = alternate({"taut": one, "dd": lambda: dd(os.path.join(folder, "dd.bin"))}, ROUNDS)
    grown = (status_kb(taut.working, "VmHWM") - before) / 1024
    return [
        Figure(f"upload of {BYTES >> 20} MB, multipart / dd with fsync", [a["rate"] / b["rate"] for a, b in zip(r["taut"], r["dd"])],
               ("≥", 0.60), f"taut {median(r['taut']):.0f} MB/s, dd {median(r['dd']):.0f} MB/s"),
        Figure("memory that the uploads took at most", [grown], ("<", 32), "most resident memory ever minus that before", unit="MB"),
    ]


def measure_downloads(taut, token, folder):
    say(f"downloads of {BYTES >> 20} MB")
    file = upload(taut, token, 10**6)["file"]
    path = "/" + file["url_private"].split("/", 3)[3]
    www = os.path.join(folder, "nginx")
    os.makedirs(os.path.join(www, "files"))
    body = subprocess.run(["find", os.path.join(folder, "data"), "-path", "*/files/*", "-size", f"{BYTES}c"], check=True, capture_output=True, text=True)
    copy = os.path.join(www, "files", "bench.bin") # nginx may not read what is taut's
    shutil.copyfile(body.stdout.split()[0], copy)
    os.chmod(copy, 0o644)
    with Nginx(www, b"", {}) as nginx:
        r = alternate({"taut": lambda: download(taut.port, path, token),
                       "nginx": lambda: download(nginx.port, "/bench.bin", token)}, ROUNDS)
    return [Figure(f"download of {BYTES >> 20} MB / nginx sendfile", [a["rate"] / b["rate"] for a, b in zip(r["taut"], r["nginx"])],
                   ("≥", 0.80), f"taut {median(r['taut']):.0f} MB/s, nginx {median(r['nginx']):.0f} MB/s")]


def measure_files(folder):
    place = os.path.join(folder, "files-bench")
    os.makedirs(place)
    with Taut("serve", ["--data-dir", os.path.join(place, "data")], os.path.join(folder, "files-bench.log")) as taut:
        token = owner_token(taut)
        exchange(taut.port, "POST", "/api/auth.test", "", {"Authorization": f"Bearer {token}"})
        figures = measure_uploads(taut, token, place) + measure_downloads(taut, token, place)
    shutil.rmtree(place)
    return figures


def main():
    folder = os.environ.get("BENCH_DATA", os.path.join(BUILD, "data-files"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    try:
        for figure in measure_files(folder):
            print(" | ".join(figure.cells()))
    except (BenchError, OSError) as e:
        say(f"could not run: {e}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
