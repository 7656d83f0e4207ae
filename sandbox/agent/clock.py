"""Time as the sandbox lives it, and its end."""

from __future__ import annotations

import os
import time

from .loop import Loop, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

TICK_SECONDS = 0.5
# A tick this late means that the sandbox was paused, not that the agent was busy.
PAUSE_GAP_MS = 4_000
GRACE_MS = 5_000
# Why the agent ended its own sandbox; the host sees it as the agent's exit code.
EXIT_CODES = {"deadline": 80, "inode_limit": 81}


def now_ms() -> float:
    """Milliseconds since 1970."""
    return time.time() * 1000


def end_sandbox(cause: str, message: str) -> None:
    """Ends the sandbox: the agent is its first process, and with that one the kernel ends all others."""
    report("ended", f"{cause}: {message}")
    os._exit(EXIT_CODES[cause])


class ActiveClock:
    """
    It stands still while the host has every process stopped, as a paused virtual machine's does. Commands get their whole
    time even when a pause lies in it.
    """

    def __init__(self, now: Callable[[], float] = now_ms) -> None:
        self._now = now
        self._last_tick = now()
        self._paused_ms = 0.0

    def active_ms(self) -> float:
        """Milliseconds that do not count pauses; only differences mean something. Ask twice a second at least."""
        now = self._now()
        gap = now - self._last_tick
        if gap > PAUSE_GAP_MS:
            self._paused_ms += gap
        self._last_tick = now
        return now - self._paused_ms


class Lifetime:
    """
    The sandbox's deadline, enforced from inside as well: a host that died cannot leave it running for ever. The host ends
    a sandbox on time; this one waits five seconds of active time longer, so that the two never race, and so that a host
    that resumes a paused sandbox can move the deadline first.
    """

    def __init__(
        self,
        clock: ActiveClock,
        end: Callable[[str, str], None] = end_sandbox,
        now: Callable[[], float] = now_ms,
    ) -> None:
        self._clock = clock
        self._end = end
        self._now = now
        self._deadline: float | None = None
        self._overdue_since: float | None = None

    def set_deadline(self, at_ms: float) -> None:
        """Replaces the deadline (milliseconds since 1970)."""
        self._deadline = at_ms
        self._overdue_since = None

    def tick(self) -> None:
        """Ends the sandbox when its deadline and the grace are over."""
        active = self._clock.active_ms()
        if self._deadline is None or self._now() < self._deadline:
            return
        if self._overdue_since is None:
            self._overdue_since = active
        if active - self._overdue_since >= GRACE_MS:
            self._end("deadline", "the sandbox reached its deadline")

    def run(self, loop: Loop) -> None:
        """Looks twice a second from now on."""
        self.tick()
        loop.after(TICK_SECONDS, lambda: self.run(loop))
