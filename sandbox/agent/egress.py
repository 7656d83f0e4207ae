"""
Joins ports inside the sandbox to sockets of the host: its filter proxy, and the edge's own door. Each connection opens the
socket file anew, since a restarted host listens on a new one in the same folder.
"""

from __future__ import annotations

import _socket
import os

from .loop import BROKEN, ERROR, READ, WRITE, Loop, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

# Connections at a time. Each costs the agent two descriptors of its 2,048, without which it could not hold the limits any
# more, and the host's proxy takes 256.
MAX_CONNECTIONS = 240
# Connections beyond, which are told so. Still more are closed as they come.
MAX_REFUSALS = 64
# Long enough to take in a request and give the answer; then a connection that was refused is closed.
REFUSAL_SECONDS = 2.0
BACKLOG = 511
PIECE_BYTES = 64 * 1024

NO_PROXY_ANSWER = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"The sandbox's way out is not available at the moment.\n"
)
TOO_MANY_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
    b"This sandbox has %d connections to the network, which is as many as it may have at a time.\n" % MAX_CONNECTIONS
)


class EgressForward:
    """All ways out of the sandbox. `joined` is how many connections use them."""

    def __init__(self, loop: Loop, ways: list[tuple[str, int, str]]) -> None:
        self._loop = loop
        self.joined = 0
        self._refused = 0
        for host, port, path in ways:
            try:
                self._listen(host, port, path)
            except OSError as error:
                # A sandbox whose port is taken has no way out; that is not a reason to have no sandbox.
                report("egress", f"{host}:{port}: {error.strerror}")

    def _listen(self, host: str, port: int, path: str) -> None:
        family = _socket.AF_INET6 if ":" in host else _socket.AF_INET
        server = _socket.socket(family, _socket.SOCK_STREAM)
        server.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        server.bind((host, port))
        server.listen(BACKLOG)
        server.setblocking(False)

        def accept(_events: int) -> None:
            try:
                client, _address = server._accept()
            except BlockingIOError:
                return
            except OSError:
                # No descriptor is left: looked at again at once, the queue would take all of the processor.
                self._loop.forget(server.fileno())
                self._loop.after(0.1, lambda: self._loop.watch(server.fileno(), READ, accept))
                return
            self._take(client, path)

        self._loop.watch(server.fileno(), READ, accept)

    def _take(self, client: int, path: str) -> None:
        os.set_blocking(client, False)
        if self.joined < MAX_CONNECTIONS:
            self._join(client, path)
        elif self._refused < MAX_REFUSALS:
            self._refused += 1
            Refusal(self._loop, client, TOO_MANY_ANSWER, self._forget_refusal)
        else:
            os.close(client)

    def _forget_refusal(self) -> None:
        self._refused -= 1

    def _join(self, client: int, path: str) -> None:
        proxy = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            proxy.setblocking(False)
            proxy.connect(path)
        except OSError:
            proxy.close()
            self._refused += 1
            Refusal(self._loop, client, NO_PROXY_ANSWER, self._forget_refusal)
            return
        self.joined += 1
        Joint(self._loop, client, proxy.detach(), self._forget_joint)

    def _forget_joint(self) -> None:
        self.joined -= 1


class Refusal:
    """
    Answers a connection that goes nowhere. Reads what comes, or the answer would be lost with it: a socket that is closed
    over unread bytes is reset.
    """

    def __init__(self, loop: Loop, client: int, answer: bytes, on_end: Callable[[], None]) -> None:
        self._loop = loop
        self._client = client
        self._answer = answer
        self._on_end = on_end
        self._timer = loop.after(REFUSAL_SECONDS, self._close)
        loop.watch(client, READ, self._read)

    def _read(self, _events: int) -> None:
        try:
            data = os.read(self._client, PIECE_BYTES)
            if not data:
                return self._close()
            if self._answer:
                answer, self._answer = self._answer, b""
                # An answer of two lines fits into any socket.
                os.write(self._client, answer)
                _shut(self._client)
        except BlockingIOError:
            return
        except OSError:
            self._close()

    def _close(self) -> None:
        self._timer.cancel()
        self._loop.forget(self._client)
        os.close(self._client)
        self._on_end()


class _End:
    """One end of a joint: what is to be written to it, and whether it is still read."""

    __slots__ = ("fd", "waiting", "is_read", "is_shut", "mask")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.waiting = b""
        self.is_read = True
        self.is_shut = False
        self.mask = -1


class Joint:
    """Two sockets that say to each other what each of them hears, each way until its own end."""

    def __init__(self, loop: Loop, client: int, proxy: int, on_end: Callable[[], None]) -> None:
        self._loop = loop
        self._client = _End(client)
        self._proxy = _End(proxy)
        self._on_end = on_end
        self._is_closed = False
        self._listen()

    def _listen(self) -> None:
        for end, other in ((self._client, self._proxy), (self._proxy, self._client)):
            mask = (READ if end.is_read and not other.waiting else 0) | (WRITE if end.waiting else 0)
            if mask == end.mask:
                continue
            end.mask = mask
            # The kernel tells that a socket has hung up even to those who ask for nothing, again and again.
            if mask == 0:
                self._loop.forget(end.fd)
            else:
                self._loop.watch(end.fd, mask, lambda events, end=end, other=other: self._happened(end, other, events))

    def _happened(self, end: _End, other: _End, events: int) -> None:
        try:
            if events & ERROR:
                return self._close()
            if events & WRITE and end.waiting:
                end.waiting = _write(end.fd, end.waiting)
            if events & (READ | BROKEN) and end.is_read and not other.waiting:
                self._read(end, other, events)
            self._shut_ended()
        except OSError:
            return self._close()
        if self._client.is_shut and self._proxy.is_shut:
            self._close()
        else:
            self._listen()

    def _read(self, end: _End, other: _End, events: int) -> None:
        try:
            data = os.read(end.fd, PIECE_BYTES)
        except BlockingIOError:
            return
        if data:
            other.waiting = _write(other.fd, data)
            return
        end.is_read = False
        if events & BROKEN:
            # It has hung up altogether: nothing can be said to it either.
            end.is_shut = True
            end.waiting = b""

    def _shut_ended(self) -> None:
        for end, other in ((self._client, self._proxy), (self._proxy, self._client)):
            if not other.is_read and not end.waiting and not end.is_shut:
                end.is_shut = True
                _shut(end.fd)

    def _close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        for end in (self._client, self._proxy):
            self._loop.forget(end.fd)
            os.close(end.fd)
        self._on_end()


def _write(fd: int, data: bytes) -> bytes:
    """Writes what there is room for; gives the rest."""
    try:
        return data[os.write(fd, data) :]
    except BlockingIOError:
        return data


def _shut(fd: int) -> None:
    """Says that nothing more comes. Throws when the other side has gone."""
    socket = _socket.socket(fileno=fd)
    try:
        socket.shutdown(_socket.SHUT_WR)
    finally:
        socket.detach()
