#!/usr/bin/env python3
"""make bench: measures taut against what the machine can do in the same minutes, prints a table and writes
docs/performance.md.  BENCH_QUICK=1 takes a few seconds an item.  Exits 0 unless something could not run."""

import os
import resource
import shutil
import socket
import sys

import files
import page
import rows
import waits
from rounds import Figure, alternate, median, rates, ratios
from servers import BUILD, BenchError, Nginx, Taut, TautUnder, exchange, load, run_json
from workspace import FORM, Workspace, post_body

QUICK = bool(os.environ.get("BENCH_QUICK"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3 if QUICK else 7))
SECONDS = int(os.environ.get("BENCH_SECONDS", 1 if QUICK else 3))
WARMUP = 0.3 if QUICK else 1
MILLION = 100_000 if QUICK else 1_000_000
IDLE = 1000
ONE_THREAD = ["--threads", "1"]
SERVER_CPU, LOAD_CPU, ALL_CPUS = {0}, {1}, set(os.sched_getaffinity(0))
DURATION = ["-t", SECONDS, "-w", WARMUP]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


# Posting


def post_options(space, connections):
    """A post run; numbers are set aside so that the next run carries others."""
    first = space.posts
    space.posts += 10**8
    return ["-c", connections, "-s", first, "-H", space.authorization(), "-H", FORM, "-d", post_body(space.general)]


def post_load(space, taut, connections, *duration):
    return load(taut.port, "/api/chat.postMessage", *post_options(space, connections), *duration)


def post_and_rest(space, taut, connections):
    """What it puts off until nothing is said may not slow what is measured next."""
    result = post_load(space, taut, connections, *DURATION)
    taut.rest()
    return result


class Bare:
    """The bare program on its own copy of the database; goes on where its last run ended."""

    def __init__(self, space):
        self.space, self.seq = space, 0

    def run(self, batch):
        result = run_json([os.path.join(BUILD, "bare_commit"), "-b", str(batch), "-t", str(SECONDS),
                           "-w", str(WARMUP), "-s", str(self.seq), self.space.bare_db, self.space.plan])
        self.seq = result["next_seq"]
        return result


def measure_posts(space):
    figures, bare = [], Bare(space)
    with space.serve() as taut:
        for n in (32, 128):
            say(f"chat.postMessage, {n} connections")
            r = alternate({"taut": lambda: post_and_rest(space, taut, n), "bare": lambda: bare.run(n)}, ROUNDS)
            figures.append(Figure(f"chat.postMessage, {n} connections / bare commits of {n}",
                                  ratios(r["taut"], r["bare"]), ("≥", 0.45), rates(**r)))
            p99 = [f"{name} {median(runs, 'p99_us') / 1000:.1f} ms" for name, runs in r.items()]
            figures.append(Figure(f"its p99 / bare p99, {n} connections", ratios(r["taut"], r["bare"], "p99_us"),
                                  ("≤", 3) if n == 32 else None, ", ".join(p99)))
    return figures


# Reading


def get(server, path, space, cpus, *more):
    return load(server.port, path, *DURATION, "-H", space.authorization(), *more, cpus=cpus)


def post_auth(server, space, cpus):
    return load(server.port, "/api/auth.test", *DURATION, "-X", "POST", "-H", FORM, "-H", space.authorization(),
                cpus=cpus)


def older_pages(space, name):
    """A path, and options that make each request ask for another page of what was filled in."""
    first_s, last_s = space.filled_s[name]
    span_s = last_s - first_s - 200
    return space.history_path(name, "&latest={seq:10}.000000"), ["-s", first_s + 200, "-m", span_s]


def measure_reads(space, taut, nginx, pinned):
    where = "pinned" if pinned else "unpinned"
    cpus = LOAD_CPU if pinned else None
    for server in (taut, nginx):
        server.pin(SERVER_CPU if pinned else ALL_CPUS)
    say(f"conversations.history and auth.test, {where}")
    old, old_options = older_pages(space, "bench-million")
    r = alternate({
        "million": lambda: get(taut, space.history_path("bench-million"), space, cpus),
        "thousand": lambda: get(taut, space.history_path("bench-thousand"), space, cpus),
        "static": lambda: get(nginx, "/history.json", space, cpus),
        "older": lambda: get(taut, old, space, cpus, *old_options),
        "auth": lambda: post_auth(taut, space, cpus),
        "return": lambda: post_auth(nginx, space, cpus),
    }, ROUNDS)
    return [
        Figure(f"conversations.history of {MILLION:,} messages / of 1,000, {where}",
               ratios(r["million"], r["thousand"]), (0.90, 1.10), rates(million=r["million"], thousand=r["thousand"])),
        Figure(f"conversations.history / nginx, same bytes as a static file, {where}",
               ratios(r["million"], r["static"]), ("≥", 0.50), rates(taut=r["million"], nginx=r["static"])),
        Figure(f"the same, every request another older page, {where}", ratios(r["older"], r["static"]),
               None, rates(taut=r["older"], nginx=r["static"])),
        Figure(f"auth.test / nginx return 200 with the same body, {where}", ratios(r["auth"], r["return"]),
               ("≥", 0.60), rates(taut=r["auth"], nginx=r["return"])),
    ]


def reply_bytes(taut, space, path):
    status, body = exchange(taut.port, "GET", path, headers=dict([space.authorization().split(": ", 1)]))
    if status != 200 or b'"ok":true' not in body:
        raise BenchError(f"{path} answered {status} {body[:200]!r}")
    return body


def history_bytes(taut, space, name, expected):
    body = reply_bytes(taut, space, space.history_path(name))
    messages = body.count(b'"ts":"')
    if messages < expected:
        raise BenchError(f"conversations.history gave {messages} messages instead of {expected}")
    return body


def measure_http(space, folder):
    figures = []
    with space.serve(*ONE_THREAD) as taut:
        auth = reply_bytes(taut, space, "/api/auth.test")
        history = history_bytes(taut, space, "bench-million", 100)
        history_bytes(taut, space, "bench-thousand", 100)
        taut.rest()
        with Nginx(os.path.join(folder, "nginx"), auth, {"history.json": history}) as nginx:
            for pinned in (True, False):
                figures += measure_reads(space, taut, nginx, pinned)
    return figures


# Starting and idling


def idle_bytes(server, path):
    """Memory that each of 1,000 connections costs which has made one call and now keeps silent."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    for _ in range(50):  # so that one-time buffers are not counted
        exchange(server.port, "GET", path)
    before_kb, held = server.rss_kb(), []
    for _ in range(IDLE):
        s = socket.create_connection(("127.0.0.1", server.port))
        s.sendall(request)
        if b" 200 " not in s.recv(65536):
            raise BenchError(f"{path} did not answer 200 on an idle connection")
        held.append(s)
    grown_kb = server.rss_kb() - before_kb
    for s in held:
        s.close()
    return grown_kb * 1024 / IDLE


def start_one(server, path):
    rss_mb = server.rss_kb() / 1024
    result = {"ready_ms": server.ready_ms, "rss_mb": rss_mb, "idle_kb": idle_bytes(server, path) / 1024}
    server.stop()
    return result


def measure_start(folder):
    say("taut dev: start, memory, idle connections")
    log = os.path.join(folder, "dev.log")
    r = alternate({
        "dev": lambda: start_one(Taut("dev", [], log), "/api/api.test"),
        "nginx": lambda: start_one(Nginx(os.path.join(folder, "nginx-start"), b'{"ok":true}', {}), "/api/auth.test"),
    }, ROUNDS)

    def figure(name, key, unit, limit):
        beside = f"nginx: {median(r['nginx'], key):.1f} {unit}"
        return Figure(name, [x[key] for x in r["dev"]], ("<", limit), beside, unit)

    return [figure("taut dev, exec to first answered call", "ready_ms", "ms", 100),
            figure("taut dev, resident memory after it", "rss_mb", "MB", 20),
            figure("an idle keep-alive connection (1,000 of them)", "idle_kb", "KB", 4)]


# Waiting


def wait_report(name, taut, run, run_counted, folder):
    say(f"what {name} waits for")
    taut.rest()
    shares, result = waits.threads(taut, run)
    return {"name": name, "threads": shares, "rate": result["rate"], "load_cpu_us": result["cpu_us_per_request"],
            "calls": waits.system_calls(taut, run_counted, folder), "hot": waits.hot_code(taut, run, folder)}


def measure_waits(space, folder):
    old, old_options = older_pages(space, "bench-million")
    header = ["-H", space.authorization()]
    loads = {
        "chat.postMessage, 32 connections": lambda taut, *d: post_load(space, taut, 32, *d),
        "conversations.history, newest page": lambda taut, *d: load(taut.port, space.history_path("bench-million"),
                                                                    *header, *d),
        "conversations.history, older pages": lambda taut, *d: load(taut.port, old, *header, *old_options, *d),
        "auth.test": lambda taut, *d: load(taut.port, "/api/auth.test", "-X", "POST", *header, *d),
    }
    with space.serve() as taut:
        return [wait_report(name, taut, lambda: run(taut, "-t", SECONDS, "-w", 0),
                            lambda: run(taut, "-n", 2000 if QUICK else 20000), folder)
                for name, run in loads.items()]


def measure_syncs(space, folder):
    """Syncs a second and posts a sync while posting at 32 connections; None without strace."""
    prefix = waits.sync_tracer(folder)
    if prefix is None:
        return None
    with TautUnder("serve", space.options, space.log, prefix) as taut:
        result = post_load(space, taut, 32, "-t", SECONDS, "-w", 0)
    n, inside_s = waits.syncs(folder)
    return {"per_s": n / result["seconds"], "posts_a_sync": result["requests"] / n, "rate": result["rate"],
            "inside": inside_s / result["seconds"]}


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192) if hard > 0 else 8192, hard))
    folder = os.environ.get("BENCH_DATA", os.path.join(BUILD, "data"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    try:
        space = Workspace(folder)
        say(f"filling {MILLION:,} messages")
        space.build({"bench-thousand": 1000, "bench-million": MILLION})
        figures = (measure_start(folder) + measure_posts(space) + measure_http(space, folder) +
                   files.measure_files(folder))
        reports, syncs = measure_waits(space, folder), measure_syncs(space, folder)
        page.write(figures, reports, syncs, space.written_statements(),
                   quick=QUICK, rounds=ROUNDS, seconds=SECONDS)
    except (BenchError, rows.RowsError, OSError) as e:
        say(f"could not run: {e}")
        return 1
    finally:
        if not os.environ.get("BENCH_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
