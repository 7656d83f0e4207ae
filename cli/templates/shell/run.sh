#!/usr/bin/env bash
set -euo pipefail

# The inputs are in inputs.json; Python reads and writes JSON without mistakes.
name=$(python3 -c 'import json; print(json.load(open("inputs.json"))["name"])')
echo "greeting $name"

python3 - "Hello, $name!" <<'PYTHON'
import json, sys
with open("result.json", "w") as file:
    json.dump({"status": "success", "outputs": {"greeting": sys.argv[1]}}, file)
PYTHON
