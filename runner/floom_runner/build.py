"""Builds a version's dependencies, in a sandbox that holds the bundle and nothing of any run."""

from __future__ import annotations

import errno
import time
import traceback
from typing import Any, Dict, Optional

from .config import Config
from .dependencies import find_installs, list_pins, perform_all
from .dependency_archive import ArchiveTooLarge, pack
from .environment import install_environment
from .execute import Wakeup
from .failure import AttemptFailed, Stopped
from .journal import Journal
from .log_book import LogBook
from .processes import adopt_orphans
from .redact import Redactor
from .unpack import extract_bundle


class Build:
    """One build from its configuration to its last journal entry. The journal stays here: it is read by the edge."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._journal = Journal(config.journal_path, config.limits.journal_post_bytes)
        self._log = LogBook(config, self._journal, Redactor([]))
        self._wakeup = Wakeup()
        self._started = time.monotonic()

    def run(self) -> None:
        adopt_orphans()
        try:
            self._build()
            self._finish(None)
        except Stopped:
            return
        except AttemptFailed as failure:
            self._finish(failure)
        except Exception as error:
            self._finish(_blame(error))

    def _build(self) -> None:
        config = self._config
        extract_bundle(config)
        installs = find_installs(config, install_environment())
        if not installs:
            return
        self._journal.append({"type": "phase", "phase": "install"})
        perform_all(installs, self._log, self._wakeup)
        try:
            archive = pack(installs, config.archive_path, config.limits.dependencies_bytes)
        except ArchiveTooLarge:
            self._log.note("These dependencies are too large to be kept: every run installs them itself.", "warning")
            return
        file = {"kind": "artifact", "name": "dependencies", "path": "dependencies.tar.gz", "media_type": "application/gzip"}
        pins = [pin for install in installs if install.what == "requirements.txt" for pin in list_pins(install.folder)]
        self._journal.append({"type": "file", **file, "size_bytes": archive.size, "sha256": archive.sha256, "pins": pins})

    def _finish(self, failure: Optional[AttemptFailed]) -> None:
        self._log.finish()
        usage = {"cpu_ms": 0, "max_memory_bytes": 0, "log_bytes": self._log.total_bytes}
        result: Dict[str, Any] = {
            "type": "result",
            "outcome": "failure" if failure else "success",
            "error_code": failure.code if failure else None,
            "error": failure.message if failure else None,
            "error_raw": failure.error_raw if failure else None,
            "exit_code": None,
            "outputs": None,
            "usage": {"wall_ms": int((time.monotonic() - self._started) * 1000), **usage},
        }
        self._journal.append(result, vital=True)


def _blame(error: Exception) -> AttemptFailed:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AttemptFailed("disk_full", "The sandbox's disk is full.")
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return AttemptFailed("internal_error", "The platform failed while it built the dependencies.", trace[-4096:])
