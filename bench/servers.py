"""Starts, pins, measures and stops what is compared: taut and nginx, each on a port and a folder of its own."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(ROOT, "tests", "net"))
from parent import ends_with  # noqa: E402
TAUT = os.environ.get("TAUT", os.path.join(ROOT, "build", "taut"))
BUILD = os.environ.get("BENCH_BUILD", os.path.join(ROOT, "build", "bench"))
START_S = 15
STOP_S = 60
REST_S, REST_US = 0.4, 3000  # so long it used so little


class BenchError(Exception):
    """Something could not run; its text says what."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


def status_kb(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(rf"^{key}:\s+(\d+) kB", f.read(), re.M)[1])


class Server:
    """A started process with a port, which ends with the bench.  `working` is the process that answers (nginx: its worker)."""

    def __init__(self, command, port, log, answered):
        """answered(): does it answer?  Polled until it does; ready_ms is the time from exec to the first answer."""
        self.port, self.log = port, log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            preexec_fn=ends_with(os.getpid()))
        begin = time.monotonic()
        while not answered():
            if self.process.poll() is not None or time.monotonic() - begin > START_S:
                self.stop()
                raise BenchError(f"{' '.join(command)} does not answer: {self.output().strip()[-500:]}")
            time.sleep(0.0005)
        self.ready_ms = (time.monotonic() - begin) * 1000

    @property
    def working(self):
        return self.process.pid

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def rss_kb(self):
        return status_kb(self.working, "VmRSS")

    def cpu_us(self):
        """Of all its threads, to the microsecond."""
        ns = 0
        for task in self.tasks():
            with open(f"/proc/{self.working}/task/{task}/schedstat", encoding="ascii") as f:
                ns += int(f.read().split()[0])
        return ns / 1000

    def rest(self):
        """Waits until it has nothing left to do: what it puts off belongs to what was asked of it."""
        last = -REST_US
        while (now := self.cpu_us()) - last >= REST_US:
            last = now
            time.sleep(REST_S)

    def tasks(self):
        return [int(t) for t in os.listdir(f"/proc/{self.working}/task")]

    def pin(self, cpus):
        for task in self.tasks():
            os.sched_setaffinity(task, cpus)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


def exchange(port, method, path, body=None, headers=None):
    """(status, body bytes) of one call on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def answers(port, path):
    try:
        return exchange(port, "GET", path)[0] == 200
    except OSError:
        return False


class Taut(Server):
    def __init__(self, command, options, log, prefix=()):
        port = free_port()
        super().__init__([*prefix, TAUT, command, "--listen", f"127.0.0.1:{port}", *options], port, log,
                         lambda: answers(port, "/api/api.test"))

    def call(self, token, method, **arguments):
        """The reply of a method as an object; BenchError when it is not ok."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        reply = json.loads(exchange(self.port, "POST", f"/api/{method}", json.dumps(arguments), headers)[1])
        if not reply.get("ok"):
            raise BenchError(f"{method} answered {reply}")
        return reply


class TautUnder(Taut):
    """taut started by a tracer: what answers is the tracer's child."""

    @property
    def working(self):
        return children(self.process.pid)[0]

    def stop(self):
        if self.process.poll() is None:
            for child in children(self.process.pid):
                os.kill(child, signal.SIGTERM)
        super().stop()


NGINX_CONF = """
worker_processes 1;
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    default_type application/json;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    open_file_cache max=100 inactive=1h;
    open_file_cache_valid 1h;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /api/auth.test {{ return 200 '{auth}'; }}
        location / {{ root {dir}/files; }}
    }}
}}
"""


class Nginx(Server):
    """Answers /api/auth.test with the bytes of `auth`, and each of `files` (name: bytes) as a static file."""

    def __init__(self, folder, auth, files):
        port = free_port()
        os.makedirs(os.path.join(folder, "files"), exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(folder, "files", name), "wb") as f:
                f.write(content)
        escaped = auth.decode().replace("\\", "\\\\").replace("'", "\\'")
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(NGINX_CONF.format(dir=folder, port=port, auth=escaped))
        super().__init__(["nginx", "-c", conf, "-e", os.path.join(folder, "error.log")], port,
                         os.path.join(folder, "nginx.out"), lambda: answers(port, "/api/auth.test"))

    @property
    def working(self):
        return children(self.process.pid)[0]


def run_json(command, cpus=None):
    """Runs one of our C programs; its line of JSON as an object."""
    pin = ["taskset", "-c", ",".join(map(str, sorted(cpus)))] if cpus else []
    done = subprocess.run([*pin, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{os.path.basename(command[0])}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def load(port, path, *options, cpus=None):
    """One run of the load generator; every reply must be "ok":true with status 200."""
    result = run_json([os.path.join(BUILD, "load"), *map(str, options), str(port), path], cpus)
    if result["ok"] != result["requests"] or list(result["status"]) != ["200"]:
        raise BenchError(f"{path}: replies other than ok: {result}")
    return result
