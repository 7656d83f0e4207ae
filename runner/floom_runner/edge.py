"""A small HTTP/1.1 client for the edge: one connection kept alive, through the sandbox's proxy when there is one."""

from __future__ import annotations

import _socket
import io
import os
from typing import Any, BinaryIO, Dict, List, Optional, Tuple, Union

from .config import Config

PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
BLOCK_BYTES = 256 * 1024

Body = Union[bytes, BinaryIO]


class EdgeAway(Exception):
    """The edge could not be reached or broke off; trying again later makes sense."""


def quote(text: str) -> str:
    """Percent-encodes for a query value."""
    return "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


class Edge:
    """
    Not thread-safe: every thread makes its own. The standard library's client costs more to import than the rest of
    the runner together, which is why this exists.
    """

    def __init__(self, config: Config) -> None:
        self._token = config.run_token
        self._run_path = f"/api/runs/{quote(config.run_id)}/runner"
        self._secure, self._host, self._port = _split_origin(config.api_url)
        self._proxy = _find_proxy(self._secure)
        self._socket: Any = None
        self._reader: Any = None

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Body = b"",
        length: Optional[int] = None,
        media_type: str = "application/octet-stream",
        timeout: float = 15.0,
        sink: Optional[BinaryIO] = None,
    ) -> Tuple[int, bytes]:
        """
        Status and body of the answer to a route below the run's own `runner` path. The body of a 200 goes to `sink`
        when given. Every route may be repeated, so a kept connection that turns out dead is replaced once.
        Raises EdgeAway.
        """
        head = self._build_head(method, path, len(body) if length is None else length, media_type)  # type: ignore[arg-type]
        reused = self._socket is not None
        while True:
            try:
                self._connect(timeout)
                self._send(head, body)
                return self._receive(sink)
            except (OSError, ValueError, EOFError) as error:
                self.close()
                if not reused:
                    raise EdgeAway(str(error)) from error
                reused = False

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = self._reader = None

    def _build_head(self, method: str, path: str, length: int, media_type: str) -> bytes:
        authority = self._host if self._port == (443 if self._secure else 80) else f"{self._host}:{self._port}"
        target = self._run_path + path
        lines = [
            f"Host: {authority}",
            f"Authorization: Bearer {self._token}",
            "Accept: application/json",
            "User-Agent: floom-runner",
        ]
        if method != "GET":
            lines += [f"Content-Type: {media_type}", f"Content-Length: {length}"]
        if self._proxy is not None and not self._secure:
            target = f"http://{authority}{target}"
            lines += self._proxy.headers
        return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode()

    def _connect(self, timeout: float) -> None:
        if self._socket is None:
            host, port = (self._host.strip("[]"), self._port) if self._proxy is None else self._proxy.address
            self._socket = _open_connection(host, port, timeout)
            self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            if self._secure:
                self._secure_socket(timeout)
                self._reader = self._socket.makefile("rb")
            else:
                self._reader = io.BufferedReader(_Incoming(self._socket))
        self._socket.settimeout(timeout)

    def _secure_socket(self, timeout: float) -> None:
        import socket
        import ssl

        self._socket = raw = socket.socket(fileno=self._socket.detach())
        raw.settimeout(timeout)
        if self._proxy is not None:
            lines = [f"CONNECT {self._host}:{self._port} HTTP/1.1", f"Host: {self._host}:{self._port}"]
            raw.sendall("\r\n".join([*lines, *self._proxy.headers, "", ""]).encode())
            reader = raw.makefile("rb", buffering=0)
            status, _ = _read_head(reader)
            if status != 200:
                raise OSError(f"the proxy refused the connection with {status}")
        self._socket = ssl.create_default_context().wrap_socket(raw, server_hostname=self._host.strip("[]"))

    def _send(self, head: bytes, body: Body) -> None:
        assert self._socket is not None
        if isinstance(body, bytes):
            self._socket.sendall(head + body)
            return
        self._socket.sendall(head)
        body.seek(0)
        while True:
            block = body.read(BLOCK_BYTES)
            if not block:
                return
            self._socket.sendall(block)

    def _receive(self, sink: Optional[BinaryIO]) -> Tuple[int, bytes]:
        status, headers = _read_head(self._reader)
        kept: List[bytes] = []
        write = sink.write if sink is not None and status == 200 else kept.append
        if sink is not None:
            sink.seek(0)
            sink.truncate()
        self._read_body(headers, write)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, b"".join(kept)

    def _read_body(self, headers: Dict[str, str], write: Any) -> None:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size = int(self._reader.readline().split(b";")[0], 16)
                _copy(self._reader, size, write)
                self._reader.readline()
                if size == 0:
                    return
        if "content-length" in headers:
            _copy(self._reader, int(headers["content-length"]), write)
            return
        headers["connection"] = "close"
        while True:
            block = self._reader.read(BLOCK_BYTES)
            if not block:
                return
            write(block)


class _Incoming(io.RawIOBase):
    """What a connection of the interpreter's own brings: `socket` has a wrapper for it, and costs 5 ms to import."""

    def __init__(self, connection: _socket.socket) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._connection.recv_into(buffer)


def _open_connection(host: str, port: int, timeout: float) -> _socket.socket:
    """Raises the OSError of the last of the host's addresses."""
    problem = OSError(f"no address is known for {host}")
    # As bytes: a text would load Python's tables for international names, for nothing.
    for family, kind, protocol, _, place in _socket.getaddrinfo(host.encode(), port, 0, _socket.SOCK_STREAM):
        connection = _socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(place)
            return connection
        except OSError as error:
            connection.close()
            problem = error
    raise problem


class Proxy:
    """Where requests go instead, and what the proxy wants to see of us."""

    def __init__(self, url: str) -> None:
        place = url.split("://", 1)[-1].split("/", 1)[0]
        credentials, _, place = place.rpartition("@")
        host, port = _split_place(place, 80)
        self.address = (host.strip("[]"), port)
        self.headers: List[str] = []
        if credentials:
            import base64
            from urllib.parse import unquote

            self.headers = [f"Proxy-Authorization: Basic {base64.b64encode(unquote(credentials).encode()).decode()}"]


def _find_proxy(secure: bool) -> Optional[Proxy]:
    """NO_PROXY is not asked: inside a sandbox only the proxy leads out, to a loopback address as well."""
    for name in ("https_proxy", "HTTPS_PROXY") if secure else ("http_proxy", "HTTP_PROXY"):
        if os.environ.get(name):
            return Proxy(os.environ[name])
    return None


def _split_origin(url: str) -> Tuple[bool, str, int]:
    scheme, _, rest = url.partition("://")
    secure = scheme == "https"
    host, port = _split_place(rest.split("/", 1)[0], 443 if secure else 80)
    return secure, host, port


def _split_place(place: str, default_port: int) -> Tuple[str, int]:
    host, colon, port = place.rpartition(":")
    if colon and port.isdigit():
        return host, int(port)
    return place, default_port


def _read_head(reader: Any) -> Tuple[int, Dict[str, str]]:
    while True:
        line = reader.readline(65536)
        if not line:
            raise EOFError("the connection was closed before an answer")
        status = int(line.split(None, 2)[1])
        headers: Dict[str, str] = {}
        while True:
            line = reader.readline(65536)
            if line in (b"\r\n", b"\n", b""):
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if status >= 200:
            if status == 204 or status == 304:
                headers["content-length"] = "0"
            return status, headers


def _copy(reader: Any, size: int, write: Any) -> None:
    while size > 0:
        block = reader.read(min(size, BLOCK_BYTES))
        if not block:
            raise EOFError("the connection was closed within an answer")
        write(block)
        size -= len(block)
