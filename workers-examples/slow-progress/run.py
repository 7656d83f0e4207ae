"""Prints `line 1 of 60` and so on, one a second, and reports progress after each."""

import json
import time
from pathlib import Path

import floom

seconds = json.loads(Path("inputs.json").read_text(encoding="utf-8"))["seconds"]

for number in range(1, seconds + 1):
    print(f"line {number} of {seconds}", flush=True)
    floom.progress(100 * number / seconds, f"{number} of {seconds} seconds")
    time.sleep(1)

Path("result.json").write_text(json.dumps({"status": "success", "outputs": {"lines": seconds}}), encoding="utf-8")
