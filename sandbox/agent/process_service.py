"""E2B's `process.Process`: commands that outlive their clients."""

from __future__ import annotations

from binascii import b2a_base64

from .clock import ActiveClock
from .command import SIGKILL, SIGTERM, Command, CommandTable
from .environment import CommandEnvironment
from .loop import Loop, Waiter
from .rpc import Call, Envelopes, RpcError, bytes_of, field, number
from .spawn import Limits, spawn_command
from .users import resolve_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

NO_PTY = "This sandbox has no pseudo-terminals: run commands without pty."
# A killed process may still be a zombie when the signal has been sent; callers want it gone.
REAP_WAIT_SECONDS = 2.0
SIGNALS = {"SIGNAL_SIGKILL": SIGKILL, "SIGNAL_SIGTERM": SIGTERM, SIGKILL: SIGKILL, SIGTERM: SIGTERM}


class ProcessService:
    """
    A command is killed by its own `Connect-Timeout-Ms`, by a signal or with the sandbox, never by a client that goes
    away. `on_started` is told of every started command, so that the guards wake up.
    """

    def __init__(
        self,
        loop: Loop,
        commands: CommandTable,
        clock: ActiveClock,
        environment: CommandEnvironment,
        limits: Limits | None,
        on_started: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._commands = commands
        self._clock = clock
        self._environment = environment
        self._limits = limits
        self._on_started = on_started

    def unary(self) -> dict[str, Any]:
        """The methods that answer once."""
        return {
            "List": self._list,
            "SendInput": self._send_input,
            "CloseStdin": self._close_stdin,
            "SendSignal": self._send_signal,
            "Update": self._update,
        }

    def streams(self) -> dict[str, Any]:
        """The methods that take or give a stream."""
        return {"Start": self._start, "Connect": self._connect, "StreamInput": self._stream_input}

    async def _start(self, messages: Envelopes, call: Call) -> None:
        request = await _only_message(messages)
        if field(request, "pty", dict) is not None:
            raise RpcError("unimplemented", NO_PTY)
        process = field(request, "process", dict)
        if process is None:
            raise RpcError("invalid_argument", "process is required")
        user = call.user()
        config = _read_config(process)
        config["stdin"] = field(request, "stdin", bool) or False
        cwd = resolve_path(config["cwd"] or "", user)
        env = self._environment.of(user, config["envs"])
        command = spawn_command(self._loop, self._commands, config, (cwd, env), self._limits)
        command.tag = field(request, "tag", str)
        if call.timeout_ms is not None:
            command.kill_after(call.timeout_ms, self._clock)
        self._on_started()
        await _follow(command, call)

    async def _connect(self, messages: Envelopes, call: Call) -> None:
        command = self._commands.find_any(_selector(await _only_message(messages)))
        await _follow(command, call)

    async def _list(self, _request: dict[str, Any], _call: Call) -> dict[str, Any]:
        return {"processes": [_describe(command) for command in self._commands.running.values()]}

    async def _send_input(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        command = self._commands.find_running(_selector(request))
        await _write_input(command, field(request, "input", dict), call)
        return {}

    async def _stream_input(self, messages: Envelopes, call: Call) -> None:
        command = None
        while (message := await messages.next()) is not None:
            start, data = field(message, "start", dict), field(message, "data", dict)
            if start is not None:
                command = self._commands.find_running(_selector(start))
            if data is not None:
                if command is None:
                    raise RpcError("invalid_argument", "data before start")
                await _write_input(command, field(data, "input", dict), call)
        await call.send({})

    async def _close_stdin(self, request: dict[str, Any], _call: Call) -> dict[str, Any]:
        self._commands.find_running(_selector(request)).close_stdin()
        return {}

    async def _send_signal(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        command = self._commands.find_running(_selector(request))
        signal = SIGNALS.get(request.get("signal", ""))
        if signal is None:
            raise RpcError("invalid_argument", f"unknown signal {request.get('signal', 0)}")
        command.kill(signal)
        if signal == SIGKILL:
            gone = Waiter(self._loop)
            command.tell_exit(gone)
            await call.wait(gone, REAP_WAIT_SECONDS)
        return {}

    async def _update(self, _request: dict[str, Any], _call: Call) -> dict[str, Any]:
        raise RpcError("unimplemented", NO_PTY)


async def _only_message(messages: Envelopes) -> dict[str, Any]:
    message = await messages.next()
    if message is None:
        raise RpcError("unimplemented", "protocol error: missing input message for server-streaming method")
    return message


def _selector(message: dict[str, Any]) -> dict[str, Any]:
    selector = field(message, "process", dict) or {}
    return {"pid": number(selector, "pid"), "tag": field(selector, "tag", str)}


def _read_config(process: dict[str, Any]) -> dict[str, Any]:
    """What was asked to run, as it is shown by `List`."""
    args = field(process, "args", list) or []
    envs = field(process, "envs", dict) or {}
    if not all(isinstance(text, str) for text in (*args, *envs.values())):
        raise RpcError("invalid_argument", "cannot decode message: args and envs are texts")
    return {"cmd": field(process, "cmd", str) or "", "args": args, "envs": envs, "cwd": field(process, "cwd", str)}


async def _follow(command: Command, call: Call) -> None:
    """Everything the command has written and will write, then its end. Keepalives fill silences."""
    cursor = command.journal.open_cursor()
    try:
        await call.send({"event": {"start": {"pid": command.pid}}})
        while True:
            ended = command.end
            chunk = cursor.next()
            if chunk is not None:
                stream, data = chunk
                text = b2a_base64(data, newline=False)
                await call.send_text(b'{"event":{"data":{"%b":"%b"}}}' % (stream.encode(), text))
                call.check_time()
            elif ended is not None:
                break
            elif not await _next_output(command, call):
                await call.send({"event": {"keepalive": {}}})
        await call.send({"event": {"end": command.end}})
    finally:
        cursor.close()


async def _next_output(command: Command, call: Call) -> bool:
    """Waits for more; False when there was silence for too long."""
    waiter = Waiter(call.loop)
    command.journal.listeners.append(waiter.wake)
    try:
        return await call.wait(waiter, call.keepalive_seconds)
    finally:
        command.journal.listeners.remove(waiter.wake)


async def _write_input(command: Command, message: dict[str, Any] | None, call: Call) -> None:
    if message is None:
        return
    if message.get("pty") is not None:
        raise RpcError("unimplemented", NO_PTY)
    data = bytes_of(message, "stdin")
    if data is None:
        return
    waiter = Waiter(call.loop)
    command.queue_stdin(data, waiter)
    await call.wait(waiter)
    if isinstance(waiter.value, RpcError):
        raise waiter.value


def _describe(command: Command) -> dict[str, Any]:
    config = command.config
    shown = {
        "cmd": config["cmd"] or None,
        "args": config["args"] or None,
        "envs": config["envs"] or None,
        "cwd": config["cwd"],
    }
    return {"config": shown, "pid": command.pid, "tag": command.tag}
