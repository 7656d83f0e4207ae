"""Reads result.json by the rules of the script contract."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import Any, Dict, List, Optional

from .config import Config
from .failure import AttemptFailed
from .wire import clean_text, find_fault, parse_integer

SUCCESS_STATUSES = ("success", "completed")
FAILURE_STATUSES = ("error", "failed")
# Codes of contract/runs/run-failure.ts that say who is at fault or what the platform does next: not a script's to claim.
PLATFORM_CODES = frozenset(
    (
        "agent_runtime_error",
        "cancelled_queued",
        "disk_full",
        "e2b_quota_exhausted",
        "e2b_sandbox_error",
        "internal_error",
        "journal_lost",
        "llm_auth_error",
        "llm_model_not_configured",
        "llm_provider_error",
        "llm_quota_exceeded",
        "llm_rate_limited",
        "missing_e2b_key",
        "missing_secrets",
        "sandbox_oom",
        "secret_in_file",
        "secrets_clash",
        "missing_contexts",
        "context_conflict",
        "context_refused",
        "store_conflict",
        "superseded",
        "timeout",
        "user_cancel",
        "spend_cap_exceeded",
    )
)
LONGEST_MESSAGE = 2000
NO_MESSAGE = "Worker reported failure without an error message."


class Result:
    """What a script says about its own run."""

    def __init__(self, document: Dict[str, Any]) -> None:
        self.outputs: Dict[str, Any] = document.get("outputs") or {}
        self.artifacts: List[Any] = document.get("artifacts") or []
        self.extras = {
            key: document[key] for key in ("decision_required", "await_external") if document.get(key) is not None
        }
        self.failure = self._read_failure(document)

    @staticmethod
    def _read_failure(document: Dict[str, Any]) -> Optional[AttemptFailed]:
        """The failure that the worker reports, under its own code when it names one."""
        if document.get("status", "success") not in FAILURE_STATUSES:
            return None
        error = document.get("error")
        message = error.strip() if isinstance(error, str) else "" if error is None else json.dumps(error)
        code = document.get("error_code")
        own = isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", code) and code not in PLATFORM_CODES
        return AttemptFailed(code if own else "worker_reported_error", clean_text(message or NO_MESSAGE)[:LONGEST_MESSAGE])


def read_result(config: Config) -> Optional[Result]:
    """None when the script wrote no result.json; raises AttemptFailed when what it wrote cannot be used."""
    path = os.path.join(config.work_dir, "result.json")
    try:
        facts = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        raise AttemptFailed("invalid_result_json", "result.json is not a regular file.")
    if facts.st_size > config.limits.result_bytes:
        raise AttemptFailed(
            "output_too_large",
            f"result.json has {facts.st_size:,} bytes; the limit is {config.limits.result_bytes:,}.",
        )
    with open(path, "rb") as file:
        return _check(_parse(file.read()))


def _parse(data: bytes) -> Any:
    try:
        # Numbers that JSON does not know become floats that `find_fault` finds, with their place.
        document = json.loads(data.decode("utf-8-sig"), parse_constant=float, parse_int=parse_integer)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise AttemptFailed("invalid_result_json", f"result.json is not valid JSON: {reason}") from error
    fault = find_fault(document, "")
    if fault is None:
        return document
    # A script that reports its failure is quoted, whatever else it leaves behind.
    if isinstance(document, dict) and document.get("status") in FAILURE_STATUSES:
        told = {key: document[key] for key in ("status", "error", "error_code") if isinstance(document.get(key), str)}
        return told
    raise AttemptFailed("invalid_result_json", f"result.json cannot be taken: {fault}")


def _check(document: Any) -> Result:
    if not isinstance(document, dict):
        raise AttemptFailed("invalid_result_json", f"result.json holds {_kind(document)}, not an object.")
    status = document.get("status", "success")
    if status not in SUCCESS_STATUSES + FAILURE_STATUSES:
        known = ", ".join(SUCCESS_STATUSES + FAILURE_STATUSES)
        raise AttemptFailed(
            "invalid_result_json", f"The status in result.json is {json.dumps(status)}; it must be one of {known}."
        )
    outputs = document.get("outputs")
    if outputs is not None and not isinstance(outputs, dict):
        raise AttemptFailed(
            "invalid_outputs_shape", f"The outputs in result.json are {_kind(outputs)}, not an object of name and value."
        )
    artifacts = document.get("artifacts")
    if artifacts is not None and not isinstance(artifacts, list):
        raise AttemptFailed("invalid_result_json", f"The artifacts in result.json are {_kind(artifacts)}, not a list.")
    return Result(document)


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", dict: "an object"}
    return names.get(type(value), "null")
