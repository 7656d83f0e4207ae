"""Sums up a list of tasks as Markdown. Nothing in here knows that it is started by a schedule."""

import csv
from pathlib import Path


def run(inputs: dict, context: object) -> dict:
    with Path("tasks.csv").open(newline="", encoding="utf-8") as file:
        tasks = list(csv.DictReader(file))
    pending = sorted((task for task in tasks if task["state"] == "open"), key=lambda task: task["due"])
    named = pending[: inputs["most"]]
    lines = [f"# {inputs['title']}", "", f"{len(pending)} of {len(tasks)} tasks are open.", ""]
    lines += [f"- {task['due']} {task['task']} ({task['owner']})" for task in named]
    if len(pending) > len(named):
        lines.append(f"- and {len(pending) - len(named)} more")
    target = Path("out/digest.md")
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(pending)} tasks are open")
    return {"open": len(pending)}
