"""
The end of a script whose process is a fork. Python ends by taking all of its modules apart, which copies nearly every page that
the fork shares: a third of what a short script costs. Done here is what of that anybody notices: what the script has loaded and
made is taken apart in Python's own order, so that files are written and finalizers run. What was there before it is left as it is.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Any, Callable, Dict, FrozenSet


def leave_as_python(before: FrozenSet[str]) -> Callable[[], None]:
    """
    What is to be called after all that the script has asked to be called at its end. `before`: the modules of before it. Comes back
    where only Python can end: a script that did not end by itself, that has threads which go on until the last, or compiled
    code of others, which may have its own to do then.
    """

    def leave() -> None:
        code = vars(sys.modules["__main__"]).get("code")
        if type(code) is not int or len(sys._current_frames()) > 1 or _has_compiled(before) or not _can_flush():
            return
        _forget_loaded(before)
        # A stream that could be flushed before, and cannot now, is one that a finalizer has closed.
        _can_flush()
        os._exit(code)

    return leave


def _can_flush() -> bool:
    """Where it cannot, Python says so by itself, and ends with a code of its own."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except Exception:  # noqa: BLE001 - a script may have put anything there
        return False
    return True


def _has_compiled(before: FrozenSet[str]) -> bool:
    own = tuple(os.path.join(folder, "lib-dynload") + os.sep for folder in sys.path)
    for name, module in list(sys.modules.items()):
        if name in before:
            continue
        place = getattr(module, "__file__", None)
        if name == "ctypes" or isinstance(place, str) and not place.endswith((".py", ".pyc")) and not place.startswith(own):
            return True
    return False


def _forget_loaded(before: FrozenSet[str]) -> None:
    # They have been called, and hold what the script has made.
    atexit._clear()
    # What is in use comes out of this in the order of who uses it: the next time a stream is closed before what it writes to.
    gc.collect()
    loaded = [sys.modules.pop(name) for name in list(sys.modules) if name not in before]
    spaces = {id(vars(module)): module.__name__ for module in loaded if type(module) is type(sys)}
    del loaded
    gc.collect()
    # Those that something of before them holds, such as the handler of a signal. The newest first, as Python does it.
    held = [names for names in gc.get_objects() if type(names) is dict and id(names) in spaces]
    places = list(spaces)
    for names in sorted(held, key=lambda names: places.index(id(names)), reverse=True):
        if names.get("__name__") == spaces[id(names)]:
            _clear(names)
    held.clear()
    gc.collect()


def _clear(names: Dict[str, Any]) -> None:
    """As Python does it: first what a module keeps to itself."""
    for name in list(names):
        if name.startswith("_") and not name.startswith("__"):
            names[name] = None
    for name in list(names):
        if name != "__builtins__":
            names[name] = None
