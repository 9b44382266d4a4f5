"""How a cost grows along one axis: each size against the smallest, and a place for it in the picture."""
import statistics

from loads.bench import row_of_pairs
from results.rows import Row
from settings import BenchError


class Curve:
    """Figures of several sizes, some rounds of each.

    `axis` names what grows; `figures` are (title, figure, unit): what is told of each size.
    """

    def __init__(self, bench, work, axis, figures, begins_with_nothing=False):
        self.bench = bench
        self.work = work
        self.axis = axis
        self.figures = figures
        self.begins_with_nothing = begins_with_nothing
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
                work = f"{title}: {self.named(size)}"
                values = [figures[figure] for figures in self.measured[size]]
                curve = {"panel": f"{title}, {unit}", "axis": self.axis, "x": size, "mark": self.mark(size),
                         "values": values}
                if size == sizes[0]:
                    yield Row(work, unit, statistics.median(values), note=note(size), curve=curve)
                    continue
                smallest = [figures[figure] for figures in self.measured[sizes[0]]]
                yield row_of_pairs(list(zip(values, smallest)), work, unit, f"with {self.named(sizes[0])}",
                                   note=note(size), curve=curve)
        for size, reason in failed.items():
            yield Row.failed(f"{self.work}, {self.axis}: {self.named(size)}", reason)

    def mark(self, size):
        """What stands on the axis: nothing has no place on a logarithmic one, so it is put where one would be."""
        return 0 if self.begins_with_nothing and size == 1 else size

    def named(self, size):
        return f"{self.mark(size):,}"


def powers(largest, smallest=1):
    """1, 10, 100 … up to the largest, which is the last."""
    sizes = []
    size = smallest
    while size < largest:
        sizes.append(size)
        size *= 10
    return sizes + [largest]
