"""The table, for people and for scripts, and the folder of a run's results."""
import datetime
import json
import os
import platform
import subprocess

from results import growth_picture, table_picture


def number(value):
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def machine():
    """Where it was measured, without which no figure means anything."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit or None,
            "load_before": round(os.getloadavg()[0], 2)}


HEAD = ["| work | gateway | against | ratio (spread) | goal | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
VERDICTS = {True: "reached", False: "NOT REACHED", None: ""}


def line(row):
    """One row as the table has it."""
    if row["failure"]:
        return f"| {row['work']} | | | | | NOT MEASURED: {' '.join(row['failure'].split()).replace('|', '/')} |"
    other = f"{number(row['other'])} {row['unit']} ({row['other_name']})" if row["other_name"] else ""
    ratio = ""
    if row["ratio"] is not None:
        ratio = f"{row['ratio']:.2f}"
        if row["low"] is not None:
            ratio += f" ({row['low']:.2f} to {row['high']:.2f})"
    goal = ""
    if row["target"] is not None:
        goal = ("at most " if row["at_most"] else "at least ") + f"{row['target']:g}"
        if row["ratio"] is None:
            goal += f" {row['unit']}"
    note = f" {row['note']}" if row["note"] else ""
    return (f"| {row['work']} | {number(row['ours'])} {row['unit']} | {other} | {ratio} | {goal} |"
            f" {VERDICTS[row['is_met']]}{note} |")


def table(rows):
    return "\n".join(HEAD + [line(row) for row in rows])


def summary(rows):
    """How many goals were reached, and what was not."""
    with_goal = [row for row in rows if row["is_met"] is not None]
    missed = [f"{row['work']} ({row['other_name']})" if row["other_name"] else row["work"]
              for row in with_goal if not row["is_met"]]
    failed = [row["work"] for row in rows if row["failure"]]
    return (f"{len(with_goal) - len(missed)} of {len(with_goal)} goals reached"
            + (f"; not reached: {'; '.join(missed)}" if missed else "")
            + (f"; not measured: {'; '.join(failed)}" if failed else ""))


def store(folder, rows, facts, remarks):
    """Writes table, figures and pictures of a run into a folder of its own; returns it."""
    target = folder / datetime.datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    target.mkdir(parents=True)
    (target / "results.json").write_text(
        json.dumps({"facts": facts, "rows": rows, "remarks": remarks}, indent=2) + "\n", encoding="utf-8")
    text = "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in facts.items())
    notes = "".join(f"\n{remark}\n" for remark in remarks)
    pictures = ""
    for name, drawn in (("table.svg", table_picture.draw(rows)), ("growth.svg", growth_picture.draw(rows))):
        if drawn:
            (target / name).write_text(drawn, encoding="utf-8")
            pictures += f"\n![{name}]({name})\n"
    (target / "table.md").write_text(
        f"# Measured {target.name}\n\n{text}\n\n{summary(rows)}\n\n{table(rows)}\n{notes}{pictures}", encoding="utf-8")
    return target
