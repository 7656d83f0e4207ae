"""HTTP/1.1 as the host speaks it to the agent: requests one after the other on connections that stay."""

from __future__ import annotations

import os

from .loop import Gone, Loop, Port, report
from .wire_json import dumps

MAX_HEAD_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024
# What is sent or read between two turns of the others.
TURN_BYTES = 512 * 1024

REASONS = {200: "OK", 204: "No Content", 206: "Partial Content"}


class BadRequest(Exception):
    """What came is no request; the connection ends."""


class Request:
    """A request whose head has come: its body is read and its answer written by whoever handles it."""

    def __init__(self, connection: Connection, head: bytes) -> None:
        self._connection = connection
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequest
        self.method = words[0]
        self.path, _, self.query = words[1].partition("?")
        self.headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadRequest
            lowered = name.lower()
            before = self.headers.get(lowered)
            self.headers[lowered] = value.strip() if before is None else f"{before}, {value.strip()}"
        self.is_last = "close" in self.headers.get("connection", "").lower()
        coding = self.headers.get("transfer-encoding", "").lower()
        length = self.headers.get("content-length", "0")
        # Two frames for one body, or one that is not known, would let its rest be the next request.
        is_framed_twice = coding != "" and "content-length" in self.headers
        if coding not in ("", "chunked") or is_framed_twice or not length.isascii() or not length.isdigit():
            raise BadRequest
        self._is_chunked = coding == "chunked"
        self._left = 0 if self._is_chunked else int(length)
        self._has_ended = not self._is_chunked and self._left == 0
        self.has_answered = False
        self._answers_chunked = False

    @property
    def port(self) -> Port:
        """The connection's descriptor: it tells when the client leaves."""
        return self._connection.port

    async def read(self) -> bytes:
        """The next bytes of the body, none at its end. Throws Gone when it does not come to its end."""
        if self._has_ended:
            return b""
        if self._left == 0:
            await self._next_chunk()
            if self._has_ended:
                return b""
        data = await self._connection.take(min(self._left, PIECE_BYTES))
        self._left -= len(data)
        if self._left == 0:
            if self._is_chunked:
                await self._connection.take_line()
            else:
                self._has_ended = True
        return data

    async def read_whole(self, limit: int) -> bytes | None:
        """The whole body, None when it is longer than that."""
        parts = []
        size = 0
        while data := await self.read():
            size += len(data)
            if size > limit:
                return None
            parts.append(data)
        return b"".join(parts)

    async def drop_body(self) -> None:
        """Reads what nobody wants, so that the next request can come."""
        while await self.read():
            pass

    async def _next_chunk(self) -> None:
        size = (await self._connection.take_line()).split(b";", 1)[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError:
            raise BadRequest from None
        if self._left > 0:
            return
        while await self._connection.take_line():
            pass
        self._has_ended = True

    async def begin(self, status: int, headers: dict[str, str], length: int | None = None) -> None:
        """Writes the head of the answer; without a length its body comes in chunks."""
        self.has_answered = True
        self._answers_chunked = length is None and status != 204
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Answer')}"]
        lines.extend(f"{name}: {value}" for name, value in headers.items())
        if self.is_last:
            lines.append("Connection: close")
        if self._answers_chunked:
            lines.append("Transfer-Encoding: chunked")
        elif status != 204:
            lines.append(f"Content-Length: {length}")
        await self._connection.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def write(self, data: bytes) -> None:
        """Writes a piece of the answer's body."""
        if self.method == "HEAD" or not data:
            return
        if self._answers_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        await self._connection.send(data)

    async def finish(self) -> None:
        """Ends the answer."""
        if self._answers_chunked and self.method != "HEAD":
            await self._connection.send(b"0\r\n\r\n")

    async def reply(self, status: int, body: object = None, headers: dict[str, str] | None = None) -> None:
        """A whole answer: JSON, or nothing for a body of None."""
        data = b"" if body is None else dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        await self.begin(status, {**kind, **(headers or {})}, len(data))
        await self.write(data)

    async def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """An error in the shape of E2B's, `{code, message}`; the client reads both."""
        await self.reply(status, {"code": status, "message": message}, headers)


class Connection:
    """One connection of the host: what has come and is not read, and what is sent."""

    def __init__(self, loop: Loop, fd: int) -> None:
        self._loop = loop
        self._buffer = bytearray()
        self._since_turn = 0
        self.port = Port(loop, fd)

    async def next_request(self) -> Request | None:
        """The next one, None when the host has closed the connection."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadRequest
            if not await self._fill():
                return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        return Request(self, head)

    async def take(self, limit: int) -> bytes:
        """The next bytes, at least one. Throws Gone at the end."""
        await self._take_turns(limit)
        if not self._buffer and not await self._fill():
            raise Gone
        if len(self._buffer) <= limit:
            data = bytes(self._buffer)
            self._buffer.clear()
            return data
        data = bytes(self._buffer[:limit])
        del self._buffer[:limit]
        return data

    async def take_line(self) -> bytes:
        """The next line without its end."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadRequest
            if not await self._fill():
                raise Gone
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def send(self, data: bytes) -> None:
        """Sends all of it. Throws Gone when nobody takes it."""
        await self._take_turns(len(data))
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self.port.fd, view) :]
            except BlockingIOError:
                await self.port.writable()
            except OSError:
                raise Gone from None

    async def _fill(self) -> bool:
        while True:
            try:
                data = os.read(self.port.fd, PIECE_BYTES)
            except BlockingIOError:
                if self.port.is_gone:
                    return False
                await self.port.readable()
                continue
            except OSError:
                return False
            self._buffer += data
            return data != b""

    async def _take_turns(self, size: int) -> None:
        self._since_turn += size
        if self._since_turn > TURN_BYTES:
            self._since_turn = 0
            await self._loop.pause()


class Listener:
    """Takes connections in and hands each of their requests to `handle`, which answers it."""

    def __init__(self, loop: Loop, sock, handle) -> None:
        self._loop = loop
        self._sock = sock
        self._handle = handle
        sock.setblocking(False)
        loop.watch(sock.fileno(), 1, self._accept)

    def _accept(self, _events: int) -> None:
        try:
            fd, _address = self._sock._accept()
        except BlockingIOError:
            return
        except OSError:
            # No descriptor is left: looked at again at once, the queue would take all of the processor.
            self._loop.forget(self._sock.fileno())
            self._loop.after(0.1, lambda: self._loop.watch(self._sock.fileno(), 1, self._accept))
            return
        os.set_blocking(fd, False)
        self._loop.start(self._serve(Connection(self._loop, fd)))

    async def _serve(self, connection: Connection) -> None:
        try:
            while (request := await connection.next_request()) is not None:
                await self._answer(request)
                await request.drop_body()
                if request.is_last:
                    return
        except (Gone, BadRequest):
            pass
        finally:
            connection.port.close()

    async def _answer(self, request: Request) -> None:
        try:
            await self._handle(request)
        except (Gone, BadRequest):
            raise
        except Exception as error:
            report("fault", f"{type(error).__name__}: {error}")
            # Once the head is out, a cut connection is the only way left to say that the body is not whole.
            if request.has_answered:
                raise Gone from None
            await request.refuse(500, str(error))
