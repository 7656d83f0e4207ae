"""Calls word-count for every line. A later attempt of this run finds the children of an earlier one, and starts anew those that failed."""

import floom


def run(inputs: dict, context: floom.Context) -> dict:
    lines = [line for line in inputs["lines"].splitlines() if line.strip()]
    context.progress(0, f"calling word-count {len(lines)} times")
    answers = floom.call_workers_parallel([("word-count", {"text": line}) for line in lines], timeout=200)
    counts = [answer["words"] for answer in answers]
    print(f"{len(counts)} children, {sum(counts)} words")
    return {"counts": counts, "total": sum(counts)}
