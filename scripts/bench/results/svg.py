"""Just enough SVG for the pictures: text, lines, dots, and logarithmic axes."""
import math
from xml.sax.saxutils import escape

INK, FAINT, GRID, REACHED, MISSED = "#1f2933", "#7b8794", "#e4e7eb", "#2f855a", "#c53030"
BLUE = "#2b6cb0"
FONT = "font-family='system-ui, Helvetica, Arial, sans-serif'"


class Picture:
    """Elements on a white ground; everything in pixels, y downwards."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.parts = [f"<rect width='{width}' height='{height}' fill='white'/>"]

    def text(self, x, y, words, size=12, colour=INK, anchor="start", weight="normal"):
        self.parts.append(f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{colour}' text-anchor='{anchor}' "
                          f"font-weight='{weight}'>{escape(words)}</text>")

    def line(self, x1, y1, x2, y2, colour=INK, width=1, dashes=None):
        more = f" stroke-dasharray='{dashes}'" if dashes else ""
        self.parts.append(f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' "
                          f"stroke-width='{width}'{more}/>")

    def dot(self, x, y, colour=INK, radius=4):
        self.parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius}' fill='{colour}'/>")

    def path(self, points, colour=INK, width=2):
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f"<polyline points='{joined}' fill='none' stroke='{colour}' stroke-width='{width}'/>")

    def __str__(self):
        head = (f"<svg xmlns='http://www.w3.org/2000/svg' width='{self.width}' height='{self.height}' "
                f"viewBox='0 0 {self.width} {self.height}' {FONT}>")
        return "\n".join([head, *self.parts, "</svg>"]) + "\n"


class Logarithmic:
    """An axis from a pixel to another for values of some decades; `steps` are the marks within a decade."""

    def __init__(self, values, begin, end, steps=(1,)):
        values = [value for value in values if value > 0]
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        # A single value, or nearly, gets half a decade on either side.
        missing = max(0.0, 0.5 - (self.high - self.low))
        self.low, self.high = self.low - missing / 2 - 0.04, self.high + missing / 2 + 0.04
        self.begin, self.end = begin, end
        self.steps = steps

    def place(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def marks(self):
        """Round values on the axis: with few decades more of them."""
        for steps in (self.steps, (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)):
            found = [step * 10.0 ** power for power in range(math.floor(self.low), math.ceil(self.high) + 1)
                     for step in steps if self.low <= math.log10(step * 10.0 ** power) <= self.high]
            if len(found) >= 3:
                return found
        return found


def short(value):
    """4 characters or so: 0, 10, 1k, 2.5M."""
    for limit, divisor, letter in ((1e6, 1e6, "M"), (1e3, 1e3, "k")):
        if value >= limit:
            return f"{value / divisor:.3g}{letter}"
    return f"{value:.3g}"
