"""Connect's protocol with JSON: calls with one answer, and calls whose answer is a stream of messages."""

from __future__ import annotations

import time
from binascii import a2b_base64

from .http_wire import Request
from .loop import Gone, Loop, Waiter
from .users import User, find_user, name_in_basic
from .wire_json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Callable

STATUS_OF_CODE = {
    "canceled": 499,
    "invalid_argument": 400,
    "deadline_exceeded": 504,
    "not_found": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "resource_exhausted": 429,
    "failed_precondition": 400,
    "aborted": 409,
    "unimplemented": 501,
    "unauthenticated": 401,
}
# Largest message: a whole `SendInput` payload is held in memory.
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
UNARY = "application/json"
STREAM = "application/connect+json"
END_OF_STREAM = 2
COMPRESSED = 1
HEAD_BYTES = 5
# A longer deadline is as good as none.
MAX_TIMEOUT_MS = 2_147_483_647
MAX_TIMEOUT_DIGITS = 10
DEFAULT_KEEPALIVE_SECONDS = 90.0
MIN_KEEPALIVE_SECONDS = 1.0


class RpcError(Exception):
    """A refusal in Connect's words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def to_json(self) -> dict[str, str]:
        """As it is sent."""
        return {"code": self.code, "message": self.message}


class Call:
    """One call: what is asked, by whom, and how long it is waited for."""

    def __init__(self, loop: Loop, request: Request) -> None:
        self.loop = loop
        self.request = request
        self.timeout_ms = _timeout_of(request.headers.get("connect-timeout-ms"))
        self._deadline = None if self.timeout_ms is None else time.monotonic() + self.timeout_ms / 1000
        self.keepalive_seconds = _keepalive_of(request.headers.get("keepalive-ping-interval"))

    def user(self) -> User:
        """The user named by `Authorization: Basic`. Throws `unauthenticated` for an unknown one."""
        name = name_in_basic(self.request.headers.get("authorization"))
        user = find_user(name)
        if user is None:
            raise RpcError("unauthenticated", f"invalid username: '{name or ''}'")
        return user

    async def wait(self, waiter: Waiter, idle_seconds: float | None = None) -> bool:
        """
        Waits until somebody wakes it: True then, False after `idle_seconds`. Throws when the call's time is up, and Gone
        when its client leaves.
        """
        left = None if self._deadline is None else self._deadline - time.monotonic()
        word = "idle"
        seconds = idle_seconds
        if left is not None and (seconds is None or left < seconds):
            word, seconds = "late", max(0.0, left)
        timer = None if seconds is None else self.loop.after(seconds, lambda: waiter.wake(word))
        self.request.port.tell_leaving(waiter)
        try:
            outcome = await waiter
        finally:
            self.request.port.spare_leaving(waiter)
            if timer is not None:
                timer.cancel()
        if outcome == "gone":
            raise Gone
        if outcome == "late":
            raise RpcError("deadline_exceeded", "the operation timed out")
        return outcome != "idle"

    def check_time(self) -> None:
        """Throws when the call's time is up."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise RpcError("deadline_exceeded", "the operation timed out")

    async def send(self, message: dict[str, Any]) -> None:
        """Sends a message of the answer, which is a stream."""
        await self.send_text(dumps(message).encode())

    async def send_text(self, text: bytes, flags: int = 0) -> None:
        """Sends a message that is JSON already."""
        await self._begin()
        await self.request.write(b"%c%b%b" % (flags, len(text).to_bytes(4, "big"), text))

    async def end(self, error: RpcError | None) -> None:
        """Ends the stream."""
        document = {} if error is None else {"error": error.to_json()}
        await self.send_text(dumps(document).encode(), END_OF_STREAM)
        await self.request.finish()

    async def _begin(self) -> None:
        if not self.request.has_answered:
            await self.request.begin(200, {"Content-Type": STREAM})


class Envelopes:
    """The messages of a request that is a stream."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._buffer = bytearray()

    async def next(self) -> dict[str, Any] | None:
        """The next message, None at the end."""
        if not await self._fill(HEAD_BYTES):
            return None
        flags, size = self._buffer[0], int.from_bytes(self._buffer[1:HEAD_BYTES], "big")
        if size > MAX_MESSAGE_BYTES:
            raise too_large(size)
        if not await self._fill(HEAD_BYTES + size):
            raise RpcError("invalid_argument", "protocol error: incomplete envelope")
        data = bytes(self._buffer[HEAD_BYTES : HEAD_BYTES + size])
        del self._buffer[: HEAD_BYTES + size]
        if flags & COMPRESSED:
            raise RpcError("unimplemented", "compressed messages are not taken")
        return None if flags & END_OF_STREAM else parse_message(data)

    async def _fill(self, size: int) -> bool:
        while len(self._buffer) < size:
            data = await self._request.read()
            if not data:
                if self._buffer:
                    raise RpcError("invalid_argument", "protocol error: incomplete envelope")
                return False
            self._buffer += data
        return True


def too_large(size: int) -> RpcError:
    """The refusal of a message of that many bytes."""
    return RpcError("resource_exhausted", f"message size {size} is larger than configured readMaxBytes {MAX_MESSAGE_BYTES}")


def parse_message(data: bytes) -> dict[str, Any]:
    """A message, which is an object. Throws `invalid_argument`."""
    try:
        message = loads(data)
    except ValueError as error:
        raise RpcError("invalid_argument", f"cannot decode message: {error}") from None
    if not isinstance(message, dict):
        raise RpcError("invalid_argument", "cannot decode message: no object")
    return message


def field(message: dict[str, Any], name: str, kind: type) -> Any:
    """A member by its name in JSON, or by its name in the protocol's files; None for none. Throws `invalid_argument`."""
    value = message.get(name)
    if value is None:
        value = message.get(_snake(name))
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RpcError("invalid_argument", f"cannot decode message: {name} is no {kind.__name__}")
    return value


def number(message: dict[str, Any], name: str) -> int | None:
    """A whole number, which may be written as text. Throws `invalid_argument`."""
    value = message.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return field(message, name, int)


def bytes_of(message: dict[str, Any], name: str) -> bytes | None:
    """Bytes, written in base64 of either alphabet. Throws `invalid_argument`."""
    text = field(message, name, str)
    if text is None:
        return None
    plain = text.replace("-", "+").replace("_", "/")
    try:
        return a2b_base64(plain + "=" * (-len(plain) % 4))
    except ValueError:
        raise RpcError("invalid_argument", f"cannot decode message: {name} is no base64") from None


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _timeout_of(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MAX_TIMEOUT_DIGITS:
        raise RpcError("invalid_argument", f"protocol error: invalid connect timeout value: {text}")
    timeout_ms = int(text)
    return timeout_ms if timeout_ms <= MAX_TIMEOUT_MS else None


def _keepalive_of(text: str | None) -> float:
    try:
        seconds = float(text or "")
    except ValueError:
        return DEFAULT_KEEPALIVE_SECONDS
    if not 0 < seconds < float("inf"):
        return DEFAULT_KEEPALIVE_SECONDS
    return max(MIN_KEEPALIVE_SECONDS, seconds)


class Router:
    """The methods there are, by their paths."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._unary: dict[str, Callable[[dict[str, Any], Call], Awaitable[dict[str, Any]]]] = {}
        self._streams: dict[str, Callable[[Envelopes, Call], Awaitable[None]]] = {}

    def add(self, service: str, unary: dict[str, Any], streams: dict[str, Any]) -> None:
        """Adds a service: methods that answer once, and methods that take or give a stream."""
        self._unary.update({f"/{service}/{name}": method for name, method in unary.items()})
        self._streams.update({f"/{service}/{name}": method for name, method in streams.items()})

    async def handle(self, request: Request) -> None:
        """Answers a call, whatever comes of it."""
        unary = self._unary.get(request.path)
        stream = self._streams.get(request.path)
        expected = UNARY if unary is not None else STREAM
        if unary is None and stream is None:
            return await request.refuse(404, f"no path {request.path}")
        if request.method != "POST":
            return await request.begin(405, {"Allow": "POST"}, 0)
        if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != expected:
            return await request.begin(415, {"Accept-Post": expected}, 0)
        if unary is not None:
            return await self._answer(request, unary)
        assert stream is not None
        await self._stream(request, stream)

    async def _answer(self, request: Request, method: Any) -> None:
        try:
            if request.headers.get("content-encoding", "identity") != "identity":
                raise RpcError("unimplemented", "compressed messages are not taken")
            call = Call(self._loop, request)
            data = await request.read_whole(MAX_MESSAGE_BYTES)
            if data is None:
                raise too_large(MAX_MESSAGE_BYTES + 1)
            answer = await method(parse_message(data), call)
        except (RpcError, OSError, ValueError) as error:
            refusal = to_rpc_error(error)
            await request.reply(STATUS_OF_CODE.get(refusal.code, 500), refusal.to_json())
        else:
            await request.reply(200, answer)

    async def _stream(self, request: Request, method: Any) -> None:
        refusal = None
        try:
            call = Call(self._loop, request)
        except RpcError as error:
            refusal = error
            request.headers.pop("connect-timeout-ms")
            call = Call(self._loop, request)
        try:
            if refusal is None:
                await method(Envelopes(request), call)
        except (RpcError, OSError, ValueError) as error:
            refusal = to_rpc_error(error)
        await call.end(refusal)


CODE_OF_ERRNO = {
    "ENOENT": "not_found",
    "EEXIST": "already_exists",
    "EACCES": "permission_denied",
    "EPERM": "permission_denied",
    "EROFS": "permission_denied",
    "ENOTDIR": "invalid_argument",
    "EISDIR": "invalid_argument",
    "EINVAL": "invalid_argument",
    "ENAMETOOLONG": "invalid_argument",
    "ELOOP": "invalid_argument",
    "E2BIG": "invalid_argument",
    "ENOTEMPTY": "failed_precondition",
    "EBUSY": "failed_precondition",
    "EXDEV": "failed_precondition",
    "ENOSPC": "resource_exhausted",
    "EAGAIN": "resource_exhausted",
    "EMFILE": "resource_exhausted",
    "ENFILE": "resource_exhausted",
    "ENOMEM": "resource_exhausted",
}


def errno_name(error: OSError) -> str:
    """The name of its number ("ENOENT"), "" for none."""
    import errno

    return errno.errorcode.get(error.errno or 0, "")


def describe(error: OSError) -> str:
    """A system error in a line: name, what it means, and of which path."""
    of = "" if error.filename is None else f" '{error.filename}'"
    return f"{errno_name(error)}: {(error.strerror or str(error)).lower()}{of}"


def to_rpc_error(error: Exception) -> RpcError:
    """A system error as the refusal that its number stands for; a refusal as it is."""
    if isinstance(error, RpcError):
        return error
    if isinstance(error, OSError):
        return RpcError(CODE_OF_ERRNO.get(errno_name(error), "internal"), describe(error))
    return RpcError("invalid_argument", str(error))
