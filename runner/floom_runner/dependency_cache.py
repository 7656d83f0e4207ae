"""Keeps installed dependencies with the edge. A cache in trouble never fails a run: then they are installed again."""

from __future__ import annotations

import os
import tarfile
import zlib
from typing import BinaryIO

from .config import Config
from .edge import Edge, EdgeAway


class DependencyCache:
    """Archives are tar.gz of the folder's content, under a digest of what it was installed from."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._edge = Edge(config)
        self._path = os.path.join(config.control_dir, "dependencies.tar.gz")

    def fetch(self, key: str, folder: str) -> bool:
        """True when `folder` now holds what was kept under the key."""
        try:
            with open(self._path, "w+b") as file:
                status, _ = self._edge.request("GET", f"/dependencies/{key}", sink=file, timeout=30.0)
                if status != 200:
                    return False
                file.seek(0)
                self._unpack(file, folder)
                return True
        except (EdgeAway, OSError, tarfile.TarError, EOFError, zlib.error, ValueError):
            _remove(folder)
            return False
        finally:
            self._clean()

    def keep(self, key: str, folder: str) -> None:
        try:
            with open(self._path, "w+b") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
                    archive.add(folder, arcname=".")
                length = file.tell()
                if length <= self._config.limits.artifact_bytes:
                    self._edge.request("PUT", f"/dependencies/{key}", body=file, length=length, timeout=60.0)
        except (EdgeAway, OSError, tarfile.TarError):
            pass
        finally:
            self._clean()

    def _unpack(self, file: BinaryIO, folder: str) -> None:
        """Raises ValueError for a member that would land outside the folder."""
        os.makedirs(folder, exist_ok=True)
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            for member in archive:
                name = os.path.normpath(member.name)
                plain = member.isfile() or member.isdir() or member.issym()
                if os.path.isabs(name) or name.split("/")[0] == ".." or not plain:
                    raise ValueError(f"the kept dependencies hold {member.name}")
                if not os.path.realpath(os.path.dirname(os.path.join(folder, name))).startswith(os.path.realpath(folder)):
                    raise ValueError(f"the kept dependencies hold {member.name} behind a link")
                member.uid, member.gid = os.getuid(), os.getgid()
                archive.extract(member, folder, set_attrs=not member.issym())

    def _clean(self) -> None:
        self._edge.close()
        try:
            os.unlink(self._path)
        except OSError:
            pass


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
