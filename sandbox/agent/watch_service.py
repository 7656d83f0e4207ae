"""The watching half of E2B's `filesystem.Filesystem`: as a stream, and as a queue that clients poll."""

from __future__ import annotations

import os

from .inotify import DirectoryWatch, Inotify
from .loop import Loop, Waiter
from .rpc import Call, RpcError, field, to_rpc_error
from .tree import FileMetadata, entry_info
from .users import resolve_path
from .wire_json import tidy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

MAX_WATCHERS = 64
MAX_QUEUED_EVENTS = 10_000


class Queue:
    """The events of one watch that nobody has taken yet."""

    def __init__(self, describe: Callable[[str], dict[str, Any] | None] | None) -> None:
        self._describe = describe
        self.events: list[dict[str, Any]] = []
        self.error: RpcError | None = None
        self.watch: DirectoryWatch | None = None
        self.waiter: Waiter | None = None

    def add(self, kind: str, name: str, path: str) -> None:
        """Takes an event in."""
        if len(self.events) >= MAX_QUEUED_EVENTS:
            return self.fail(RpcError("resource_exhausted", "events were not read fast enough"))
        entry = None if self._describe is None else self._describe(path)
        self.events.append({"name": tidy(name), "type": f"EVENT_TYPE_{kind}", "entry": entry})
        self._wake()

    def fail(self, error: Exception) -> None:
        """Ends the watch with an error."""
        self.error = to_rpc_error(error)
        self.close()
        self._wake()

    def close(self) -> None:
        """Ends the watch."""
        if self.watch is not None:
            self.watch.close()

    def _wake(self) -> None:
        if self.waiter is not None:
            self.waiter.wake()


class WatchService:
    """All watches of the sandbox."""

    def __init__(self, loop: Loop, metadata: FileMetadata) -> None:
        self._loop = loop
        self._metadata = metadata
        self._inotify = Inotify(loop)
        self._watchers: dict[str, Queue] = {}
        self._opened = 0

    async def stream(self, request: dict[str, Any], call: Call) -> None:
        """`WatchDir`."""
        queue = self._open(request, call)
        try:
            await call.send({"start": {}})
            while True:
                if queue.events:
                    await call.send({"filesystem": queue.events.pop(0)})
                elif queue.error is not None:
                    raise queue.error
                else:
                    queue.waiter = Waiter(self._loop)
                    if not await call.wait(queue.waiter, call.keepalive_seconds):
                        await call.send({"keepalive": {}})
        finally:
            self._close(queue)

    async def create(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """`CreateWatcher`."""
        queue = self._open(request, call)
        watcher_id = os.urandom(16).hex()
        self._watchers[watcher_id] = queue
        return {"watcherId": watcher_id}

    async def events(self, request: dict[str, Any], _call: Call) -> dict[str, Any]:
        """`GetWatcherEvents`."""
        queue = self._find(request)
        if queue.error is not None:
            raise queue.error
        events, queue.events = queue.events, []
        return {"events": events or None}

    async def remove(self, request: dict[str, Any], _call: Call) -> dict[str, Any]:
        """`RemoveWatcher`."""
        self._close(self._find(request))
        del self._watchers[field(request, "watcherId", str)]
        return {}

    def _find(self, request: dict[str, Any]) -> Queue:
        watcher_id = field(request, "watcherId", str) or ""
        queue = self._watchers.get(watcher_id)
        if queue is None:
            raise RpcError("not_found", f"watcher with id {watcher_id} not found")
        return queue

    def _open(self, request: dict[str, Any], call: Call) -> Queue:
        if self._opened >= MAX_WATCHERS:
            raise RpcError("resource_exhausted", f"more than {MAX_WATCHERS} watchers")
        path = resolve_path(field(request, "path", str) or "", call.user())
        queue = Queue(self._describe_if_there if field(request, "includeEntry", bool) else None)
        is_recursive = field(request, "recursive", bool) or False
        queue.watch = DirectoryWatch(self._inotify, path, is_recursive, (queue.add, queue.fail))
        queue.watch.start()
        self._opened += 1
        return queue

    def _close(self, queue: Queue) -> None:
        self._opened -= 1
        queue.close()

    def _describe_if_there(self, path: str) -> dict[str, Any] | None:
        try:
            return entry_info(path, self._metadata)
        except OSError:
            return None
