"""A bench that runs by itself: what it is asked on the command line, and how it ends."""

import argparse
import sys

from rounds import tell
from servers import BenchError


def options(doc, **defaults):
    """Flags of these names: a number where the default is one, else a text."""
    flags = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in defaults.items():
        flags.add_argument("--" + name, type=str if default is None else type(default), default=default)
    return flags.parse_args()


def by_itself(main):
    """The figures that main gives are told; exit code 1 when one misses its target, or main says why it could not be done."""
    try:
        if not tell(main() or []):
            sys.exit("a target is missed")
    except BenchError as e:
        sys.exit(str(e))
