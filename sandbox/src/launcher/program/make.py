"""
Makes one sandbox, the way bubblewrap does: namespaces of its own, a root put together from mounts, and a first process that
gives up all it could do. What it is held to it has taken before it says that it is ready.
"""

from __future__ import annotations

import _socket
import os
import sys

from sandbox_agent.main import BACKLOG, LISTEN_FD, TOKEN_FD
from sandbox_agent.wire_json import loads

from .file_systems import FileSystems, mount_overlays
from .kernel import (
    NEW_CGROUP,
    NEW_HOST_NAME,
    NEW_IPC,
    NEW_NAMESPACE,
    NEW_NETWORK,
    NEW_PROCESSES,
    NEW_USER,
    SET_DUMPABLE,
    CommandLine,
    call,
    go_into_root,
)
from .start import NEW_ROOT, read_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

ANSWERS_FD = 1
# How the process ends that makes a sandbox: it has; it has said why not; nobody will ask any more; no other is wanted.
MADE, REFUSED, NO_MORE, RETIRED = 0, 1, 3, 4
ALL_NAMESPACES = NEW_USER | NEW_NAMESPACE | NEW_PROCESSES | NEW_NETWORK | NEW_IPC | NEW_HOST_NAME | NEW_CGROUP
# Descriptors of the first process until it begins: what it says, and the word that it waits for.
READY_FD, GO_FD = 8, 9
FIRST_FREE_FD = 64
# Whatever a sandbox is made of is the kernel's first choice when memory runs out.
OUT_OF_MEMORY_SCORE = "500"
SET_INTERFACE_FLAGS = 0x8914
UP_AND_RUNNING = 0x41


class Common:
    """
    What is found once for all sandboxes: the command line, in the name of which each is found, and by what a process takes upon
    itself what it is held to.
    """

    def __init__(
        self, command_line: CommandLine, give_up_privileges: Callable[[], None], take_filter: Callable[[], None]
    ) -> None:
        self.command_line = command_line
        self.give_up_privileges = give_up_privileges
        self.take_filter = take_filter


def say(text: str) -> None:
    """One line to whoever gives orders. Nobody is left to go on for when there is none to read it."""
    try:
        os.write(ANSWERS_FD, f"{text}\n".encode())
    except BrokenPipeError:
        os._exit(NO_MORE)


def make_sandbox(common: Common) -> None:
    """Comes back in the first process of the sandbox that was ordered, and in no other."""
    line = read_line()
    if not line:
        os._exit(NO_MORE)
    if line == b"retire\n":
        os._exit(RETIRED)
    try:
        order = loads(line)
        # By this it is found, and all that comes of it, before the host knows its number.
        common.command_line.begin_with(order["name"])
        proc = _open_proc()
        _write(proc, "self/oom_score_adj", OUT_OF_MEMORY_SCORE)
        streams = _open_streams(order)
        _wait_for_the_host(order)
        _leave_the_host(proc, order["uid"])
        said, saying = os.pipe()
        going, go = os.pipe()
        first = os.fork()
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no sandbox
        say(f"refused {error}")
        os._exit(REFUSED)
    if first != 0:
        os.close(saying)
        _hand_over(first, said, go)
    _begin(order, common, {**streams, READY_FD: saying, GO_FD: going})


def _open_streams(order: dict[str, Any]) -> dict[int, int]:
    """What the first process has open: a socket for its complaints, one on which it is asked, and the secret that it is asked with."""
    complaining = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    complaining.connect(order["errors_socket"])
    complaining.send(f"{order['name']}\n".encode())
    listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    listener.bind(order["socket"])
    listener.listen(BACKLOG)
    secret, telling = os.pipe()
    os.write(telling, order["secret"].encode())
    os.close(telling)
    return {2: complaining.detach(), LISTEN_FD: listener.detach(), TOKEN_FD: secret}


def _wait_for_the_host(order: dict[str, Any]) -> None:
    """It puts this process where it counts for the sandbox, which is what its cgroup namespace begins with."""
    if not order["is_counted"]:
        return
    say(f"holds {os.getpid()}")
    if not read_line():
        os._exit(NO_MORE)


def _leave_the_host(proc: int, uid: int | None) -> None:
    """From here on root over nothing but namespaces that have nobody else in them."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # A change of user hides a process from its own user.
        call("prctl", SET_DUMPABLE, 1, 0, 0, 0)
    outer = (os.getuid(), os.getgid())
    call("unshare", ALL_NAMESPACES)
    _map_user(proc, (0, 0), outer)


def _map_user(proc: int, inner: tuple[int, int], outer: tuple[int, int]) -> None:
    """What the one user and the one group of this process are called inside of its new user namespace."""
    _write(proc, "self/setgroups", "deny")
    _write(proc, "self/uid_map", f"{inner[0]} {outer[0]} 1")
    _write(proc, "self/gid_map", f"{inner[1]} {outer[1]} 1")


def _open_proc() -> int:
    return os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def _write(proc: int, path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _hand_over(first: int, said: int, go: int) -> None:
    """Until the host has written down which process it is: should that never come, it never begins. Does not return."""
    text = b""
    while piece := os.read(said, 4096):
        text += piece
        if text.endswith(b"\n"):
            break
    if text != b"ready\n":
        say(f"refused {text.decode(errors='replace').strip() or 'the first process ended'}")
        os._exit(REFUSED)
    say(f"made {first}")
    if not read_line():
        os._exit(NO_MORE)
    os.write(go, b"go")
    say("begun")
    os._exit(MADE)


def _begin(order: dict[str, Any], common: Common, fds: dict[int, int]) -> None:
    """In the first process of the sandbox."""
    saying = fds[READY_FD]
    try:
        _make_inside(order)
        os.environ.clear()
        os.environ.update(order["environment"])
        common.give_up_privileges()
        common.take_filter()
        _place_descriptors(fds)
        saying = READY_FD
        os.write(saying, b"ready\n")
        os.close(saying)
    except BaseException as error:  # noqa: BLE001 - nothing goes on that is not held
        try:
            os.write(saying, f"{type(error).__name__}: {error}\n".replace("\n", " ").encode() + b"\n")
        finally:
            # Whether or not there is anybody left who reads it.
            os._exit(REFUSED)
    if os.read(GO_FD, 2) != b"go":
        os._exit(NO_MORE)
    os.close(GO_FD)


def _make_inside(order: dict[str, Any]) -> None:
    os.umask(0)
    os.setsid()
    mount_overlays(order["overlays"])
    FileSystems(NEW_ROOT).make(order["file_systems"])
    call("sethostname", os.fsencode(order["host_name"]), len(order["host_name"]))
    _start_loopback()
    # The sandbox's own is read-only.
    proc = _open_proc()
    go_into_root(NEW_ROOT)
    _become_user(proc, order["user"])
    os.close(proc)
    os.chdir(order["folder"])
    os.umask(0o022)


def _start_loopback() -> None:
    """The kernel gives it its addresses."""
    asked = b"lo".ljust(16, b"\0") + UP_AND_RUNNING.to_bytes(2, sys.byteorder) + bytes(22)
    socket = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    call("ioctl", socket.fileno(), SET_INTERFACE_FLAGS, asked)
    socket.close()


def _become_user(proc: int, user: int) -> None:
    """
    In another user namespace, the last one: of the one around it, which has rights over everything here, no further can be
    made, and none of these processes is in it. Raises OSError.
    """
    _write(proc, "sys/user/max_user_namespaces", "1")
    call("unshare", NEW_USER)
    _map_user(proc, (user, user), (0, 0))
    try:
        call("unshare", NEW_USER)
    except OSError:
        return
    raise OSError("further user namespaces can be made")


def _place_descriptors(fds: dict[int, int]) -> None:
    """These and no other, by their numbers; what it would read is nothing, and what it writes is seen by nobody."""
    nothing = os.open("/dev/null", os.O_RDWR)
    wanted = {0: nothing, 1: nothing, **fds}
    moved = {number: os.dup2(fd, FIRST_FREE_FD + number, inheritable=False) for number, fd in wanted.items()}
    os.closerange(0, FIRST_FREE_FD)
    for number, fd in moved.items():
        os.dup2(fd, number, inheritable=number < 3)
    os.closerange(FIRST_FREE_FD, os.sysconf("SC_OPEN_MAX"))
