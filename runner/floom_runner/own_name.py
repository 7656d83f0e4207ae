"""The runner's own name among the processes, so that a script that tidies up by name does not end it."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Tuple

NAME = b"floom-runner"
PR_SET_NAME = 15
# Alike in a process and in all its forks, and so looked up once: where our command line stands in memory, how much room it has
# there, and the way that worked.
_place: Optional[Tuple[int, int]] = None
_way: Optional[Callable[[bytes, int, bytes], None]] = None
_c: Optional[Tuple[Any, Any, Any]] = None


def take_own_name(archive: str) -> None:
    """
    Replaces `python3` in what `pkill` and `killall` look at, and the interpreter's part of the command line. The
    archive's path stays in it: by that the edge finds the runner. Where nothing allows it, all stays as it was.
    """
    show_command(NAME, [NAME, archive.encode("utf-8", "surrogateescape")])


def show_command(name: bytes, words: List[bytes]) -> None:
    """What the process table is to show of this process, the words where there is room for them."""
    global _way
    try:
        start, line = _command_line(words)
    except (OSError, ValueError, IndexError, OverflowError):
        return
    # What worked once may not any more: a process may have been forked into a place where /proc may only be read.
    for write in dict.fromkeys((_way or _write_to_proc, _write_to_proc, _write_to_memory)):
        try:
            write(name, start, line)
        except Exception:  # noqa: BLE001 - a name is worth no run
            continue
        _way = write
        return


def _command_line(words: List[bytes]) -> Tuple[int, bytes]:
    """Where the words of our command line stand in memory, and what is to stand there; nothing where it has no room."""
    global _place
    if _place is None:
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        _place = int(fields[45]), int(fields[46]) - int(fields[45])
    start, room = _place
    line = b"".join(word + b"\0" for word in words)
    return start, line.ljust(room, b"\0") if len(line) <= room else b""


def _write_to_proc(name: bytes, start: int, line: bytes) -> None:
    with open("/proc/self/comm", "wb") as file:
        file.write(name)
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(line)


def _write_to_memory(name: bytes, start: int, line: bytes) -> None:
    """Where /proc may only be read, as in a local sandbox. The whole of `ctypes` would take longer to import than all else."""
    global _c
    from _ctypes import _SimpleCData, call_function, dlopen, dlsym

    if _c is None:

        class Pointer(_SimpleCData):  # type: ignore[misc]
            _type_ = "P"

        libc = dlopen(None, 2)
        _c = dlsym(libc, "prctl"), dlsym(libc, "memmove"), Pointer
    prctl, memmove, pointer = _c
    call_function(prctl, (PR_SET_NAME, name, 0, 0, 0))
    call_function(memmove, (pointer(start), line, len(line)))
