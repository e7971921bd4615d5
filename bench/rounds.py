"""Alternated rounds, and ratios from them."""

import statistics


def alternate(runs, rounds):
    """runs: {name: function}.  Runs A B C C B A A B C …, so that a disturbance of the machine meets all of them, and who
    comes first has no advantage.  {name: [result of each round]}"""
    results = {name: [] for name in runs}
    order = list(runs.items())
    for _ in range(rounds):
        for name, run in order:
            results[name].append(run())
        order.reverse()
    return results


class Figure:
    """One line of the table: a ratio per round (or an absolute value per round), with a target."""

    def __init__(self, name, values, target, meaning, unit="ratio"):
        """target: ("≥" or "≤" or "<", number), or (low, high), or None for a figure that is only shown."""
        self.name, self.values, self.target, self.meaning, self.unit = name, values, target, meaning, unit
        self.median = statistics.median(values)

    def passed(self):
        if self.target is None:
            return None
        first, second = self.target
        if first == "≥":
            return self.median >= second
        if first == "≤":
            return self.median <= second
        if first == "<":
            return self.median < second
        return first <= self.median <= second

    def _number(self, value):
        return f"{value:.2f}" if self.unit == "ratio" else f"{value:.1f} {self.unit}"

    def cells(self):
        target = "–"
        if self.target is not None:
            first, second = self.target
            target = f"{first} {self._number(second)}" if isinstance(first, str) else f"{first:.2f} … {second:.2f}"
        mark = {True: "pass", False: "FAIL", None: "–"}[self.passed()]
        spread = f"{self._number(min(self.values))} … {self._number(max(self.values))}"
        return [self.name, self._number(self.median), spread, target, mark, self.meaning]


def tell(figures):
    """Each on a line; False when one misses its target."""
    for f in figures:
        print(" | ".join(f.cells()))
    return not any(f.passed() is False for f in figures)


def ratios(over, under, key="rate"):
    return [a[key] / b[key] for a, b in zip(over, under)]


def median(results, key="rate"):
    return statistics.median(r[key] for r in results)


def rates(**results):
    """"taut 12,300/s, nginx 20,100/s": medians, to be read with the machine's state in mind."""
    return ", ".join(f"{name} {median(r):,.0f}/s" for name, r in results.items())
