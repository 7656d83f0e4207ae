"""Puts rows into a database of their own, each value as its column's type says."""

import datetime
import itertools
import json
import math
import sqlite3
import time
from typing import Any, Callable, Dict, Iterator, List, Mapping, Sequence, Tuple

from .failure import QueryFailed
from .names import quote_name

Convert = Callable[[Any], Any]
# A row with its number in the source, and its values in the order of the columns.
Row = Tuple[int, Sequence[Any]]

AFFINITIES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
BATCH = 5000
INT64 = 2**63
FAULTS = (ValueError, TypeError, OverflowError)
TRUE, FALSE = frozenset(("true", "yes", "1", "t", "y")), frozenset(("false", "no", "0", "f", "n"))


def load_rows(plan: Mapping[str, Any], source: Tuple[str, Iterator[Row]], path: str, deadline: float) -> None:
    """`source`: what the rows' numbers count, and the rows. Raises QueryFailed with the place of the first value that does not fit."""
    columns = plan["columns"]
    table = quote_name(plan["table"])
    # Nobody reads it but we, and nobody after us.
    database = sqlite3.connect(path, isolation_level=None)
    try:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536"):
            database.execute(f"PRAGMA {setting}").close()
        described = ", ".join(f"{quote_name(one['name'])} {AFFINITIES.get(one['type'], '')}" for one in columns)
        database.execute(f"CREATE TABLE {table} ({described})")
        database.execute("BEGIN")
        count = 0
        for batch in _batches(plan, source, deadline):
            marks = ", ".join("?" for _ in columns)
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", batch)
            count += len(batch)
        action = plan["action"]
        if action["kind"] == "search" and count <= plan["index_rows"]:
            _index(database, plan["table"], action["fields"])
        database.execute("COMMIT")
    except sqlite3.Error as error:
        raise QueryFailed("invalid_source", f"The rows could not be loaded: {error}.") from error
    finally:
        database.close()


def _index(database: sqlite3.Connection, table: str, fields: Sequence[str]) -> None:
    """Where this SQLite has no full-text search, words are looked for one by one."""
    index = quote_name(f"{table}_fts")
    names = ", ".join(quote_name(field) for field in fields)
    try:
        database.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}', tokenize='unicode61 remove_diacritics 2')"
        )
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return
        raise
    database.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")


def _batches(plan: Mapping[str, Any], source: Tuple[str, Iterator[Row]], deadline: float) -> Iterator[List[Sequence[Any]]]:
    counted, rows = source
    columns = plan["columns"]
    count = 0
    while True:
        batch = list(itertools.islice(rows, BATCH))
        count += len(batch)
        if count > plan["source_rows"]:
            raise QueryFailed("source_too_large", f"The source has more than {plan['source_rows']} rows.")
        if not batch:
            return
        if time.monotonic() >= deadline:
            raise QueryFailed("query_timeout", "Loading the data took longer than a query may. Keep it in a SQLite file: that is read as it is.")
        try:
            # Column by column, which is much faster; the place of a fault is looked for only where there is one.
            cells = zip(*(row for _, row in batch))
            yield list(zip(*(_column(column["type"], values) for column, values in zip(columns, cells))))
        except FAULTS:
            raise _misfit(columns, batch, counted) from None


def _column(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """All of a column's values, converted. Raises one of FAULTS."""
    convert = CONVERTS[kind]
    if not isinstance(values[0], str):
        return [None if value is None or value == "" else convert(value) for value in values]
    try:
        text = "".join(values)
    except TypeError:
        return [None if value is None or value == "" else convert(value) for value in values]
    if text.isascii():
        if kind == "string":
            return [value or None for value in values]
        if kind in ("integer", "number") and "_" not in text and all(values):
            numbers: List[Any] = list(map(int if kind == "integer" else float, values))
            # What is no number, or too large for 64 bits, shows at the ends.
            return numbers if _are_plain(kind, numbers) else [convert(value) for value in values]
    return [convert(value) if value else None for value in values]


def _are_plain(kind: str, numbers: Sequence[Any]) -> bool:
    if kind == "integer":
        return -INT64 <= min(numbers) and max(numbers) < INT64
    return math.isfinite(sum(map(abs, numbers)))


def _misfit(columns: Sequence[Mapping[str, Any]], batch: Sequence[Row], counted: str) -> QueryFailed:
    for number, row in batch:
        for column, value in zip(columns, row):
            try:
                if value is not None and value != "":
                    CONVERTS[column["type"]](value)
            except FAULTS:
                shown = json.dumps(value, ensure_ascii=False)[:60]
                return QueryFailed("invalid_source", f"{counted} {number}, column {column['name']}: {shown} is no {column['type']}.")
    return QueryFailed("invalid_source", "The rows cannot be read.")


def _string(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if not text.isascii() else text


def _integer(value: Any) -> int:
    if isinstance(value, str):
        text = value.strip()
        # int() takes more than numbers people write: 1_000, and the digits of other scripts.
        if not text.lstrip("+-").isascii() or "_" in text:
            raise ValueError(value)
        number = int(text)
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise ValueError(value)
    if not -INT64 <= number < INT64:
        raise OverflowError
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or isinstance(value, str) and "_" in value:
        raise ValueError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _boolean(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    word = str(value).strip().lower()
    if word in TRUE or word in FALSE:
        return int(word in TRUE)
    raise ValueError(value)


def _date(value: Any) -> str:
    return datetime.date.fromisoformat(_text_of(value)[:10]).isoformat() if len(_text_of(value)) == 10 else _no(value)


def _datetime(value: Any) -> str:
    text = _text_of(value)
    datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
    return text


def _text_of(value: Any) -> str:
    return value.strip() if isinstance(value, str) else _no(value)


def _no(value: Any) -> Any:
    raise ValueError(value)


def _json(value: Any) -> str:
    if isinstance(value, str):
        try:
            json.loads(value)
            return value
        except ValueError:
            return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _any(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value if isinstance(value, float) or -INT64 <= value < INT64 else str(value)
    return _string(value)


CONVERTS: Dict[str, Convert] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "json": _json,
    "any": _any,
}
