"""What the end of a script means: a failure with its code and sentence, or none. Pure."""

from __future__ import annotations

import re
from typing import Optional

from .failure import AttemptFailed
from .last_word import find_exception, quote

# The exception itself, not words that somebody printed: a script may talk about memory and disks as it likes.
OUT_OF_MEMORY = re.compile(
    r"(\w+\.)*(_?ArrayMemoryError|MemoryError)\b|OSError: \[Errno 12\]|BlockingIOError: \[Errno 12\]|Error: .*ENOMEM\b"
)
DISK_FULL = re.compile(r"OSError: \[Errno (28|122)\]|Error: (ENOSPC|EDQUOT)\b")
FILE_TOO_LARGE = re.compile(r"OSError: \[Errno 27\]|Error: EFBIG\b")
# What an engine says as it aborts (signal 6) or is ended by its own limit.
ABORTED_FOR_MEMORY = ("JavaScript heap out of memory", "std::bad_alloc")
KILLED = 128 + 9
ABORTED = 128 + 6
FILE_SIZE_SIGNAL = 128 + 25


def judge_exit(exit_code: int, stderr_tail: str, entry_exists: bool, disk_full: bool = False) -> Optional[AttemptFailed]:
    """
    None for exit code 0. `stderr_tail` is the end of what the script wrote to standard error; `disk_full` says that
    there is no room on the disk now.
    """
    if exit_code == 0:
        return None
    exception = find_exception(stderr_tail, exit_code)
    aborted = exit_code == ABORTED and any(sign in stderr_tail for sign in ABORTED_FOR_MEMORY)
    if exit_code == KILLED or aborted or OUT_OF_MEMORY.match(exception):
        return AttemptFailed("sandbox_oom", "The script was ended because it used more memory than it may.")
    if disk_full or DISK_FULL.match(exception):
        return AttemptFailed("disk_full", "The sandbox's disk is full.")
    if exit_code == FILE_SIZE_SIGNAL or FILE_TOO_LARGE.match(exception):
        return AttemptFailed("disk_full", "The script wrote a file larger than the sandbox allows.")
    last_line = quote(stderr_tail, exit_code)
    if not entry_exists:
        return AttemptFailed("invalid_worker", f"The worker's entry is not in its bundle. {last_line}".rstrip())
    # The shell that starts the command signs its complaint; the same codes from within a script are the script's own.
    if exit_code in (126, 127) and last_line.startswith("sh: "):
        return AttemptFailed("invalid_worker", f"The worker's command cannot be started: {last_line}")
    ended = f"signal {exit_code - 128}" if 128 < exit_code < 160 else f"exit code {exit_code}"
    detail = f": {last_line}" if last_line else "."
    return AttemptFailed("execution_error", f"The script ended with {ended}{detail}")
