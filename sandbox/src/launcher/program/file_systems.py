"""
What a sandbox sees: a tree of mounts below a folder, put together from the same words by which bubblewrap is told. Each word
means here what it means there (bwrap(1)); one that is not known makes no sandbox.
"""

from __future__ import annotations

import os

from .kernel import NO_DEVICES, NO_PROGRAMS, NO_SET_ID, READ_ONLY, bind, hold_mount, mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = (
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("core", "/proc/kcore"),
    ("fd", "/proc/self/fd"),
    ("ptmx", "pts/ptmx"),
)
# Of `/proc` what changes the machine. Whoever has no rights over it cannot write there anyway.
PROC_SETTINGS = ("sys", "sysrq-trigger", "irq", "bus")


def mount_overlays(overlays: list[list[str]]) -> None:
    """`overlays`: of each where it is, and its options. Raises OSError."""
    for target, options in overlays:
        mount("overlay", target, "overlay", READ_ONLY, options)


class FileSystems:
    """Makes everything below `root`. The process has to be alone with its mounts, and must have set no umask."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._size: str | None = None
        self._mode: int | None = None
        self._words: dict[str, tuple[int, Callable[..., None]]] = {
            "--size": (1, self._take_size),
            "--perms": (1, self._take_mode),
            "--tmpfs": (1, self._tmpfs),
            "--dir": (1, self._dir),
            "--symlink": (2, self._symlink),
            "--ro-bind": (2, self._ro_bind),
            "--ro-bind-try": (2, self._ro_bind_try),
            "--proc": (1, self._proc),
            "--dev": (1, self._dev),
            "--remount-ro": (1, self._remount_ro),
        }

    def make(self, words: list[str]) -> None:
        """Raises OSError, and ValueError for a word that it does not know."""
        at = 0
        while at < len(words):
            known = self._words.get(words[at])
            if known is None:
                raise ValueError(f"no file system is made by {words[at]}")
            count, work = known
            work(*words[at + 1 : at + 1 + count])
            at += 1 + count

    def _take_size(self, size: str) -> None:
        self._size = size

    def _take_mode(self, mode: str) -> None:
        self._mode = int(mode, 8)

    def _mode_or(self, usual: int) -> int:
        mode, self._mode = self._mode, None
        return usual if mode is None else mode

    def _tmpfs(self, path: str) -> None:
        size, self._size = self._size, None
        options = f"mode={self._mode_or(0o755):04o}" + ("" if size is None else f",size={size}")
        mount("tmpfs", self._folder(path), "tmpfs", NO_SET_ID | NO_DEVICES, options)

    def _dir(self, path: str) -> None:
        self._folder(path, self._mode_or(0o755))

    def _symlink(self, target: str, path: str) -> None:
        os.symlink(target, self._place(path))

    def _ro_bind_try(self, source: str, path: str) -> None:
        if os.path.exists(source):
            self._ro_bind(source, path)

    def _ro_bind(self, source: str, path: str) -> None:
        place = self._folder(path) if os.path.isdir(source) else self._file(path)
        bind(source, place)
        hold_mount(place, READ_ONLY | NO_SET_ID | NO_DEVICES)

    def _proc(self, path: str) -> None:
        place = self._folder(path)
        mount("proc", place, "proc", NO_SET_ID | NO_DEVICES | NO_PROGRAMS)
        for name in PROC_SETTINGS:
            setting = f"{place}/{name}"
            if os.access(setting, os.W_OK):
                bind(setting, setting)
                hold_mount(setting, READ_ONLY | NO_SET_ID | NO_DEVICES)

    def _dev(self, path: str) -> None:
        place = self._folder(path)
        mount("tmpfs", place, "tmpfs", NO_SET_ID | NO_DEVICES, "mode=0755")
        for name in DEVICES:
            device = self._file(f"{path}/{name}")
            bind(f"/dev/{name}", device)
            hold_mount(device, NO_SET_ID)
        for name, target in DEVICE_LINKS:
            os.symlink(target, f"{place}/{name}")
        for name in ("shm", "pts"):
            os.mkdir(f"{place}/{name}", 0o755)
        mount("devpts", f"{place}/pts", "devpts", NO_SET_ID | NO_PROGRAMS, "newinstance,ptmxmode=0666,mode=620")

    def _remount_ro(self, path: str) -> None:
        hold_mount(self._place(path), READ_ONLY)

    def _place(self, path: str) -> str:
        return self._root if path == "/" else self._root + path

    def _folder(self, path: str, mode: int = 0o755) -> str:
        """As it is, if it is there; else with the folders above it."""
        place = self._place(path)
        try:
            os.mkdir(place, mode)
        except FileExistsError:
            pass
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place), 0o755)
            os.mkdir(place, mode)
        return place

    def _file(self, path: str) -> str:
        place = self._place(path)
        if not os.path.lexists(place):
            os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444))
        return place
