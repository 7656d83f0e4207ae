"""What the launcher asks the kernel for, by the C library: Python's own modules have names for few of these calls."""

from __future__ import annotations

import ctypes
import os

NEW_NAMESPACE = 0x00020000
NEW_CGROUP = 0x02000000
NEW_HOST_NAME = 0x04000000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PROCESSES = 0x20000000
NEW_NETWORK = 0x40000000

READ_ONLY = 1
NO_SET_ID = 2
NO_DEVICES = 4
NO_PROGRAMS = 8
REMOUNT = 32
BIND = 4096
RECURSIVE = 16384
PRIVATE = 1 << 18
DETACH = 2

SET_PARENT_DEATH_SIGNAL = 1
SET_DUMPABLE = 4
SET_CHILD_SUBREAPER = 36

_library = ctypes.CDLL(None, use_errno=True)
# Looked up once, and not in each process that is forked.
_functions = {
    name: getattr(_library, name)
    for name in ("ioctl", "mount", "pivot_root", "prctl", "sethostname", "setns", "umount2", "unshare")
}


def call(name: str, *words: object) -> int:
    """A function of the C library that returns -1 with a reason when it fails. Raises OSError."""
    result: int = _functions[name](*words)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{_shown(words)}: {os.strerror(number)}")
    return result


def _shown(words: tuple[object, ...]) -> str:
    texts = [os.fsdecode(word) for word in words if isinstance(word, bytes)]
    return f" {' '.join(texts)}" if texts else ""


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Raises OSError."""
    words = [os.fsencode(word) if word else None for word in (source, target, kind)]
    call("mount", *words, flags, os.fsencode(options) if options else None)


def bind(source: str, target: str) -> None:
    """The same files at another place, with whatever is mounted below them. Raises OSError."""
    mount(source, target, "", BIND | RECURSIVE)


def hold_mount(target: str, more: int) -> None:
    """
    Adds flags to those of one mount; what it had already cannot be taken away, and is not. Raises OSError.
    """
    has = os.statvfs(target).f_flag & (READ_ONLY | NO_SET_ID | NO_DEVICES | NO_PROGRAMS)
    mount("", target, "", REMOUNT | BIND | has | more)


class CommandLine:
    """What the process table shows as the command line of this process, and in the same place of all that are forked from it."""

    def __init__(self) -> None:
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        self._start, end = int(fields[45]), int(fields[46])
        self._length = end - self._start
        with open("/proc/self/cmdline", "rb") as file:
            self._words = file.read().split(b"\0")[1:]

    def begin_with(self, name: str) -> None:
        """Has it show this name in the place of the program's. Raises ValueError for one that is longer than that."""
        line = b"\0".join([os.fsencode(name), *self._words])
        if len(line) > self._length:
            raise ValueError("the name is too long")
        ctypes.memmove(self._start, line.ljust(self._length, b"\0"), self._length)


def go_into_root(root: str) -> None:
    """Makes a mounted folder the root of this mount namespace, and lets go of the one before. Raises OSError."""
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", DETACH)
    os.chdir("/")
