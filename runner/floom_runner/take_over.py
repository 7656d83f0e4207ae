"""Makes a sandbox that has served an earlier run of the version ready for the next one."""

from __future__ import annotations

import os

from .config import Config

RUNNER = "runner.pyz"
WAITING = "waiting-"
CLAIM = ".lock"


def take_over(config: Config) -> None:
    """
    Removes what is an earlier run's alone: its work directory with all that was in it, its orders with their secrets, its
    journal and its packages. That it has begun stays written down, and so does who waits to be the next runner. Whatever else it has left on the disk stays; its processes were ended with it. Raises OSError.
    """
    base, own = os.path.split(config.control_dir)
    remove(config.work_dir)
    for name in os.listdir(base):
        if name not in (own, RUNNER) and not name.startswith(WAITING) and not name.endswith(CLAIM):
            remove(os.path.join(base, name))


def remove(path: str) -> None:
    """As shutil.rmtree, which is slow to import; follows no link."""
    if os.path.islink(path) or not os.path.isdir(path):
        _unlink(path)
    else:
        _remove_folder(path)


def _remove_folder(path: str) -> None:
    # A script may have shut it for itself.
    os.chmod(path, 0o700)
    with os.scandir(path) as entries:
        found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for place, is_folder in found:
        if is_folder:
            _remove_folder(place)
        else:
            _unlink(place)
    os.rmdir(path)


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
