"""
The first process of every local sandbox: E2B's envd in small. The host passes a listening socket as descriptor 3 and a
secret by descriptor 7; `--listen <path>` makes a socket instead, for running the agent by itself.
"""

from __future__ import annotations

import _socket
import os
import sys
from _operator import _compare_digest as equals_in_constant_time

from .clock import ActiveClock, Lifetime, end_sandbox, now_ms
from .command import CommandTable
from .config import AgentConfig, read_config
from .control import Control
from .egress import EgressForward
from .environment import CommandEnvironment, write_system_files
from .files_http import FilesHttp
from .filesystem_service import FilesystemService
from .guards import Guards
from .http_wire import Listener, Request
from .loop import Loop
from .memory_use import SocketMemory
from .metrics import MachineMetrics
from .process_service import ProcessService
from .rpc import Router
from .spawn import Limits, Reaper, resist_signals
from .tree import FileMetadata

LISTEN_FD = 3
TOKEN_FD = 7
TOKEN_HEADER = "x-agent-token"
FIRST_EXTRA_FD = 3
BACKLOG = 511
# Of a connection to the host's proxy both ends belong to the sandbox's network.
STREAMS_PER_CONNECTION = 2
# A host that dies before it says how long this sandbox may live must not leave it for ever.
UNTOLD_LIFE_MS = 15 * 60_000


def main() -> None:
    """Everything the agent is made of, put together and started. Never returns."""
    listens_at = sys.argv[sys.argv.index("--listen") + 1] if "--listen" in sys.argv else None
    config = read_config()
    if listens_at is None and not config.own_limits:
        raise RuntimeError("the host said nothing of what a process is held to")
    _take_limits(config.own_limits)
    token = _read_token() if listens_at is None else None
    listener = _take_listener(listens_at)
    resist_signals()
    os.umask(0o022)
    loop = Loop()
    commands = CommandTable(loop, config.journal_bytes)
    Reaper(loop, commands)
    agent = _Agent(loop, config, commands, token)
    if listens_at is None:
        # A host that does not read its log must not keep everybody waiting.
        os.set_blocking(sys.stderr.fileno(), False)
        agent.lifetime.set_deadline(now_ms() + UNTOLD_LIFE_MS)
        write_system_files()
    else:
        agent.guards.own()
    Listener(loop, listener, agent.answer)
    loop.run()


class _Agent:
    """Its parts, and the door to them."""

    def __init__(self, loop: Loop, config: AgentConfig, commands: CommandTable, token: str | None) -> None:
        clock = ActiveClock()
        environment = CommandEnvironment(config.egress)
        egress = None if config.egress is None else EgressForward(loop, config.egress.ways)
        sockets = SocketMemory(config.socket_bytes, lambda: (egress.joined if egress else 0) * STREAMS_PER_CONNECTION)
        limits = None if config.memory_bytes is None else Limits(config.memory_bytes, config.open_files)
        metadata = FileMetadata()
        self._token = None if token is None else token.encode()
        self.guards = Guards(loop, config, commands, sockets, end_sandbox)
        self.lifetime = Lifetime(clock)
        self.lifetime.run(loop)
        self._metrics = MachineMetrics(config.memory_bytes, config.cpu_count)
        self._files = FilesHttp(loop, metadata)
        self._control = Control(loop, commands, environment, self.lifetime, self._metrics, self.guards.own)
        processes = ProcessService(loop, commands, clock, environment, limits, self.guards.wake)
        filesystem = FilesystemService(loop, metadata)
        self._router = Router(loop)
        self._router.add("process.Process", processes.unary(), processes.streams())
        self._router.add("filesystem.Filesystem", filesystem.unary(), filesystem.streams())

    async def answer(self, request: Request) -> None:
        """Whoever does not know the host's token learns nothing from it, not even that it lives."""
        if not self._is_from_host(request):
            await request.refuse(403, "not for you")
        elif request.path == "/health":
            await request.reply(204)
        elif request.path == "/metrics":
            await request.reply(200, self._metrics.read())
        elif request.path == "/files":
            await self._files.handle(request)
        elif request.path.startswith("/_agent/"):
            await self._control.handle(request)
        else:
            await self._router.handle(request)

    def _is_from_host(self, request: Request) -> bool:
        said = request.headers.get(TOKEN_HEADER, "").encode("latin-1")
        return self._token is None or equals_in_constant_time(said, self._token)


def _take_limits(limits: list[list[int]]) -> None:
    """Before anything is started that they are for. Throws where the kernel gives other ones: nothing may run without."""
    if not limits:
        return
    from resource import setrlimit

    for number, soft, hard in limits:
        setrlimit(number, (soft, hard))


def _read_token() -> str:
    """
    The secret that the host says with every request, read from the descriptor it was handed over by and nowhere else to be
    found. Throws without one: an agent that answers anybody must not run.
    """
    with open(TOKEN_FD, encoding="ascii") as file:
        token = file.read()
    if token == "":
        raise RuntimeError("the host handed over no token")
    return token


def _take_listener(path: str | None) -> _socket.socket:
    """The socket on which the host speaks. Closes every other descriptor that would be handed on to user code."""
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        if fd >= FIRST_EXTRA_FD and not (fd == LISTEN_FD and path is None):
            _close_if_handed_on(fd)
    if path is None:
        os.set_inheritable(LISTEN_FD, False)
        return _socket.socket(fileno=LISTEN_FD)
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.bind(path)
    server.listen(BACKLOG)
    return server


def _close_if_handed_on(fd: int) -> None:
    try:
        if os.get_inheritable(fd):
            os.close(fd)
    except OSError:
        # The descriptor of the listing itself is gone by now.
        pass
