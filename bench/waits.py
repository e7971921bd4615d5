"""What a server waits for under a load: its threads' time, its system calls, its syncs, its hottest code."""

import os
import re
import shutil
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def _read(path):
    """Empty when the task ended in between."""
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _task_times(pid):
    """{task: (name, user s, system s, on CPU s, runnable but waiting for a CPU s)}"""
    times = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        stat = re.match(r"\d+ \((.*)\) (.*)", _read(f"/proc/{pid}/task/{task}/stat"))
        sched = _read(f"/proc/{pid}/task/{task}/schedstat").split()
        if not stat or not sched:
            continue
        fields = stat[2].split()
        times[task] = (stat[1], int(fields[11]) / TICKS, int(fields[12]) / TICKS, int(sched[0]) / 1e9,
                       int(sched[1]) / 1e9)
    return times


def threads(server, run):
    """Runs a load; [(thread name, number of them, user %, system %, waiting for a CPU %, asleep %)] of wall time a
    thread, the busiest first, and the load's result."""
    before, begin = _task_times(server.working), time.monotonic()
    result = run()
    seconds = time.monotonic() - begin
    groups = {}
    for task, (name, user, system, on_cpu, runnable) in _task_times(server.working).items():
        old = before.get(task, (name, 0, 0, 0, 0))
        used = (user - old[1]) + (system - old[2]) or 1
        cpu = on_cpu - old[3]  # finer than the ticks, which only split it
        row = groups.setdefault(name, [0, 0, 0, 0])
        row[0] += 1
        row[1] += cpu * (user - old[1]) / used
        row[2] += cpu * (system - old[2]) / used
        row[3] += runnable - old[4]
    shares = []
    for name, (n, *spent) in groups.items():
        user, system, runnable = (100 * s / seconds / n for s in spent)
        shares.append((name, n, user, system, runnable, max(0, 100 - user - system - runnable)))
    return sorted(shares, key=lambda s: -(s[2] + s[3]) * s[1]), result


def _strace_table(path):
    """{system call: (seconds, calls)} from the table of strace -c."""
    with open(path, encoding="ascii", errors="replace") as f:
        rows = re.findall(r"^\s*[\d.]+\s+([\d.]+)\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", f.read(), re.M)
    return {call: (float(seconds), int(n)) for seconds, n, call in rows if call != "total"}


def system_calls(server, run, folder):
    """{system call: calls a request}, the most frequent first; None without strace.  run() must send a fixed number of
    requests.  Tracing slows the server many times over, so only the counts mean something."""
    if not shutil.which("strace"):
        return None
    path = os.path.join(folder, "strace.out")
    tracer = subprocess.Popen(["strace", "-f", "-c", "-o", path, "-p", str(server.working)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        requests = run()["requests"]
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
    calls = {call: n / requests for call, (_, n) in _strace_table(path).items()}
    return dict(sorted(calls.items(), key=lambda c: -c[1]))


def sync_tracer(folder):
    """Command prefix that counts syncs and lets every other system call pass untraced; None without strace.  SIGTERM ends it,
    and the server with it (-I2)."""
    if not shutil.which("strace"):
        return None
    return ["strace", "-I2", "-f", "--seccomp-bpf", "-c", "-w", "-e", "trace=fsync,fdatasync", "-o",
            os.path.join(folder, "syncs.out")]


def syncs(folder):
    """(syncs, seconds spent inside them) that the tracer of sync_tracer saw, once it has ended."""
    table = _strace_table(os.path.join(folder, "syncs.out")).values()
    return sum(n for _, n in table), sum(seconds for seconds, _ in table)


def _shares(data, sort, at_least):
    done = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", sort],
                          capture_output=True, text=True, check=False)
    rows = re.findall(r"^\s+([\d.]+)%\s+(?:\[[.k]\] )?(\S+)", done.stdout, re.M)
    return [(name, float(share)) for share, name in rows if float(share) >= at_least]


def hot_code(server, run, folder):
    """([(library, % of CPU time)], [(symbol, %)]) sampled during run(); None without perf."""
    if not shutil.which("perf"):
        return None
    data = os.path.join(folder, "perf.data")
    recorder = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-o", data, "-p",
                                 str(server.working)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    try:
        run()
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(30)
    libraries, symbols = _shares(data, "dso", 1), _shares(data, "symbol", 1)
    return (libraries[:5], symbols[:8]) if libraries else None
