"""Reads run.json, which the edge wrote, and claims the attempt."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace
from typing import Any


class Config(SimpleNamespace):
    """
    `runnerConfigSchema` or `buildConfigSchema` of contract/runner/runner.ts by attribute, `limits` as well, plus the paths
    the runner chooses.
    """

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"run.json has no {name}")


def load_config(control_dir: str) -> Config:
    """Raises OSError or ValueError when run.json is missing or is not a JSON object."""
    with open(os.path.join(control_dir, "run.json"), encoding="utf-8") as file:
        document = json.load(file)
    document["limits"] = Config(**document["limits"])
    config = Config(**document)
    config.control_dir = control_dir
    config.journal_path = os.path.join(control_dir, "journal.ndjson")
    config.bin_dir = os.path.join(control_dir, "bin")
    config.lib_dir = os.path.join(control_dir, "lib")
    config.dependencies_dir = os.path.join(control_dir, "dependencies")
    config.work_dir = os.path.realpath(config.work_dir)
    return config


def base_of(control_dir: str) -> str:
    """The place of all runs of this sandbox: that of the first one, in which each later one has a folder."""
    parent, name = os.path.split(control_dir)
    return parent if name.startswith("use-") else control_dir


def claim_attempt(control_dir: str, attempt: int) -> bool:
    """
    True for exactly one process, ever: the edge may start the runner twice when it is not sure of the first time,
    and a script must not run twice even when the first runner died, or when another run has the sandbox by now.
    """
    base = base_of(control_dir)
    name = f"attempt-{attempt}" if base == control_dir else os.path.basename(control_dir)
    try:
        claim = os.open(os.path.join(base, f"{name}.lock"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    os.write(claim, str(os.getpid()).encode())
    os.close(claim)
    return True
