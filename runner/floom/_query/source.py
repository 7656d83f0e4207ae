"""Opens what a worker asks: a SQLite file as it is, or rows of another kind, loaded into one with typed columns."""

import contextlib
import os
import sqlite3
import tempfile
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote

from .failure import QueryFailed
from .load import load_rows
from .names import quote_name
from .rows import open_rows, refuse_kind

SQLITE_MAGIC = b"SQLite format 3\0"


class Source(NamedTuple):
    """An open database. `index`: the name of its full-text index, where it has one; `shadows`: all tables that belong to it."""

    database: sqlite3.Connection
    index: Optional[str]
    shadows: Tuple[str, ...]
    is_without_rowid: bool


@contextlib.contextmanager
def open_source(
    plan: Mapping[str, Any], inputs: Mapping[str, Any], folder: str, deadline: float
) -> Iterator[Source]:
    """Raises QueryFailed where the source is missing, of another kind, or not what the worker declares."""
    with tempfile.TemporaryDirectory(prefix="query-") as scratch:
        path = _find_file(plan, inputs, folder, scratch)
        is_database = path is not None and _is_database(path)
        if not is_database:
            _refuse_wanted(plan, path)
            built = os.path.join(scratch, "rows.sqlite")
            load_rows(plan, open_rows(plan, path), built, deadline)
            path = built
        assert path is not None
        database = _open(path)
        try:
            yield _check(plan, database, is_database)
        finally:
            database.set_authorizer(None)
            database.close()


def _find_file(plan: Mapping[str, Any], inputs: Mapping[str, Any], folder: str, scratch: str) -> Optional[str]:
    """Where the data lies; None for what is not a file."""
    source = plan["source"]
    kind = source["kind"]
    if kind == "store":
        return None
    if kind == "http":
        from .fetch import fetch

        return fetch(source, os.path.join(scratch, "fetched"), plan["source_bytes"])
    if kind == "upload":
        given = inputs.get("file")
        if not isinstance(given, str):
            raise QueryFailed("invalid_inputs", "The input file is missing.")
        relative = given
    else:
        relative = os.path.join("context", source["context"], source["path"]) if kind == "context" else source["path"]
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, relative))
    if not path.startswith(root + os.sep) or not os.path.isfile(path):
        raise QueryFailed("source_missing", f"There is no file {relative}.")
    return path


def _is_database(path: str) -> bool:
    with open(path, "rb") as file:
        head = file.read(len(SQLITE_MAGIC))
    refuse_kind(head)
    return head == SQLITE_MAGIC


def _refuse_wanted(plan: Mapping[str, Any], path: Optional[str]) -> None:
    if path is not None and plan["source"]["format"] == "sqlite":
        raise QueryFailed("invalid_source", f"{os.path.basename(path)} is no SQLite database.")


def _open(path: str) -> sqlite3.Connection:
    """Nothing is written beside it, nothing is locked, and no journal is played back: the file is as it is."""
    try:
        database = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
        database.execute("SELECT 1 FROM sqlite_master").close()
    except sqlite3.Error as error:
        raise QueryFailed("invalid_source", f"The database cannot be read: {error}.") from error
    # Bytes that are no text are shown as such, and break nothing.
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return database


def _check(plan: Mapping[str, Any], database: sqlite3.Connection, is_given: bool) -> Source:
    """That a database has what the worker declares. Of one that we have built we know it."""
    table = plan["table"]
    try:
        return _look(plan, database, is_given)
    except sqlite3.Error as error:
        raise QueryFailed("invalid_source", f"The table {table} cannot be read: {error}.") from error


def _look(plan: Mapping[str, Any], database: sqlite3.Connection, is_given: bool) -> Source:
    table = plan["table"]
    tables = {name.lower(): (kind, sql or "") for name, kind, sql in _schema(database)}
    if plan["tables"] and not is_given:
        raise QueryFailed("invalid_source", "Only a SQLite file has other tables; this source has one.")
    found = _look_at(database, tables, table, [column["name"] for column in plan["columns"]])
    for one in plan["tables"]:
        _look_at(database, tables, one["name"], one["columns"])
    index = plan["fts_table"] if is_given else f"{table}_fts" if f"{table}_fts".lower() in tables else None
    if index is not None and index.lower() not in tables:
        raise QueryFailed("invalid_source", f"The database has no table {index}, which fts_table names.")
    is_search = plan["action"]["kind"] == "search" and index is not None
    shadows: List[str] = []
    if is_search and index is not None:
        shadows = [name for name in tables if name == index.lower() or name.startswith(f"{index.lower()}_")]
        # What it sets up for itself is not for the guard to judge.
        database.execute(f"SELECT bm25({quote_name(index)}) FROM {quote_name(index)} WHERE {quote_name(index)} MATCH '\"a\"' LIMIT 1").close()
    without = "without rowid" in " ".join(found.lower().split())
    return Source(database, index if is_search else None, tuple(shadows), without)


def _look_at(
    database: sqlite3.Connection, tables: Mapping[str, Tuple[str, str]], table: str, columns: Sequence[str]
) -> str:
    """The statement that made the table. Raises QueryFailed where it is none, or has not these columns."""
    found = tables.get(table.lower())
    if found is None:
        names = ", ".join(sorted(tables)[:10]) or "none"
        raise QueryFailed("invalid_source", f"The database has no table {table}; it has {names}.")
    if found[0] != "table" or _starts(found[1], "CREATE VIRTUAL"):
        raise QueryFailed("invalid_source", f"{table} is a view or a virtual table; a table is asked.")
    there = {name.lower() for (name,) in database.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))}
    missing = [name for name in columns if name.lower() not in there]
    if missing:
        raise QueryFailed("invalid_source", f"{table} has no column {', '.join(missing)}; it has {', '.join(sorted(there))}.")
    return found[1]


def _schema(database: sqlite3.Connection) -> List[Tuple[str, str, str]]:
    return list(database.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') LIMIT 10000"))


def _starts(sql: str, words: str) -> bool:
    return " ".join(sql.split()).upper().startswith(words)


