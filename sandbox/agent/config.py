"""What the host decided for this sandbox before it was launched."""

from __future__ import annotations

import os

from .wire_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONFIG_PATH = "/opt/agent/config.json"
DEFAULT_OPEN_FILES = 1024
# What a socket may send or receive where nobody has changed the kernel's settings.
DEFAULT_SOCKET_BYTES = 212_992
DEFAULT_JOURNAL_BYTES = 8 * 1024 * 1024


class Egress:
    """The ways out: ports inside the sandbox, and the host's sockets that answer there."""

    def __init__(self, file: dict[str, Any]) -> None:
        self.proxy_port: int = file["proxy_port"]
        # Where the certificates lie that programs are to believe; None for those they believe anyway.
        self.trust_dir: str | None = file.get("trust_dir")
        self.ways: list[tuple[str, int, str]] = [("127.0.0.1", self.proxy_port, file["proxy_socket"])]
        edge_socket, edge_port = file.get("edge_socket"), file.get("edge_port")
        if edge_socket is not None and edge_port is not None:
            self.ways.extend((host, edge_port, edge_socket) for host in ("127.0.0.1", "::1"))


class AgentConfig:
    """The host's read-only configuration. An absent limit is not enforced."""

    def __init__(self, file: dict[str, Any]) -> None:
        limits = file.get("limits", {})
        self.memory_bytes: int | None = limits.get("memory_bytes")
        # Descriptors one process of a command may have.
        self.open_files: int = limits.get("open_files", DEFAULT_OPEN_FILES)
        # Processors promised to the sandbox.
        self.cpu_count: int = limits.get("cpu_count") or os.cpu_count() or 1
        self.inodes: int | None = limits.get("inodes")
        # What one socket may hold.
        self.socket_bytes: int = limits.get("socket_bytes", DEFAULT_SOCKET_BYTES)
        # Output kept per command for a later `Connect`.
        self.journal_bytes: int = limits.get("max_stdout_journal_bytes", DEFAULT_JOURNAL_BYTES)
        # What it is held to itself, and with it all that it starts: number, soft and hard limit of each resource.
        self.own_limits: list[list[int]] = file.get("own_limits", [])
        has_proxy = "proxy_socket" in file and "proxy_port" in file
        # None for a sandbox without any way out.
        self.egress = Egress(file) if has_proxy else None


def read_config(path: str = CONFIG_PATH) -> AgentConfig:
    """Reads it; a missing file means no limits and no way out. Throws when it is broken."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return AgentConfig({})
    try:
        return AgentConfig(loads(os.read(fd, 1024 * 1024)))
    finally:
        os.close(fd)
