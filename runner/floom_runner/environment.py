"""The environment a script sees, and the small folder of commands put in front of its PATH."""

from __future__ import annotations

import os
import sys
from typing import Dict, Optional

from .config import Config

# Facts about the sandbox itself, which are none of the script's business.
HIDDEN_PREFIXES = ("E2B_", "PYTHONHOME", "PYTHONSTARTUP")


def install_environment() -> Dict[str, str]:
    """What `pip` and `npm` see: nothing of a run, so that it makes no difference where they are started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN_PREFIXES)}
    environment.setdefault("LANG", "C.UTF-8")
    return environment


def script_environment(config: Config, events_path: str) -> Dict[str, str]:
    """Platform names win over secrets of the same name, so that a script cannot be led to another server."""
    environment = {**install_environment(), **config.environment, **config.secrets}
    python_path = [config.dependencies_dir, config.lib_dir, environment.get("PYTHONPATH", "")]
    commands = [config.bin_dir, os.path.join(config.dependencies_dir, "bin")]
    commands.append(os.path.join(config.work_dir, "node_modules", ".bin"))
    environment.update(
        {
            "PATH": os.pathsep.join([*commands, environment.get("PATH", os.defpath)]),
            "PYTHONPATH": os.pathsep.join(part for part in python_path if part),
            "PYTHONUNBUFFERED": "1",
            "FLOOM_RUN_ID": config.run_id,
            "FLOOM_WORKER": config.worker,
            "FLOOM_ATTEMPT": str(config.attempt),
            "FLOOM_API_URL": config.api_url,
            "FLOOM_RUN_TOKEN": config.run_token,
            "FLOOM_TRACE_ID": config.environment.get("FLOOM_TRACE_ID", config.run_id),
            "FLOOM_INPUT_DIR": config.work_dir,
            "FLOOM_OUTPUT_DIR": config.work_dir,
            "FLOOM_EVENTS": events_path,
            # Floom's scripts put "/runs/..." behind this one.
            "WORKEROS_API_URL": f"{config.api_url}/api",
            "WORKEROS_RUN_TOKEN": config.run_token,
        }
    )
    return environment


def provide_commands(config: Config) -> None:
    """Makes `python run.py` work where only `python3` exists, and `floom` for what is not written in Python."""
    os.makedirs(config.bin_dir, exist_ok=True)
    if find_command("python", os.environ.get("PATH", os.defpath)) is None:
        _provide(config, "python", '"$@"')
    # Nothing of the worker's folder or environment may stand in for what this imports.
    start = f"import sys; sys.path.insert(0, {config.lib_dir!r}); from floom._command import main; sys.exit(main(sys.argv[1:]))"
    _provide(config, "floom", f'-I -c "{start}" "$@"')


def _provide(config: Config, name: str, arguments: str) -> None:
    path = os.path.join(config.bin_dir, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{sys.executable}" {arguments}\n')
    os.chmod(path, 0o755)


def find_command(name: str, path: str) -> Optional[str]:
    """As shutil.which, which is slow to import."""
    for folder in path.split(os.pathsep):
        candidate = os.path.join(folder, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def has_default_command(config: Config) -> bool:
    """True for a Python entry that the manifest gives no command of its own."""
    return config.entry.endswith(".py") and config.command.split() == ["python", config.entry]
