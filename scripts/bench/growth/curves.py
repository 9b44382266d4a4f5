"""How a cost grows along one axis: each size against the smallest, and a place for it in the picture."""
import statistics

from loads.bench import row_of_pairs
from results.rows import Row
from settings import BenchError


class Curve:
    """Figures of several sizes, some rounds of each.

    `axis` names what grows; `figures` are (title, figure, unit): what is told of each size.
    """

    def __init__(self, bench, work, axis, figures):
        self.bench = bench
        self.work = work
        self.axis = axis
        self.figures = figures
        self.measured = {}
        self.failures = []

    def measure(self, size, once):
        """One round of one size; a size that fails is told of and has no further rounds."""
        if size in dict(self.failures):
            return
        try:
            self.measured.setdefault(size, []).append(once())
        except (BenchError, OSError, ValueError, KeyError) as error:
            self.failures.append((size, f"{type(error).__name__}: {error}"))

    def rounds(self, sizes, once):
        """All sizes in each round, there and back in turns, so that a machine that drifts hurts them alike."""
        for number in range(self.bench.rounds):
            for size in sizes if number % 2 == 0 else sizes[::-1]:
                self.measure(size, lambda: once(size))

    def rows(self, note=lambda size: None):
        failed = dict(self.failures)
        sizes = sorted(size for size in self.measured if size not in failed)
        for title, figure, unit in self.figures:
            for size in sizes:
                work = f"{title}: {size:,} {self.axis}"
                curve = (f"{title}, {unit}", self.axis, size)
                values = [figures[figure] for figures in self.measured[size]]
                if size == sizes[0]:
                    yield Row(work, unit, statistics.median(values), note=note(size), curve=curve)
                    continue
                smallest = [figures[figure] for figures in self.measured[sizes[0]]]
                yield row_of_pairs(list(zip(values, smallest)), work, unit, f"{sizes[0]:,} {self.axis}",
                                   note=note(size), curve=curve)
        for size, reason in failed.items():
            yield Row.failed(f"{self.work}: {size:,} {self.axis}", reason)


def powers(largest, smallest=1):
    """1, 10, 100 … up to the largest, which is the last."""
    sizes = []
    size = smallest
    while size < largest:
        sizes.append(size)
        size *= 10
    return sizes + [largest]
