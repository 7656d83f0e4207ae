"""The append-only record of the attempt: one JSON document a line, on disk before anybody is told."""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import Any, Callable, Dict, Optional

from .wire import encode_entry

BALLAST_BYTES = 256 * 1024


def now_ms() -> int:
    return int(time.time() * 1000)


class Journal:
    """
    Threads: the main thread appends, the poster reads. A script that fills the disk must not cost us the record of
    that: a ballast file is given up first, and once it is gone only the entries marked `vital` are written.
    """

    def __init__(self, path: str, most_bytes: int) -> None:
        """`most_bytes` is what one post may carry: a longer entry could never be handed over."""
        self.most_bytes = most_bytes
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._ballast = path + ".ballast"
        self._lock = threading.Lock()
        self._postable: Optional[int] = None
        self.size = os.fstat(self._fd).st_size
        self.disk_full = False
        self.on_append: Callable[[str], None] = lambda _: None
        self._write_ballast()

    def append(self, entry: Dict[str, Any], vital: bool = False) -> None:
        """
        Adds `at` and writes. Raises Unsendable for an entry that the edge could not take, and OSError only when not
        even a vital entry can be written.
        """
        kind = entry["type"]
        self.append_line(encode_entry({"type": kind, "at": now_ms(), **entry}, self.most_bytes), kind, vital)

    def append_line(self, line: bytes, kind: str, vital: bool = False) -> None:
        """Writes a line made by `encode_entry`."""
        if self.disk_full and not vital:
            return
        with self._lock:
            self._write(line)
            self.size += len(line)
        self.on_append(kind)

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._fd, length, offset)

    @property
    def postable(self) -> int:
        """How far the poster may go."""
        return self.size if self._postable is None else self._postable

    def hold(self) -> None:
        """Keeps what is appended from now on from being posted; the edge can still read it from the file."""
        self._postable = self.size

    def release(self) -> None:
        self._postable = None
        self.on_append("release")

    def _write(self, line: bytes) -> None:
        view = memoryview(line)
        while view:
            try:
                view = view[os.write(self._fd, view) :]
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or self.disk_full:
                    raise
                self.disk_full = True
                os.unlink(self._ballast)

    def _write_ballast(self) -> None:
        try:
            ballast = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                # Room on the disk, and nothing written there.
                os.posix_fallocate(ballast, 0, BALLAST_BYTES)
            finally:
                os.close(ballast)
        except OSError:
            self.disk_full = True
