"""Lets a query read the columns that its worker declares, by functions that are known, within limits; and nothing else."""

import contextlib
import sqlite3
import time
from typing import Any, Iterator, List, Mapping, Optional, Sequence

from .failure import QueryFailed
from .words import LOOKING

# Codes of SQLite's authorizer that Python's module does not name in every version.
PRAGMA, READ, SELECT, FUNCTION, RECURSIVE = 19, 20, 21, 31, 33
# How often SQLite looks at the time, in steps of its machine.
STEPS = 10_000
# Of SQLite's own memory; sorting more than its cache goes to a file.
HEAP_BYTES = 256 * 1024 * 1024
# What a search uses besides.
SEARCH_FUNCTIONS = frozenset(("match", "bm25", LOOKING))

# What a single value, statement or expression may be. None is larger than any that a push lets through.
SIZES = {
    "SQLITE_LIMIT_LENGTH": 2 * 1024 * 1024,
    "SQLITE_LIMIT_SQL_LENGTH": 64 * 1024,
    "SQLITE_LIMIT_COLUMN": 200,
    "SQLITE_LIMIT_EXPR_DEPTH": 100,
    "SQLITE_LIMIT_COMPOUND_SELECT": 20,
    "SQLITE_LIMIT_VDBE_OP": 100_000,
    "SQLITE_LIMIT_FUNCTION_ARG": 32,
    "SQLITE_LIMIT_ATTACHED": 0,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": 4096,
    "SQLITE_LIMIT_VARIABLE_NUMBER": 1000,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 1,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}


class Guard:
    """What one action may read: declared columns of its tables, and where it is a search the tables of its index."""

    def __init__(self, plan: Mapping[str, Any], shadows: Sequence[str], is_search: bool) -> None:
        declared = {plan["table"]: [column["name"] for column in plan["columns"]]}
        # Other tables are there for statements alone.
        if plan["action"]["kind"] == "statement":
            declared.update({one["name"]: one["columns"] for one in plan["tables"]})
        self.columns = {table.lower(): {"", "rowid", *(name.lower() for name in names)} for table, names in declared.items()}
        self.shadows = frozenset(name.lower() for name in shadows)
        self.functions = frozenset(plan["functions"]) | (SEARCH_FUNCTIONS if is_search else frozenset())
        self.refused: Optional[str] = None

    def judge(self, action: int, first: Optional[str], second: Optional[str], *_: Any) -> int:
        """SQLite asks for each thing that a statement would do, before it does any."""
        if action == SELECT:
            return sqlite3.SQLITE_OK
        if action == READ:
            return self._judge_read((first or "").lower(), (second or "").lower())
        if action == FUNCTION:
            name = (second or "").lower()
            return sqlite3.SQLITE_OK if name in self.functions else self._refuse(f"the function {name} is not available")
        # By it an index learns whether it has changed; it tells and changes nothing.
        if action == PRAGMA and self.shadows and first == "data_version" and second is None:
            return sqlite3.SQLITE_OK
        return self._refuse("a query may not refer to itself" if action == RECURSIVE else "a query only reads")

    def _judge_read(self, table: str, column: str) -> int:
        if table in self.shadows or column in self.columns.get(table, ()):
            return sqlite3.SQLITE_OK
        what = f"{table}.{column}" if table in self.columns else table
        return self._refuse(f"{what or 'that'} is not among what the worker declares")

    def _refuse(self, why: str) -> int:
        self.refused = self.refused or why
        return sqlite3.SQLITE_DENY


@contextlib.contextmanager
def guarded(database: sqlite3.Connection, guard: Guard, deadline: float) -> Iterator[None]:
    """Within it the database is held to the guard. Raises QueryFailed for all that SQLite refuses or cannot do."""
    _bound(database)
    database.set_progress_handler(lambda: 1 if time.monotonic() >= deadline else 0, STEPS)
    database.set_authorizer(guard.judge)
    try:
        yield
    except sqlite3.Warning as error:
        raise QueryFailed("query_refused", f"The query was not carried out: {error}") from error
    except sqlite3.Error as error:
        raise _explain(error, guard, deadline) from error
    except OverflowError as error:
        raise QueryFailed("invalid_inputs", "A number is larger than 64 bits hold.") from error


def _bound(database: sqlite3.Connection) -> None:
    for statement in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", f"hard_heap_limit={HEAP_BYTES}"):
        database.execute(f"PRAGMA {statement}").close()
    # From Python 3.11 on; before that, what they bound is bound by time and memory alone.
    if hasattr(database, "setlimit"):
        for name, size in SIZES.items():
            database.setlimit(getattr(sqlite3, name), size)


def _explain(error: sqlite3.Error, guard: Guard, deadline: float) -> QueryFailed:
    text = str(error)
    if text == "interrupted" or time.monotonic() >= deadline:
        return QueryFailed("query_timeout", "The query took longer than it may.")
    if guard.refused is not None:
        return QueryFailed("query_refused", f"The query was not carried out: {guard.refused}.")
    if isinstance(error, sqlite3.DataError) or "too big" in text or "too long" in text:
        return QueryFailed("query_too_large", f"The query would make a value larger than it may: {text}.")
    if "malformed" in text and "JSON" not in text or "not a database" in text:
        return QueryFailed("invalid_source", f"The database cannot be read: {text}.")
    return QueryFailed("query_refused", f"The query was not carried out: {text}.")


def words_of(text: str, most: int) -> List[str]:
    """The words of a search, as they stand between blanks. Raises QueryFailed where there are more than anybody means."""
    words = "".join(char if char.isprintable() else " " for char in text).split()
    if len(words) > most:
        raise QueryFailed("invalid_inputs", f"The query has {len(words)} words; {most} are taken.")
    return words
