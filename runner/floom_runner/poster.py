"""Posts the journal to the edge by byte offset until the edge has all of it: from a thread of its own, once there is something to post while the script runs."""

from __future__ import annotations

import json
import threading
import time
from typing import Callable, Optional

from .config import Config
from .edge import Edge, EdgeAway
from .journal import Journal
from .stop_word import is_stop

FIRST_BACKOFF_SECONDS = 0.05
LONGEST_BACKOFF_SECONDS = 1.0
# The first line of a log that comes so soon waits for so long: a script that is over then is told of by one post.
SOON_SECONDS = 0.1
COMPANY_SECONDS = 0.05
# Until the first answer says how often.
FIRST_HEARTBEAT_SECONDS = 5.0


class Poster:
    """
    `on_stop` is called, on the thread that posts, when the edge proves that it says stop. `prepare` is
    called there first: work that would keep the main thread from reading what the script writes. A script that is over before
    its first post is due is told of without a thread, whose start and turns cost more than all that it does.
    """

    def __init__(
        self, config: Config, journal: Journal, on_stop: Callable[[], None], prepare: Callable[[], None]
    ) -> None:
        self._config = config
        self._journal = journal
        self._on_stop = on_stop
        self._prepare = prepare
        self._edge = Edge(config)
        self._offset = 0
        self._flush_seconds = config.flush_ms / 1000
        self._heartbeat_seconds = FIRST_HEARTBEAT_SECONDS
        # The first phases are not worth a post of their own; the first log line is.
        self._last_post = self._began = time.monotonic()
        self._backoff = 0.0
        self._wake = threading.Event()
        self._closing = False
        self._saw_log = False
        # When what is on record has to be posted at the latest; None for whenever the edge has asked for it.
        self._due_at: Optional[float] = None
        self._ended = False
        self._thread: Optional[threading.Thread] = None
        journal.on_append = self._on_append

    def start(self) -> None:
        """From now on there is a thread that posts when it is time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="poster", daemon=True)
            self._thread.start()

    def next_deadline(self) -> Optional[float]:
        """When `poll` has something to do, in monotonic seconds."""
        if self._thread is not None:
            return None
        usual = self._began + self._flush_seconds
        return usual if self._due_at is None else min(usual, self._due_at)

    def poll(self, now: float) -> None:
        due = self.next_deadline()
        if due is not None and now >= due:
            self.start()

    def finish(self) -> None:
        """Returns when the edge has the whole journal, has stopped the attempt, or nobody waits any more."""
        self._closing = True
        if self._thread is None:
            self._run()
            return
        self._wake.set()
        self._thread.join()

    def _on_append(self, kind: str) -> None:
        if kind in ("log", "partial") and not self._saw_log:
            self._saw_log = True
            now = time.monotonic()
            self._due_at = now + COMPANY_SECONDS if now - self._began < SOON_SECONDS else now
        if kind == "release":
            self._due_at = 0.0
        self._wake.set()

    def _run(self) -> None:
        self._prepare()
        while not self._ended and time.time() * 1000 < self._config.give_up_at:
            wait = self._seconds_until_post()
            if self._ended:
                break
            if wait > 0:
                self._wake.wait(wait)
                self._wake.clear()
                continue
            self._post()
        self._edge.close()

    def _seconds_until_post(self) -> float:
        since = time.monotonic() - self._last_post
        if self._backoff:
            # Anything may wake the thread, but a failing edge is asked no sooner than this.
            if since < self._backoff:
                time.sleep(self._backoff - since)
            return 0.0
        if self._journal.postable > self._offset:
            if self._closing:
                return 0.0
            due_at = self._due_at
            usual = self._flush_seconds - since
            return usual if due_at is None else min(usual, due_at - time.monotonic())
        if self._closing and self._journal.postable == self._journal.size:
            self._ended = self._offset >= self._journal.size
        return self._heartbeat_seconds - since

    def _post(self) -> None:
        self._due_at = None
        body = self._next_batch()
        path = f"/journal?attempt={self._config.attempt}&offset={self._offset}"
        try:
            status, answer = self._edge.request("POST", path, body=body, media_type="application/x-ndjson")
        except EdgeAway:
            self._slow_down()
            return
        finally:
            self._last_post = time.monotonic()
        # Whatever else answers, the edge is away: go on, and ask again later.
        if status == 200:
            self._follow(answer, len(body))
        else:
            self._slow_down()

    def _next_batch(self) -> bytes:
        """
        Whole lines from the offset on, as many as one post may carry. Of a line that is longer (nobody but the script
        could have written it) the first part, which the edge takes for what it is.
        """
        available = self._journal.postable - self._offset
        size = min(self._config.limits.journal_post_bytes, available)
        body = self._journal.read(self._offset, size)
        return body[: body.rfind(b"\n") + 1] or body

    def _follow(self, answer: bytes, sent_bytes: int) -> None:
        try:
            document = json.loads(answer)
            next_offset = int(document["next_offset"])
            if document["stop"]:
                self._stop_if_proven(document)
                return
            self._flush_seconds = document["flush_ms"] / 1000
            self._heartbeat_seconds = document["heartbeat_ms"] / 1000
        except (ValueError, KeyError, TypeError):
            self._slow_down()
            return
        stuck = sent_bytes > 0 and next_offset <= self._offset
        self._offset = min(next_offset, self._journal.size)
        if stuck:
            self._slow_down()
        else:
            self._backoff = 0.0
            # More is waiting than one post may carry: go on at once.
            if self._journal.postable - self._offset >= self._config.limits.journal_post_bytes:
                self._due_at = 0.0

    def _slow_down(self) -> None:
        self._backoff = min(max(self._backoff * 2, FIRST_BACKOFF_SECONDS), LONGEST_BACKOFF_SECONDS)

    def _stop_if_proven(self, document: object) -> None:
        if not is_stop(self._config, document):
            self._slow_down()
            return
        self._ended = True
        self._on_stop()
