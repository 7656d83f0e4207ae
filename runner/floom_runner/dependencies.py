"""Installs what requirements.txt and package.json name."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from typing import Dict, List, Optional

from .config import Config
from .execute import Execution, Wakeup
from .failure import AttemptFailed
from .log_book import STDERR_TAIL_BYTES, SYSTEM, LogBook

PIP_OPTIONS = (
    "--quiet --no-input --disable-pip-version-check --no-warn-script-location --progress-bar off --no-cache-dir --retries 2"
).split()
NPM_COMMAND = ["npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]


class Install:
    """One installer's work: the commands to try in turn, the folder they fill, and for what it is filled."""

    def __init__(self, config: Config, environment: Dict[str, str], what: str) -> None:
        self.config = config
        self.environment = environment
        self.what = what
        self.commands: List[List[str]] = []
        self.folder = ""
        # What an installed package may depend on besides its name: interpreter, machine, C library.
        self.made_for = ""

    def perform(self, log: LogBook, wakeup: Wakeup, deadline: float) -> None:
        """Raises AttemptFailed with `install_failed`."""
        if shutil.which(self.commands[0][0], path=self.environment.get("PATH")) is None:
            raise AttemptFailed("install_failed", f"{self.what} needs {self.commands[0][0]}, which this sandbox does not have.")
        log.note(f"Installing the dependencies of {self.what}.")
        started = time.monotonic()
        for index, command in enumerate(self.commands):
            if self._run(command, log, wakeup, deadline) == 0:
                break
            if index == len(self.commands) - 1:
                raise AttemptFailed("install_failed", self._explain(log), _tail(log))
            log.note("The bundle's own packages are not enough; asking the package index.")
        log.stderr_tail = b""
        log.note(f"Installed in {time.monotonic() - started:.1f} s.")

    def _run(self, command: List[str], log: LogBook, wakeup: Wakeup, deadline: float) -> int:
        log.stderr_tail = b""
        execution = Execution(log, wakeup, max(0.0, deadline - time.monotonic()))
        execution.start(command, [SYSTEM, SYSTEM], self.environment, self.config.work_dir)
        ended = execution.wait()
        log.end_partial(SYSTEM)
        log.flush()
        if ended.timed_out:
            limit = f"{self.config.install_timeout_seconds:g} seconds"
            raise AttemptFailed("install_failed", f"Installing the dependencies of {self.what} took longer than {limit}.")
        return ended.exit_code or 0

    def _explain(self, log: LogBook) -> str:
        lines = [line.strip() for line in (_tail(log) or "").splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith(("error", "npm err", "npm error"))]
        reason = (errors or lines or ["the installer gave no reason"])[-1 if self.what == "requirements.txt" else 0]
        return f"The dependencies of {self.what} could not be installed: {reason[:200]}"


def find_installs(config: Config, environment: Dict[str, str]) -> List[Install]:
    """What has to be installed. Raises AttemptFailed for a list that cannot be read."""
    found = [_find_python(config, environment), _find_node(config, environment)]
    return [install for install in found if install is not None]


def perform_all(installs: List[Install], log: LogBook, wakeup: Wakeup) -> None:
    """Installs all of it within the time there is for it. Raises AttemptFailed with `install_failed`."""
    started = time.monotonic()
    for install in installs:
        install.perform(log, wakeup, started + install.config.install_timeout_seconds)


def _find_python(config: Config, environment: Dict[str, str]) -> Optional[Install]:
    text = _read(config, "requirements.txt")
    if not any(line.split("#")[0].strip() for line in text.splitlines()):
        return None
    install = Install(config, environment, "requirements.txt")
    install.folder = config.dependencies_dir
    base = [sys.executable, "-m", "pip", "install", *PIP_OPTIONS, "--target", config.dependencies_dir]
    wheels = os.path.join(config.work_dir, "wheels")
    if os.path.isdir(wheels):
        base += ["--find-links", "wheels"]
        install.commands.append([*base, "--no-index", *_write_pins(config), "-r", "requirements.txt"])
    pins = _write_pins(config)
    install.commands.append([*base, *pins, "-r", "requirements.txt"])
    install.made_for = f"{sys.implementation.cache_tag} {_machine()}"
    return install


def _write_pins(config: Config) -> List[str]:
    """What an earlier build of the same version installed is installed again, where there was one."""
    pins = getattr(config, "pins", None) or []
    if not pins:
        return []
    path = os.path.join(config.control_dir, "pins.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(pins) + "\n")
    return ["--constraint", path]


def list_pins(folder: str) -> List[str]:
    """The packages in a folder that pip filled, as `name==version`, by name."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = [name[: -len(".dist-info")].split("-") for name in names if name.endswith(".dist-info")]
    return sorted(f"{parts[0].replace('_', '-')}=={parts[1]}" for parts in found if len(parts) == 2)


def _find_node(config: Config, environment: Dict[str, str]) -> Optional[Install]:
    text = _read(config, "package.json")
    try:
        package = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise AttemptFailed("install_failed", f"package.json is not valid JSON: {error}") from error
    if not isinstance(package, dict):
        raise AttemptFailed("install_failed", "package.json does not hold an object.")
    named = {**(package.get("dependencies") or {}), **(package.get("optionalDependencies") or {})}
    folder = os.path.join(config.work_dir, "node_modules")
    if not named or os.path.isdir(folder):
        return None
    install = Install(config, environment, "package.json")
    install.folder = folder
    install.commands = [NPM_COMMAND]
    install.made_for = f"{_node_version(environment)} {_machine()}"
    return install


def _machine() -> str:
    return f"{platform.machine()} {' '.join(platform.libc_ver())}"


def _node_version(environment: Dict[str, str]) -> str:
    import subprocess

    try:
        answer = subprocess.run(["node", "--version"], env=environment, capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "no node"
    return answer.stdout.decode("utf-8", "replace").strip()


def _read(config: Config, name: str) -> str:
    try:
        with open(os.path.join(config.work_dir, name), encoding="utf-8-sig", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, IsADirectoryError):
        return ""


def _tail(log: LogBook) -> Optional[str]:
    return log.stderr_tail[-STDERR_TAIL_BYTES:].decode("utf-8", "replace") or None
