"""The table on the terminal, and docs/performance.md."""

import datetime
import os
import platform
import re

from servers import ROOT

PATH = os.path.join(ROOT, "docs", "performance.md")
ALSO = "## Benches that run by themselves\n"
HEAD = ["what", "median", "min … max", "target", "", "medians of the same rounds"]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    with open("/proc/meminfo", encoding="ascii") as f:
        memory_gb = int(re.search(r"MemTotal:\s+(\d+)", f.read())[1]) / 2**20
    date = datetime.date.today().isoformat()
    return (f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), {memory_gb:.0f} GB, "
            f"Linux {platform.release()}, {date}")


def terminal_table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows)


def markdown_table(rows):
    lines = ["| " + " | ".join(r) + " |" for r in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def threads_table(report):
    rows = [["threads", "n", "user", "system", "runnable, no CPU free", "asleep"]]
    for name, n, *shares in report["threads"]:
        if shares[0] + shares[1] >= 0.1 or n == 1:
            rows.append([f"`{name}`", str(n), *(f"{s:.0f} %" for s in shares)])
    return markdown_table(rows)


def verdict(report):
    """From the figures: where a request's time goes."""
    user, system = (sum(t[1] * t[i] for t in report["threads"]) / 100 for i in (2, 3))
    cpu_us = (user + system) / report["rate"] * 1e6
    load = report["rate"] * report["load_cpu_us"] / 1e6
    busy = (user + system + load) / os.cpu_count()
    waits = "the processor"
    if busy <= 0.85:
        waits += f", and {100 * (1 - busy):.0f} % of the time for something else"
    return (f"{report['rate']:,.0f} requests/s. A request costs {cpu_us:.1f} µs of CPU in the server "
            f"({100 * system / (user + system):.0f} % of it in the kernel) and {report['load_cpu_us']:.1f} µs in the "
            f"load generator; together they keep {100 * busy:.0f} % of {os.cpu_count()} cores busy: it waits for {waits}.")


def listing(pairs, unit, least):
    return ", ".join(f"`{name}` {value:.{2 if unit == '' else 0}f}{unit}" for name, value in pairs if value >= least)


def report_text(report):
    lines = [f"### {report['name']}", "", verdict(report), "", threads_table(report), ""]
    if report["calls"]:
        total = sum(report["calls"].values())
        lines += [f"System calls a request: {total:.2f} ({listing(report['calls'].items(), '', 0.02)}).", ""]
    if report["hot"]:
        libraries, symbols = report["hot"]
        lines += [f"CPU time by library: {listing(libraries, ' %', 1)}; by function: "
                  f"{listing(symbols, ' %', 1)}.", ""]
    return "\n".join(lines)


def syncs_text(syncs):
    if syncs is None:
        return "Not counted: strace is not installed.\n"
    return (f"At 32 connections and {syncs['rate']:,.0f} posts/s: {syncs['per_s']:,.0f} syncs a second, so that "
            f"{syncs['posts_a_sync']:.1f} posts share one; {100 * syncs['inside']:.0f} % of the time passes inside a "
            "sync, waiting for the disk (nothing but the syncs was traced).\n")


READING = """\
Every round runs all sides of a comparison one after the other (A B C C B A A B C …); a figure is the median of the rounds'
ratios. Absolute rates drift with the machine; ratios of the same minute are what to compare. Server, load generator and
bare program share the cores above; "pinned" means server on core 0 and load on core 1.

- *bare commits*: `bench/bare_commit.c`, which writes the very rows that a post writes (below) into a copy of the same
  database, with WAL, synchronous=FULL and SQLite's own checkpoints, in batches as large as there are connections. Its
  p99 is the time of one batch: what each of so many clients would wait.
- *nginx*: one worker, no access log, sendfile, open file cache; taut with one worker thread beside it. For the
  comparisons with the bare program taut has its default settings.
- *another older page*: each request asks for the 100 messages before another moment, so that no ready-made page helps.
"""


def read():
    """What `make bench` wrote, and what `also.py` did."""
    with open(PATH, encoding="utf-8") as f:
        first, _, rest = f.read().partition(ALSO)
    return first, rest


def sections(text):
    """{name: text} of the benches that run by themselves."""
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in text.split("\n### ")[1:]}


def put(first, by_name):
    with open(PATH, "w", encoding="utf-8") as f:
        f.write(first.rstrip() + "\n\n" + ALSO + "\nEach bench says what it compares with and what its targets are; `python3 bench/NAME`.\n")
        for name, text in sorted(by_name.items()):
            f.write(f"\n### {name}\n\n{text}\n")


def document(figures, reports, syncs, statements, quick, rounds, seconds):
    table = markdown_table([HEAD] + [f.cells() for f in figures])
    parts = [
        "# Performance\n",
        "Written by `make bench`" + (" (quick mode: too short to be quoted)" if quick else "") + ". Do not edit.\n",
        f"Machine: {machine()}. {rounds} rounds of {seconds} s each.\n",
        "Commands: `make bench`; `BENCH_QUICK=1 make bench` for a look in a minute or two.\n",
        table + "\n",
        "## Reading\n",
        READING,
        "Rows of a post, found by comparing the database before and after one:\n",
        "\n".join(f"- `{s}`" for s in statements) + "\n",
        "## What each waits for\n",
        "Shares are of wall time and per thread. System calls are counted by strace, code is sampled by perf.\n",
        *(report_text(r) for r in reports),
        "### Syncs\n",
        syncs_text(syncs),
    ]
    return "\n".join(parts)


def write(figures, reports, syncs, statements, **how):
    print(terminal_table([HEAD] + [f.cells() for f in figures]))
    for report in reports:
        print(f"\n{report['name']}: {verdict(report)}")
    print("\nSyncs: " + syncs_text(syncs))
    put(document(figures, reports, syncs, statements, **how), sections(read()[1]))
    path = PATH
    failed = sum(f.passed() is False for f in figures)
    print(f"{len(figures)} figures, {failed} below target; written to {os.path.relpath(path)}")
