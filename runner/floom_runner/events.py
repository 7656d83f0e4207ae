"""Receives what the `floom` module tells: log lines, progress, artifacts. One JSON document a line, each answered."""

from __future__ import annotations

import _socket
import json
import os
import select
import time
from typing import Any, Callable, Dict, List, Optional, Set

from .journal import Journal
from .log_book import LogBook
from .partials import Partials
from .redact import Redactor

LEVELS = ("debug", "info", "warning", "error", "critical")
# A script that reports progress in a tight loop leaves at most this many entries.
PROGRESS_INTERVAL_SECONDS = 0.1
LONGEST_MESSAGE_BYTES = 1 << 20


class EventServer:
    """
    A Unix socket in the control directory. A sender waits for its answer, which comes after the entry is in the
    journal: what it printed before stands before it, what it prints afterwards stands after it.
    """

    def __init__(self, path: str, log: LogBook, journal: Journal, redactor: Redactor) -> None:
        self._log = log
        self._journal = journal
        self._redactor = redactor
        self._clients: Dict[int, Client] = {}
        self._progress: Optional[Dict[str, Any]] = None
        self._progress_due = 0.0
        self._partials = Partials(journal, redactor)
        self.artifacts: List[Dict[str, Any]] = []
        self.check_artifact: Callable[[str], Optional[str]] = lambda _: None
        self._listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(64)
        self._listener.setblocking(False)
        self.descriptors: Set[int] = {self._listener.fileno()}

    def register(self, poll: select.poll) -> None:
        poll.register(self._listener.fileno(), select.POLLIN)

    def serve(self, poll: select.poll, ready: Set[int]) -> None:
        for fd in [fd for fd in self._clients if fd in ready]:
            self._serve_client(poll, self._clients[fd])
        if self._listener.fileno() not in ready:
            return
        try:
            connection = _socket.socket(fileno=self._listener._accept()[0])
        except OSError:
            return
        connection.setblocking(False)
        self._clients[connection.fileno()] = Client(connection)
        self.descriptors.add(connection.fileno())
        poll.register(connection.fileno(), select.POLLIN)

    def next_deadline(self) -> Optional[float]:
        times = (self._progress_due if self._progress is not None else None, self._partials.next_deadline())
        return min((moment for moment in times if moment is not None), default=None)

    def poll(self, now: float) -> None:
        """Writes what was held back once its time has come."""
        self._partials.poll(now)
        if self._progress is not None and now >= self._progress_due:
            entry, self._progress = self._progress, None
            self._progress_due = now + PROGRESS_INTERVAL_SECONDS
            self._log.flush()
            self._journal.append(entry)

    def finish(self) -> None:
        self.poll(float("inf"))
        self._listener.close()
        for client in self._clients.values():
            client.connection.close()

    def _serve_client(self, poll: select.poll, client: Client) -> None:
        try:
            data = client.connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        client.buffer += data
        while b"\n" in client.buffer:
            line, _, client.buffer = client.buffer.partition(b"\n")
            problem = self._take(line)
            try:
                client.connection.sendall(json.dumps({"error": problem}).encode() + b"\n")
            except OSError:
                data = b""
        if not data or len(client.buffer) > LONGEST_MESSAGE_BYTES:
            fd = client.connection.fileno()
            poll.unregister(fd)
            del self._clients[fd]
            self.descriptors.discard(fd)
            client.connection.close()

    def _take(self, line: bytes) -> Optional[str]:
        """None when the message was taken, else what is wrong with it."""
        try:
            return self._take_message(line)
        except RecursionError:
            return "it is nested too deeply"

    def _take_message(self, line: bytes) -> Optional[str]:
        try:
            message = json.loads(line)
            kind = message["type"]
        except (ValueError, KeyError, TypeError):
            return "not a message of the floom module"
        if kind == "log":
            level = message.get("level")
            if level not in LEVELS:
                return f"the level must be one of {', '.join(LEVELS)}"
            self._log.event(level, str(message.get("text", "")))
            return None
        if kind == "progress":
            return self._take_progress(message.get("percent"), message.get("message"))
        if kind == "partial":
            return self._partials.take(message)
        if kind == "artifact":
            return self._take_artifact(message)
        return f"unknown message {kind!r}"

    def _take_progress(self, percent: Any, message: Any) -> Optional[str]:
        if percent is not None:
            if isinstance(percent, bool) or not isinstance(percent, (int, float)) or not 0 <= percent <= 100:
                return "percent must be a number from 0 to 100"
        text = None if message is None else self._redactor.text(str(message))[:500]
        self._progress = {"type": "progress", "percent": percent, "message": text}
        self.poll(time.monotonic())
        return None

    def _take_artifact(self, message: Dict[str, Any]) -> Optional[str]:
        path = str(message.get("path", ""))
        problem = self.check_artifact(path)
        if problem is None:
            name = message.get("name") or os.path.basename(path)
            self.artifacts.append({"path": path, "name": str(name), "type": message.get("media_type")})
        return problem


class Client:
    def __init__(self, connection: _socket.socket) -> None:
        self.connection = connection
        self.buffer = b""
