"""How cost grows, as small multiples: one panel for each figure, both axes logarithmic."""
from results.svg import BLUE, FAINT, GRID, INK, Logarithmic, Picture, short

COLUMNS, PANEL, HEIGHT, TOP = 4, 320, 230, 84
INSIDE_LEFT, INSIDE_RIGHT, INSIDE_TOP, INSIDE_BOTTOM = 58, 22, 40, 46


def draw(rows):
    """The SVG; None without rows of growth."""
    panels = {}
    for row in rows:
        if row["curve"] and row["ours"]:
            panels.setdefault((row["curve"]["panel"], row["curve"]["axis"]), []).append(row)
    if not panels:
        return None
    lines = -(-len(panels) // COLUMNS)
    picture = Picture(COLUMNS * PANEL + 24, TOP + lines * HEIGHT + 16)
    picture.text(24, 34, "How cost grows", 20, weight="bold")
    picture.text(24, 58, "Medians of the rounds, with the lowest and the highest; both axes logarithmic.", 12, FAINT)
    for place, ((title, axis), found) in enumerate(panels.items()):
        found.sort(key=lambda row: row["curve"]["x"])
        draw_panel(picture, 12 + place % COLUMNS * PANEL, TOP + place // COLUMNS * HEIGHT, title, axis, found)
    return str(picture)


def draw_panel(picture, left, top, title, axis, rows):
    begin, end = left + INSIDE_LEFT, left + PANEL - INSIDE_RIGHT
    bottom, ceiling = top + HEIGHT - INSIDE_BOTTOM, top + INSIDE_TOP
    across = Logarithmic([row["curve"]["x"] for row in rows], begin + 10, end - 10)
    values = [value for row in rows for value in row["curve"]["values"] if value > 0]
    # A level line must look level: the axis spans a decade at least.
    middle = (max(values) * min(values)) ** 0.5
    up = Logarithmic(values + [middle / 3.2, middle * 3.2], bottom, ceiling)
    picture.text(left + 12, top + 20, title, 12, INK, weight="bold")
    for mark in up.marks():
        picture.line(begin, up.place(mark), end, up.place(mark), GRID)
        picture.text(begin - 6, up.place(mark) + 4, short(mark), 10, FAINT, "end")
    picture.line(begin, bottom, end, bottom, FAINT)
    picture.text((begin + end) / 2, bottom + 33, axis, 11, FAINT, "middle")
    picture.path([(across.place(row["curve"]["x"]), up.place(row["ours"])) for row in rows], BLUE)
    for row in rows:
        x = across.place(row["curve"]["x"])
        picture.line(x, bottom, x, bottom + 4, FAINT)
        picture.text(x, bottom + 17, short(row["curve"]["mark"]), 10, FAINT, "middle")
        ends = [up.place(value) for value in row["curve"]["values"] if value > 0]
        picture.line(x, min(ends), x, max(ends), BLUE, 1)
        picture.dot(x, up.place(row["ours"]), BLUE, 3)
        picture.text(x, min(ends) - 7, short(row["ours"]), 10, INK, "middle")
