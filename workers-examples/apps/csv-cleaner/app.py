"""Cleans a table that came out of some other program."""

from typing import Annotated, Literal

import floom


def clean(
    table: floom.Table,
    empty_rows: Literal["remove", "keep"] = "remove",
    duplicates: Literal["remove", "keep"] = "remove",
    column_names: Literal["lower_case", "as they are"] = "lower_case",
    empty_words: Annotated[list[str], floom.Field(widget="tags")] = ["n/a", "null", "-"],
) -> dict[str, object]:
    """Trims every cell and takes out what is empty or there twice.

    Args:
        table: A CSV, TSV or Excel file.
        empty_words: Cells that say one of these are empty, in capitals or not.
    """
    nothing = {word.strip().casefold() for word in empty_words}
    rows = [{_name(name, column_names): _cell(value, nothing) for name, value in row.items()} for row in table]
    kept = rows if empty_rows == "keep" else [row for row in rows if any(row.values())]
    unique = kept if duplicates == "keep" else _without_repeats(kept)
    return {
        "table": floom.Table(unique, name="clean.csv"),
        "rows_before": len(rows),
        "rows_after": len(unique),
        "empty_rows": len(rows) - len(kept),
        "duplicates": len(kept) - len(unique),
    }


def _name(name: str, style: str) -> str:
    trimmed = " ".join(name.split())
    return trimmed.lower().replace(" ", "_") if style == "lower_case" else trimmed


def _cell(value: object, nothing: set[str]) -> str:
    text = " ".join(str(value if value is not None else "").split())
    return "" if text.casefold() in nothing else text


def _without_repeats(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [dict(row) for row in dict.fromkeys(tuple(row.items()) for row in rows)]
