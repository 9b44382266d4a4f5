"""How cost grows, as small multiples: one panel for each figure, both axes logarithmic."""
from results.svg import BLUE, FAINT, GRID, INK, Logarithmic, Picture, short

COLUMNS, PANEL, HEIGHT, TOP = 4, 320, 230, 84
INSIDE_LEFT, INSIDE_RIGHT, INSIDE_TOP, INSIDE_BOTTOM = 58, 22, 40, 46


def draw(rows):
    """The SVG; None without rows of growth."""
    panels = {}
    for row in rows:
        if row["curve"] and row["ours"]:
            title, axis, x = row["curve"]
            panels.setdefault((title, axis), []).append((x, row["ours"]))
    if not panels:
        return None
    lines = -(-len(panels) // COLUMNS)
    picture = Picture(COLUMNS * PANEL + 24, TOP + lines * HEIGHT + 16)
    picture.text(24, 34, "How cost grows", 20, weight="bold")
    picture.text(24, 58, "Medians of the rounds; both axes logarithmic. A level line costs nothing to grow.", 12, FAINT)
    for place, ((title, axis), points) in enumerate(panels.items()):
        draw_panel(picture, 12 + place % COLUMNS * PANEL, TOP + place // COLUMNS * HEIGHT, title, axis, sorted(points))
    return str(picture)


def draw_panel(picture, left, top, title, axis, points):
    begin, end = left + INSIDE_LEFT, left + PANEL - INSIDE_RIGHT
    bottom, ceiling = top + HEIGHT - INSIDE_BOTTOM, top + INSIDE_TOP
    across = Logarithmic([x for x, _ in points], begin + 8, end - 8)
    # A level line must look level: the axis spans a decade at least.
    middle = (max(y for _, y in points) * min(y for _, y in points)) ** 0.5
    up = Logarithmic([y for _, y in points] + [middle / 3.2, middle * 3.2], bottom, ceiling)
    picture.text(left + 12, top + 22, title, 12, INK, weight="bold")
    for mark in up.marks():
        picture.line(begin, up.place(mark), end, up.place(mark), GRID)
        picture.text(begin - 6, up.place(mark) + 4, short(mark), 10, FAINT, "end")
    picture.line(begin, bottom, end, bottom, FAINT)
    for x, _ in points:
        picture.line(across.place(x), bottom, across.place(x), bottom + 4, FAINT)
        picture.text(across.place(x), bottom + 17, short(x), 10, FAINT, "middle")
    picture.text((begin + end) / 2, bottom + 33, axis, 11, FAINT, "middle")
    places = [(across.place(x), up.place(y)) for x, y in points]
    picture.path(places, BLUE)
    for (x, y), (_, value) in zip(places, points):
        picture.dot(x, y, BLUE, 3)
        picture.text(x, y - 8, short(value), 10, INK, "middle")
