"""What the sandbox uses of its memory: its processes' pages, and what waits in sockets and pipes and belongs to none."""

from __future__ import annotations

import os

from .proc_table import private_bytes, proportional_bytes, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

# What waits in pipes: the kernel lets a user fill so many of the usual size, and gives those beyond two pages each.
FULL_SIZE_PIPES = 1_024
FULL_SIZE_BYTES = FULL_SIZE_PIPES * 65_536
BYTES_PER_PIPE_BEYOND = 8_192
ENDS_PER_PIPE = 2
# As many as programs have between them and their children; pipes of that number cost nothing.
FREE_DESCRIPTORS = 2 * ENDS_PER_PIPE * FULL_SIZE_PIPES
# Sockets of programs that cost nothing: as many as they have that speak to their children. What is sent over a socket and
# not yet read belongs to no process, so those beyond are counted as full.
FREE_SOCKETS = 64
# A socket takes what comes until it is full, so the last message lies on top: as large as a whole message may be.
FULL_STREAM = 1.25
FULL_OF_MESSAGES = 2
# Memory of TCP per byte that waits, measured: small pieces take more room than they hold.
TCP_OVERHEAD = 1.5
# The kernel counts in pages and does not say how large they are; on arm64 up to this.
LARGEST_PAGE_BYTES = 65_536 if os.uname().machine == "aarch64" else 4_096
# So little is not worth a look at the connections of the whole machine: it counts as the sandbox's own.
SMALL_TCP_BYTES = 4 * 1024 * 1024
LISTENING = "0A"


def full_pipe_bytes(pipes: float) -> float:
    """Bytes that so many different pipes can hold at most; none for as many as programs need."""
    if pipes * ENDS_PER_PIPE <= FREE_DESCRIPTORS:
        return 0
    return FULL_SIZE_BYTES + (pipes - FULL_SIZE_PIPES) * BYTES_PER_PIPE_BEYOND


def rough_pipe_bytes(pids: list[int]) -> float:
    """The same of all processes, quickly and never too low: as if each descriptor were the end of a pipe of its own."""
    return full_pipe_bytes(sum(_count_descriptors(pid) for pid in pids) / ENDS_PER_PIPE)


def list_channels(pid: int) -> list[str]:
    """The pipes and sockets that a process has open, by the names the kernel gives them (`pipe:[7]`)."""
    folder = f"/proc/{pid}/fd"
    try:
        targets = [_read_link(f"{folder}/{fd}") for fd in os.listdir(folder)]
    except OSError:
        return []
    return [target for target in targets if target.startswith(("pipe:", "socket:"))]


def _count_descriptors(pid: int) -> int:
    """A newer kernel tells the number as the size of the folder."""
    try:
        return os.stat(f"/proc/{pid}/fd").st_size or len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def _read_link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def count_sockets(protocols: str) -> tuple[int, int, int]:
    """
    Unix streams, sockets that keep messages (unix datagrams, UDP, netlink) and TCP sockets in the text of
    `/proc/net/protocols`. Kernels older than 5.15 count unix streams among the rest.
    """
    streams = messages = tcp = 0
    for line in protocols.splitlines():
        words = line.split()
        if len(words) < 3 or not words[1].isdigit() or not words[2].isdigit():
            continue
        if words[0] == "UNIX-STREAM":
            streams += int(words[2])
        elif words[0] in ("TCP", "TCPv6"):
            tcp += int(words[2])
        else:
            messages += int(words[2])
    return streams, messages, tcp


def full_socket_bytes(streams: int, messages: int, own_streams: int, buffer_bytes: int) -> float:
    """
    Bytes that these sockets, TCP apart, can hold at most. `own_streams` are the agent's, `buffer_bytes` is what the kernel
    lets one socket send or receive.
    """
    charged = max(0, streams + messages - own_streams - FREE_SOCKETS)
    of_messages = min(charged, messages)
    return (of_messages * FULL_OF_MESSAGES + (charged - of_messages) * FULL_STREAM) * buffer_bytes


def machine_tcp_bytes(sockstat: str) -> int:
    """Memory of all TCP of the machine, from the text of `/proc/net/sockstat`: never less than the sandbox's."""
    for line in sockstat.splitlines():
        words = line.split()
        if words and words[0] == "TCP:" and "mem" in words:
            return int(words[words.index("mem") + 1]) * LARGEST_PAGE_BYTES
    return 0


def queued_tcp_bytes(table: str) -> int:
    """What waits to be sent or read in the text of `/proc/net/tcp` or `tcp6`, in bytes."""
    waiting = 0
    for line in table.splitlines()[1:]:
        words = line.split()
        # Of a listening socket the same columns are numbers of connections.
        if len(words) > 4 and words[3] != LISTENING:
            sending, _, receiving = words[4].partition(":")
            waiting += int(sending, 16) + int(receiving or "0", 16)
    return waiting


class SocketMemory:
    """Reads what the sandbox's sockets may hold."""

    def __init__(self, buffer_bytes: int, own_streams: Callable[[], int]) -> None:
        self._buffer_bytes = buffer_bytes
        self._own_streams = own_streams

    def rough(self) -> float:
        """Bytes, quickly and never too low."""
        others, tcp_at_most = self._look()
        return others + tcp_at_most

    def exact(self) -> float:
        """Bytes, as the kernel tells them for TCP: it goes through the connections of the whole machine for that."""
        others, tcp_at_most = self._look()
        if tcp_at_most <= SMALL_TCP_BYTES:
            return others + tcp_at_most
        queued = queued_tcp_bytes(read_file("/proc/net/tcp")) + queued_tcp_bytes(read_file("/proc/net/tcp6"))
        return others + queued * TCP_OVERHEAD

    def _look(self) -> tuple[float, int]:
        streams, messages, tcp = count_sockets(read_file("/proc/net/protocols"))
        others = full_socket_bytes(streams, messages, self._own_streams(), self._buffer_bytes)
        return others, 0 if tcp == 0 else machine_tcp_bytes(read_file("/proc/net/sockstat"))


def rough_memory_bytes(pids: list[int], sockets: SocketMemory) -> float:
    """Memory of these processes together, quickly and never too low: shared pages count for each of their users."""
    return sum(private_bytes(pid) for pid in pids) + sockets.rough() + rough_pipe_bytes(pids)


def exact_memory_use(pids: list[int], sockets: SocketMemory) -> tuple[float, list[tuple[int, float]]]:
    """
    Memory of these processes together and each by itself, shared pages divided among their users. Ten times slower than
    the rough sum.
    """
    users: list[tuple[int, float]] = [(pid, proportional_bytes(pid)) for pid in pids]
    channels = {pid: list_channels(pid) for pid in pids}
    # Different ones: a forked process has those of its parent.
    pipes = {name for names in channels.values() for name in names if name.startswith("pipe:")}
    waiting = sockets.exact() + full_pipe_bytes(len(pipes))
    total = sum(size for _pid, size in users) + waiting
    return total, share_out(waiting, users, {pid: len(names) for pid, names in channels.items()})


def share_out(waiting: float, users: list[tuple[int, float]], channels: dict[int, int]) -> list[tuple[int, float]]:
    """Which process sent what is told nowhere: each gets as much of it as it has of the sockets and pipes."""
    everybody = sum(channels.get(pid, 0) for pid, _size in users)
    if everybody == 0:
        return users
    return [(pid, size + waiting * channels.get(pid, 0) / everybody) for pid, size in users]


def choose_biggest(users: list[tuple[int, float]], excess: float) -> list[tuple[int, float]]:
    """
    The biggest users, as many as it takes to free that many bytes. One after the other, a look each, many that grow at once
    would grow faster than they end. What they share with others may stay in use: the next look finds that.
    """
    chosen: list[tuple[int, float]] = []
    freed = 0.0
    for user in sorted(users, key=lambda entry: entry[1], reverse=True):
        if freed >= excess:
            break
        chosen.append(user)
        freed += user[1]
    return chosen
