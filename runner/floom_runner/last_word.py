"""What a script said about its own end: the exception that ended it, found in the end of its standard error. Pure."""

from __future__ import annotations

import re
from typing import List

LONGEST_QUOTE = 200
PYTHON_TRACE = "Traceback (most recent call last):"
# The name of an exception and perhaps its message, at the start of a line.
EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Group|Warning|Interrupt|Exit|Iteration)?(: .*)?$")
NAMED_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Group|Warning|Interrupt|Exit|Iteration)(: .*)?$")
GROUP_EDGE = re.compile(r"^[ |+-]*")
CARETS = re.compile(r"^\s*\^+\s*$")
UNSETTLED = "Warning: Detected unsettled top-level await"


def find_exception(stderr: str, exit_code: int) -> str:
    """The line with the exception that ended the script; empty when none is to be seen. Python's or Node's."""
    lines = stderr.splitlines()
    # Python ends with 1 for an exception that nobody caught, Node too; 13 is an await that never settles.
    if exit_code == 13:
        return _cut(next((line for line in reversed(lines) if line.startswith(UNSETTLED)), ""))
    if exit_code not in (1, 6, 7):
        return ""
    return _cut(_node_exception(lines) or _python_exception(lines))


def quote(stderr: str, exit_code: int) -> str:
    """The exception, else the last line that says something."""
    return find_exception(stderr, exit_code) or _cut(
        next((line.strip() for line in reversed(stderr.splitlines()) if line.strip()), "")
    )


def _node_exception(lines: List[str]) -> str:
    if not any(line.startswith("Node.js v") for line in lines[-3:]):
        return ""
    carets = [index for index, line in enumerate(lines) if CARETS.match(line)]
    after = lines[carets[-1] + 1 :] if carets else lines
    said = [line.strip() for line in after if line.strip() and not line.startswith("Node.js v")]
    return said[0] if said else ""


def _python_exception(lines: List[str]) -> str:
    starts = [index for index, line in enumerate(lines) if line == PYTHON_TRACE or _is_group_start(line)]
    if not starts:
        named = [line for line in lines if NAMED_EXCEPTION.match(line)]
        return named[-1] if named and len(lines) > 1 else ""
    start = starts[-1]
    if _is_group_start(lines[start]):
        return _group(lines[start + 1 :])
    for line in lines[start + 1 :]:
        if line[:1] not in ("", " ", "\t") and EXCEPTION.match(line):
            return line
    return ""


def _is_group_start(line: str) -> bool:
    return line.lstrip().startswith("+ Exception Group " + PYTHON_TRACE)


def _group(lines: List[str]) -> str:
    """A group's own line and the first exception in it: the group alone says little."""
    bare = [GROUP_EDGE.sub("", line) for line in lines]
    found = [line for line in bare if NAMED_EXCEPTION.match(line)]
    return " / ".join(found[:2])


def _cut(line: str) -> str:
    return line[:LONGEST_QUOTE]
