"""Rows of files that are no databases, and of the store: one at a time, in the order of the worker's columns."""

import csv
import json
import os
from typing import Any, Callable, Iterator, List, Mapping, Optional, Sequence, TextIO, Tuple

from .failure import QueryFailed
from .load import Row
from .names import quote_name

LONGEST_CELL = 2 * 1024 * 1024
PAGE = 1000

# What is not read, by what such files begin with, and what to do instead.
OTHER_KINDS = (
    (b"PAR1", "Parquet", "its pages are compressed by what no Python brings along. Write it as SQLite, CSV or NDJSON"),
    (b"PK\x03\x04", "a zip or an Excel workbook", "save the sheet as CSV"),
    (b"\x1f\x8b", "compressed by gzip", "unpack it first"),
    (b"ARROW1", "Arrow", "write it as SQLite, CSV or NDJSON"),
)


def refuse_kind(head: bytes) -> None:
    for magic, name, remedy in OTHER_KINDS:
        if head.startswith(magic):
            raise QueryFailed("source_unsupported", f"The file is {name}, which is not read here: {remedy}.")
    # A DuckDB database begins with a checksum of eight bytes.
    if head[8:12] == b"DUCK":
        raise QueryFailed(
            "source_unsupported",
            "The file is a DuckDB database, which is not read here: DuckDB is not part of Python. Write its table as SQLite, CSV or NDJSON.",
        )


def open_rows(plan: Mapping[str, Any], path: Optional[str]) -> Tuple[str, Iterator[Row]]:
    """The rows, and what their numbers count. Raises QueryFailed at once or on the way."""
    source = plan["source"]
    if path is None:
        return "Row", _store_rows(plan)
    if os.path.getsize(path) > plan["source_bytes"]:
        raise QueryFailed("source_too_large", f"The source is larger than {plan['source_bytes']} bytes.")
    form = source["format"] or _form_of(path)
    readers = {"csv": _delimited, "tsv": _delimited, "json": _json_rows, "ndjson": _ndjson_rows}
    reader = readers.get(form)
    if reader is None:
        raise QueryFailed("source_unsupported", f"{os.path.basename(path)} is of no kind that is read: csv, tsv, json, ndjson, or SQLite.")
    return "Row" if form == "json" else "Line", reader(plan, path, form)


def _form_of(path: str) -> str:
    ending = os.path.splitext(path)[1].lower().lstrip(".")
    return {"jsonl": "ndjson", "tab": "tsv"}.get(ending, ending)


def _lines(path: str) -> TextIO:
    return open(path, encoding="utf-8-sig", newline="")


def _delimited(plan: Mapping[str, Any], path: str, form: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with _lines(path) as file:
        reader = csv.reader(file, delimiter="\t" if form == "tsv" else plan["source"].get("delimiter") or ",", strict=True)
        try:
            header = next(reader, None)
            if header is None:
                raise QueryFailed("invalid_source", "The file is empty: its first line names the columns.")
            places = _places(plan["columns"], header)
            width = len(header)
            is_all = places == list(range(width))
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != width:
                    raise QueryFailed("invalid_source", f"Line {reader.line_num} has {len(cells)} cells; the first line has {width}.")
                yield reader.line_num, cells if is_all else [cells[place] for place in places]
        except csv.Error as error:
            raise QueryFailed("invalid_source", f"Line {reader.line_num} is not written as CSV: {error}.") from error
        except UnicodeDecodeError as error:
            raise _no_text(reader.line_num, error) from error


def _places(columns: Sequence[Mapping[str, Any]], header: Sequence[str]) -> List[int]:
    names = [name.strip() for name in header]
    missing = [column["from"] for column in columns if column["from"] not in names]
    if missing:
        raise QueryFailed("invalid_source", f"The first line does not name {', '.join(missing)}; it names {', '.join(names)[:400]}.")
    twice = [column["from"] for column in columns if names.count(column["from"]) > 1]
    if twice:
        raise QueryFailed("invalid_source", f"The first line names {', '.join(twice)} twice.")
    return [names.index(column["from"]) for column in columns]


def _no_text(line: int, error: UnicodeDecodeError) -> QueryFailed:
    return QueryFailed("invalid_source", f"The file is not UTF-8 text: near line {line + 1} stands the byte 0x{error.object[error.start]:02x}.")


def _json_rows(plan: Mapping[str, Any], path: str, form: str) -> Iterator[Row]:
    if os.path.getsize(path) > plan["json_bytes"]:
        raise QueryFailed("source_too_large", f"A JSON document is read up to {plan['json_bytes']} bytes. Write a document a line (ndjson).")
    try:
        with _lines(path) as file:
            document = json.load(file, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise _no_text(0, error) from error
    except ValueError as error:
        raise QueryFailed("invalid_source", f"The file is not JSON: {error}.") from error
    rows = document
    for step in plan["source"].get("rows") or []:
        rows = rows.get(step) if isinstance(rows, dict) else None
    if not isinstance(rows, list):
        at = ".".join(plan["source"].get("rows") or []) or "the top"
        raise QueryFailed("invalid_source", f"At {at} of the document there is no list of rows.")
    for number, row in enumerate(rows, 1):
        yield _object_row(plan, number, row, "Row")


def _ndjson_rows(plan: Mapping[str, Any], path: str, form: str) -> Iterator[Row]:
    number = 0
    try:
        with _lines(path) as file:
            for line in file:
                number += 1
                if len(line) > LONGEST_CELL:
                    raise QueryFailed("invalid_source", f"Line {number} is longer than {LONGEST_CELL} characters.")
                if line.isspace():
                    continue
                try:
                    row = json.loads(line, parse_constant=_no_constant)
                except ValueError as error:
                    raise QueryFailed("invalid_source", f"Line {number} is not JSON: {error}.") from error
                yield _object_row(plan, number, row, "Line")
    except UnicodeDecodeError as error:
        raise _no_text(number, error) from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _object_row(plan: Mapping[str, Any], number: int, row: Any, counted: str) -> Row:
    if not isinstance(row, dict):
        raise QueryFailed("invalid_source", f"{counted} {number} is no object.")
    return number, [row.get(column["from"]) for column in plan["columns"]]


def _store_rows(plan: Mapping[str, Any]) -> Iterator[Row]:
    """Page by page, by the number that SQLite gives each row; one that is written meanwhile may come or not."""
    names = [quote_name(column["from"]) for column in plan["columns"]]
    picked, table = ", ".join(names), quote_name(plan["table"])
    by_number = f"SELECT rowid, {picked} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT {PAGE}"
    # A table WITHOUT ROWID has none: its pages are told by how many rows came before.
    by_count = f"SELECT 0, {picked} FROM {table} ORDER BY {picked} LIMIT {PAGE} OFFSET ?"
    ask = _ask_store(plan)
    try:
        page = ask(by_number, -(2**53) + 1)
        is_numbered = True
    except QueryFailed as failed:
        if "no such column: rowid" not in str(failed):
            raise
        page, is_numbered = ask(by_count, 0), False
    count = 0
    while page.rows:
        for row in page.rows:
            count += 1
            yield (row[0] if is_numbered else count), row[1:]
        # A page may also end where its answer would be too large.
        if len(page.rows) < PAGE and not page.truncated:
            return
        page = ask(by_number, page.rows[-1][0]) if is_numbered else ask(by_count, count)


def _ask_store(plan: Mapping[str, Any]) -> Callable[[str, int], Any]:
    from .._store import Store, StoreError

    store = Store(plan["source"]["place"])

    def ask(sql: str, after: int) -> Any:
        try:
            return store._sql("/query", sql, [after], None)
        except StoreError as error:
            raise QueryFailed("invalid_source", f"The store's table {plan['table']} cannot be read: {error}") from error

    return ask
