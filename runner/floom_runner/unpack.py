"""Lays out the work directory of the script contract: bundle, input files, inputs.json, secrets."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from typing import Any, BinaryIO, Callable, Dict

from .config import Config
from .failure import AttemptFailed
from .zip_reader import BadZip, Member, list_members, read_member

SKIPPED_PARTS = {"__pycache__", ".pytest_cache", ".ruff_cache"}


def unpack(config: Config) -> None:
    """Raises AttemptFailed for a bundle or an input that cannot be laid out."""
    extract_bundle(config)
    if getattr(config, "contexts", None):
        from .contexts import place_contexts

        place_contexts(config)
    _place_inputs(config)
    _write_json(config, "inputs.json", config.inputs)
    _write_json(config, "connections.json", getattr(config, "connections", {}))
    _write_event(config)
    _write_secrets(config)
    for output in config.output_files:
        os.makedirs(os.path.dirname(join_safely(config.work_dir, output["path"])), exist_ok=True)
    # What was approved and handed over is a result of this run, too, unless the script writes another one.
    handed = {file["path"] for file in config.input_files}
    outputs = [output["path"] for output in config.output_files if output["path"] not in handed]
    config.brought = {path: _mark(config, path) for path in outputs}


def came_with_bundle(config: Config, path: str) -> bool:
    """True for a file at a declared output's path that is as the bundle brought it: no result of this run."""
    mark = getattr(config, "brought", {}).get(path)
    return mark is not None and mark == _mark(config, path)


def _mark(config: Config, path: str) -> Any:
    try:
        facts = os.stat(os.path.join(config.work_dir, path))
    except (OSError, ValueError):
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def join_safely(root: str, relative: str) -> str:
    """The absolute path of a bundle or input file; refuses every spelling that leaves `root`."""
    parts = relative.split("/")
    if not relative or "\\" in relative or "\0" in relative or any(part in ("", ".", "..") for part in parts):
        raise AttemptFailed("invalid_worker", f"The path {relative!r} is not a plain path below the work directory.")
    return os.path.join(root, *parts)


def extract_bundle(config: Config) -> None:
    """Raises AttemptFailed for a bundle that is none."""
    os.makedirs(config.work_dir, exist_ok=True)
    try:
        with open(config.bundle_path, "rb") as file:
            for member in list_members(file):
                _extract_member(config, file, member)
    except (BadZip, FileNotFoundError) as error:
        raise AttemptFailed("invalid_worker", f"The bundle cannot be unpacked: {error}") from error


def _extract_member(config: Config, file: BinaryIO, member: Member) -> None:
    name = member.name.rstrip("/")
    parts = name.split("/")
    # What runs before left on the author's machine is no part of this one.
    if name in ("result.json", "event.json"):
        return
    if parts[0] == "inputs" or SKIPPED_PARTS.intersection(parts) or name.endswith(".pyc"):
        return
    target = join_safely(config.work_dir, name)
    if stat.S_ISLNK(member.mode):
        raise AttemptFailed("invalid_worker", f"The bundle holds a symbolic link: {name}")
    if member.name.endswith("/"):
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    runnable = member.mode & 0o100 or name.endswith(".sh")
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755 if runnable else 0o644)
    with open(descriptor, "wb") as written:
        for block in read_member(file, member):
            written.write(block)


def _place_inputs(config: Config) -> None:
    uses = Counter(file["source"] for file in config.input_files)
    for file in config.input_files:
        source, target = file["source"], join_safely(config.work_dir, file["path"])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        uses[source] -= 1
        # Moved, not copied: the sandbox's disk is memory.
        if uses[source] == 0:
            os.replace(source, target)
        else:
            import shutil

            shutil.copyfile(source, target)
        os.chmod(target, 0o644)


def _write_json(config: Config, name: str, value: Any) -> None:
    with open(os.path.join(config.work_dir, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.write("\n")


def _write_event(config: Config) -> None:
    event = getattr(config, "event", None)
    if event is not None:
        with open(os.path.join(config.work_dir, "event.json"), "w", encoding="utf-8") as file:
            file.write(event)


def _write_secrets(config: Config) -> None:
    lines = "".join(f"{name}={_quote(value)}\n" for name, value in config.secrets.items())
    _write_private(config, ".env.local", lines)
    _write_private(config, "secrets.json", json.dumps(config.secrets, indent=2, ensure_ascii=False) + "\n")


def _write_private(config: Config, name: str, text: str) -> None:
    path = os.path.join(config.work_dir, name)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _quote(value: str) -> str:
    """A dotenv value: plain when it is a word, else double-quoted with escapes."""
    if value and all(character.isalnum() or character in "_-./:+=@%," for character in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("$", "\\$")
    return f'"{escaped}"'


# Floom's older bundles import this name (floom.md section 2.5).
WORKEROS = """from floom import CallFailed, call_worker, call_workers_parallel  # noqa: F401
from floom._models import embed, llm_chat, llm_chat_batch  # noqa: F401
"""


NODE_FILES = ("_command.js", "_connections.js", "_files.js", "_models.js", "_partial.js", "_typed.js", "index.js", "package.json")


def provide_floom_module(config: Config, read_sources: Callable[[], Dict[str, str]]) -> None:
    """Puts the author's `floom` module where the script's Python, and its Node, find it: a link where the sandbox has it already."""
    package = os.path.join(config.lib_dir, "floom")
    # `import` of an ES module looks in folders above the script's alone, whatever NODE_PATH says.
    node_package = os.path.join(os.path.dirname(config.work_dir), "node_modules", "floom")
    os.makedirs(config.lib_dir, exist_ok=True)
    with open(os.path.join(config.lib_dir, "workeros.py"), "w", encoding="utf-8") as file:
        file.write(WORKEROS)
    brought = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "floom")
    if os.path.isdir(brought):
        os.makedirs(os.path.dirname(node_package), exist_ok=True)
        for place in (package, node_package):
            _link(place, brought)
        return
    for folder in (package, node_package):
        os.makedirs(folder, exist_ok=True)
    for name, source in read_sources().items():
        os.makedirs(os.path.dirname(os.path.join(package, name)), exist_ok=True)
        with open(os.path.join(node_package if name in NODE_FILES else package, name), "w", encoding="utf-8") as file:
            file.write(source)


def _link(place: str, target: str) -> None:
    """Whatever an earlier run of the sandbox has put there goes."""
    if os.path.lexists(place):
        from .take_over import remove

        remove(place)
    os.symlink(target, place)
