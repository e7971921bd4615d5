"""A clock and a disk that tests move: moved.c, which the programs that are started preload."""
import calendar
import time

from preloaded import Preloaded

FIRST = calendar.timegm((2026, 3, 10, 0, 0, 0)) // 86400  # the first day that is looked at


def date_of(day):
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400))


class Moved(Preloaded):
    """Of the programs that are started with its environment."""

    def __init__(self):
        super().__init__("moved")
        self.cells, self.began = [0, 0, 0, 0, 0], None
        self.put()

    def put(self):
        self.write(*self.cells)

    def to(self, day, hours):
        """Time passes, by both clocks; at first the wall clock alone is set."""
        ahead = int(day * 86400 + hours * 3600 - time.time())
        self.began = ahead if self.began is None else self.began
        self.cells[:2] = ahead, ahead - self.began
        self.put()
