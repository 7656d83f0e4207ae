"""Contexts: folders of files that a run finds below context/, and what it changes in those that it may write."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from typing import Dict, Iterator, List

from .config import Config
from .failure import AttemptFailed
from .journal import Journal
from .output_files import Upload, digest_file, guess_media_type, why_unkept
from .redact import Redactor
from .unpack import join_safely
from .wire import clean_text
from .zip_reader import BadZip, list_members, read_member

FOLDER = "context"


def place_contexts(config: Config) -> None:
    """
    Unpacks each context to its folder. What a bundle brought to the same place is no part of the context and goes.
    Raises AttemptFailed for an archive that cannot be unpacked.
    """
    config.context_digests = {}
    for context in config.contexts:
        root = _folder(config, context["name"])
        if os.path.isdir(root):
            shutil.rmtree(root)
        os.makedirs(root)
        config.context_digests[context["name"]] = _extract(root, context["archive"])
        os.unlink(context["archive"])
        if not context["writeable"]:
            _protect(root)


def _folder(config: Config, name: str) -> str:
    return join_safely(config.work_dir, f"{FOLDER}/{name}")


def _extract(root: str, archive: str) -> Dict[str, str]:
    """The digests of the files, by their paths."""
    digests: Dict[str, str] = {}
    try:
        with open(archive, "rb") as file:
            for member in list_members(file):
                target = join_safely(root, member.name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                digest = hashlib.sha256()
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
                with open(descriptor, "wb") as written:
                    for block in read_member(file, member):
                        digest.update(block)
                        written.write(block)
                digests[member.name] = digest.hexdigest()
    except (BadZip, FileNotFoundError) as error:
        raise AttemptFailed("e2b_sandbox_error", f"A context cannot be unpacked: {error}") from error
    return digests


def _protect(root: str) -> None:
    """So that a script that writes there learns it at once; what is written all the same goes nowhere."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            os.chmod(os.path.join(folder, name), 0o444)
        os.chmod(folder, 0o555)


def hand_over(config: Config, journal: Journal, redactor: Redactor) -> List[Upload]:
    """
    Puts on the record what was changed in the contexts that may be written; gives the files to send. What was deleted
    stays: a script adds and replaces. Raises AttemptFailed where something cannot be kept.
    """
    entries = [entry for context in config.contexts if context["writeable"] for entry in _changes(config, context["name"])]
    limit = getattr(config.limits, "context_written_files", 200)
    if len(entries) > limit:
        raise AttemptFailed("context_refused", f"The script changed {len(entries)} files of its contexts; the limit is {limit}.")
    uploads: List[Upload] = []
    for entry in entries:
        path = f"{FOLDER}/{entry['context']}/{entry['path']}"
        if _holds_secret(os.path.join(config.work_dir, path), redactor):
            shown = redactor.text(path)
            raise AttemptFailed("context_refused", f"{shown} holds the value of a secret: it is not put into the context.")
        journal.append({"type": "context_file", **entry}, vital=True)
        uploads.append((path, guess_media_type(path), str(entry["sha256"])))
    return uploads


def _changes(config: Config, name: str) -> Iterator[Dict[str, object]]:
    root = _folder(config, name)
    known = config.context_digests.get(name, {})
    most = getattr(config.limits, "context_file_bytes", 25 << 20)
    for path in sorted(_files(root)):
        full = os.path.join(root, path)
        size = os.stat(full).st_size
        if size > most:
            shown = clean_text(f"{FOLDER}/{name}/{path}")
            raise AttemptFailed("context_refused", f"{shown} has {size:,} bytes; the limit for a file of a context is {most:,}.")
        sha256 = digest_file(full)
        if known.get(path) == sha256:
            continue
        reason = why_unkept(path)
        if reason:
            raise AttemptFailed("context_refused", f"{FOLDER}/{name}/{clean_text(path)} cannot be kept: it {reason}.")
        yield {"context": name, "path": path, "size_bytes": size, "sha256": sha256}


def _files(root: str) -> Iterator[str]:
    """Plain files that lie there themselves: a link leads to what is no part of the context."""
    if os.path.islink(root):
        return
    for folder, _, names in os.walk(root, followlinks=False):
        for name in names:
            full = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(full).st_mode):
                yield os.path.relpath(full, root)


def _holds_secret(path: str, redactor: Redactor) -> bool:
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "replace")
    return redactor.text(text) != text
