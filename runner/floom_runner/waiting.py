"""
Waits in a sandbox that nobody uses yet, with all of it loaded, for the orders of a run. A second process waits beside it,
to become the script: with a Python that has started, and without a module or a word of the runner's in its memory.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

GO = signal.SIGUSR1


class Understudy:
    """A Python that has started and waits to be told which script it is. Its outputs are two pipes made before it was."""

    def __init__(self, pid: int, orders: int, outputs: Tuple[int, int]) -> None:
        self.pid = pid
        self.outputs = outputs
        self._orders = orders

    def can_play(self, argv: List[str], environment: Dict[str, str]) -> bool:
        """
        Whether a Python started with this command and environment would be one as this: on the program that calls a
        worker's function, with the same interpreter, none of the variables that it reads when it starts but those it was
        started with, and no packages of the user's own.
        """
        if len(argv) != 3 or not argv[1].endswith("/floom/_call.py"):
            return False
        import site

        own = {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LC_", "LANG"))}
        own.pop("PYTHONPATH", None)
        started = {name: value for name, value in os.environ.items() if name in own}
        same = own == started and os.path.realpath(argv[0]) == os.path.realpath(sys.executable)
        return same and not os.path.isdir(site.getusersitepackages()) and "" not in _python_path(environment)

    def play(self, argv: List[str], environment: Dict[str, str], cwd: str) -> bool:
        """Becomes the script. False when it is gone; nothing has happened then."""
        import json

        body = json.dumps({"argv": argv, "environment": environment, "cwd": cwd}).encode()
        try:
            with open(self._orders, "wb") as file:
                file.write(body)
        except OSError:
            return False
        return True

    def dismiss(self) -> None:
        """Ends it without it having been anything."""
        for descriptor in (self._orders, *self.outputs):
            _close(descriptor)
        os.waitpid(self.pid, 0)


def prepare(arguments: List[str], loaded_at_start: frozenset) -> int:
    """
    `arguments`: `--wait` or `--go`, whether the orders are still to come or are there; the control directory; our digest;
    and filling that makes room for the names we take.
    """
    mode, control_dir, digest = arguments[:3]
    if mode == "--wait":
        signal.pthread_sigmask(signal.SIG_BLOCK, {GO})
    understudy = _start_understudy(loaded_at_start)
    main = _load_runner()
    if mode == "--wait":
        _wait(control_dir, digest)
    return main([os.path.join(control_dir, "runner.pyz"), control_dir], _read_source, understudy)


def _wait(control_dir: str, digest: str) -> None:
    """While we wait, a file named for the digest holds our process number."""
    os.makedirs(control_dir, exist_ok=True)
    path = os.path.join(control_dir, f"waiting-{digest}")
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    os.replace(f"{path}.new", path)
    # Whoever keeps this sandbox for somebody counts on us from now on.
    os.write(1, b"ready\n")
    signal.sigwait({GO})
    # Whoever is not sure to have been heard says it again.
    signal.signal(GO, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {GO})
    os.unlink(path)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _load_runner() -> Callable[..., int]:
    from . import collect, entry, execute, poster, unpack, verdict  # noqa: F401
    from .main import main

    return main


def _read_source(name: str) -> Optional[bytes]:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        with open(os.path.join(folder, *name.split("/")), "rb") as file:
            return file.read()
    except OSError:
        return None


def _start_understudy(loaded_at_start: frozenset) -> Understudy:
    code = _load_call()
    orders, outputs, errors = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        for descriptor in (orders[1], outputs[0], errors[0]):
            os.close(descriptor)
        _understudy(orders[0], (outputs[1], errors[1]), (code, loaded_at_start))
    for descriptor in (orders[0], outputs[1], errors[1]):
        os.close(descriptor)
    return Understudy(pid, orders[1], (outputs[0], errors[0]))


def _load_call() -> Any:
    """The program that calls a worker's function, and in memory what it loads."""
    import enum, importlib.machinery, importlib.util, inspect, json, traceback  # noqa: E401, F401

    import floom

    path = os.path.join(os.path.dirname(floom.__file__), "_call.py")
    return importlib.machinery.SourceFileLoader("__main__", path).get_code("__main__")


def _understudy(orders: int, outputs: Tuple[int, int], program: Tuple[Any, frozenset]) -> None:
    import json

    with open(orders, "rb") as file:
        body = file.read()
    if not body:
        os._exit(0)
    _become(json.loads(body), outputs, program)


def _become(told: Dict[str, Any], outputs: Tuple[int, int], program: Tuple[Any, frozenset]) -> None:
    """Makes this process what `python _call.py <entry>` would have been, and never comes back."""
    argv, environment = told["argv"], told["environment"]
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nowhere, *outputs)):
        os.dup2(descriptor, number)
    for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:
        if descriptor > 2:
            _close(descriptor)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {GO})
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(environment)
    from .own_name import show_command

    show_command(b"python", [os.fsencode(word) for word in argv])
    code, loaded_at_start = program
    for name in [name for name in sys.modules if name.partition(".")[0] == "floom_runner"]:
        del sys.modules[name]
    # The first entry is our own folder, as the script's folder stands first when a file is started; the program takes
    # it away itself.
    sys.path[1:1] = _python_path(environment)
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = argv
    sys.argv[:] = argv[1:]
    sys.executable = argv[0]
    main = sys.modules["__main__"].__dict__
    for name in [name for name in main if not name.startswith("__")]:
        del main[name]
    main.update(__file__=code.co_filename, __cached__=None, __doc__=None, LOADED_BEFORE=loaded_at_start)
    exec(code, main)


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        # The listing's own, which is closed already, or the one that was dismissed before.
        pass


def _python_path(environment: Dict[str, str]) -> List[str]:
    return environment.get("PYTHONPATH", "").split(os.pathsep) if environment.get("PYTHONPATH") else []
