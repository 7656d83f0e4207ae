"""Whole trees of files: what is described, listed and removed together."""

from __future__ import annotations

import os
import stat
import time

from .loop import Loop
from .rpc import RpcError
from .wire_json import tidy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Entries of one listing; a deeper tree than this is read folder by folder.
MAX_LISTED_ENTRIES = 50_000
# Entries that are looked at or removed between two turns of the others.
ENTRIES_PER_TURN = 200
NS_PER_SECOND = 1_000_000_000


class FileMetadata:
    """
    The user's metadata of uploaded files. E2B keeps it in extended attributes, which not every kernel has in memory: here
    a table by file number, so that it follows a file through renames and links. A file system in memory gives no number
    twice.
    """

    MAX_FILES = 10_000

    def __init__(self) -> None:
        self._entries: dict[tuple[int, int], dict[str, str]] = {}

    def of(self, info: os.stat_result) -> dict[str, str] | None:
        """What is kept of a file, None for nothing."""
        return self._entries.get((info.st_dev, info.st_ino))

    def set(self, info: os.stat_result, metadata: dict[str, str]) -> None:
        """Replaces the metadata of a file; an empty one removes it. The oldest go when there are too many."""
        key = (info.st_dev, info.st_ino)
        self._entries.pop(key, None)
        if metadata:
            self._entries[key] = metadata
        if len(self._entries) > self.MAX_FILES:
            del self._entries[next(iter(self._entries))]


def entry_info(path: str, metadata: FileMetadata) -> dict[str, Any]:
    """
    What the API tells about a path. As in envd a symbolic link is shown with the type and mode of its target (neither when
    that is missing), with its own permissions (`L...`) and with the resolved target. Throws the system's error when the
    path itself does not exist.
    """
    own = os.lstat(path)
    is_link = stat.S_ISLNK(own.st_mode)
    target, shown = _follow(path) if is_link else (None, own)
    return {
        "name": tidy(os.path.basename(path)) or "/",
        "type": None if shown is None else _type_of(shown.st_mode),
        "path": tidy(path),
        "size": str(own.st_size) if own.st_size else None,
        "mode": None if shown is None else (shown.st_mode & 0o777) or None,
        "permissions": _permissions(own.st_mode),
        "owner": _name_of("/etc/passwd", own.st_uid),
        "group": _name_of("/etc/group", own.st_gid),
        "modifiedTime": timestamp(own.st_mtime_ns),
        "symlinkTarget": target,
        "metadata": metadata.of(shown or own),
    }


def _follow(path: str) -> tuple[str, os.stat_result | None]:
    try:
        shown = os.stat(path)
        return tidy(os.path.realpath(path)), shown
    except OSError:
        return tidy(os.readlink(path)), None


def _type_of(mode: int) -> str | None:
    if stat.S_ISDIR(mode):
        return "FILE_TYPE_DIRECTORY"
    return "FILE_TYPE_FILE" if stat.S_ISREG(mode) else None


def _permissions(mode: int) -> str:
    """Mode as Go prints it: `-rwxr-xr-x`, `drwx...`, `Lrwx...`."""
    kinds = [
        "d" if stat.S_ISDIR(mode) else "",
        "L" if stat.S_ISLNK(mode) else "",
        "p" if stat.S_ISFIFO(mode) else "",
        "S" if stat.S_ISSOCK(mode) else "",
        "u" if mode & 0o4000 else "",
        "g" if mode & 0o2000 else "",
        "Dc" if stat.S_ISCHR(mode) else "",
        "t" if mode & 0o1000 else "",
    ]
    bits = "".join(letter if mode >> (8 - index) & 1 else "-" for index, letter in enumerate("rwxrwxrwx"))
    return ("".join(kinds) or "-") + bits


_names: dict[str, dict[int, str]] = {}


def _name_of(file: str, number: int) -> str:
    if file not in _names:
        _names[file] = _read_names(file)
    return _names[file].get(number, str(number))


def _read_names(file: str) -> dict[int, str]:
    names: dict[int, str] = {}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            words = line.split(":")
            if len(words) > 2 and words[2].strip().isdigit():
                names.setdefault(int(words[2]), words[0])
    return names


def timestamp(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as protobuf writes a point in time."""
    seconds, nanos = divmod(nanoseconds, NS_PER_SECOND)
    year, month, day, hour, minute, second, *_rest = time.gmtime(seconds)
    fraction = "" if nanos == 0 else f".{nanos:09d}"
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{fraction}Z"


async def list_tree(loop: Loop, path: str, depth: int, metadata: FileMetadata) -> list[dict[str, Any]]:
    """What is in a folder, and in those below up to that depth. Links are shown, not entered: one to a parent never ends."""
    entries: list[dict[str, Any]] = []
    # Folders that are being read, each with its names still to come, backwards.
    open_folders = [(path, sorted(os.listdir(path), reverse=True))]
    looked_at = 0
    while open_folders:
        looked_at += 1
        if looked_at % ENTRIES_PER_TURN == 0:
            await loop.pause()
        folder, names = open_folders[-1]
        if not names:
            open_folders.pop()
            continue
        inner = os.path.join(folder, names.pop())
        try:
            entries.append(entry_info(inner, metadata))
            below = sorted(os.listdir(inner), reverse=True) if len(open_folders) < depth and _is_folder(inner) else None
        except FileNotFoundError:
            # Removed while the folder was read: not part of the listing.
            continue
        if len(entries) > MAX_LISTED_ENTRIES:
            raise RpcError("resource_exhausted", f"more than {MAX_LISTED_ENTRIES} entries: list with a smaller depth")
        if below is not None:
            open_folders.append((inner, below))
    return entries


def _is_folder(path: str) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


async def remove_tree(loop: Loop, path: str) -> None:
    """Removes a path and everything below it, in many turns. Does nothing when it is not there."""
    open_folders: list[str] = [path]
    removed = 0
    while open_folders:
        removed += 1
        if removed % ENTRIES_PER_TURN == 0:
            await loop.pause()
        current = open_folders[-1]
        try:
            if not _is_folder(current):
                os.unlink(current)
                open_folders.pop()
                continue
            names = _some_names(current)
            if names:
                open_folders.extend(os.path.join(current, name) for name in names)
            else:
                os.rmdir(current)
                open_folders.pop()
        except (FileNotFoundError, NotADirectoryError):
            open_folders.pop()


def _some_names(folder: str) -> list[str]:
    """The first names of a folder: with all of them a folder of a hundred thousand files would take a turn of its own."""
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            names.append(entry.name)
            if len(names) >= ENTRIES_PER_TURN:
                break
    return names
