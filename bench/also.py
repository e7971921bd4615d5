#!/usr/bin/env python3
"""Runs benches that run by themselves, and keeps what they say in docs/performance.md.

    bench/also.py NAME.py [WORD …]
"""

import os
import subprocess
import sys
import time

import page

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    name, words = sys.argv[1], sys.argv[2:]
    done = subprocess.run([sys.executable, os.path.join(HERE, name), *words], stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="")
    first, rest = page.read()
    kept = page.sections(rest)
    said = " ".join(["python3 bench/" + name, *words])
    kept[" ".join(sys.argv[1:])] = f"`{said}`, {time.strftime('%Y-%m-%d')}, {page.machine()}:\n\n```\n{done.stdout.rstrip()}\n```"
    page.put(first, kept)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
