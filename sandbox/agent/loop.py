"""
The agent's one thread: an epoll, timers and tasks. Not `asyncio`: importing that takes more processor time than all that
most sandboxes ever do.
"""

from __future__ import annotations

import os
import select
import sys
import time
from _collections import deque
from _heapq import heapify, heappop, heappush

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Coroutine, Generator

READ = select.EPOLLIN
WRITE = select.EPOLLOUT
LEFT = select.EPOLLRDHUP
ERROR = select.EPOLLERR
BROKEN = select.EPOLLHUP | ERROR

EVENTS_AT_ONCE = 64
# Timers that were called off are thrown away together, once they are this many and most of all there are.
SPENT_TIMERS = 64


class Waiter:
    """What a task waits for, once. The first word wins, and later ones are not heard."""

    __slots__ = ("_loop", "_task", "is_done", "value")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._task: Task | None = None
        self.is_done = False
        self.value: object = None

    def wake(self, value: object = None) -> None:
        """Lets whoever waits go on with that value."""
        if self.is_done:
            return
        self.is_done = True
        self.value = value
        if self._task is not None:
            self._loop.ready.append(self._task.step)

    def __await__(self) -> Generator[Waiter, None, Any]:
        if not self.is_done:
            yield self
        return self.value

    def hold(self, task: Task) -> None:
        """Remembers whom to wake."""
        self._task = task


class Task:
    """A coroutine that runs beside the others, from one wait to the next."""

    __slots__ = ("_coroutine",)

    def __init__(self, coroutine: Coroutine[Waiter, None, None]) -> None:
        self._coroutine = coroutine

    def step(self) -> None:
        """Runs to the next wait, or to the end. What it throws is the loop's to report."""
        try:
            self._coroutine.send(None).hold(self)
        except StopIteration:
            pass


class Timer:
    """A call to come, which can be called off."""

    __slots__ = ("_loop", "at", "act")

    def __init__(self, loop: Loop, at: float, act: Callable[[], None]) -> None:
        self._loop = loop
        self.at = at
        self.act: Callable[[], None] | None = act

    def cancel(self) -> None:
        """Calls it off. Does nothing when it is over."""
        if self.act is not None:
            self.act = None
            self._loop.spend_timer()


class Loop:
    """Runs what is due, for ever. Nothing that goes wrong in one call reaches another."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._handlers: dict[int, Callable[[int], None]] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._last_timer = 0
        self._spent = 0
        self.ready: deque[Callable[[], None]] = deque()

    def start(self, coroutine: Coroutine[Waiter, None, None]) -> None:
        """Runs a coroutine as a task of its own, from the next turn on."""
        self.ready.append(Task(coroutine).step)

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Calls `act` once, after that time."""
        self._last_timer += 1
        timer = Timer(self, time.monotonic() + seconds, act)
        heappush(self._timers, (timer.at, self._last_timer, timer))
        return timer

    def spend_timer(self) -> None:
        """Notes that a timer was called off."""
        self._spent += 1
        if self._spent > SPENT_TIMERS and self._spent * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[2].act is not None]
            heapify(self._timers)
            self._spent = 0

    async def pause(self) -> None:
        """Lets everybody else have a turn."""
        waiter = Waiter(self)
        self.ready.append(waiter.wake)
        await waiter

    async def sleep(self, seconds: float) -> None:
        """Waits that long."""
        waiter = Waiter(self)
        self.after(seconds, waiter.wake)
        await waiter

    def watch(self, fd: int, mask: int, handler: Callable[[int], None]) -> None:
        """Calls `handler` with the events of a descriptor; for one that is watched already, with others from now on."""
        is_new = fd not in self._handlers
        self._handlers[fd] = handler
        if is_new:
            self._epoll.register(fd, mask)
        else:
            self._epoll.modify(fd, mask)

    def forget(self, fd: int) -> None:
        """Ends watching a descriptor; call it before it is closed. Does nothing when it is not watched."""
        if self._handlers.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def run(self) -> None:
        """Never returns."""
        while True:
            self._run_ready()
            for fd, events in self._epoll.poll(self._idle_seconds(), EVENTS_AT_ONCE):
                handler = self._handlers.get(fd)
                if handler is not None:
                    _safely(lambda: handler(events))
            self._run_due()

    def _run_ready(self) -> None:
        for _ in range(len(self.ready)):
            _safely(self.ready.popleft())

    def _idle_seconds(self) -> float:
        if self.ready:
            return 0
        while self._timers and self._timers[0][2].act is None:
            heappop(self._timers)
            self._spent -= 1
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else -1

    def _run_due(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heappop(self._timers)[2]
            act, timer.act = timer.act, None
            if act is None:
                self._spent -= 1
            else:
                _safely(act)


def _safely(act: Callable[[], None]) -> None:
    """A fault of one task must not end the process that holds everybody's limits."""
    try:
        act()
    except Exception as error:
        report("fault", f"{type(error).__name__}: {error}{_place_of(error)}")


def _place_of(error: BaseException) -> str:
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f" ({' '.join(places)})"


def report(kind: str, text: str) -> None:
    """Tells the host of something, in its log. A host that has died hears nothing."""
    from .wire_json import dumps

    try:
        os.write(sys.stderr.fileno(), f"{dumps({kind: text})}\n".encode())
    except OSError:
        pass


class Gone(Exception):
    """Whoever asked has left."""


class Port:
    """A descriptor that does not block, and the tasks that wait for it. Whoever holds it closes it."""

    def __init__(self, loop: Loop, fd: int) -> None:
        self.fd = fd
        self.is_gone = False
        self._loop = loop
        self._reader: Waiter | None = None
        self._writer: Waiter | None = None
        self._leaving: list[Waiter] = []
        self._mask = LEFT
        loop.watch(fd, self._mask, self._happened)

    async def readable(self) -> None:
        """Waits until there is something to read, the end included."""
        if not self.is_gone:
            self._reader = Waiter(self._loop)
            self._listen()
            await self._reader

    async def writable(self) -> None:
        """Waits until there is room. Throws Gone when nobody reads any more."""
        if not self.is_gone:
            self._writer = Waiter(self._loop)
            self._listen()
            await self._writer
        if self.is_gone:
            raise Gone

    def tell_leaving(self, waiter: Waiter) -> None:
        """Wakes it with "gone" when the other side leaves."""
        if self.is_gone:
            waiter.wake("gone")
        else:
            self._leaving.append(waiter)

    def spare_leaving(self, waiter: Waiter) -> None:
        """Ends that."""
        if waiter in self._leaving:
            self._leaving.remove(waiter)

    def close(self) -> None:
        """Closes the descriptor."""
        self._leave()
        os.close(self.fd)

    def _listen(self) -> None:
        mask = LEFT | (READ if self._reader else 0) | (WRITE if self._writer else 0)
        if mask != self._mask:
            self._mask = mask
            self._loop.watch(self.fd, mask, self._happened)

    def _happened(self, events: int) -> None:
        if events & (LEFT | BROKEN):
            return self._leave()
        reader, writer = self._reader, self._writer
        if events & READ and reader is not None:
            self._reader = None
            reader.wake()
        if events & WRITE and writer is not None:
            self._writer = None
            writer.wake()
        self._listen()

    def _leave(self) -> None:
        if self.is_gone:
            return
        self.is_gone = True
        self._loop.forget(self.fd)
        for waiter in (self._reader, self._writer, *self._leaving):
            if waiter is not None:
                waiter.wake("gone")
        self._reader = self._writer = None
        self._leaving.clear()
