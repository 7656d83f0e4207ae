"""
The limits no rlimit expresses: memory of all processes together, and inodes, which cost kernel memory that no size of a
file system bounds.
"""

from __future__ import annotations

import os
import time

from .command import SIGKILL, CommandTable
from .config import AgentConfig
from .loop import Loop, report
from .memory_use import SocketMemory, choose_biggest, exact_memory_use, rough_memory_bytes
from .proc_table import MountUsage, Stillness, list_pids, name_of, session_of, writable_mounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

CHECK_SECONDS = 0.1
# Between two looks a program can fill what is left, so they come closer where little is.
CLOSE_CHECK_SECONDS = 0.02
# An exact look may take a fifth of the agent's time, not more.
REST_PER_EXACT_LOOK = 4
MIB = 1024 * 1024


class Guards:
    """
    Looks ten times a second while the user has processes, more often when half of the memory is in use, and not at all in
    an idle sandbox, or in one that waits for a user. Where none of them has run since the last look, it is seen that none has.
    A look that fails is followed by the next one.
    """

    def __init__(
        self,
        loop: Loop,
        config: AgentConfig,
        commands: CommandTable,
        sockets: SocketMemory,
        end: Callable[[str, str], None],
    ) -> None:
        self._loop = loop
        self._config = config
        self._commands = commands
        self._sockets = sockets
        self._end = end
        self._mounts = writable_mounts()
        self._still = Stillness()
        self._seconds = CHECK_SECONDS
        self._is_owned = False
        self._is_awake = False
        self._has_failed = False

    def own(self) -> None:
        """Call it before the user can start anything: from now on what runs is looked at."""
        self._is_owned = True
        self.wake()

    def wake(self) -> None:
        """Starts looking; call it whenever a command starts."""
        if self._is_awake or not self._is_owned:
            return
        self._is_awake = True
        self._loop.after(CLOSE_CHECK_SECONDS, self._look)

    def _look(self) -> None:
        seconds = self._check()
        self._is_awake = seconds is not None
        if seconds is not None:
            self._loop.after(seconds, self._look)

    def _check(self) -> float | None:
        """Seconds to the next look; None when there is nothing to look at."""
        try:
            pids = [pid for pid in list_pids() if pid != os.getpid()]
            if not self._still.lasts(pids):
                self._still.note(pids)
                self._seconds = self._check_memory(pids)
                self._check_inodes()
            return self._seconds if pids or self._commands.running else None
        except Exception as error:
            self._still.forget()
            if not self._has_failed:
                report("guard", f"{type(error).__name__}: {error}")
            self._has_failed = True
            return CHECK_SECONDS

    def _check_memory(self, pids: list[int]) -> float:
        limit = self._config.memory_bytes
        if limit is None:
            return CHECK_SECONDS
        rough = rough_memory_bytes(pids, self._sockets)
        if rough <= limit:
            return CLOSE_CHECK_SECONDS if rough > limit / 2 else CHECK_SECONDS
        started_at = time.monotonic()
        total, users = exact_memory_use(pids, self._sockets)
        rest = (time.monotonic() - started_at) * REST_PER_EXACT_LOOK
        if total <= limit:
            return max(CLOSE_CHECK_SECONDS, rest)
        self._still.forget()
        for pid, used in choose_biggest(users, total - limit):
            self._kill_for_memory(pid, used, limit)
        # What was killed takes a moment to give its memory back; looked at too soon, the next biggest would go too.
        return CHECK_SECONDS

    def _kill_for_memory(self, pid: int, used: float, limit: int) -> None:
        reason = (
            f"memory limit of {round(limit / MIB)} MiB reached: "
            f"process {pid} ({name_of(pid)}) was using {round(used / MIB)} MiB"
        )
        command = self._commands.running.get(session_of(pid))
        if command is not None:
            command.note_kill(reason)
        try:
            os.kill(pid, SIGKILL)
        except OSError:
            # It ended by itself, which frees its memory just as well.
            pass

    def _check_inodes(self) -> None:
        limit = self._config.inodes
        if limit is None:
            return
        used = sum(MountUsage(path).used_inodes for path in self._mounts)
        if used > limit:
            self._end("inode_limit", f"{used} files and folders, the limit is {limit}")
