"""
The host's own door, `/_agent/*`. The host never forwards these paths from outside: whoever can call them may name the
sandbox, set its variables and move its deadline.
"""

from __future__ import annotations

import os

from .clock import Lifetime
from .command import CommandTable
from .environment import CommandEnvironment, identity_files, write_files
from .http_wire import Request
from .loop import Loop
from .metrics import MachineMetrics
from .spawn import end_others
from .users import USERS
from .wire_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

MAX_BODY_BYTES = 1024 * 1024
MEMORY_FILES = "/dev/shm"
LOOK_AGAIN_SECONDS = 0.01
LOOKS_BEFORE_GIVING_UP = 1_000


class Control:
    """What the host asks of an agent. `on_owned` is told when the sandbox is given to somebody."""

    def __init__(
        self,
        loop: Loop,
        commands: CommandTable,
        environment: CommandEnvironment,
        lifetime: Lifetime,
        metrics: MachineMetrics,
        on_owned: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._commands = commands
        self._environment = environment
        self._lifetime = lifetime
        self._metrics = metrics
        self._on_owned = on_owned

    async def handle(self, request: Request) -> None:
        """Answers one request."""
        operation = f"{request.method} {request.path}"
        if operation == "POST /_agent/init":
            return await self._init(request)
        if operation == "POST /_agent/deadline":
            body = await _read_json(request)
            if not _is_number(body.get("deadline_at_ms")):
                return await request.refuse(400, "expected deadline_at_ms")
            self._lifetime.set_deadline(body["deadline_at_ms"])
            return await request.reply(204)
        if operation == "POST /_agent/restart":
            await self._end_everything()
            return await request.reply(204)
        if operation == "GET /_agent/environment":
            return await request.reply(200, {"variables": self._environment.of(USERS["user"], {})})
        if operation == "GET /_agent/metrics":
            return await request.reply(200, self._metrics.read())
        await request.refuse(404, f"no operation {operation}")

    async def _init(self, request: Request) -> None:
        body = await _read_json(request)
        sandbox_id, template_id, envs = body.get("sandbox_id"), body.get("template_id"), body.get("envs")
        is_named = isinstance(sandbox_id, str) and isinstance(template_id, str) and _is_number(body.get("deadline_at_ms"))
        if not is_named or not isinstance(envs, dict) or not all(isinstance(value, str) for value in envs.values()):
            return await request.refuse(400, "expected envs, deadline_at_ms, sandbox_id, template_id")
        self._environment.set_sandbox(sandbox_id, template_id, envs)
        write_files(identity_files(sandbox_id, template_id))
        self._lifetime.set_deadline(body["deadline_at_ms"])
        self._on_owned()
        await request.reply(204)

    async def _end_everything(self) -> None:
        """
        Leaves of a sandbox what a reboot would leave: its files. Every process is killed and waited for, what stands in
        memory goes, and no command is remembered. Throws when something will not end.
        """
        looks = 0
        while end_others() or self._commands.running:
            looks += 1
            if looks > LOOKS_BEFORE_GIVING_UP:
                raise RuntimeError("something in the sandbox does not end")
            await self._loop.sleep(LOOK_AGAIN_SECONDS)
        self._commands.forget_ended()
        from .tree import remove_tree

        for name in os.listdir(MEMORY_FILES):
            await remove_tree(self._loop, f"{MEMORY_FILES}/{name}")


async def _read_json(request: Request) -> dict[str, Any]:
    """The body, empty for one that is no object."""
    try:
        document = loads(await request.read_whole(MAX_BODY_BYTES) or b"")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")
