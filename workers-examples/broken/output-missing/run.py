import json
from pathlib import Path

print("the report is said to be ready, but out/report.md does not exist")
Path("result.json").write_text(json.dumps({"status": "success", "outputs": {"report": "out/report.md"}}))
