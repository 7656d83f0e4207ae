"""The runner's own name among the processes, so that a script that tidies up by name does not end it."""

from __future__ import annotations

from typing import List

NAME = b"floom-runner"


def take_own_name(archive: str) -> None:
    """
    Replaces `python3` in what `pkill` and `killall` look at, and the interpreter's part of the command line. The
    archive's path stays in it: by that the edge finds the runner. Where the kernel forbids it, all stays as it was.
    """
    show_command(NAME, [NAME, archive.encode("utf-8", "surrogateescape")])


def show_command(name: bytes, words: List[bytes]) -> None:
    """What the process table is to show of this process, if there is room for it. Leaves all as it was where it must not."""
    try:
        with open("/proc/self/comm", "wb") as file:
            file.write(name)
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])
        line = b"".join(word + b"\0" for word in words)
        if len(line) > end - start:
            return
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            memory.write(line.ljust(end - start, b"\0"))
    except (OSError, ValueError, IndexError, OverflowError):
        pass
