"""Finds the files a script hands over and hands them to the edge."""

from __future__ import annotations

import os
import stat
import time
from typing import Any, Dict, List, Optional, Tuple

from .config import Config
from .edge import Edge, EdgeAway, quote
from .failure import AttemptFailed, Stopped
from .journal import Journal
from .log_book import LogBook
from .mask_file import mask_file
from .redact import Redactor
from .wire import clean_text

LONGEST_PATH = 512
# A file to hand over: path, media type, and the digest of what it holds.
Upload = Tuple[str, str, str]
# Not the edge's final word: the edge says stop in its answer to a post, with its proof.
AWAY_STATUSES = frozenset((401, 404, 408, 409, 410, 425, 429))
# Written by the runner for the script alone.
PRIVATE_FILES = ("secrets.json", ".env.local")

MEDIA_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}


class PathRefused(Exception):
    """Why a path is not handed over, as the end of a sentence."""


def resolve_path(config: Config, path: str) -> str:
    """The path relative to the work directory, of a regular file within it. Raises PathRefused."""
    try:
        return _resolve(config, path)
    except (ValueError, OSError):
        raise PathRefused("has a name that no file can have") from None


def _resolve(config: Config, path: str) -> str:
    reason = why_unkept(path)
    if reason:
        raise PathRefused(reason)
    relative = path
    if os.path.isabs(path):
        relative = os.path.relpath(os.path.realpath(path), config.work_dir)
    relative = os.path.normpath(relative) if ".." not in path.split("/") else path
    if not path or "\0" in path or ".." in relative.split("/"):
        raise PathRefused("lies outside the work directory")
    if len(relative) > LONGEST_PATH:
        raise PathRefused(f"has a path longer than {LONGEST_PATH} characters")
    real = os.path.realpath(os.path.join(config.work_dir, relative))
    if not real.startswith(config.work_dir + os.sep):
        raise PathRefused("is a link that leads out of the work directory")
    if os.path.relpath(real, config.work_dir) in PRIVATE_FILES:
        raise PathRefused("holds secrets")
    try:
        mode = os.stat(real).st_mode
    except OSError:
        raise PathRefused("was not written") from None
    if not stat.S_ISREG(mode):
        raise PathRefused("is not a regular file")
    return relative


def why_unkept(path: str) -> Optional[str]:
    """What a stored file's path may not have, as the end of a sentence: it is saved on other people's machines."""
    if "\\" in path:
        return "has a backslash in its name; write / between folders"
    if ":" in path:
        return "has a colon in its name, which Windows does not allow"
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        return "has a control character in its name"
    if clean_text(path) != path:
        return "has a name that is not UTF-8"
    return None


def guess_media_type(path: str) -> str:
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


class FileIntake:
    """Collects the `file` entries of one attempt, each path once."""

    def __init__(self, config: Config, log: LogBook) -> None:
        self._config = config
        self._log = log
        self._artifacts_left_out = 0
        self.entries: List[Dict[str, Any]] = []

    def add_output(self, name: str, path: str, media_type: str) -> None:
        """`path` as `resolve_path` gave it. Raises AttemptFailed when the file is too large."""
        size = self._size(path)
        limit = self._config.limits.artifact_bytes
        if size > limit:
            raise AttemptFailed("output_too_large", f"The output {name} has {size:,} bytes; the limit is {limit:,}.")
        self._add("output", name, path, media_type)

    def add_artifact(self, declared: Any) -> None:
        """An item of result.json's `artifacts`; what cannot be taken is said in the log."""
        item = {"path": declared} if isinstance(declared, str) else declared
        path = (item.get("path") or item.get("relative_path")) if isinstance(item, dict) else None
        if not isinstance(path, str):
            self._log.note("An item of artifacts in result.json names no path and was left out.", "warning")
            return
        try:
            relative = resolve_path(self._config, path)
        except PathRefused as refusal:
            self._log.note(f"The artifact {path} was left out: it {refusal}.", "warning")
            return
        if relative == "result.json":
            self._log.note("The artifact result.json was left out: its outputs are kept with the run.", "warning")
            return
        if any(entry["path"] == relative for entry in self.entries):
            return
        if self._size(relative) > self._config.limits.artifact_bytes:
            self._log.note(f"The artifact {path} was left out: it is larger than the limit.", "warning")
            return
        kind = item.get("type")
        media_type = kind if isinstance(kind, str) and "/" in kind else guess_media_type(relative)
        name = item.get("name")
        self._add("artifact", name if isinstance(name, str) and name else os.path.basename(relative), relative, media_type)

    def write(self, journal: Journal, redactor: Redactor) -> None:
        """Puts every file on the record, which is enough for the edge to fetch it; texts without their secrets."""
        limit = self._config.limits.artifacts_per_run
        if len(self.entries) > limit:
            self._log.note(f"{len(self.entries) - limit} files over the limit of {limit} were left out.", "warning")
            del self.entries[limit:]
        for entry in self.entries:
            full = os.path.join(self._config.work_dir, entry["path"])
            if mask_file(full, redactor):
                entry["size_bytes"] = self._size(entry["path"])
                self._log.note(f"The file {entry['path']} held a secret: it is kept with *** in its place.", "warning")
            entry["sha256"] = digest_file(full)
            journal.append({"type": "file", **entry}, vital=True)

    def _add(self, kind: str, name: str, path: str, media_type: str) -> None:
        size = self._size(path)
        entry = {"kind": kind, "name": name, "path": path, "media_type": media_type[:128], "size_bytes": size}
        self.entries.append(entry)

    def _size(self, path: str) -> int:
        return os.stat(os.path.join(self._config.work_dir, path)).st_size

    def uploads(self) -> List[Upload]:
        """What was written, to be sent."""
        return [(entry["path"], entry["media_type"], entry["sha256"]) for entry in self.entries]


def digest_file(path: str) -> str:
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def upload(config: Config, files: List[Upload], stopped: Any) -> None:
    """
    Sends one file after the other. An edge that is away is waited for until nobody waits for us; raises Stopped when
    `stopped()` says that it wants nothing more from this attempt.
    """
    edge = Edge(config)
    for file in files:
        backoff = 0.05
        while True:
            status = _put(config, edge, file)
            if status is not None and status < 500 and status not in AWAY_STATUSES:
                break
            if stopped():
                raise Stopped
            if time.time() * 1000 >= config.give_up_at:
                return
            time.sleep(backoff)
            backoff = min(backoff * 2, 1.0)
    edge.close()


def _put(config: Config, edge: Edge, upload_file: Upload) -> Optional[int]:
    path, media_type, sha256 = upload_file
    query = f"attempt={config.attempt}&path={quote(path)}&sha256={sha256}&media_type={quote(media_type)}"
    with open(os.path.join(config.work_dir, path), "rb") as file:
        length = os.fstat(file.fileno()).st_size
        try:
            status, _ = edge.request("PUT", f"/files?{query}", body=file, length=length, timeout=60.0)
        except EdgeAway:
            return None
    return status
