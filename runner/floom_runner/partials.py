"""What a function has handed back so far, on its way into the journal: no more often and no more of it than fits there."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List, Optional, Union

from .journal import Journal
from .redact import Redactor
from .wire import Unsendable

MOST_CHARACTERS = 16 * 1024
MOST_PIECES = 100
# How long to wait after an entry, by how many characters the attempt has told until then. An hour of the largest entries
# takes less than half of what a journal may hold.
PACE = ((2 << 20, 0.25), (6 << 20, 2.0))
SLOWEST_SECONDS = 10.0

Pieces = Union[str, List[Any]]


class Partials:
    """Keeps the newest of what comes too fast, and says of it that something before it is left out."""

    def __init__(self, journal: Journal, redactor: Redactor) -> None:
        self._journal = journal
        self._redactor = redactor
        self._held: Optional[Dict[str, Any]] = None
        self._due = 0.0
        self._told_characters = 0

    def next_deadline(self) -> Optional[float]:
        return self._due if self._held is not None else None

    def take(self, message: Dict[str, Any]) -> Optional[str]:
        """None when it was taken, else what is wrong with it."""
        count, pieces = message.get("count"), message.get("pieces")
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < 1 << 53:
            return "count must be a whole number"
        if not isinstance(pieces, (str, list)):
            return "pieces must be a text or a list"
        entry = {"type": "partial", "count": count, "follows": message.get("follows") is True, "pieces": pieces}
        self._held = _bound(_join(self._held, entry))
        self.poll(time.monotonic())
        return None

    def poll(self, now: float) -> None:
        if self._held is None or now < self._due:
            return
        entry, self._held = self._held, None
        try:
            entry["pieces"] = self._redactor.json(entry["pieces"])
            size = len(entry["pieces"]) if isinstance(entry["pieces"], str) else sum(map(_weigh, entry["pieces"]))
            self._told_characters += size
            pace = (seconds for most, seconds in PACE if self._told_characters < most)
            self._due = now + next(pace, SLOWEST_SECONDS)
            self._journal.append(entry)
        except (Unsendable, ValueError, RecursionError):
            # What is no JSON for the edge is not worth the run's end: the result says what comes of it.
            pass


def _join(held: Optional[Dict[str, Any]], entry: Dict[str, Any]) -> Dict[str, Any]:
    if held is None or not entry["follows"]:
        return entry
    if type(held["pieces"]) is not type(entry["pieces"]):
        return {**entry, "follows": False}
    return {**entry, "follows": held["follows"], "pieces": held["pieces"] + entry["pieces"]}


def _bound(entry: Dict[str, Any]) -> Dict[str, Any]:
    """The newest of it."""
    pieces: Pieces = entry["pieces"]
    kept: Pieces = pieces[-MOST_CHARACTERS:] if isinstance(pieces, str) else _newest(pieces)
    return entry if len(kept) == len(pieces) else {**entry, "follows": False, "pieces": kept}


def _newest(pieces: List[Any]) -> List[Any]:
    room = MOST_CHARACTERS
    kept: List[Any] = []
    for piece in reversed(pieces[-MOST_PIECES:]):
        room -= _weigh(piece)
        if room < 0:
            break
        kept.append(piece)
    return kept[::-1]


def _weigh(piece: Any) -> int:
    return len(json.dumps(piece, ensure_ascii=False))
