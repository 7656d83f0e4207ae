"""One command: its process group, its outputs and its standard input."""

from __future__ import annotations

import os

from .clock import ActiveClock
from .journal import OutputJournal
from .loop import READ, WRITE, Loop, Timer, Waiter
from .rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

# Output still arriving this long after a kill comes from processes that left the group: not waited for.
KILLED_DRAIN_SECONDS = 0.25
MAX_PENDING_STDIN_BYTES = 4 * 1024 * 1024
READ_BYTES = 64 * 1024
SIGKILL = 9
SIGTERM = 15

SIGNAL_WORDS = {
    1: "hangup",
    2: "interrupt",
    3: "quit",
    4: "illegal instruction",
    5: "trace/breakpoint trap",
    6: "aborted",
    7: "bus error",
    8: "floating point exception",
    9: "killed",
    10: "user defined signal 1",
    11: "segmentation fault",
    12: "user defined signal 2",
    13: "broken pipe",
    14: "alarm clock",
    15: "terminated",
    24: "CPU time limit exceeded",
    25: "file size limit exceeded",
    31: "bad system call",
}


def describe_end(status: int, reason: str | None) -> dict[str, Any]:
    """
    The end event of a process by its wait status, in the words of Go's `os.ProcessState`, which E2B's clients read;
    `reason` says which guard killed it, or one of its children. What is zero or false is left away.
    """
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = -1 if signal else os.WEXITSTATUS(status)
    text = f"signal: {SIGNAL_WORDS.get(signal, f'signal {signal}')}" if signal else f"exit status {code}"
    error = text if reason is None else f"{text} ({reason})"
    return {
        "exitCode": code or None,
        "exited": None if signal else True,
        "status": text,
        "error": None if code == 0 else error,
    }


class Pipes:
    """The agent's ends of a command's streams."""

    __slots__ = ("stdout", "stderr", "stdin")

    def __init__(self, stdout: int, stderr: int, stdin: int | None) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.stdin = stdin


class Command:
    """
    It ends when its leader has exited *and* its outputs are closed, as in E2B: a background child that keeps them open
    keeps the command open, unless the command was killed.
    """

    def __init__(self, loop: Loop, pid: int, pipes: Pipes, config: dict[str, Any], limit_bytes: Callable[[], int]) -> None:
        self._loop = loop
        self.pid = pid
        self.config = config
        self.tag: str | None = None
        self.end: dict[str, Any] | None = None
        self.journal = OutputJournal(limit_bytes, self._set_paused)
        self.on_end: Callable[[], None] = lambda: None
        self._exited: list[Waiter] = []
        self._status: int | None = None
        self._is_killed = False
        self._kill_reason: str | None = None
        self._kill_timer: Timer | None = None
        self._stdin = pipes.stdin
        self._has_stdin = pipes.stdin is not None
        self._stdin_queue = bytearray()
        self._stdin_taken = 0
        self._stdin_ends = False
        self._stdin_waiters: list[tuple[int, Waiter]] = []
        self._outputs = {pipes.stdout: "stdout", pipes.stderr: "stderr"}
        self._set_paused(False)

    def kill_after(self, timeout_ms: int, clock: ActiveClock) -> None:
        """Kills the process group after that much active time, unless the command has ended."""
        kill_at = clock.active_ms() + timeout_ms

        def arm() -> None:
            left = kill_at - clock.active_ms()
            if left <= 0:
                self.kill(SIGKILL)
            else:
                self._kill_timer = self._loop.after(left / 1000, arm)

        arm()

    def kill(self, signal: int) -> None:
        """Signals the whole process group."""
        if signal == SIGKILL:
            self._is_killed = True
        try:
            os.killpg(self.pid, signal)
        except ProcessLookupError:
            pass
        if self._status is not None:
            self._after_exit()

    def note_kill(self, reason: str) -> None:
        """Records why one of this command's processes was killed by a guard."""
        self._kill_reason = self._kill_reason or reason

    def tell_exit(self, waiter: Waiter) -> None:
        """Wakes it as soon as the leader is reaped, before the outputs are drained."""
        if self._status is None:
            self._exited.append(waiter)
        else:
            waiter.wake()

    def has_exited(self, status: int) -> None:
        """Tells that its leader has ended."""
        self._status = status
        for waiter in self._exited:
            waiter.wake()
        self._exited.clear()
        self._after_exit()

    def queue_stdin(self, data: bytes, waiter: Waiter) -> None:
        """Writes to standard input; wakes when the pipe has taken the bytes, with the error if it cannot. Throws RPC errors."""
        self._require_stdin()
        if len(self._stdin_queue) > MAX_PENDING_STDIN_BYTES:
            raise RpcError("resource_exhausted", "the command does not read its standard input")
        self._stdin_queue += data
        self._stdin_waiters.append((self._stdin_taken + len(self._stdin_queue), waiter))
        self._write_stdin()

    def close_stdin(self) -> None:
        """Ends standard input once everything written has been taken."""
        self._require_stdin()
        self._stdin_ends = True
        self._write_stdin()

    def _require_stdin(self) -> None:
        if not self._has_stdin:
            raise RpcError("failed_precondition", "the command was started without standard input")
        if self._stdin is None or self._stdin_ends:
            raise RpcError("failed_precondition", "standard input is closed")

    def _write_stdin(self, _events: int = 0) -> None:
        fd = self._stdin
        if fd is None:
            return
        try:
            while self._stdin_queue:
                taken = os.write(fd, self._stdin_queue[:READ_BYTES])
                self._stdin_taken += taken
                del self._stdin_queue[:taken]
        except BlockingIOError:
            self._loop.watch(fd, WRITE, self._write_stdin)
        except OSError as error:
            self._drop_stdin(f"cannot write standard input: {error.strerror}")
        else:
            self._loop.forget(fd)
        while self._stdin_waiters and self._stdin_waiters[0][0] <= self._stdin_taken:
            self._stdin_waiters.pop(0)[1].wake()
        if self._stdin_ends and not self._stdin_queue:
            self._drop_stdin("standard input is closed")

    def _drop_stdin(self, message: str) -> None:
        fd, self._stdin = self._stdin, None
        if fd is None:
            return
        self._loop.forget(fd)
        os.close(fd)
        self._stdin_queue.clear()
        for _place, waiter in self._stdin_waiters:
            waiter.wake(RpcError("aborted", message))
        self._stdin_waiters.clear()

    def _set_paused(self, paused: bool) -> None:
        for fd, stream in self._outputs.items():
            if paused:
                self._loop.forget(fd)
            else:
                self._loop.watch(fd, READ, lambda _events, fd=fd, stream=stream: self._read(fd, stream))

    def _read(self, fd: int, stream: str) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.journal.append(stream, data)
        else:
            self._close_output(fd)
            self._end_when_done()

    def _close_output(self, fd: int) -> None:
        if self._outputs.pop(fd, None) is not None:
            self._loop.forget(fd)
            os.close(fd)

    def _after_exit(self) -> None:
        if self._kill_timer is not None:
            self._kill_timer.cancel()
        self._drop_stdin("the command has ended")
        if self._is_killed or (self._status is not None and os.WIFSIGNALED(self._status) and os.WTERMSIG(self._status) == SIGKILL):
            self._loop.after(KILLED_DRAIN_SECONDS, self._close_outputs)
        self._end_when_done()

    def _close_outputs(self) -> None:
        for fd in list(self._outputs):
            self._close_output(fd)
        self._end_when_done()

    def _end_when_done(self) -> None:
        if self.end is not None or self._status is None or self._outputs:
            return
        self.end = describe_end(self._status, self._kill_reason)
        self.on_end()
        self.journal.notify()


class CommandTable:
    """
    The sandbox's commands, running and recently ended. Ended ones stay for ten minutes, so that a client that lost its
    stream can still fetch the output and the exit code; the oldest go first when memory is short.
    """

    ENDED_RETENTION_SECONDS = 10 * 60
    MAX_ENDED = 256
    # Memory for all journals together: the agent's share of the sandbox.
    TOTAL_JOURNAL_BYTES = 16 * 1024 * 1024
    MIN_JOURNAL_BYTES = 128 * 1024

    def __init__(self, loop: Loop, journal_limit_bytes: int) -> None:
        self._loop = loop
        self._journal_limit_bytes = journal_limit_bytes
        self.running: dict[int, Command] = {}
        self.ended: dict[int, Command] = {}
        # A timer holds on to its command, so it goes when the command is forgotten early.
        self._timers: dict[Command, Timer] = {}

    def journal_share_bytes(self) -> int:
        """What one journal may hold now: its own limit, or less when many commands share the memory."""
        share = self.TOTAL_JOURNAL_BYTES // (len(self.running) + 1)
        return min(self._journal_limit_bytes, max(self.MIN_JOURNAL_BYTES, share))

    def add(self, command: Command) -> None:
        """Takes a command in that was just started."""
        former = self.ended.get(command.pid)
        if former is not None:
            self._forget(former)
        self.running[command.pid] = command
        command.on_end = lambda: self._retire(command)

    def find_running(self, selector: dict[str, Any]) -> Command:
        """The running command of that selector. Throws `not_found`, also for an ended one."""
        return _find([self.running], selector)

    def find_any(self, selector: dict[str, Any]) -> Command:
        """The running or recently ended command of that selector. Throws `not_found`."""
        return _find([self.running, self.ended], selector)

    def forget_ended(self) -> None:
        """Forgets every command that has ended."""
        for command in list(self.ended.values()):
            self._forget(command)

    def _retire(self, command: Command) -> None:
        if self.running.get(command.pid) is command:
            del self.running[command.pid]
        self.ended[command.pid] = command
        self._timers[command] = self._loop.after(self.ENDED_RETENTION_SECONDS, lambda: self._forget(command))
        cost = sum(ended.journal.cost_bytes for ended in self.ended.values())
        for oldest in list(self.ended.values()):
            if cost <= self.TOTAL_JOURNAL_BYTES and len(self.ended) <= self.MAX_ENDED:
                return
            cost -= oldest.journal.cost_bytes
            self._forget(oldest)

    def _forget(self, command: Command) -> None:
        if self.ended.get(command.pid) is command:
            del self.ended[command.pid]
        timer = self._timers.pop(command, None)
        if timer is not None:
            timer.cancel()


def _find(tables: list[dict[int, Command]], selector: dict[str, Any]) -> Command:
    pid, tag = selector.get("pid"), selector.get("tag")
    for table in tables:
        if isinstance(pid, int) and pid in table:
            return table[pid]
        for command in table.values():
            if pid is None and tag is not None and command.tag == tag:
                return command
    wanted = f"pid {pid}" if pid is not None else f"tag {tag}" if tag is not None else "no selector"
    raise RpcError("not_found", f"process with {wanted} not found")
