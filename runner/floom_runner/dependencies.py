"""Installs what requirements.txt and package.json name, from the cache when an earlier run has kept it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import sys
import time
from typing import Dict, Iterator, List, Optional

from .config import Config
from .dependency_cache import DependencyCache
from .execute import Execution, Wakeup
from .failure import AttemptFailed
from .log_book import STDERR_TAIL_BYTES, SYSTEM, LogBook

PIP_OPTIONS = (
    "--quiet --no-input --disable-pip-version-check --no-warn-script-location --progress-bar off --no-cache-dir --retries 2"
).split()
NPM_COMMAND = ["npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
LOCKFILES = ("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc")
PACKAGED = (".whl", ".tar.gz", ".tgz", ".zip")


class Install:
    """One installer's work: the commands to try in turn, the folder they fill and the key it is kept under."""

    def __init__(self, config: Config, environment: Dict[str, str], what: str) -> None:
        self.config = config
        self.environment = environment
        self.what = what
        self.commands: List[List[str]] = []
        self.folder = ""
        # None when the result depends on more than the files that a key can name.
        self.key: Optional[str] = None

    def perform(self, log: LogBook, wakeup: Wakeup, deadline: float) -> None:
        """Raises AttemptFailed with `install_failed`."""
        cache = DependencyCache(self.config)
        if self.key is not None and cache.fetch(self.key, self.folder):
            log.note(f"The dependencies of {self.what} come from an earlier run.")
            return
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
        if self.key is not None:
            cache.keep(self.key, self.folder)

    def _run(self, command: List[str], log: LogBook, wakeup: Wakeup, deadline: float) -> int:
        log.stderr_tail = b""
        execution = Execution(log, wakeup, max(0.0, deadline - time.monotonic()))
        execution.start(command, [SYSTEM, SYSTEM], env=self.environment, cwd=self.config.work_dir)
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
    found = [_find_python(config, environment), _find_node(config, environment)]
    return [install for install in found if install is not None]


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
        install.commands.append([*base, "--no-index", "-r", "requirements.txt"])
    install.commands.append([*base, "-r", "requirements.txt"])
    if _is_closed(text):
        version = f"{sys.implementation.cache_tag} {platform.machine()} {platform.libc_ver()}"
        install.key = _digest(config, version, ["requirements.txt", *_packaged_files(config)])
    return install


def _is_closed(requirements: str) -> bool:
    """True when nothing is named but packages, an index, and packed files of the bundle."""
    for raw in requirements.splitlines():
        line = raw.split(" #")[0].strip()
        if not line or line.startswith("#") or line.endswith(PACKAGED):
            continue
        if re.match(r"-(r|c|e)\b|--(requirement|constraint|editable)\b|\.{0,2}/|file:|\.$", line):
            return False
    return True


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
    links = [str(wanted) for wanted in named.values() if str(wanted).startswith(("file:", "link:", ".", "/"))]
    if all(link.endswith(PACKAGED) for link in links):
        version = f"{_node_version(environment)} {platform.machine()} {platform.libc_ver()}"
        install.key = _digest(config, version, [*LOCKFILES, *_packaged_files(config)])
    return install


def _node_version(environment: Dict[str, str]) -> str:
    import subprocess

    try:
        answer = subprocess.run(["node", "--version"], env=environment, capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "no node"
    return answer.stdout.decode("utf-8", "replace").strip()


def _digest(config: Config, version: str, names: List[str]) -> str:
    digest = hashlib.sha256(version.encode())
    for name in sorted(set(names)):
        try:
            with open(os.path.join(config.work_dir, name), "rb") as file:
                content = hashlib.sha256(file.read()).hexdigest()
        except FileNotFoundError:
            continue
        digest.update(f"\n{name} {content}".encode("utf-8", "replace"))
    return digest.hexdigest()


def _packaged_files(config: Config) -> Iterator[str]:
    for folder, _, names in os.walk(config.work_dir):
        for name in names:
            if name.endswith(PACKAGED):
                yield os.path.relpath(os.path.join(folder, name), config.work_dir)


def _read(config: Config, name: str) -> str:
    try:
        with open(os.path.join(config.work_dir, name), encoding="utf-8-sig", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, IsADirectoryError):
        return ""


def _tail(log: LogBook) -> Optional[str]:
    return log.stderr_tail[-STDERR_TAIL_BYTES:].decode("utf-8", "replace") or None
