"""Starts commands, and waits for everything that ends in the sandbox."""

from __future__ import annotations

import _signal
import _socket
import os
import stat

from .command import Command, CommandTable, Pipes
from .loop import READ, Loop
from .rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PRLIMIT = "/usr/bin/prlimit"
# What one process may map, as a multiple of the memory it may use: room for the stacks of all the threads a sandbox may
# have, and still an error at once for a program that asks for far more than there is.
MAPPED_PER_USED = 4
ALL_SIGNALS = [number for number in range(1, 65) if number not in (9, 19, 32, 33)]
# Children of a thread that make no signal when they end are waited for as well.
WAIT_FOR_ALL = 0x40000000
HOME = "/home/user"


class Limits:
    """`memory_bytes`: what the sandbox may use. `open_files`: descriptors of one process."""

    __slots__ = ("memory_bytes", "open_files")

    def __init__(self, memory_bytes: int, open_files: int) -> None:
        self.memory_bytes = memory_bytes
        self.open_files = open_files


def spawn_command(
    loop: Loop,
    table: CommandTable,
    config: dict[str, Any],
    place: tuple[str, dict[str, str]],
    limits: Limits | None,
) -> Command:
    """
    Starts a command as the leader of its own session and process group, in a folder and with an environment, with pipes
    for its standard streams and no other descriptor. Throws `invalid_argument` for a missing directory or program, and
    the system's error when the sandbox has no process or descriptor left.
    """
    cwd, env = place
    _require_directory(cwd)
    _require_program(config["cmd"], env.get("PATH", ""))
    own: list[int] = []
    theirs: list[int] = []
    try:
        for is_input in (False, False, True)[: 3 if config["stdin"] else 2]:
            reading, writing = os.pipe2(os.O_CLOEXEC)
            own.append(writing if is_input else reading)
            theirs.append(reading if is_input else writing)
            os.set_blocking(own[-1], False)
        pid = _start(_with_limits(config, limits), cwd, env, theirs)
    except BaseException:
        for fd in own:
            os.close(fd)
        raise
    finally:
        for fd in theirs:
            os.close(fd)
    command = Command(loop, pid, Pipes(own[0], own[1], own[2] if len(own) > 2 else None), config, table.journal_share_bytes)
    table.add(command)
    return command


def _start(argv: list[str], cwd: str, env: dict[str, str], theirs: list[int]) -> int:
    stdin = (os.POSIX_SPAWN_DUP2, theirs[2], 0) if len(theirs) > 2 else (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
    actions = [stdin, (os.POSIX_SPAWN_DUP2, theirs[0], 1), (os.POSIX_SPAWN_DUP2, theirs[1], 2)]
    arguments = [to_bytes(word) for word in argv]
    environment = {to_bytes(name): to_bytes(value) for name, value in env.items()}
    # Nothing else runs meanwhile: this process has one thread.
    os.chdir(cwd)
    try:
        return os.posix_spawn(
            argv[0] if "/" in argv[0] else _find_program(argv[0], env.get("PATH", "")),
            arguments,
            environment,
            file_actions=actions,
            setsid=True,
            setsigmask=[],
            setsigdef=ALL_SIGNALS,
        )
    finally:
        os.chdir(HOME if os.path.isdir(HOME) else "/")


def _with_limits(config: dict[str, Any], limits: Limits | None) -> list[str]:
    command = [config["cmd"], *config["args"]]
    if limits is None:
        return command
    # The soft limit of memory only: V8 reserves address space that it never fills, so `node` inside the sandbox is a
    # shim that raises its own limit to the hard one, which the host set.
    data = f"--data={limits.memory_bytes * MAPPED_PER_USED}:"
    return [PRLIMIT, data, f"--nofile={limits.open_files}:{limits.open_files}", "--", *command]


def to_bytes(text: str) -> bytes:
    """UTF-8; halves of signs, which JSON can say and UTF-8 cannot, become the sign for that."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def _require_directory(cwd: str) -> None:
    try:
        mode = os.stat(cwd).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise RpcError("invalid_argument", f"cwd '{cwd}' does not exist") from None
    if not stat.S_ISDIR(mode):
        raise RpcError("invalid_argument", f"cwd '{cwd}' is not a directory")


def _require_program(cmd: str, search_path: str) -> None:
    if cmd == "":
        raise RpcError("invalid_argument", "cmd must not be empty")
    found = os.path.exists(cmd) if "/" in cmd else _find_program(cmd, search_path) != cmd
    if not found:
        raise RpcError("invalid_argument", f"program '{cmd}' not found")


def _find_program(cmd: str, search_path: str) -> str:
    for folder in search_path.split(":"):
        path = f"{folder}/{cmd}"
        if os.access(path, os.X_OK):
            return path
    return cmd


class Reaper:
    """
    As process 1 the agent inherits every process whose parent ended, and must wait for it, or the dead fill the process
    table. Its own commands are told how they ended.
    """

    def __init__(self, loop: Loop, table: CommandTable) -> None:
        self._table = table
        # Not a pipe: whoever has this uid can open one of those by its descriptor, and read what wakes us.
        self._hearing, self._saying = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        self._hearing.setblocking(False)
        self._saying.setblocking(False)
        _signal.signal(_signal.SIGCHLD, _ignore)
        _signal.set_wakeup_fd(self._saying.fileno(), warn_on_full_buffer=False)
        loop.watch(self._hearing.fileno(), READ, self._reap)

    def _reap(self, _events: int) -> None:
        try:
            self._hearing.recv(4096)
        except BlockingIOError:
            pass
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | WAIT_FOR_ALL)
            except ChildProcessError:
                return
            if pid == 0:
                return
            command = self._table.running.get(pid)
            if command is not None:
                command.has_exited(status)


def _ignore(_signal_number: int, _frame: object) -> None:
    """Stands for a signal that is heard by its descriptor, or not at all."""


def resist_signals() -> None:
    """
    User code runs as the same uid: no signal may end the agent or put it to sleep. As process 1 of its namespace it is out
    of reach of every signal from inside that has no handler; Python has one for an interrupt.
    """
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGTSTP, _signal.SIGTTIN, _signal.SIGTTOU):
        _signal.signal(number, _signal.SIG_IGN)


def end_others() -> bool:
    """
    Kills every process but the first one. True while there is anybody left, dead ones that nobody has waited for
    included. Throws for an agent that is not process 1, around which everything is somebody else's.
    """
    if os.getpid() != 1:
        raise RuntimeError("only the first process of a sandbox may end all others")
    try:
        os.kill(-1, 9)
        return True
    except ProcessLookupError:
        return False


