"""Turns the bytes a script writes into log entries: whole lines, in order, within the log's limit."""

from __future__ import annotations

import time
from collections import deque
from typing import Deque, Dict, List, Optional, Tuple

from .config import Config
from .journal import Journal, now_ms
from .redact import Redactor
from .wire import clean_text, encode_entry

# Lines that come within this time share an entry; the first after a pause is written at once.
COALESCE_SECONDS = 0.03
# A line without an end (a prompt, a progress dot) is shown after this long.
PARTIAL_IDLE_SECONDS = 0.3
STDERR_TAIL_BYTES = 4096
# More than is told: the exception may stand before a long list of notes.
JUDGED_TAIL_BYTES = 32 * 1024

# stream and level of an entry
Source = Tuple[str, str]
STDOUT: Source = ("stdout", "info")
STDERR: Source = ("stderr", "warning")
SYSTEM: Source = ("system", "info")


class LogBook:
    """
    Memory stays flat whatever the script writes: complete lines are pending for at most COALESCE_SECONDS or one
    entry's size, an unfinished line is split at the line limit, and past the log limit only a tail is kept.
    """

    def __init__(self, config: Config, journal: Journal, redactor: Redactor) -> None:
        limits = config.limits
        self._journal = journal
        self._redactor = redactor
        # JSON may write one byte as six; an entry has to fit into one post whatever it holds.
        self._entry_bytes = min(64 * 1024, limits.journal_post_bytes // 8)
        self._line_bytes = min(limits.log_line_bytes, self._entry_bytes)
        self._budget = limits.log_bytes
        self._tail_bytes = limits.log_tail_bytes
        self._partial: Dict[Source, bytes] = {}
        self._partial_since: Dict[Source, float] = {}
        self._pending: List[Tuple[Source, List[bytes]]] = []
        self._pending_bytes = 0
        self._pending_since = 0.0
        self._last_flush = 0.0
        self._overflow: Optional[Overflow] = None
        self.total_bytes = 0
        # The end of what the script, or the installer before it, complained about.
        self.stderr_tail = b""

    def feed(self, source: Source, data: bytes) -> None:
        """Takes what was read from a stream, in any pieces."""
        self.total_bytes += len(data)
        if source in (STDERR, SYSTEM):
            self.stderr_tail = (self.stderr_tail + data[-JUDGED_TAIL_BYTES:])[-JUDGED_TAIL_BYTES:]
        data = self._partial.pop(source, b"") + data
        cut = data.rfind(b"\n") + 1
        if cut:
            self._add_lines(source, data[:cut])
        self._keep_partial(source, data[cut:])
        self._flush_if_due(time.monotonic())

    def event(self, level: str, text: str) -> None:
        """A line logged through the `floom` module."""
        data = clean_text(text).encode() + b"\n"
        self.end_partial(STDOUT)
        self.feed(("stdout", level), data)

    def note(self, text: str, level: str = "info", vital: bool = False) -> None:
        """A line of the platform itself; it does not count against the script's log."""
        self.flush()
        entry = {"type": "log", "stream": "system", "level": level, "text": self._redactor.text(text)}
        self._journal.append(entry, vital)

    def next_deadline(self) -> Optional[float]:
        """When `poll` has something to do, in monotonic seconds."""
        times = [since + PARTIAL_IDLE_SECONDS for since in self._partial_since.values()]
        if self._pending:
            times.append(self._pending_since + COALESCE_SECONDS)
        return min(times, default=None)

    def poll(self, now: float) -> None:
        for source, since in list(self._partial_since.items()):
            if now >= since + PARTIAL_IDLE_SECONDS:
                self.end_partial(source, keep_broken_character=True)
        self._flush_if_due(now)

    def end_partial(self, source: Source, keep_broken_character: bool = False) -> None:
        """Makes a line of what a stream wrote since its last newline."""
        data = self._partial.pop(source, b"")
        self._partial_since.pop(source, None)
        cut = _character_cut(data, len(data)) if keep_broken_character else len(data)
        if cut:
            self._add_lines(source, data[:cut] + b"\n")
        if data[cut:]:
            self._partial[source] = data[cut:]

    def finish(self) -> None:
        """Writes what is left; after an overflow, the last part behind a line that says what is missing."""
        for source in list(self._partial):
            self.end_partial(source)
        self.flush()
        if self._overflow is None:
            return
        overflow, self._overflow = self._overflow, None
        tail, left_bytes, left_lines = overflow.take_tail(self._tail_bytes)
        if left_bytes:
            self.note(f"{left_bytes:,} bytes in {left_lines:,} lines were left out here.", "warning")
        for source, data in tail:
            for piece in _split_lines(data, self._entry_bytes):
                self._journal.append_line(self._encode(source, piece), "log")

    def flush(self) -> None:
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        self._last_flush = time.monotonic()
        for source, blocks in pending:
            for piece in _split_lines(b"".join(blocks), self._entry_bytes):
                self._write(source, piece)

    def _flush_if_due(self, now: float) -> None:
        if not self._pending:
            return
        if self._pending_bytes >= self._entry_bytes or now >= self._last_flush + COALESCE_SECONDS:
            self.flush()

    def _add_lines(self, source: Source, data: bytes) -> None:
        if self._overflow is not None:
            self._overflow.add(source, data)
            return
        if len(data) > self._line_bytes:
            data = self._split_long_lines(data)
        if not self._pending:
            self._pending_since = time.monotonic()
        if self._pending and self._pending[-1][0] == source:
            self._pending[-1][1].append(data)
        else:
            self._pending.append((source, [data]))
        self._pending_bytes += len(data)

    def _keep_partial(self, source: Source, data: bytes) -> None:
        # Waits for the longest secret's length more, so that a split never divides a secret.
        while len(data) >= self._line_bytes + self._redactor.longest + 4:
            cut = self._cut(data)
            self._add_lines(source, data[:cut] + b"\n")
            data = data[cut:]
        if not data:
            self._partial_since.pop(source, None)
        else:
            self._partial[source] = data
            self._partial_since[source] = time.monotonic()

    def _split_long_lines(self, data: bytes) -> bytes:
        lines: List[bytes] = []
        for line in data[:-1].split(b"\n"):
            while len(line) > self._line_bytes:
                cut = self._cut(line)
                lines.append(line[:cut])
                line = line[cut:]
            lines.append(line)
        return b"\n".join(lines) + b"\n"

    def _cut(self, line: bytes) -> int:
        return _character_cut(line, self._redactor.cut_before_secret(line, self._line_bytes)) or self._line_bytes

    def _write(self, source: Source, data: bytes) -> None:
        if self._overflow is None:
            line = self._encode(source, data)
            if len(line) <= self._budget:
                self._budget -= len(line)
                self._journal.append_line(line, "log")
                return
            self._overflow = Overflow(self._tail_bytes)
            self.note("The log has reached its limit; its last part follows when the script has ended.", "warning")
        self._overflow.add(source, data)

    def _encode(self, source: Source, data: bytes) -> bytes:
        text = self._redactor.blob(data[:-1] if data.endswith(b"\n") else data).decode("utf-8", "replace")
        # SQLite and terminals end a text at NUL; its picture (U+2400) shows that one was there.
        text = text.replace("\r\n", "\n").rstrip("\r").replace("\0", "\u2400")
        entry = {"type": "log", "at": now_ms(), "stream": source[0], "level": source[1], "text": text}
        return encode_entry(entry, self._journal.most_bytes)


class Overflow:
    """Counts what comes past the log's limit, in whole lines, and keeps its end."""

    def __init__(self, keep_bytes: int) -> None:
        self._keep_bytes = keep_bytes
        self._blocks: Deque[Tuple[Source, bytes]] = deque()
        self._kept = 0
        self._left_bytes = 0
        self._left_lines = 0

    def add(self, source: Source, data: bytes) -> None:
        if self._blocks and self._blocks[-1][0] == source and len(self._blocks[-1][1]) < 4096:
            self._blocks[-1] = (source, self._blocks[-1][1] + data)
        else:
            self._blocks.append((source, data))
        self._kept += len(data)
        while self._kept - len(self._blocks[0][1]) >= self._keep_bytes:
            self._drop(self._blocks.popleft()[1])

    def take_tail(self, keep_bytes: int) -> Tuple[List[Tuple[Source, bytes]], int, int]:
        """The last whole lines within `keep_bytes`, and how many bytes and lines there were before them."""
        excess = self._kept - keep_bytes
        if excess > 0:
            source, data = self._blocks.popleft()
            start = data.find(b"\n", excess - 1) + 1 or len(data)
            self._drop(data[:start])
            if data[start:]:
                self._blocks.appendleft((source, data[start:]))
        return _merge(self._blocks), self._left_bytes, self._left_lines

    def _drop(self, data: bytes) -> None:
        self._kept -= len(data)
        self._left_bytes += len(data)
        self._left_lines += data.count(b"\n")


def _merge(blocks: Deque[Tuple[Source, bytes]]) -> List[Tuple[Source, bytes]]:
    merged: List[Tuple[Source, bytes]] = []
    for source, data in blocks:
        if merged and merged[-1][0] == source:
            merged[-1] = (source, merged[-1][1] + data)
        else:
            merged.append((source, data))
    return merged


def _split_lines(data: bytes, size: int) -> List[bytes]:
    """Pieces of at most `size` bytes that end with a line where that is possible."""
    pieces: List[bytes] = []
    start = 0
    while len(data) - start > size:
        cut = data.rfind(b"\n", start, start + size) + 1
        if cut <= start:
            cut = data.find(b"\n", start) + 1 or len(data)
            cut = cut if cut - start <= size + 1 else start + _character_cut(data[start : start + size], size)
        pieces.append(data[start:cut])
        start = cut
    if start < len(data):
        pieces.append(data[start:])
    return pieces


def _character_cut(data: bytes, cut: int) -> int:
    """The place at or before `cut` that does not divide a UTF-8 character."""
    for back in range(1, min(4, cut) + 1):
        byte = data[cut - back]
        if byte < 0x80:
            return cut
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return cut if back >= length else cut - back
    return cut
