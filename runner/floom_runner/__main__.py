"""Start of the archive: `python3 -I runner.pyz [control directory]`."""

import os
import sys

from floom_runner.main import main


def read_source(name):
    """The bytes of a file in this archive, None when it has no such file."""
    loader = globals()["__loader__"]
    try:
        return loader.get_data(os.path.join(loader.archive, *name.split("/")))
    except OSError:
        return None


if __name__ == "__main__":
    status = main(sys.argv, read_source)
    # Nothing is left to be flushed, and the poster's thread need not be waited for.
    os._exit(status)
