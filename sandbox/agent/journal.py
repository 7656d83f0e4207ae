"""What a command has written, kept for those who read it late or again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

MAX_CHUNK_BYTES = 32 * 1024
# Book-keeping charged per piece, so that one-byte writes cannot cost more memory than they count.
PIECE_OVERHEAD_BYTES = 256
PAUSE_LAG_BYTES = 1024 * 1024
RESUME_LAG_BYTES = 512 * 1024


class Piece:
    """A run of bytes of one stream, in the order the command wrote them."""

    __slots__ = ("stream", "start", "data")

    def __init__(self, stream: str, start: int, data: bytearray) -> None:
        self.stream = stream
        self.start = start
        self.data = data


class Cursor:
    """A reader's place in a journal. Close it, or it holds the command back once it lags."""

    def __init__(self, journal: OutputJournal, offset: int) -> None:
        self._journal = journal
        self.offset = offset

    def next(self) -> tuple[str, bytes] | None:
        """The next chunk and its stream, None when the reader has everything so far."""
        return self._journal.read_at(self)

    def close(self) -> None:
        """Lets go of what it holds back."""
        self._journal.close_cursor(self)


class OutputJournal:
    """
    The output of one command, kept up to a limit and addressed by byte offset. Readers start at the oldest byte still
    kept; bytes a live reader has not had are never dropped, instead `on_pressure(True)` asks the writer to stop while the
    slowest reader is more than 1 MiB behind.
    """

    def __init__(self, limit_bytes: Callable[[], int], on_pressure: Callable[[bool], None]) -> None:
        self._limit_bytes = limit_bytes
        self._on_pressure = on_pressure
        self._pieces: list[Piece] = []
        self._end = 0
        self._cursors: list[Cursor] = []
        self._is_paused = False
        self.listeners: list[Callable[[], None]] = []

    @property
    def cost_bytes(self) -> int:
        """Memory this journal stands for, book-keeping included."""
        if not self._pieces:
            return 0
        return self._end - self._pieces[0].start + len(self._pieces) * PIECE_OVERHEAD_BYTES

    def append(self, stream: str, data: bytes) -> None:
        """Takes in what came."""
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.stream == stream and len(last.data) + len(data) <= MAX_CHUNK_BYTES:
            last.data += data
            self._end += len(data)
        else:
            for at in range(0, len(data), MAX_CHUNK_BYTES):
                part = bytearray(data[at : at + MAX_CHUNK_BYTES])
                self._pieces.append(Piece(stream, self._end, part))
                self._end += len(part)
        self._drop_oldest()
        self._update_pressure()
        self.notify()

    def open_cursor(self) -> Cursor:
        """A reader that gets everything kept, from the oldest byte on."""
        cursor = Cursor(self, self._pieces[0].start if self._pieces else self._end)
        self._cursors.append(cursor)
        self._update_pressure()
        return cursor

    def close_cursor(self, cursor: Cursor) -> None:
        """Forgets a reader."""
        if cursor in self._cursors:
            self._cursors.remove(cursor)
            self._update_pressure()

    def notify(self) -> None:
        """Tells everybody who waits that something has changed."""
        for listener in self.listeners[:]:
            listener()

    def read_at(self, cursor: Cursor) -> tuple[str, bytes] | None:
        """What stands at a reader's place, which moves on."""
        piece = self._piece_at(cursor.offset)
        if piece is None:
            return None
        start = max(0, cursor.offset - piece.start)
        cursor.offset = piece.start + len(piece.data)
        self._update_pressure()
        return piece.stream, bytes(piece.data[start:])

    def _piece_at(self, offset: int) -> Piece | None:
        """The first piece that reaches beyond the offset, by halving."""
        low, high = 0, len(self._pieces)
        while low < high:
            middle = (low + high) // 2
            piece = self._pieces[middle]
            if piece.start + len(piece.data) <= offset:
                low = middle + 1
            else:
                high = middle
        return self._pieces[low] if low < len(self._pieces) else None

    def _drop_oldest(self) -> None:
        limit = self._limit_bytes()
        cost = self.cost_bytes
        if cost <= limit:
            return
        needed_from = min((cursor.offset for cursor in self._cursors), default=self._end)
        dropped = 0
        for piece in self._pieces:
            if cost <= limit or piece.start + len(piece.data) > needed_from:
                break
            cost -= len(piece.data) + PIECE_OVERHEAD_BYTES
            dropped += 1
        if dropped > 0:
            del self._pieces[:dropped]

    def _update_pressure(self) -> None:
        lag = max((self._end - cursor.offset for cursor in self._cursors), default=0)
        is_paused = lag > (RESUME_LAG_BYTES if self._is_paused else PAUSE_LAG_BYTES)
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            self._on_pressure(is_paused)
