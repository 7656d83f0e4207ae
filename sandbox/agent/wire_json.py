"""
JSON by the C half of Python's own `json`, without its Python half, which loads regular expressions: twice what a Python
takes to start. Falls back to `json` where that half is missing.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class _Rules:
    """What the scanner asks its maker for."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict[str, str] = {}


class NotJson(ValueError):
    """What was read is no JSON."""

    def __init__(self, message: str, _document: str, position: int) -> None:
        super().__init__(f"{message}: character {position}")


class _Words:
    """Stands where the scanner looks for its error."""

    JSONDecodeError = NotJson


def _find_scanner() -> Callable[[str, int], tuple[Any, int]]:
    try:
        from _json import make_scanner

        sys.modules.setdefault("json.decoder", _Words)  # type: ignore[arg-type]

        return make_scanner(_Rules)
    except ImportError:
        from json import JSONDecoder

        return JSONDecoder().scan_once


def _find_quote() -> Callable[[str], str]:
    try:
        from _json import encode_basestring_ascii

        return encode_basestring_ascii
    except ImportError:
        from json.encoder import py_encode_basestring_ascii

        return py_encode_basestring_ascii


_scan = _find_scanner()
quote = _find_quote()
_SPACE = " \t\n\r"


def loads(data: bytes) -> Any:
    """The document in UTF-8 text. Throws ValueError for anything else."""
    text = data.decode("utf-8").strip(_SPACE)
    try:
        value, end = _scan(text, 0)
    except (StopIteration, RecursionError):
        raise ValueError("not JSON") from None
    if end != len(text):
        raise ValueError("more than one JSON document")
    return value


def dumps(value: object) -> str:
    """Compact JSON in ASCII. A member that is None is left away."""
    if isinstance(value, str):
        return quote(value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        members = [f"{quote(name)}:{dumps(member)}" for name, member in value.items() if member is not None]
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    return "null"


def tidy(text: str) -> str:
    """Text of the file system as it can be said: bytes that are no UTF-8 become the sign for that."""
    try:
        text.encode("utf-8")
        return text
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
