"""Tells what a function hands back piece by piece while it goes on; what comes out of it in the end is another's concern."""

import collections
import collections.abc
import enum
import itertools
import json
import os
import threading
from typing import Any, Deque, Dict, List, Optional, Tuple

from ._channel import send
from ._from_json import wire_of
from ._to_json import Writer

# Between two messages; whoever gives pieces faster is told of by the newest of them.
INTERVAL_SECONDS = 0.25
# What one message may carry, and what of one piece is shown.
MOST_CHARACTERS = 16 * 1024
MOST_PIECES = 100
PIECE_CHARACTERS = 4096
PIECE_NODES = 200
PIECE_LEVELS = 12
LARGEST_INTEGER = 2**53 - 1
LAST_WORD_SECONDS = 2.0
CUT = "\u2026"


class Preview(Writer):
    """
    A small picture of a value, as JSON. It takes no more time than its bounds allow, keeps no file, uses up no iterator
    and refuses nothing: what JSON has no word for is shown by the name of its type.
    """

    def __init__(self) -> None:
        super().__init__()
        self.characters = PIECE_CHARACTERS
        self._nodes = PIECE_NODES
        self._level = 0

    def write(self, value: Any, pointer: str = "") -> Any:
        self._nodes -= 1
        if self._nodes < 0 or self._level >= PIECE_LEVELS:
            return CUT
        self._level += 1
        try:
            return self._picture(value)
        finally:
            self._level -= 1

    def _picture(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            return self._picture(wire_of(value))
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (int, float)):
            return self._number(value, "")
        if isinstance(value, collections.abc.Mapping):
            return self._mapping(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._mapping(dict(zip(value._fields, value)))
        if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
            shown = [self.write(item) for item in itertools.islice(value, max(0, self._nodes))]
            return shown if len(shown) == len(value) else [*shown, CUT]
        return _name(value) if hasattr(value, "__next__") else self._object(value, "")

    def _mapping(self, value: Any) -> Dict[str, Any]:
        shown = {}
        for key in itertools.islice(value, max(0, self._nodes)):
            word = self._text(key if isinstance(key, str) else str(wire_of(key)))
            # JavaScript reads this key as something else.
            if word != "__proto__":
                shown[word] = self.write(value[key])
        return shown if len(value) <= len(shown) else {**shown, CUT: CUT}

    def _text(self, text: str) -> str:
        shown = str.__getitem__(text, slice(0, max(0, self.characters)))
        self.characters -= len(shown)
        return shown if len(shown) == len(text) else shown + CUT

    def _number(self, value: Any, pointer: str) -> Any:
        if isinstance(value, float):
            return float(value) if value - value == 0 else str(float(value))
        return int(value) if -LARGEST_INTEGER <= value <= LARGEST_INTEGER else self._large(int(value))

    def _large(self, value: int) -> str:
        # The digits of a very long number take quadratic time.
        return str(value) if value.bit_length() <= 1024 else _name(value)

    def _foreign(self, value: Any, module: str, pointer: str) -> Any:
        if module == "numpy" and getattr(value, "ndim", 1) == 0:
            return self._picture(value.item())
        return self._text(str(value)) if module.startswith("pydantic") else _name(value)

    def _bytes(self, data: bytes) -> str:
        return f"<{len(data)} bytes>"

    def _file(self, file: Any) -> str:
        return self._text(str(file.name))


def preview(piece: Any) -> Tuple[Any, int]:
    """A picture of the piece, and about how many characters it takes."""
    writer = Preview()
    try:
        shown = writer.write(piece)
        size = len(json.dumps(shown, ensure_ascii=False, allow_nan=False))
    except Exception:
        # What a value's own code does when it is looked at is told by the result, not here.
        return _name(piece), PIECE_CHARACTERS // 16
    return shown, size


def _name(value: Any) -> str:
    return f"<{type(value).__name__[:80]}>"


class Telling:
    """
    The pieces since the last message, as many of the newest as one may carry. `is_text`: they are parts of one text.
    Messages go from a thread of their own, so that a piece is told though the next one takes an hour, and nobody waits.
    """

    def __init__(self, is_text: bool) -> None:
        self._is_text = is_text
        self._count = 0
        self._follows = True
        self._pieces: Deque[Tuple[Any, int]] = collections.deque()
        self._size = 0
        self._ready = threading.Condition()
        self._closing = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._is_heard = bool(os.environ.get("FLOOM_EVENTS"))

    def tell(self, piece: Any) -> None:
        """Never raises, and never waits for the other side."""
        if not self._is_heard:
            return
        shown = self._part(piece) if self._is_text else preview(piece)
        with self._ready:
            self._count += 1
            self._pieces.append(shown)
            self._size += shown[1]
            while self._size > MOST_CHARACTERS or (not self._is_text and len(self._pieces) > MOST_PIECES):
                self._size -= self._pieces.popleft()[1]
                self._follows = False
            self._ready.notify()
        self._begin()

    def _part(self, piece: Any) -> Tuple[str, int]:
        text = piece if isinstance(piece, str) else json.dumps(preview(piece)[0], ensure_ascii=False)
        end = str.__getitem__(text, slice(-MOST_CHARACTERS, None))
        if len(end) < len(text):
            self._follows = False
            self._pieces.clear()
            self._size = 0
        return end, len(end)

    def close(self) -> None:
        """Tells what has not been told yet; waits for that no longer than a moment."""
        self._closing.set()
        with self._ready:
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(LAST_WORD_SECONDS)

    def _begin(self) -> None:
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name="floom-partial", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            # There is no room for another thread: the result comes without it.
            self._thread = None
            self._is_heard = False

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._pieces and not self._closing.is_set():
                    self._ready.wait()
                if not self._pieces:
                    return
                message = self._take()
            try:
                self._is_heard = send(message)
            except ValueError:
                self._is_heard = False
            if not self._is_heard:
                return
            self._closing.wait(INTERVAL_SECONDS)

    def _take(self) -> Dict[str, Any]:
        shown: List[Any] = [piece for piece, _ in self._pieces]
        message = {
            "type": "partial",
            "count": self._count,
            "follows": self._follows,
            "pieces": "".join(shown) if self._is_text else shown,
        }
        self._pieces.clear()
        self._size = 0
        self._follows = True
        return message
