"""Says that it starts, prints numbered lines, leaves a file, says that it ends; fails as often as it is told."""

import json
import os
import sys
import time
from pathlib import Path

inputs = json.loads(Path("inputs.json").read_text(encoding="utf-8"))
run, attempt = os.environ["FLOOM_RUN_ID"], int(os.environ["FLOOM_ATTEMPT"])
lines = inputs["lines"]

print(f"started {run} attempt {attempt}", flush=True)
for number in range(1, lines + 1):
    time.sleep(inputs["pause_ms"] / 1000)
    print(f"line {number} of {lines}", flush=True)
if attempt <= inputs["failures"]:
    print(f"failing {run} attempt {attempt}", flush=True)
    sys.exit(3)
Path("out/report.txt").write_text(f"{run} {attempt}\n", encoding="utf-8")
Path("result.json").write_text(json.dumps({"outputs": {"lines": lines}}), encoding="utf-8")
print(f"ended {run} attempt {attempt}", flush=True)
