"""What counting costs: two servers on copies of one workspace, with analytics and without, asked in turn."""

import shutil

from rounds import Figure, alternate, median, ratios
from workspace import Workspace


def _asked(taut, work):
    """Work, and what is put off until after it."""
    cpu = taut.cpu_us()
    r = work(taut)
    taut.rest()
    return {"rate": r["rate"], "cpu": (taut.cpu_us() - cpu) / r["requests"]}


def compare(space, folder, works, rounds):
    """works: {"on": what one server is asked, "off": what the other}, functions of it that give load's result."""
    other = Workspace(folder)
    shutil.copytree(space.folder, other.folder)
    with space.serve("--analytics", "on") as on, other.serve("--analytics", "off") as off:
        runs = {"on": lambda: _asked(on, works["on"]), "off": lambda: _asked(off, works["off"])}
        alternate(runs, 1)  # warms them
        return alternate(runs, rounds)


def rate_figure(name, r, target):
    return Figure(name + " with analytics / without", ratios(r["on"], r["off"]), target,
                  "%.0f and %.0f a second" % (median(r["on"]), median(r["off"])))


def cpu_figure(name, r, target):
    return Figure(name + ", CPU with analytics / without", ratios(r["on"], r["off"], "cpu"), target,
                  "%.1f and %.1f µs" % (median(r["on"], "cpu"), median(r["off"], "cpu")))
