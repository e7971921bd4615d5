"""Libraries of this folder that servers preload: NAME.c stands in for calls of libc, as the numbers of a file tell it."""
import os
import shlex
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Preloaded:
    """For the programs that are started with its environment."""

    def __init__(self, name):
        self.dir = tempfile.TemporaryDirectory(prefix="taut-test-")
        self.path = os.path.join(self.dir.name, name)
        library, compiler = self.path + ".so", shlex.split(os.environ.get("CC", "cc"))
        subprocess.run([*compiler, "-shared", "-fPIC", "-O1", "-o", library, os.path.join(HERE, name + ".c")], check=True)
        self.env = {"LD_PRELOAD": library, "TAUT_TEST_" + name.upper(): self.path,
                    "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}

    def write(self, *numbers):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as f:
            f.write(struct.pack("%dq" % len(numbers), *numbers))
