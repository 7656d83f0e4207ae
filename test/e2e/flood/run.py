"""Prints as many megabytes as it is told, in lines of 1,000 bytes, then one line that says so."""

import json
import sys
from pathlib import Path

megabytes = json.loads(Path("inputs.json").read_text(encoding="utf-8"))["megabytes"]
line = "x" * 999 + "\n"
for _ in range(megabytes):
    sys.stdout.write(line * 1000)
sys.stdout.write("the flood is over\n")
sys.stdout.flush()
Path("result.json").write_text(
    json.dumps({"status": "success", "outputs": {"bytes": megabytes * 1_000_000}}), encoding="utf-8"
)
