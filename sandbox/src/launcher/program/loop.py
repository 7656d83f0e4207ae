"""
Waits for orders to make sandboxes. Who reads an order is a fork of this process, and the first process of the sandbox is a fork
of that one: what all of them need is loaded here, once, and nothing of any sandbox is ever known here.
"""

from __future__ import annotations

import gc
import os

from sandbox_agent.main import main as run_agent

from .kernel import SET_CHILD_SUBREAPER, CommandLine, call
from .make import MADE, NO_MORE, REFUSED, RETIRED, Common, make_sandbox, say
from .start import AGENT_DIR, FILTER_FD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KILLED = -1
NOBODY = -1


def main() -> None:
    """Never returns but in the first process of a sandbox, when that is over."""
    with open(FILTER_FD, "rb") as file:
        seccomp = file.read()
    os.closerange(FILTER_FD, os.sysconf("SC_OPEN_MAX"))
    # What the fork that makes a sandbox leaves behind, its first process, is this one's child from then on.
    call("prctl", SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    common = _load_common(seccomp)
    gc.collect()
    gc.freeze()
    say("loaded")
    if _serve(common):
        run_agent()


def _load_common(seccomp: bytes) -> Common:
    """What holds a process is said once, in the program by which others enter a sandbox."""
    path = f"{AGENT_DIR}/enter_sandbox.py"
    known: dict[str, Any] = {"__name__": "enter_sandbox"}
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), known)
    return Common(CommandLine(), known["give_up_privileges"], lambda: known["take_filter"](seccomp))


def _serve(common: Common) -> bool:
    """True in the first process of a sandbox. One maker at a time, as it would be with more: there is one who gives orders."""
    maker = os.fork()
    while maker != 0:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            # Retired, and nobody is left who would end.
            os._exit(0)
        if pid != maker:
            say(f"ended {pid}")
            continue
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else KILLED
        if code == NO_MORE:
            os._exit(0)
        if code == RETIRED:
            maker = NOBODY
            continue
        if code not in (MADE, REFUSED):
            say(f"refused what makes a sandbox ended with {code}")
        maker = os.fork()
    make_sandbox(common)
    return True
