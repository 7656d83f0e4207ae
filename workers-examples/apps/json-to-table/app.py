"""Makes a table of JSON: of a list of records, or of the first list that is found inside."""

import json
from typing import Annotated, Any, Literal, Optional

import floom


def convert(
    file: Annotated[Optional[floom.File], floom.Field(accept=[".json", ".ndjson", "application/json"])] = None,
    text: Annotated[str, floom.Field(widget="textarea", placeholder='[{"name": "Ada"}]')] = "",
    path: Annotated[str, floom.Field(examples=["data.items"], description="Where the list is, with dots.")] = "",
    nested: Literal["own columns", "as JSON"] = "own columns",
) -> dict[str, object]:
    """Turns records into rows and columns that a spreadsheet opens."""
    records = _find_records(_parse(file.read_text() if file else text), path)
    rows = [_flatten(record) if nested == "own columns" else _shallow(record) for record in records]
    table = floom.Table(rows, name="table.csv")
    return {"table": table, "rows": len(rows), "columns": table.columns}


def _parse(source: str) -> Any:
    """JSON, or JSON lines. An error says where."""
    try:
        return json.loads(source)
    except json.JSONDecodeError as whole:
        lines = [line for line in source.splitlines() if line.strip()]
        if len(lines) < 2:
            raise ValueError(f"This is no JSON: {whole}") from None
        try:
            return [json.loads(line) for line in lines]
        except json.JSONDecodeError:
            raise ValueError(f"This is neither JSON nor JSON lines: {whole}") from None


def _find_records(value: Any, path: str) -> list[dict[str, Any]]:
    for name in path.split(".") if path else []:
        if not isinstance(value, dict) or name not in value:
            raise ValueError(f"There is no {name} in the JSON")
        value = value[name]
    if isinstance(value, dict) and not path:
        value = next((inner for inner in value.values() if isinstance(inner, list)), [value])
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, dict) else {"value": item} for item in items]


def _flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(value, dict) and value:
        pairs = [_flatten(inner, f"{prefix}.{name}" if prefix else name) for name, inner in value.items()]
        return {name: inner for pair in pairs for name, inner in pair.items()}
    return {prefix: _cell(value)}


def _shallow(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _cell(value) for name, value in record.items()}


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
