"""Makes a sandbox that has served an earlier run of the version ready for the next one."""

from __future__ import annotations

import itertools
import os

from .config import Config

RUNNER = "runner.pyz"
WAITING = "waiting-"
CLAIM = ".lock"
# Far below what the kernel takes, 4096, with room for one name more.
LONG_PATH = 600


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
    """As shutil.rmtree, which is slow to import and knows no folders as deep as these may be; follows no link."""
    if os.path.islink(path) or not os.path.isdir(path):
        _unlink(path)
    else:
        _remove_folder(path)


def _remove_folder(top: str) -> None:
    folders = [top]
    for folder in folders:
        # A script may have shut it for itself.
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for place, is_folder in found:
            if is_folder:
                folders.append(_move_near(top, place) if len(place) > LONG_PATH else place)
            else:
                _unlink(place)
    for folder in reversed(folders):
        os.rmdir(folder)


def _move_near(top: str, folder: str) -> str:
    """However deep folders lie, no path of theirs becomes longer than the kernel takes."""
    numbers = (os.path.join(top, str(number)) for number in itertools.count())
    near = next(place for place in numbers if not os.path.lexists(place))
    os.chmod(folder, 0o700)
    os.rename(folder, near)
    return near


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
