"""
Puts the launcher into a place of its own before it loads anything: a mount namespace whose root has what sandboxes are made of
and nothing else of the machine, with the agent's program where sandboxes see it, and through a file system that is not the
machine's own. It then starts anew from there.
"""

from __future__ import annotations

import os
import sys

from sandbox_agent.wire_json import loads

from .kernel import (
    NEW_NAMESPACE,
    NEW_USER,
    PRIVATE,
    RECURSIVE,
    SET_PARENT_DEATH_SIGNAL,
    bind,
    call,
    go_into_root,
    mount,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ORDERS_FD = 0
FILTER_FD = 3
USER_NAMESPACE_FD = 4
SIGKILL = 9
AGENT_DIR = "/opt/agent"
NEW_ROOT = "/new"


def main() -> None:
    """Never returns. Told by a line of JSON on its standard input."""
    # Its own stop is the server's; the sandboxes it has made go on.
    call("prctl", SET_PARENT_DEATH_SIGNAL, SIGKILL, 0, 0, 0)
    setup = loads(read_line())
    os.closerange(USER_NAMESPACE_FD + 1, os.sysconf("SC_OPEN_MAX"))
    if setup["in_namespace"]:
        call("setns", USER_NAMESPACE_FD, NEW_USER)
    os.closerange(USER_NAMESPACE_FD, USER_NAMESPACE_FD + 1)
    os.umask(0o022)
    call("unshare", NEW_NAMESPACE)
    mount("", "/", "", RECURSIVE | PRIVATE)
    _make_root(setup)
    go_into_root(setup["root"])
    os.set_inheritable(FILTER_FD, True)
    words = [setup["program"], *setup["flags"], "-cfrom sandbox_launcher.loop import main; main()"]
    os.execve(setup["program"], words, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


def read_line() -> bytes:
    """One line from whoever gives orders; empty when there is nobody left. The next is written only when this one was answered."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(ORDERS_FD, 65536)
        if not piece:
            return b""
        line += piece
    return line


def _make_root(setup: dict[str, Any]) -> None:
    root = setup["root"]
    mount("tmpfs", root, "tmpfs", 0, "mode=0755,size=1M")
    for path, target in setup["links"]:
        os.symlink(target, root + path)
    for path in setup["seen"]:
        _bind_at(path, root + path)
    os.mkdir(root + NEW_ROOT, 0o755)
    os.makedirs(root + AGENT_DIR, 0o755, exist_ok=True)
    mount("overlay", root + AGENT_DIR, "overlay", 1, setup["agent_overlay"])


def _bind_at(path: str, place: str) -> None:
    if os.path.exists(place):
        # Already there with a folder above it.
        return
    if os.path.isdir(path):
        os.makedirs(place, 0o755)
    else:
        os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o444))
    bind(path, place)
