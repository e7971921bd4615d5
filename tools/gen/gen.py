#!/usr/bin/env python3
"""Makes everything that follows from the catalogue: gen.py OUTDIR [CATALOGUE].

Files whose text did not change are left alone.  Exit status 1, with file and key, when the catalogue has a mistake.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cli  # noqa: E402
import client  # noqa: E402
import dev  # noqa: E402
import docs  # noqa: E402
import emoji  # noqa: E402
import errors  # noqa: E402
import filetypes  # noqa: E402
import methods  # noqa: E402
import objects  # noqa: E402
import openapi  # noqa: E402
import readme  # noqa: E402
import replies  # noqa: E402
import settings  # noqa: E402
import sql  # noqa: E402
import subscriptions  # noqa: E402
from catalogue import Catalogue, Fault  # noqa: E402
from check import Check  # noqa: E402

MODULES = (errors, methods, objects, replies, settings, sql, emoji, filetypes, subscriptions, dev, readme, docs, openapi, client, cli)


def make_all(cat, out):
    Check(cat).everything()
    for module in MODULES:
        module.make(cat, out)


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, "build", "gen")
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(root, "catalogue")
    try:
        make_all(Catalogue(folder), out)
    except Fault as e:
        sys.exit("catalogue: %s" % e)


if __name__ == "__main__":
    main()
