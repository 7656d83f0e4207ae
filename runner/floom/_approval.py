"""Asks a person in the middle of a script: `floom.approve()`."""

import os
import sys
from typing import Any, Dict, Optional

import floom

_answered = False


class NotAsked(RuntimeError):
    """`floom.approve()` was called where nobody can be asked, or a second time."""


def approve(
    label: Optional[str] = None,
    preview: Any = None,
    *,
    outputs: Optional[Dict[str, Any]] = None,
    preview_type: Optional[str] = None,
) -> Dict[str, Any]:
    """
    Goes on only when a person has agreed, and returns what was agreed to: `outputs` and those told by `write_output`
    before, with the person's changes. The worker needs `approvals: {required: true}`.

    The run ends here, without a sandbox that waits; once it is approved the script starts again from its top, in a run of
    its own, and this call returns. So what comes before it happens twice and may do nothing but prepare.
    """
    global _answered
    decision = os.environ.get("FLOOM_DECISION")
    if decision == "approved":
        if _answered:
            raise NotAsked("floom.approve() can ask once in a run: put all that is to be approved into one question")
        _answered = True
        answer = floom.inputs().get("approved_output")
        return answer if isinstance(answer, dict) else {}
    if decision is None and "FLOOM_RUN_ID" in os.environ:
        raise NotAsked("floom.approve() asks nobody here: write approvals: {required: true} in worker.yml")
    question = {"label": label, "preview": preview, "preview_type": preview_type}
    _ask({key: value for key, value in question.items() if value is not None}, outputs or {})
    if decision is None:
        print(f"approve: {label or 'Approve action'}; outside Floom nobody is asked, so the script ends here", flush=True)
    # Not to be caught by `except Exception`: nothing behind this call may happen yet.
    sys.exit(0)


def _ask(question: Dict[str, Any], outputs: Dict[str, Any]) -> None:
    document: Dict[str, Any] = floom._read_object("result.json")
    document["status"] = "success"
    document["outputs"] = {**(document.get("outputs") or {}), **outputs}
    # An empty question asks as well: the manifest words it then.
    document["decision_required"] = question
    floom._write_json("result.json", document)
