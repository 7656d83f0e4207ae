"""Takes secret values out of the files that a script leaves."""

from __future__ import annotations

import os
import stat
from typing import Optional

from .redact import Redactor

# Longer ones are not read as a whole: the edge keeps none that holds a secret.
LONGEST_MASKED = 8 * 1024 * 1024


def mask_file(path: str, redactor: Redactor) -> bool:
    """
    Puts *** in a secret's place in a text file, and says whether there was any. The file is replaced, not written into: it
    may have another name outside of what is handed over. What is no text stays as it is, for it would be broken.
    """
    data = _read_text(path)
    if data is None:
        return False
    masked = redactor.blob(data)
    if masked == data:
        return False
    real = os.path.realpath(path)
    beside = f"{real}.masked"
    try:
        with open(beside, "wb") as file:
            file.write(masked)
        os.chmod(beside, stat.S_IMODE(os.stat(real).st_mode))
        os.replace(beside, real)
    except OSError:
        # A folder that cannot be written to: the edge finds what is left, and does not keep it.
        return False
    return True


def _read_text(path: str) -> Optional[bytes]:
    try:
        if os.stat(path).st_size > LONGEST_MASKED:
            return None
        with open(path, "rb") as file:
            data = file.read()
        data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return None if b"\0" in data else data
