"""How an attempt fails: a code of contract/runs/run-failure.ts and a sentence for people."""

from __future__ import annotations

from typing import Optional


class AttemptFailed(Exception):
    """Ends the attempt; `main` turns it into the journal's result entry."""

    def __init__(self, code: str, message: str, error_raw: Optional[str] = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.error_raw = error_raw


class Stopped(Exception):
    """The edge wants nothing more from this attempt: kill everything and leave without a result."""
