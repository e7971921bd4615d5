"""A clock and a disk that tests move: moved.c, which the programs that are started preload."""
import calendar
import os
import struct
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = calendar.timegm((2026, 3, 10, 0, 0, 0)) // 86400  # the first day that is looked at


def date_of(day):
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400))


class Moved:
    """Of the programs that are started with its environment."""

    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="taut-test-")
        self.path, library = os.path.join(self.dir.name, "moved"), os.path.join(self.dir.name, "moved.so")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, os.path.join(HERE, "moved.c")], check=True)
        self.cells, self.began = [0, 0, 0, 0, 0], None
        self.put()
        self.env = {"LD_PRELOAD": library, "TAUT_TEST_MOVED": self.path,
                    "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}

    def put(self):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as f:
            f.write(struct.pack("5q", *self.cells))

    def to(self, day, hours):
        """Time passes, by both clocks; at first the wall clock alone is set."""
        ahead = int(day * 86400 + hours * 3600 - time.time())
        self.began = ahead if self.began is None else self.began
        self.cells[:2] = ahead, ahead - self.began
        self.put()
