#!/usr/bin/env python3
"""How fast libtaut reads a day of member analytics, against unpacking the same file by zlib without looking at it.

    bench/client.py [--rows N] [--rounds N]        N: 1,000,000 rows, 7 rounds

Speeds are those of the processor's time, so that what else the machine does counts little.  Exits 1 below the target.
"""
import os
import tempfile

from program import by_itself, options
from rounds import Figure, alternate, median, ratios
from servers import BUILD, BenchError

PROGRAM = os.path.join(BUILD, "rows_read")
TARGET = 0.70


def run(what, path):
    """{"rate": bytes of the packed file a second, "kb": largest memory}"""
    null = os.open(os.devnull, os.O_WRONLY)
    pid = os.posix_spawn(PROGRAM, [PROGRAM, what, path], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    os.close(null)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise BenchError("rows_read %s failed" % what)
    return {"rate": os.path.getsize(path) / (used.ru_utime + used.ru_stime), "kb": used.ru_maxrss}


def main():
    asked = options(__doc__, rows=1_000_000, rounds=7)
    with tempfile.TemporaryDirectory() as top:
        path, small = os.path.join(top, "day.gz"), os.path.join(top, "small.gz")
        for name, rows in ((path, asked.rows), (small, asked.rows // 100)):
            if os.spawnv(os.P_WAIT, PROGRAM, [PROGRAM, "make", name, str(rows)]):
                raise BenchError("no room for the file")
        r = alternate({k: lambda k=k: run(k, path) for k in ("zlib", "isal", "rows")}, asked.rounds)
        r["small"] = [run("rows", small)]
    return [Figure("rows as structs / unpacking by zlib", ratios(r["rows"], r["zlib"]), ("≥", TARGET), ""),
            Figure("rows as structs / unpacking by ISA-L", ratios(r["rows"], r["isal"]), None, ""),
            Figure("memory, %d rows / %d rows" % (asked.rows, asked.rows // 100), ratios(r["rows"], r["small"] * len(r["rows"]), "kb"),
                   ("≤", 1.1), "%d KB" % median(r["rows"], "kb"))]


if __name__ == "__main__":
    by_itself(main)
