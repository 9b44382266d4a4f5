"""The table, for people and for scripts."""
import datetime
import json
import os
import pathlib
import platform
import subprocess


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


def table(rows):
    lines = ["| work | gateway | against | ratio (spread) | target | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        other = f"{number(row['other'])} {row['unit']} ({row['other_name']})" if row["other_name"] else ""
        ratio = ""
        if row["ratio"] is not None:
            ratio = f"{row['ratio']:.2f}"
            if row["low"] is not None:
                ratio += f" ({row['low']:.2f} to {row['high']:.2f})"
        target = ""
        if row["target"] is not None:
            target = ("at most " if row["at_most"] else "at least ") + f"{row['target']:g}"
            if row["ratio"] is None:
                target += f" {row['unit']}"
        verdict = {True: "met", False: "MISSED", None: ""}[row.is_met]
        note = f" {row['note']}" if row["note"] else ""
        lines.append(f"| {row['work']} | {number(row['ours'])} {row['unit']} | {other} | {ratio} | {target} |"
                     f" {verdict}{note} |")
    return "\n".join(lines)


def store(folder, rows, facts, remarks):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    name = datetime.datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    (folder / f"{name}.json").write_text(
        json.dumps({"facts": facts, "rows": rows, "remarks": remarks}, indent=2) + "\n", encoding="utf-8")
    text = "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in facts.items())
    notes = "".join(f"\n{remark}\n" for remark in remarks)
    (folder / f"{name}.md").write_text(f"# Measured {name}\n\n{text}\n\n{table(rows)}\n{notes}", encoding="utf-8")
    return folder / f"{name}.md"
