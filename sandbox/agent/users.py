"""Whom a request may act as, and what a path means for them."""

from __future__ import annotations

import posixpath
from binascii import a2b_base64


class User:
    """A name requests may act as. Both are the same uid in here: root is a home folder, not a power."""

    __slots__ = ("name", "home")

    def __init__(self, name: str, home: str) -> None:
        self.name = name
        self.home = home


USERS = {"user": User("user", "/home/user"), "root": User("root", "/root")}
DEFAULT_USER = "user"


class BadPath(ValueError):
    """A path that means nothing."""


def find_user(name: str | None) -> User | None:
    """The user of that name, the default one for none; None when there is no such user."""
    return USERS.get(name or DEFAULT_USER)


def name_in_basic(authorization: str | None) -> str | None:
    """The user part of a Basic authorization header, None when there is none."""
    kind, _, encoded = (authorization or "").partition(" ")
    if kind.lower() != "basic" or not encoded.strip():
        return None
    try:
        return a2b_base64(encoded.strip() + "==").decode("utf-8", "replace").split(":", 1)[0]
    except ValueError:
        return None


def resolve_path(path: str, user: User) -> str:
    """
    Absolute, normalised path as envd reads it: `~` and relative paths start at the user's home, empty is the home
    itself. Throws BadPath for another user's `~name` and for NUL bytes.
    """
    if "\0" in path:
        raise BadPath("path must not contain NUL bytes")
    if path == "~" or path.startswith("~/"):
        path = path[2:]
    elif path.startswith("~"):
        raise BadPath(f"cannot expand '{path}': only '~' and '~/' are known")
    resolved = posixpath.normpath(posixpath.join(user.home, path))
    # Two slashes at the beginning mean something to POSIX and nothing to Linux.
    return "/" + resolved.lstrip("/")
