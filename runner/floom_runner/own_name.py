"""The runner's own name among the processes, so that a script that tidies up by name does not end it."""

from __future__ import annotations

from typing import Tuple

NAME = b"floom-runner"
PR_SET_NAME = 15


def take_own_name(archive: str) -> None:
    """
    Replaces `python3` in what `pkill` and `killall` look at, and the interpreter's part of the command line. The
    archive's path stays in it: by that the edge finds the runner. Where nothing allows it, all stays as it was.
    """
    try:
        start, words = _command_line(archive)
    except (OSError, ValueError, IndexError, OverflowError):
        return
    for write in (_write_to_proc, _write_to_memory):
        try:
            return write(start, words)
        except Exception:  # noqa: BLE001 - a name is worth no run
            continue


def _command_line(archive: str) -> Tuple[int, bytes]:
    """Where the words of our command line stand in memory, and what is to stand there; nothing where it has no room."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    words = NAME + b"\0" + archive.encode("utf-8", "surrogateescape") + b"\0"
    return start, words.ljust(end - start, b"\0") if len(words) <= end - start else b""


def _write_to_proc(start: int, words: bytes) -> None:
    with open("/proc/self/comm", "wb") as file:
        file.write(NAME)
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(words)


def _write_to_memory(start: int, words: bytes) -> None:
    """Where /proc may only be read, as in a local sandbox. The whole of `ctypes` would take longer to import than all else."""
    from _ctypes import _SimpleCData, call_function, dlopen, dlsym

    class Pointer(_SimpleCData):  # type: ignore[misc]
        _type_ = "P"

    libc = dlopen(None, 2)
    call_function(dlsym(libc, "prctl"), (PR_SET_NAME, NAME, 0, 0, 0))
    call_function(dlsym(libc, "memmove"), (Pointer(start), words, len(words)))
