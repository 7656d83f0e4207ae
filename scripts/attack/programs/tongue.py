"""Things a script leaves for others to look at: files with names and content that are meant for their machine."""

import json
import os
import time
from pathlib import Path


def leave_files(files):
    """Files by name; a name that begins with "link:" becomes a link to its text."""
    for name, text in files.items():
        place = Path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return "left"


def result(outputs=None, artifacts=(), error=None, error_code=None):
    """The result as the script's author wants it; the last thing that a script says."""
    status = "error" if error else "success"
    Path("result.json").write_text(
        json.dumps(
            {
                "status": status,
                "outputs": outputs or {},
                "artifacts": list(artifacts),
                "error": error,
                "error_code": error_code,
            }
        )
    )
    os._exit(0)


def ask_person(files, pause):
    """Leaves files, asks for an approval, and gives its author time to act before the files are handed over."""
    leave_files(files)
    time.sleep(pause)
    ask = {"label": "Pay", "preview": "as the file says", "preview_type": "text"}
    Path("result.json").write_text(json.dumps({"status": "success", "outputs": {"done": True}, "decision_required": ask}))
    os._exit(0)


def ask_loudly(text):
    """Asks for an approval in words that are meant for a terminal."""
    ask = {"label": text, "preview": text, "preview_type": "text"}
    outputs = {"done": True, text: text}
    Path("result.json").write_text(json.dumps({"status": "success", "outputs": outputs, "decision_required": ask}))
    os._exit(0)


WAYS = {
    "leave_files": leave_files,
    "result": result,
    "ask_person": ask_person,
    "ask_loudly": ask_loudly,
}
