"""The rows with a goal as one picture: each beside its goal, with its spread; to the right of the line is better."""
from results.svg import FAINT, GRID, INK, MISSED, REACHED, Logarithmic, Picture

ROW, TOP, LEFT, RIGHT, WIDTH = 26, 100, 500, 220, 1180


def draw(rows):
    """The SVG; None without rows that have a goal and were measured."""
    rows = [row for row in rows if row["is_met"] is not None and score(row, row_value(row))]
    if not rows:
        return None
    height = TOP + ROW * len(rows) + 50
    picture = Picture(WIDTH, height)
    picture.text(24, 34, "Measured beside the goals", 20, weight="bold")
    picture.text(24, 58, "How far beyond its goal each is: 1 is the goal, to the right is better. Median of the "
                 "rounds, with the lowest and the highest.", 12, FAINT)
    reaches = [score(row, value) for row in rows for value in spread(row)]
    axis = Logarithmic(reaches + [0.8, 1.25], LEFT, WIDTH - RIGHT, (1,))
    bottom = TOP + ROW * len(rows)
    for mark in axis.marks():
        picture.line(axis.place(mark), TOP - 12, axis.place(mark), bottom, GRID)
        picture.text(axis.place(mark), bottom + 18, f"{mark:g}", 11, FAINT, "middle")
    picture.line(axis.place(1), TOP - 12, axis.place(1), bottom, INK, 1, "4 3")
    picture.text(axis.place(1), TOP - 16, "goal", 11, INK, "middle")
    for place, row in enumerate(rows):
        draw_row(picture, axis, row, TOP + ROW * place + ROW / 2)
    picture.text(LEFT, bottom + 38, "times the goal", 11, FAINT)
    return str(picture)


def draw_row(picture, axis, row, y):
    colour = REACHED if row["is_met"] else MISSED
    words = row["work"] + (f" / {row['other_name']}" if row["other_name"] else "")
    picture.text(LEFT - 14, y + 4, words if len(words) < 80 else words[:79] + "…", 12, INK, "end")
    places = [axis.place(score(row, value)) for value in spread(row)]
    picture.line(min(places), y, max(places), y, colour, 2)
    picture.dot(axis.place(score(row, row_value(row))), y, colour, 5)
    unit = "" if row["ratio"] is not None else f" {row['unit']}"
    sign = "≤" if row["at_most"] else "≥"
    weight = "normal" if row["is_met"] else "bold"
    picture.text(picture.width - RIGHT + 80, y + 4, f"{row_value(row):.3g}{unit}", 12, colour, "end", weight)
    picture.text(picture.width - RIGHT + 96, y + 4, f"goal {sign} {row['target']:g}{unit}", 12, FAINT)


def row_value(row):
    return row["ratio"] if row["ratio"] is not None else row["ours"]


def spread(row):
    """Lowest, median, highest; of a figure without rounds only the figure."""
    values = [row["low"], row_value(row), row["high"]] if row["ratio"] is not None else [row_value(row)]
    return [value for value in values if value]


def score(row, value):
    """How many times better than the goal; 0 when there is nothing to say."""
    if not value or not row["target"]:
        return 0
    return row["target"] / value if row["at_most"] else value / row["target"]
