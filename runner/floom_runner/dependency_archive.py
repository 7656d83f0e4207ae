"""
Dependencies as one file: packed where a version's are built, laid out where a run of the version starts. A tar.gz with
`made-for.json` first, then the folder of each installer under the name of the file that asked for it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from functools import partial
from typing import BinaryIO, Dict, List, Optional

from .config import Config
from .dependencies import Install
from .log_book import LogBook

MADE_FOR = "made-for.json"
BLOCK_BYTES = 256 * 1024


class ArchiveTooLarge(Exception):
    """More was installed than is kept."""


class Misfit(Exception):
    """The archive cannot be used here; the message says why."""


class Sink:
    """A file that is only written: counts and digests what goes into it."""

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Raises ArchiveTooLarge."""
        self.size += len(data)
        if self.size > self._most_bytes:
            raise ArchiveTooLarge
        self._digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def pack(installs: List[Install], path: str, most_bytes: int) -> Sink:
    """Size and digest of the archive that now lies at `path`. Raises ArchiveTooLarge and OSError."""
    made_for = json.dumps({install.what: install.made_for for install in installs}).encode()
    with open(path, "wb") as file:
        sink = Sink(file, most_bytes)
        with gzip.GzipFile("", "wb", 1, sink, 0) as packed:  # type: ignore[arg-type]
            with tarfile.open(fileobj=packed, mode="w|") as archive:
                head = tarfile.TarInfo(MADE_FOR)
                head.size = len(made_for)
                archive.addfile(head, io.BytesIO(made_for))
                for install in installs:
                    if os.path.isdir(install.folder):
                        archive.add(install.folder, arcname=install.what, filter=partial(_unlinked, archive))
        return sink


def _unlinked(archive: tarfile.TarFile, member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file of several names is packed under each of them: what is laid out holds no hard links."""
    archive.inodes.clear()  # type: ignore[attr-defined]
    return member


def take_archive(config: Config, installs: List[Install], log: LogBook) -> bool:
    """
    True when everything lies in its folder as it was built for this version. One that does not fit never fails a run:
    then all of it is installed here, for this run alone.
    """
    given: Optional[Dict[str, str]] = getattr(config, "dependencies", None)
    if given is None:
        return False
    try:
        with open(given["path"], "rb") as file:
            _check_digest(file, given["sha256"])
            _lay_out(file, installs)
        log.note("The dependencies are those that were built for this version.")
        return True
    except (Misfit, OSError, tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        for install in installs:
            shutil.rmtree(install.folder, ignore_errors=True)
        log.note(f"The dependencies that were built for this version are not used: {error}.", "warning")
        return False
    finally:
        _remove(given["path"])


def _check_digest(file: BinaryIO, wanted: str) -> None:
    digest = hashlib.sha256()
    while True:
        block = file.read(BLOCK_BYTES)
        if not block:
            break
        digest.update(block)
    if digest.hexdigest() != wanted:
        raise Misfit("they did not arrive as they were built")
    file.seek(0)


def _lay_out(file: BinaryIO, installs: List[Install]) -> None:
    """Raises Misfit for an archive of another interpreter, ValueError for a member that would land elsewhere."""
    folders = {install.what: install.folder for install in installs}
    for folder in folders.values():
        os.makedirs(folder, exist_ok=True)
    with tarfile.open(fileobj=file, mode="r|gz") as archive:
        for member in archive:
            what, _, rest = member.name.partition("/")
            if member.name == MADE_FOR:
                _check_made_for(archive.extractfile(member), installs)
            elif what not in folders:
                raise ValueError(f"they hold {member.name}")
            elif rest:
                _extract(archive, member, folders[what], rest)


def _check_made_for(head: Optional[BinaryIO], installs: List[Install]) -> None:
    made_for = json.loads(head.read()) if head is not None else {}
    for install in installs:
        known = made_for.get(install.what)
        if known != install.made_for:
            raise Misfit(f"they were built for {known}, and this is {install.made_for}")


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: str, rest: str) -> None:
    name = os.path.normpath(rest)
    plain = member.isfile() or member.isdir() or member.issym()
    if os.path.isabs(name) or name.split("/")[0] == ".." or not plain:
        raise ValueError(f"they hold {member.name}")
    root = os.path.realpath(folder)
    parent = os.path.realpath(os.path.dirname(os.path.join(folder, name)))
    if parent != root and not parent.startswith(root + os.sep):
        raise ValueError(f"they hold {member.name} behind a link")
    member.name = name
    member.uid, member.gid = os.getuid(), os.getgid()
    archive.extract(member, folder, set_attrs=not member.issym())


def _remove(path: str) -> None:
    # The sandbox's disk is memory.
    try:
        os.unlink(path)
    except OSError:
        pass
