#!/usr/bin/env python3
"""How fast libtaut reads a day of member analytics, against unpacking the same file by zlib without looking at it.

    bench/client.py [--rows N] [--rounds N]        N: 1,000,000 rows, 7 rounds

Speeds are those of the processor's time, so that what else the machine does counts little.  Exits 1 below the target.
"""
import argparse
import os
import sys
import tempfile

from rounds import Figure, alternate, median, ratios, tell

BUILD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build")
PROGRAM = os.path.join(BUILD, "bench", "rows_read")
TARGET = 0.70


def run(what, path):
    """{"rate": bytes of the packed file a second, "kb": largest memory}"""
    null = os.open(os.devnull, os.O_WRONLY)
    pid = os.posix_spawn(PROGRAM, [PROGRAM, what, path], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    os.close(null)
    _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit("rows_read %s failed" % what)
    return {"rate": os.path.getsize(path) / (used.ru_utime + used.ru_stime), "kb": used.ru_maxrss}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=7)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as top:
        path, small = os.path.join(top, "day.gz"), os.path.join(top, "small.gz")
        for name, rows in ((path, options.rows), (small, options.rows // 100)):
            if os.spawnv(os.P_WAIT, PROGRAM, [PROGRAM, "make", name, str(rows)]):
                sys.exit("no room for the file")
        r = alternate({k: lambda k=k: run(k, path) for k in ("zlib", "isal", "rows")}, options.rounds)
        r["small"] = [run("rows", small)]
    figures = [Figure("rows as structs / unpacking by zlib", ratios(r["rows"], r["zlib"]), ("≥", TARGET), ""),
               Figure("rows as structs / unpacking by ISA-L", ratios(r["rows"], r["isal"]), None, ""),
               Figure("memory, %d rows / %d rows" % (options.rows, options.rows // 100), ratios(r["rows"], r["small"] * len(r["rows"]), "kb"),
                      ("≤", 1.1), "%d KB" % median(r["rows"], "kb"))]
    return 0 if tell(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
