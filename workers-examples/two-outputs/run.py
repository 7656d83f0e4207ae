"""Two outputs (a JSON file and a sentence) and two artifacts (a chart and the words it left out).

Outputs are what worker.yml declares and other programs rely on. Artifacts are whatever else is worth keeping; they
need no declaration.
"""

import json
import re
from collections import Counter
from html import escape
from pathlib import Path

import floom

BAR_HEIGHT = 22
SHOWN = 10


def bar_chart(counts: list[tuple[str, int]]) -> str:
    unit = 300 / counts[0][1]
    bars = [
        f'<text x="0" y="{row * BAR_HEIGHT + 15}">{escape(word)} {count}</text>'
        f'<rect x="110" y="{row * BAR_HEIGHT}" width="{count * unit:.0f}" height="16" fill="#2f8f5b"/>'
        for row, (word, count) in enumerate(counts)
    ]
    size = f'width="420" height="{len(counts) * BAR_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">{"".join(bars)}</svg>'


def run(inputs: dict, context: object) -> dict:
    words = re.findall(r"\w+", inputs["text"].lower())
    if not words:
        raise ValueError("there is no word in the text")
    counts = Counter(words).most_common()
    Path("out").mkdir(exist_ok=True)
    summary = {"words": len(words), "different": len(counts), "counts": dict(counts)}
    Path("out/counts.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2), encoding="utf-8")

    Path("notes").mkdir(exist_ok=True)
    Path("notes/chart.svg").write_text(bar_chart(counts[:SHOWN]), encoding="utf-8")
    left_out = [word for word, _ in counts[SHOWN:]]
    Path("notes/left-out.txt").write_text("\n".join(left_out) + "\n", encoding="utf-8")
    floom.artifact("notes/chart.svg")
    floom.artifact("notes/left-out.txt")

    top_word, top_count = counts[0]
    return {"counts": "out/counts.json", "headline": f'"{top_word}" leads with {top_count} of {len(words)} words'}
