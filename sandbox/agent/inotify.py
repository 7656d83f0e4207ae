"""Watches folders with the kernel's own events, in its kinds and its order."""

from __future__ import annotations

import ctypes
import os
import stat
from _collections import deque

from .loop import READ, Loop
from .rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

# The kernel's own bits (`inotify(7)`).
MODIFY = 0x2
ATTRIB = 0x4
MOVED_FROM = 0x40
MOVED_TO = 0x80
CREATE = 0x100
DELETE = 0x200
DELETE_SELF = 0x400
MOVE_SELF = 0x800
Q_OVERFLOW = 0x4000
ONLYDIR = 0x01000000
ISDIR = 0x40000000
WATCHED = MODIFY | ATTRIB | MOVED_FROM | MOVED_TO | CREATE | DELETE | DELETE_SELF | MOVE_SELF
# Stands for no event: all that happened while a folder was taken on has been told.
SETTLED = 0

MAX_DIRECTORIES = 2_000
HEADER_BYTES = 16
READ_BYTES = 64 * 1024

# E2B's word for each of the kernel's; what is not here is not told.
KINDS = (
    (CREATE | MOVED_TO, "CREATE"),
    (MOVED_FROM | MOVE_SELF, "RENAME"),
    (ATTRIB, "CHMOD"),
    (MODIFY, "WRITE"),
    (DELETE, "REMOVE"),
)


def kind_of(mask: int) -> str | None:
    """The change that an event tells of, None for none."""
    return next((kind for bits, kind in KINDS if mask & bits), None)


def parse_events(data: bytes) -> list[tuple[int, int, str]]:
    """Watch, mask and name of the events in what the kernel wrote: four numbers, then a name that is filled up with NUL."""
    events = []
    at = 0
    while at + HEADER_BYTES <= len(data):
        watch = int.from_bytes(data[at : at + 4], "little", signed=True)
        mask = int.from_bytes(data[at + 4 : at + 8], "little")
        size = int.from_bytes(data[at + 12 : at + 16], "little")
        name = data[at + HEADER_BYTES : at + HEADER_BYTES + size].rstrip(b"\0")
        events.append((watch, mask, os.fsdecode(name)))
        at += HEADER_BYTES + size
    return events


class Inotify:
    """The kernel's queue of events, and who listens to which folder."""

    def __init__(self, loop: Loop) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._checked(self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK), None)
        self._listeners: dict[int, list[Branch]] = {}
        self._pending: deque[tuple[int, int, str]] = deque()
        loop.watch(self._fd, READ, self._happened)

    def add(self, branch: Branch) -> list[str]:
        """
        Watches a folder; gives what was in it when the watch began. Anything newer comes as an event, and may be in there as
        well: what happened meanwhile ends with an event of nothing. Throws the system's error.
        """
        path = os.fsencode(branch.path)
        # Events so far, which may be about a former folder of the same number, go to those who listened to that.
        watch = self._checked(self._libc.inotify_add_watch(self._fd, path, WATCHED | ONLYDIR), branch.path)
        branch.watch = watch
        self._listeners.setdefault(watch, []).append(branch)
        try:
            names = os.listdir(branch.path)
        except OSError:
            self.remove(branch)
            raise
        self._collect()
        self._pending.append((watch, SETTLED, ""))
        return names

    def remove(self, branch: Branch) -> None:
        """Ends watching for one listener."""
        listeners = self._listeners.get(branch.watch, [])
        if branch in listeners:
            listeners.remove(branch)
            if not listeners:
                del self._listeners[branch.watch]
                self._libc.inotify_rm_watch(self._fd, branch.watch)

    def pass_on(self) -> None:
        """Tells everybody what has come so far."""
        while self._pending:
            watch, mask, name = self._pending.popleft()
            concerned = self._listeners.get(watch, [])
            if mask & Q_OVERFLOW:
                concerned = [branch for branches in self._listeners.values() for branch in branches]
            for branch in concerned[:]:
                branch.hear(mask, name)

    def _happened(self, _events: int) -> None:
        self._collect()
        self.pass_on()

    def _collect(self) -> None:
        while True:
            try:
                self._pending.extend(parse_events(os.read(self._fd, READ_BYTES)))
            except BlockingIOError:
                return

    def _checked(self, result: int, path: str | None) -> int:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
        return result


class Branch:
    """A folder of a watched tree, and entries that were told of before the kernel's own word of them may come."""

    __slots__ = ("path", "watch", "announced", "hear")

    def __init__(self, path: str) -> None:
        self.path = path
        self.watch = -1
        self.announced: set[str] = set()
        self.hear: Callable[[int, str], None] = lambda _mask, _name: None


class DirectoryWatch:
    """
    Watches one directory, or its whole tree: passes the kernel's events on as they come, and takes directories that are
    made later into the watch. `told` hears of changes (kind, name relative to the root, path), and why the watch is over.
    """

    def __init__(
        self,
        inotify: Inotify,
        root: str,
        is_recursive: bool,
        told: tuple[Callable[[str, str, str], None], Callable[[Exception], None]],
    ) -> None:
        self._inotify = inotify
        self._root = root
        self._is_recursive = is_recursive
        self._on_change, self._on_failure = told
        self._branches: dict[str, Branch] = {}
        self._is_closed = False

    def start(self) -> None:
        """Begins. Throws when the directory is missing or none."""
        if not stat.S_ISDIR(os.stat(self._root).st_mode):
            raise RpcError("invalid_argument", f"path is not a directory: {self._root}")
        try:
            self._add(self._root, announce=False)
        except BaseException:
            self.close()
            raise
        self._inotify.pass_on()

    def close(self) -> None:
        """Ends it."""
        self._is_closed = True
        for branch in self._branches.values():
            self._inotify.remove(branch)
        self._branches.clear()

    def _add(self, folder: str, announce: bool) -> None:
        """Watches a folder and those below. What is in it is known, or with `announce` as new as the folder itself."""
        waiting = [folder]
        while waiting:
            path = waiting.pop(0)
            try:
                waiting.extend(self._add_one(path, announce))
            except (FileNotFoundError, NotADirectoryError):
                # One that is gone again before it could be watched is not part of the tree.
                self._forget(path)
                if path == self._root:
                    raise

    def _add_one(self, path: str, announce: bool) -> list[str]:
        if len(self._branches) >= MAX_DIRECTORIES:
            raise RpcError("resource_exhausted", f"more than {MAX_DIRECTORIES} folders to watch")
        branch = Branch(path)
        branch.hear = lambda mask, name: self._happened(branch, mask, name)
        names = self._inotify.add(branch)
        self._branches[path] = branch
        paths = [os.path.join(path, name) for name in names]
        if announce:
            branch.announced = set(names)
            for inner in paths:
                self._emit("CREATE", inner)
        if not self._is_recursive:
            return []
        return [inner for inner in paths if _is_folder(inner) and inner not in self._branches]

    def _happened(self, branch: Branch, mask: int, name: str) -> None:
        if self._is_closed or self._branches.get(branch.path) is not branch:
            return
        if mask & Q_OVERFLOW:
            return self._on_failure(RpcError("resource_exhausted", "events were lost"))
        if mask == SETTLED:
            return branch.announced.clear()
        if name == "":
            return self._happened_to_itself(branch.path, mask)
        path = os.path.join(branch.path, name)
        kind = kind_of(mask)
        if kind is None:
            return
        was_told = name in branch.announced
        branch.announced.discard(name)
        if kind != "CREATE" or not was_told:
            self._emit(kind, path)
        if not mask & ISDIR or not self._is_recursive or self._is_closed:
            return
        if kind in ("RENAME", "REMOVE"):
            self._forget(path)
        if kind == "CREATE" and path not in self._branches:
            try:
                self._add(path, announce=True)
            except (OSError, RpcError) as error:
                self._on_failure(error)

    def _happened_to_itself(self, path: str, mask: int) -> None:
        """Of a directory below the root its parent tells."""
        if path != self._root:
            return
        if mask & DELETE_SELF:
            return self._on_failure(RpcError("not_found", f"the watched directory is gone: {self._root}"))
        kind = kind_of(mask)
        if kind is not None:
            self._emit(kind, path)

    def _forget(self, path: str) -> None:
        for watched in list(self._branches):
            if watched == path or watched.startswith(f"{path}/"):
                self._inotify.remove(self._branches.pop(watched))

    def _emit(self, kind: str, path: str) -> None:
        name = "." if path == self._root else path[len(self._root.rstrip("/")) + 1 :]
        self._on_change(kind, name, path)


def _is_folder(path: str) -> bool:
    """Links are not followed: one to a parent would never end."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
