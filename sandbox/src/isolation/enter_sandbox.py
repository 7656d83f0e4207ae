"""
Has a program go on inside of a sandbox that it was not started in: it has started once, with nothing of any sandbox in its
memory, and a fork of it enters each. What bubblewrap made of a sandbox is not made again here, but joined; what it holds a
process to, this one is held to before it has joined the last of it.

A start program executes this file when it has loaded what it needs, and calls `enter_sandbox`.
"""

import _ctypes
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

ORDERS_FD = 0
ANSWERS_FD = 1
FILTER_FD = 3
FIRST_OTHER_FD = 3
# The namespaces of a sandbox: user, process, network, mount, host name, IPC and cgroup, joined at once or not at all.
ALL_NAMESPACES = 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000 | 0x04000000 | 0x08000000 | 0x02000000
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522
BYTES_PER_INSTRUCTION = 8
HOME = "/home/user"
# How a process ends that was told that nobody will ask any more.
NO_MORE = 3


def enter_sandbox() -> None:
    """
    Comes back in a process inside of a sandbox, once for each that is asked for; the one that was started never does. Its
    first output is a pipe to the host, on which it is to say that it is ready and which it then has to close.
    """
    with open(FILTER_FD, "rb") as file:
        seccomp = file.read()
    os.closerange(FIRST_OTHER_FD, os.sysconf("SC_OPEN_MAX"))
    _say("loaded")
    while True:
        # Who reads the orders is a process that enters or ends: this one stays without a word of any sandbox.
        pid = os.fork()
        if pid == 0:
            return _enter(seccomp)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == NO_MORE:
            os._exit(0)


def _enter(seccomp: bytes) -> None:
    orders = _read_orders()
    try:
        held = os.pidfd_open(orders["pid"])
        # The host puts this process where it counts for the sandbox, and makes sure that it is this one that was meant.
        _say(f"holds {os.getpid()}")
        if not _read_line():
            os._exit(NO_MORE)
        if orders["uid"] is not None:
            os.setgroups([])
            os.setresgid(orders["uid"], orders["uid"], orders["uid"])
            os.setresuid(orders["uid"], orders["uid"], orders["uid"])
        _call("setns", held, ALL_NAMESPACES)
        os.close(held)
        _see_nothing_of_the_host()
        _take_limits(orders["limits"])
        give_up_privileges()
        take_filter(seccomp)
        # Only a child is in the process namespace, and only one whose parent has ended there is the first process's.
        inside = os.fork()
        if inside > 0:
            if os.waitpid(inside, 0)[1] != 0:
                _say("refused another process")
            os._exit(0)
        if os.fork() > 0:
            os._exit(0)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing goes on that is not inside
        _say(f"refused {error}")
        os._exit(1)
    os.setsid()
    os.umask(0o022)
    os.chdir(HOME)


def _read_orders() -> "Dict[str, Any]":
    line = _read_line()
    if not line:
        os._exit(NO_MORE)
    import json

    return json.loads(line)


def _read_line() -> bytes:
    """Empty when there is nobody left who would write one. The next is written only when this one was answered."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(ORDERS_FD, 65536)
        if not piece:
            return b""
        line += piece
    return line


def _say(text: str) -> None:
    os.write(ANSWERS_FD, f"{text}\n".encode())


def _see_nothing_of_the_host() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _take_limits(limits: "List[List[int]]") -> None:
    """`limits`: for each resource its number, the soft limit and the hard one."""
    for resource, soft, hard in limits:
        _call("setrlimit", resource, soft.to_bytes(8, sys.byteorder) + hard.to_bytes(8, sys.byteorder))


def give_up_privileges() -> None:
    """Every capability, now and for whatever is started; and nothing that is started gives more than there is."""
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(_last_capability() + 1):
        _call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = CAPABILITY_VERSION.to_bytes(4, sys.byteorder) + bytes(4)
    _call("capset", header, bytes(24))
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # A change of user hides a process from its own user.
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def _last_capability() -> int:
    with open("/proc/sys/kernel/cap_last_cap", "rb") as file:
        return int(file.read())


def take_filter(program: bytes) -> None:
    filter_length = len(program) // BYTES_PER_INSTRUCTION
    kept = _Text(program)
    described = filter_length.to_bytes(2, sys.byteorder) + bytes(6) + bytes(kept)
    _call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0)


class _Text(_ctypes._SimpleCData):
    """Bytes, as C has them. The whole of `ctypes` would stay in the memory of every script."""

    _type_ = "z"


_functions: "Dict[str, int]" = {}


def _call(name: str, *words: object) -> None:
    """A function of the C library that returns nought, or -1 with the reason. Raises OSError."""
    if name not in _functions:
        _functions[name] = _ctypes.dlsym(_ctypes.dlopen(None, 2), name)
    arguments = tuple(_Text(word) if isinstance(word, bytes) else word for word in words)
    result = _ctypes.call_function(_functions[name], arguments)
    if result != 0:
        raise OSError(f"{name} of {words[0]!r} returned {result}")
