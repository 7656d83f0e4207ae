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
from typing import Callable, FrozenSet


def leave_as_python(before: FrozenSet[str]) -> Callable[[], None]:
    """
    What is to be called after all that the script has asked to be called at its end. `before`: the modules of before it. Comes back
    where only Python can end: a script that did not end by itself, that has threads which go on until the last, or compiled
    code of others, which may have its own to do then; and one that has put something to be finalized where it is not taken
    apart here, such as into a module of before it.
    """
    main = vars(sys.modules["__main__"])

    def leave() -> None:
        try:
            code = main.get("code")
            if type(code) is not int or len(sys._current_frames()) > 1 or _has_compiled(before) or not _can_flush():
                return
            _forget_loaded(before)
            if _holds_finalizers():
                return
            # A stream that could be flushed before, and cannot now, is one that a finalizer has closed.
            _can_flush()
        except Exception:  # noqa: BLE001 - a script may have put anything in the place of anything
            return
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
    # They have been called, and hold what the script has made. So may what it put in the place of the usual streams.
    atexit._clear()
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, name, getattr(sys, f"__{name}__", None))
    # What is in use comes out of this in the order of who uses it: the next time a stream is closed before what it writes to.
    gc.collect()
    for name in [name for name in sys.modules if name not in before]:
        del sys.modules[name]
    gc.collect()


def _holds_finalizers() -> bool:
    """Whether anything from after the fork is left that does something as it goes, such as to write what a file still holds."""
    return any(hasattr(type(left), "__del__") for left in gc.get_objects())
