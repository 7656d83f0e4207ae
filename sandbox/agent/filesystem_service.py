"""
E2B's `filesystem.Filesystem`. Paths are resolved in the sandbox's own mount namespace, so a link or `..` leads nowhere a
command could not go.
"""

from __future__ import annotations

import os
import stat

from .loop import Loop
from .rpc import Call, Envelopes, RpcError, field, number
from .tree import FileMetadata, entry_info, list_tree, remove_tree
from .users import resolve_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .watch_service import WatchService


class FilesystemService:
    """Its methods that ask and change; those that watch are loaded with the first watch."""

    def __init__(self, loop: Loop, metadata: FileMetadata) -> None:
        self._loop = loop
        self._metadata = metadata
        self._watches: WatchService | None = None

    def unary(self) -> dict[str, Any]:
        """The methods that answer once."""
        return {
            "Stat": self._stat,
            "MakeDir": self._make_dir,
            "ListDir": self._list_dir,
            "Move": self._move,
            "Remove": self._remove,
            "CreateWatcher": lambda request, call: self._watching().create(request, call),
            "GetWatcherEvents": lambda request, call: self._watching().events(request, call),
            "RemoveWatcher": lambda request, call: self._watching().remove(request, call),
        }

    def streams(self) -> dict[str, Any]:
        """The methods that give a stream."""
        return {"WatchDir": self._watch_dir}

    async def _stat(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        path = path_of(request, call)
        try:
            return {"entry": entry_info(path, self._metadata)}
        except (FileNotFoundError, NotADirectoryError):
            # A path below a file is as absent as one below nothing.
            raise RpcError("not_found", f"file not found: '{path}'") from None

    async def _make_dir(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        path = path_of(request, call)
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            os.makedirs(path, exist_ok=True)
            return {"entry": entry_info(path, self._metadata)}
        if stat.S_ISDIR(mode):
            raise RpcError("already_exists", f"directory already exists: {path}")
        raise RpcError("invalid_argument", f"path already exists but it is not a directory: {path}")

    async def _list_dir(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        path = path_of(request, call)
        if not stat.S_ISDIR(os.stat(path).st_mode):
            raise RpcError("invalid_argument", f"path is not a directory: {path}")
        depth = max(1, number(request, "depth") or 0)
        return {"entries": await list_tree(self._loop, path, depth, self._metadata)}

    async def _move(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        user = call.user()
        source = resolve_path(field(request, "source", str) or "", user)
        destination = resolve_path(field(request, "destination", str) or "", user)
        os.lstat(source)
        os.makedirs(os.path.dirname(destination), exist_ok=True)
        os.rename(source, destination)
        return {"entry": entry_info(destination, self._metadata)}

    async def _remove(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        await remove_tree(self._loop, path_of(request, call))
        return {}

    async def _watch_dir(self, messages: Envelopes, call: Call) -> None:
        await self._watching().stream(await messages.next() or {}, call)

    def _watching(self) -> WatchService:
        if self._watches is None:
            from .watch_service import WatchService

            self._watches = WatchService(self._loop, self._metadata)
        return self._watches


def path_of(request: dict[str, Any], call: Call) -> str:
    """The path a request is about, as its user means it."""
    return resolve_path(field(request, "path", str) or "", call.user())
