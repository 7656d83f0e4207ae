"""Turns what a script left behind into outputs and files."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, Optional, Tuple

from .config import Config
from .failure import AttemptFailed
from .log_book import LogBook
from .output_files import FileIntake, PathRefused, Upload, digest_file, resolve_path
from .output_rules import as_literal, find_rule_fault
from .result_file import Result, read_result
from .unpack import came_with_bundle
from .wire import clean_text


class Collected:
    """Outputs by name, the files that belong to them, and what the script asks for beyond the run."""

    def __init__(self, outputs: Dict[str, Any], intake: FileIntake, result: Optional[Result]) -> None:
        self.outputs = outputs
        self.intake = intake
        self.extras: Dict[str, Any] = result.extras if result else {}
        self.failure = result.failure if result else None


def collect(config: Config, log: LogBook, told_artifacts: List[Dict[str, Any]]) -> Collected:
    """`told_artifacts` came through the `floom` module. Raises AttemptFailed when there is nothing usable."""
    result = read_result(config)
    outputs: Dict[str, Any] = dict(result.outputs) if result else {}
    intake = FileIntake(config, log)
    missing, faults = _take_output_files(config, outputs, intake)
    faults += [
        f"{name}: is empty ({json.dumps(outputs[name][:80])}), declared as required" for name in _blank_scalars(config, outputs)
    ]
    missing += [scalar["name"] for scalar in config.output_scalars if scalar["required"] and scalar["name"] not in outputs]
    for artifact in [*(result.artifacts if result else []), *told_artifacts]:
        intake.add_artifact(artifact)
    collected = Collected(outputs, intake, result)
    # A script that asks for a decision first has not done its work yet.
    if missing and collected.failure is None and not collected.extras:
        raise _missing(missing, result)
    if faults and collected.failure is None and not collected.extras:
        raise AttemptFailed("output_validation_failed", f"The outputs do not match worker.yml: {'; '.join(faults)}.")
    return collected


def _blank_scalars(config: Config, outputs: Dict[str, Any]) -> List[str]:
    """Told here, since what breaks a file's declaration ends the attempt before the edge looks at the scalars."""
    required = [scalar["name"] for scalar in config.output_scalars if scalar["required"]]
    return [name for name in required if isinstance(outputs.get(name), str) and not outputs[name].strip()]


def salvage(config: Config, log: LogBook, told_artifacts: List[Dict[str, Any]]) -> FileIntake:
    """Of a failed script: the declared files and artifacts that are there, so that a person can look at them."""
    intake = FileIntake(config, log)
    try:
        _take_output_files(config, {}, intake)
    except AttemptFailed:
        pass
    for artifact in told_artifacts:
        intake.add_artifact(artifact)
    return intake


def _take_output_files(
    config: Config, outputs: Dict[str, Any], intake: FileIntake
) -> Tuple[List[str], List[str]]:
    """
    Replaces the values of declared files by relative paths; gives the required ones that are missing and those that
    break their declaration, in words.
    """
    missing: List[str] = []
    faults: List[str] = []
    for declared in config.output_files:
        path, problem = _find_output_file(config, declared["path"], outputs.get(declared["name"]))
        fault = None if path is None else find_rule_fault(config, declared, path)
        if fault is not None:
            faults.append(f"{declared['name']}: {fault}")
        if path is not None:
            intake.add_output(declared["name"], path, declared["media_type"])
            outputs[declared["name"]] = path
            continue
        outputs.pop(declared["name"], None)
        if declared["required"]:
            missing.append(f"{declared['name']} ({declared['path']} {problem})")
    return missing, faults


def _find_output_file(config: Config, declared_path: str, value: Any) -> Tuple[Optional[str], str]:
    """The path a script names wins over the declared one, if there is a file."""
    named = value.get("path") or value.get("relative_path") if isinstance(value, dict) else value
    literal = as_literal(value)
    problem = "was not written"
    for path in (None if literal is not None else named, declared_path):
        if not isinstance(path, str) or not path:
            continue
        if path is declared_path and came_with_bundle(config, path):
            continue
        try:
            return resolve_path(config, path), ""
        except PathRefused as refusal:
            # The reason why a file that is there is not taken says more than that another one is not there.
            problem = str(refusal) if problem == "was not written" else problem
    if literal is None:
        return None, problem
    return _write_literal(config, declared_path, literal), ""


def _write_literal(config: Config, path: str, text: str) -> str:
    """What a script gives for a file instead of a path is written to the declared path. Raises AttemptFailed."""
    full = os.path.join(config.work_dir, path)
    try:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.lexists(full):
            os.unlink(full)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return resolve_path(config, path)
    except PathRefused as refusal:
        raise AttemptFailed("output_validation_failed", f"{path} {refusal}.") from refusal


def _missing(missing: List[str], result: Optional[Result]) -> AttemptFailed:
    names = ", ".join(missing)
    if result is None:
        return AttemptFailed("missing_result", f"The script ended without result.json and without its outputs: {names}.")
    return AttemptFailed("output_validation_failed", f"The script ended without outputs it declares: {names}.")


def write_large_outputs(config: Config, outputs: Dict[str, Any]) -> Optional[Upload]:
    """
    The file to hand over when the outputs are too large for the journal: result.json is written anew, redacted and with
    the paths as collected, so that uploading it and fetching it from the sandbox give the same.
    """
    if len(json.dumps(outputs, ensure_ascii=False).encode("utf-8", "replace")) <= config.limits.inline_outputs_bytes:
        return None
    path = os.path.join(config.work_dir, "result.json")
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(clean_text(json.dumps({"status": "success", "outputs": outputs}, ensure_ascii=False)))
    return "result.json", "application/json", digest_file(path)
