"""Names in statements: those of a plan, which are plain identifiers, in quotes, so that none is read as a word of SQL."""

import re

from .failure import QueryFailed

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def quote_name(name: str) -> str:
    """Raises QueryFailed for what is no plain identifier, whoever wrote it."""
    if IDENTIFIER.fullmatch(name) is None:
        raise QueryFailed("query_refused", f"{name!r} is no name of a table or column.")
    return f'"{name}"'
