"""
Waits in a sandbox that nobody uses yet, with all of it loaded, for the orders of a run. A second process waits beside it,
to become the script: with a Python that has started, which finds no module of the runner's. Where another run may follow
in this sandbox, that one leaves a successor before it is told a word of this run: once this runner has ended, it waits as
this one did. All of them are forks of a process that has loaded what any of them needs, so that none loads anything.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import CodeType, SimpleNamespace
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

GO = signal.SIGUSR1
# What the one that is to become the script is told first.
PLAY, PLAY_AND_LEAVE, SUCCEED = b"P", b"L", b"S"
# Beginnings of the names of what is read by a program that starts, and not again.
READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "GLIBC_TUNABLES", "MALLOC_", "TZ", "HOME")


class Understudy:
    """A Python that has started and waits to be told which script it is. Its outputs are two pipes made before it was."""

    def __init__(self, pid: int, orders: int, outputs: Tuple[int, int], ties: Tuple[int, int]) -> None:
        self.pid = pid
        self.outputs = outputs
        # Whether another run may follow in this sandbox: then a successor is left, and spared when the script's family is ended.
        self.followed = False
        self._orders = orders
        # Open as long as we live, which a successor waits for; and by which it says its number.
        self._alive, self._heir = ties

    def can_play(self, argv: List[str], environment: Dict[str, str]) -> bool:
        """
        Whether a Python started with this command and environment would be one as this: on the program that calls a
        worker's function, with the same interpreter, none of the variables that it or the C library reads when it starts
        but those it was started with, and nothing that would be run before the script.
        """
        if len(argv) != 3 or not argv[1].endswith("/floom/_call.py"):
            return False
        import site

        same = _read_at_start(environment) == _read_at_start(os.environ) and _interpreter(argv[0]) == _interpreter(sys.executable)
        return same and not os.path.isdir(site.getusersitepackages()) and _is_plain(_python_path(environment))

    def play(self, argv: List[str], environment: Dict[str, str], cwd: str) -> bool:
        """Becomes the script. False when it is gone; nothing has happened then."""
        import json

        body = json.dumps({"argv": argv, "environment": environment, "cwd": cwd}).encode()
        try:
            with open(self._orders, "wb") as file:
                file.write((PLAY_AND_LEAVE if self.followed else PLAY) + body)
        except OSError:
            return False
        if self.followed:
            from .processes import spare_named

            spare_named(self._heir)
        return True

    def dismiss(self) -> None:
        """Ends it without it having been anything; where another run may follow, it is the successor itself."""
        succeeds = self.followed and self._succeed()
        for descriptor in (self._orders, *self.outputs):
            _close(descriptor)
        if not succeeds:
            os.waitpid(self.pid, 0)

    def _succeed(self) -> bool:
        from .processes import spare

        try:
            os.write(self._orders, SUCCEED)
        except OSError:
            return False
        spare(self.pid)
        return True


def prepare(arguments: List[str], loaded_at_start: frozenset) -> CodeType:
    """
    `arguments`: `--wait` or `--go`, whether the orders are still to come or are there; the control directory; our digest;
    and filling that makes room for the names we take. Before them, where one process is to start for many sandboxes,
    `--fork` and the program by which a fork of it gets into one. Comes back in the process that has become the script, with what
    that is to execute: below a script's own calls there should be none of ours.
    """
    from .config import base_of

    loaded = _load_all(loaded_at_start)
    if arguments[0] == "--fork":
        arguments = _enter_sandbox(arguments[1], arguments[2:])
    mode, control_dir, digest = arguments[:3]
    base = base_of(control_dir)
    if mode == "--go":
        # The word that nobody waited for: who waits after us is not to take it for one of its own.
        _unlink(_door(base, digest))
    started = None
    while started is None:
        if mode == "--wait":
            signal.pthread_sigmask(signal.SIG_BLOCK, {GO})
        started = _start_understudy(loaded)
        if started is None:
            mode = "--wait"
            _show_waiting(base, digest)
    if not isinstance(started, Understudy):
        return started
    if mode == "--wait":
        _wait(base, digest)
        control_dir = _own_place(base)
    # Nothing is left to be flushed, and the poster's thread need not be waited for.
    os._exit(loaded.main([os.path.join(control_dir, "runner.pyz"), control_dir], _read_source, started))


def _own_place(base: str) -> str:
    """Where the orders lie that are to be followed now: the newest. Those of an earlier run may come late."""
    numbers = [name[4:] for name in os.listdir(base) if name.startswith("use-")]
    newest = max((int(number) for number in numbers if number.isdigit()), default=1)
    return base if newest == 1 else os.path.join(base, f"use-{newest}")


def _show_waiting(base: str, digest: str) -> None:
    """Whoever sends the signal looks first who it is for."""
    from .own_name import show_command

    show_command(b"python3", [os.fsencode(word) for word in ("python3", sys.argv[0], "--wait", base, digest)])


def _wait(control_dir: str, digest: str) -> None:
    """
    Until something is written to a pipe whose name ends in the digest, or until the signal comes that is sent to the process
    whose number is in a file of that name. Where the word has come before us, it is a file.
    """
    os.makedirs(control_dir, exist_ok=True)
    door = _door(control_dir, digest)
    path = os.path.join(control_dir, f"waiting-{digest}")
    is_told = os.path.isfile(door)
    _unlink(f"{door}.new")
    os.mkfifo(f"{door}.new", 0o600)
    # With both its ends, so that it has never been left, and can be told by a signal's handler.
    told = os.open(f"{door}.new", os.O_RDWR)
    os.replace(f"{door}.new", door)
    signal.signal(GO, lambda *_: os.write(told, b"\n"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {GO})
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    os.replace(f"{path}.new", path)
    # Whoever keeps this sandbox for somebody counts on us from now on.
    os.write(1, b"ready\n")
    _let_go_of_streams()
    if not is_told:
        os.read(told, 1)
    # Whoever is not sure to have been heard says it again.
    signal.signal(GO, lambda *_: None)
    _unlink(path)
    _unlink(door)
    os.close(told)


def _door(control_dir: str, digest: str) -> str:
    return os.path.join(control_dir, f"go-{digest}")


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _let_go_of_streams() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _enter_sandbox(way: str, arguments: List[str]) -> List[str]:
    """Comes back in each process that got into a sandbox, as what `arguments` would have started there."""
    from .own_name import show_command

    with open(way, "rb") as file:
        known: Dict[str, Any] = {"__name__": "enter"}
        exec(compile(file.read(), way, "exec"), known)
    known["enter_sandbox"]()
    show_command(b"python3", [os.fsencode(word) for word in ("python3", sys.argv[0], *arguments)])
    return arguments


def _load_all(at_start: frozenset) -> SimpleNamespace:
    """
    What a runner and a script need, for all forks of this process: the program that calls a worker's function, the names of
    the modules that it finds, those of before anything of ours, and what carries an attempt out.
    """
    code = _load_call()
    of_script = frozenset(name for name in sys.modules if name.partition(".")[0] != __package__)
    main = _load_runner()
    # The script's process forgets the runner's modules. A ring that nothing leads to holds them there: taking them apart would
    # copy every page that they lie on. Nor does the collector of any fork go through what is here before it was forked.
    ring: List[object] = [dict(sys.modules)]
    ring.append(ring)
    del ring
    gc.freeze()
    return SimpleNamespace(code=code, main=main, at_start=at_start, of_script=of_script)


def _load_runner() -> Callable[..., int]:
    # What an attempt and its script load as they go, too: names in a bundle, and a result, have codecs of their own.
    import _ctypes, codecs, fcntl, resource  # noqa: E401, F401

    # Found once, a codec stays found, whoever forgets its module.
    for name in ("cp437", "utf-16-le", "utf-8-sig"):
        codecs.lookup(name)

    from . import collect, entry, execute, leave, own_name, poster, take_over, unpack, verdict  # noqa: F401
    from .main import main

    return main


def _read_source(name: str) -> Optional[bytes]:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        with open(os.path.join(folder, *name.split("/")), "rb") as file:
            return file.read()
    except OSError:
        return None


def _start_understudy(loaded: SimpleNamespace) -> Union[Understudy, CodeType, None]:
    """
    In the process that is started, once it has become the script: what it is to execute. In the successor, once the runner
    has ended: None.
    """
    orders, outputs, errors, alive, heir = os.pipe(), os.pipe(), os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        for descriptor in (orders[1], outputs[0], errors[0], alive[1], heir[0]):
            os.close(descriptor)
        return loaded.code if _await_orders(orders[0], (outputs[1], errors[1]), (alive[0], heir[1]), loaded) else None
    for descriptor in (orders[0], outputs[1], errors[1], alive[0], heir[1]):
        os.close(descriptor)
    return Understudy(pid, orders[1], (outputs[0], errors[0]), (alive[1], heir[0]))


def _load_call() -> CodeType:
    """The program that calls a worker's function, and in memory what it loads."""
    import enum, functools, importlib.machinery, importlib.util, json, traceback  # noqa: E401, F401

    import floom

    path = os.path.join(os.path.dirname(floom.__file__), "_call.py")
    return importlib.machinery.SourceFileLoader("__main__", path).get_code("__main__")


def _await_orders(orders: int, outputs: Tuple[int, int], ties: Tuple[int, int], loaded: SimpleNamespace) -> bool:
    """True in what has become the script, False in a successor of which the runner before it is gone."""
    import json

    _let_go_of_streams()
    told = os.read(orders, 1)
    if not told:
        os._exit(0)
    # Before a word of the run is read: what comes after it must know none.
    if told == SUCCEED or (told == PLAY_AND_LEAVE and _leave_successor()):
        _outlive(ties, (orders, *outputs))
        return False
    with open(orders, "rb") as file:
        body = file.read()
    _become(json.loads(body), outputs, loaded)
    return True


def _leave_successor() -> bool:
    """True in a process that is no child of this one: what becomes a script has none that it did not start, and may wait for any."""
    between = os.fork()
    if between > 0:
        os.waitpid(between, 0)
        return False
    if os.fork() > 0:
        os._exit(0)
    return True


def _outlive(ties: Tuple[int, int], others: Tuple[int, ...]) -> None:
    """Says its number, and comes back when the runner has ended."""
    alive, heir = ties
    for descriptor in others:
        os.close(descriptor)
    os.setsid()
    try:
        os.write(heir, str(os.getpid()).encode())
    except OSError:
        # The runner was quicker: it has ended, and nobody asks any more.
        pass
    os.close(heir)
    os.read(alive, 1)
    os.close(alive)


def _become(told: Dict[str, Any], outputs: Tuple[int, int], loaded: SimpleNamespace) -> None:
    """Makes this process what `python _call.py <entry>` would have been."""
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
    import atexit

    from .leave import leave_as_python

    # Before the script has anything called at its end, so that this is called last.
    atexit.register(leave_as_python(loaded.of_script))
    for name in [name for name in sys.modules if name not in loaded.of_script]:
        del sys.modules[name]
    # The first entry is our own folder, as the script's folder stands first when a file is started; the program takes
    # it away itself.
    sys.path[1:1] = _python_path(environment)
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = argv
    sys.argv[:] = argv[1:]
    sys.executable = argv[0]
    module = sys.modules["__main__"].__dict__
    for name in [name for name in module if not name.startswith("__")]:
        del module[name]
    known = {"__file__": loaded.code.co_filename, "__cached__": None, "__doc__": None}
    module.update(known, LOADED_BEFORE=loaded.at_start)


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        # The listing's own, which is closed already, or the one that was dismissed before.
        pass


def _read_at_start(environment: Mapping[str, str]) -> Dict[str, str]:
    """What of an environment is read once: by the interpreter, by the C library, and by what loads libraries."""
    read = {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}
    read.pop("PYTHONPATH", None)
    return read


def _interpreter(executable: str) -> Tuple[str, Optional[str]]:
    """A program, and the virtual environment that it is started in; which one is told by where it is called, not where it lies."""
    folder = os.path.dirname(executable)
    places = (os.path.join(place, "pyvenv.cfg") for place in (folder, os.path.dirname(folder)))
    return os.path.realpath(executable), next(filter(os.path.isfile, places), None)


def _is_plain(path: List[str]) -> bool:
    """Whether Python takes these folders as they are, and finds nothing there that it executes when it starts."""
    from importlib.machinery import PathFinder

    as_they_are = len(set(path)) == len(path) and all(part == os.path.abspath(part) for part in path)
    return as_they_are and not any(PathFinder.find_spec(name, path) for name in ("sitecustomize", "usercustomize"))


def _python_path(environment: Mapping[str, str]) -> List[str]:
    return environment.get("PYTHONPATH", "").split(os.pathsep) if environment.get("PYTHONPATH") else []
