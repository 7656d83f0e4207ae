"""Runs one command to its end: reads what it writes, keeps its time, and leaves no process behind."""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional

from . import processes
from .failure import Stopped
from .log_book import LogBook, Source

if TYPE_CHECKING:
    from .poster import Poster
    from .waiting import Understudy

TERM_GRACE_SECONDS = 2.0
# How long after the script's end its pipes may stay open before what holds them is ended.
PIPE_GRACE_SECONDS = 0.5
READ_BYTES = 256 * 1024
F_SETPIPE_SZ = 1031


class Wakeup:
    """A pipe that ends the main thread's wait: a child ended, or the poster asks to stop."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)
        self.stopped = False
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def stop(self) -> None:
        self.stopped = True
        try:
            os.write(self._writer, b"s")
        except BlockingIOError:
            pass

    def drain(self) -> None:
        try:
            os.read(self.reader, 4096)
        except BlockingIOError:
            pass


class Ended:
    """How a command ended."""

    def __init__(self) -> None:
        self.exit_code: Optional[int] = None
        self.timed_out = False
        self.left_running = 0
        self.wall_ms = 0
        self.cpu_ms = 0
        self.max_memory_bytes = 0


class Execution:
    """
    One command in its own session. `argv`, `env` and `cwd` as for subprocess; `streams` says as what its two outputs
    are logged. Raises Stopped, with every process ended, when the edge stops the attempt.
    """

    def __init__(self, log: LogBook, wakeup: Wakeup, timeout_seconds: float) -> None:
        self._log = log
        self._wakeup = wakeup
        self._timeout_seconds = timeout_seconds
        self._poll = select.poll()
        self._pipes: Dict[int, Source] = {}
        self._events: Any = None
        self._poster: Optional[Poster] = None
        self._pid = 0
        self._ended = Ended()
        self._running = True
        self._kill_at: Optional[float] = None

    def start(
        self, argv: List[str], streams: List[Source], env: Dict[str, str], cwd: str, understudy: Optional[Understudy] = None
    ) -> None:
        """Raises OSError when the command cannot be started at all. `understudy` is it, where it can be."""
        self._started = time.monotonic()
        if understudy is not None:
            if understudy.can_play(argv, env) and understudy.play(argv, env, cwd):
                self._pid = understudy.pid
                self._read_from(understudy.outputs, streams)
                return
            understudy.dismiss()
        import subprocess

        ends = [os.pipe(), os.pipe()]
        try:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=ends[0][1], stderr=ends[1][1], start_new_session=True, env=env, cwd=cwd
            )
        finally:
            for _, writer in ends:
                os.close(writer)
        # The loop below waits for every child itself.
        process.returncode = 0
        self._pid = process.pid
        self._read_from([reader for reader, _ in ends], streams)

    def _read_from(self, readers: Iterable[int], streams: List[Source]) -> None:
        for reader, source in zip(readers, streams):
            os.set_blocking(reader, False)
            _widen(reader)
            self._pipes[reader] = source
            self._poll.register(reader, select.POLLIN)
        self._poll.register(self._wakeup.reader, select.POLLIN)

    def serve(self, events: Any, poster: Poster) -> None:
        """Answers the `floom` module's messages while the command runs, and has the poster begin when it is time."""
        self._events = events
        self._poster = poster
        events.register(self._poll)

    def wait(self) -> Ended:
        deadline = self._started + self._timeout_seconds
        while self._running:
            self._turn(self._kill_at if self._ended.timed_out else deadline)
            now = time.monotonic()
            if self._wakeup.stopped:
                self._end_family()
                raise Stopped
            if now >= deadline and not self._ended.timed_out:
                self._ended.timed_out = True
                self._kill_at = now + TERM_GRACE_SECONDS
                processes.signal_group(self._pid, signal.SIGTERM)
            if self._kill_at is not None and now >= self._kill_at:
                self._kill_at = None
                processes.kill_family(self._pid)
            self._collect_children()
        self._ended.wall_ms = int((time.monotonic() - self._started) * 1000)
        self._end_pipes()
        return self._ended

    def _turn(self, latest: Optional[float]) -> None:
        """Waits for the next thing to happen, until `latest` if nothing does, and reads what there is."""
        times = [latest, self._log.next_deadline()]
        if self._poster is not None:
            times.append(self._poster.next_deadline())
        if self._events is not None:
            times.append(self._events.next_deadline())
        until = min((moment for moment in times if moment is not None), default=time.monotonic() + 1)
        ready = {fd for fd, _ in self._poll.poll(max(0.0, until - time.monotonic()) * 1000 + 0.5)}
        for fd in [fd for fd in self._pipes if fd in ready]:
            self._read(fd, blocks=4)
        if self._events is not None and not ready.isdisjoint(self._events.descriptors):
            self._serve_events(ready)
        if self._wakeup.reader in ready:
            self._wakeup.drain()
        now = time.monotonic()
        self._log.poll(now)
        if self._events is not None:
            self._events.poll(now)
        if self._poster is not None:
            self._poster.poll(now)

    def _serve_events(self, ready: set) -> None:
        # Who sends an event waits for its answer, so all that it printed before lies in the pipes by now.
        for fd in list(self._pipes):
            self._read(fd, blocks=16)
        self._events.serve(self._poll, ready)

    def _read(self, fd: int, blocks: int) -> None:
        for _ in range(blocks):
            try:
                data = os.read(fd, READ_BYTES)
            except BlockingIOError:
                return
            if not data:
                self._poll.unregister(fd)
                self._log.end_partial(self._pipes.pop(fd))
                os.close(fd)
                return
            self._log.feed(self._pipes[fd], data)

    def _collect_children(self) -> None:
        for pid, (status, usage) in processes.reap().items():
            self._ended.cpu_ms += int((usage.ru_utime + usage.ru_stime) * 1000)  # type: ignore[attr-defined]
            self._ended.max_memory_bytes = max(self._ended.max_memory_bytes, usage.ru_maxrss * 1024)  # type: ignore[attr-defined]
            if pid == self._pid:
                self._running = False
                self._ended.exit_code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def _end_pipes(self) -> None:
        grace_ends = time.monotonic() + (0 if self._ended.timed_out else PIPE_GRACE_SECONDS)
        self._drain_until(grace_ends)
        self._end_family()
        self._drain_until(time.monotonic() + PIPE_GRACE_SECONDS)
        for fd in list(self._pipes):
            os.close(fd)
        self._pipes.clear()

    def _drain_until(self, until: float) -> None:
        while self._pipes and time.monotonic() < until:
            if self._wakeup.stopped:
                self._end_family()
                raise Stopped
            self._turn(until)

    def _end_family(self) -> None:
        self._ended.left_running = processes.kill_family(self._pid)
        self._collect_children()


def _widen(pipe: int) -> None:
    """A larger pipe means fewer switches between a script that writes much and the runner."""
    import fcntl

    try:
        fcntl.fcntl(pipe, F_SETPIPE_SZ, 1 << 20)
    except OSError:
        pass
