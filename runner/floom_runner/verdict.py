"""What the end of a script means: a failure with its code and sentence, or none. Pure."""

from __future__ import annotations

from typing import Optional

from .failure import AttemptFailed

OUT_OF_MEMORY = (
    "MemoryError",
    "JavaScript heap out of memory",
    "Cannot allocate memory",
    "std::bad_alloc",
    "out of memory",
    "Out of memory",
)
DISK_FULL = ("No space left on device", "ENOSPC", "Disk quota exceeded", "EDQUOT")
FILE_TOO_LARGE = ("File too large", "EFBIG", "File size limit exceeded")
KILLED = 128 + 9
FILE_SIZE_SIGNAL = 128 + 25
LONGEST_QUOTE = 200


def judge_exit(exit_code: int, stderr_tail: str, entry_exists: bool) -> Optional[AttemptFailed]:
    """None for exit code 0. `stderr_tail` is the end of what the script wrote to standard error."""
    if exit_code == 0:
        return None
    last_line = _last_line(stderr_tail)
    if exit_code == KILLED or any(sign in stderr_tail for sign in OUT_OF_MEMORY):
        return AttemptFailed("sandbox_oom", "The script was ended because it used more memory than it may.")
    if any(sign in stderr_tail for sign in DISK_FULL):
        return AttemptFailed("disk_full", "The sandbox's disk is full.")
    if exit_code == FILE_SIZE_SIGNAL or any(sign in stderr_tail for sign in FILE_TOO_LARGE):
        return AttemptFailed("disk_full", "The script wrote a file larger than the sandbox allows.")
    if not entry_exists:
        return AttemptFailed("invalid_worker", f"The worker's entry is not in its bundle. {last_line}".rstrip())
    # The shell that starts the command signs its complaint; the same codes from within a script are the script's own.
    if exit_code in (126, 127) and last_line.startswith("sh: "):
        return AttemptFailed("invalid_worker", f"The worker's command cannot be started: {last_line}")
    ended = f"signal {exit_code - 128}" if 128 < exit_code < 160 else f"exit code {exit_code}"
    detail = f": {last_line}" if last_line else "."
    return AttemptFailed("execution_error", f"The script ended with {ended}{detail}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:LONGEST_QUOTE] if lines else ""
