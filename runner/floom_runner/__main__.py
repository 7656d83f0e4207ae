"""
Start of the archive: `python3 -I -S runner.pyz [control directory]`. Unpacked, where a sandbox brings it along:
`python3 __main__.py --wait|--go <control directory> <digest> <filling>`.
"""

import sys

LOADED_AT_START = frozenset(sys.modules)

import os


def hold_archive():
    """
    Keeps what is imported later within reach though a script deletes the archive: modules are read from the open file.
    Where there is no /proc, from its path as before.
    """
    path = f"/proc/self/fd/{os.open(sys.path[0], os.O_RDONLY)}"
    if os.path.isfile(path):
        sys.path[0] = path


def read_source(name):
    """The bytes of a file in this archive, None when it has no such file."""
    loader = globals()["__loader__"]
    try:
        return loader.get_data(os.path.join(loader.archive, *name.split("/")))
    except OSError:
        return None


if __name__ == "__main__":
    if sys.argv[1:2] in (["--wait"], ["--go"], ["--fork"]):
        from floom_runner.waiting import prepare

        exec(prepare(sys.argv[1:], LOADED_AT_START))
    else:
        hold_archive()
        from floom_runner.main import main

        # Nothing is left to be flushed, and the poster's thread need not be waited for.
        os._exit(main(sys.argv, read_source))
