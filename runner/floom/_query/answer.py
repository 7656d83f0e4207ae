"""The statements of each action, and the rows that come back, as JSON. Values are bound; names come from the plan alone."""

import base64
import json
import math
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .chart import draw_groups
from .failure import QueryFailed
from .guard import words_of
from .names import quote_name
from .source import Source
from .words import LOOKING, score_by

MOST_WORDS = 20
BEGINNING = re.compile(r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*(?:SELECT|WITH|VALUES)\b", re.IGNORECASE)
# JSON's numbers are doubles to most who read them.
EXACT = 2**53 - 1

Column = Mapping[str, Any]
Asked = Tuple[str, List[Any]]


def answer_action(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    """The outputs of the action. Raises QueryFailed and whatever sqlite3 raises."""
    answers = {"search": _search, "filter": _filter, "stats": _stats, "get": _get, "statement": _statement}
    return answers[plan["action"]["kind"]](plan, source, inputs)


def _search(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    words = words_of(_whole(inputs["query"]), MOST_WORDS)
    if not words:
        return {"results": [], "total": 0, "truncated": False}
    action = plan["action"]
    columns = _columns(plan, action["columns"])
    table, index = quote_name(plan["table"]), source.index
    shown = [*columns, {"name": "score", "type": "number"}]
    limit = _limit(plan, inputs)
    if index is None:
        sql, counted = _look_through(plan, source, words)
        rows = _rows(plan, source, (sql, [limit + 1]), shown, limit)
        return _with_total(rows, 0, source, (counted, []))
    where = f"{quote_name(index)} MATCH ?"
    joined = f"{quote_name(index)} JOIN {table} ON {table}.rowid = {quote_name(index)}.rowid"
    binds = [" ".join('"' + word.replace('"', '""') + '"' for word in words)]
    found, score = f"{joined} WHERE {where}", f"-bm25({quote_name(index)})"
    names = ", ".join(f"{table}.{quote_name(column['name'])}" for column in columns)
    sql = f"SELECT {names}, {score} FROM {found} ORDER BY rank LIMIT ?"
    rows = _rows(plan, source, (sql, [*binds, limit + 1]), shown, limit)
    return _with_total(rows, 0, source, (f"SELECT COUNT(*) FROM {found}", binds))


def _look_through(plan: Mapping[str, Any], source: Source, words: Sequence[str]) -> Tuple[str, str]:
    """The statements of a search without an index: the rows, best first, and how many there are."""
    source.database.create_function(LOOKING, -1, score_by(words), deterministic=True)
    action = plan["action"]
    table = quote_name(plan["table"])
    names = ", ".join(quote_name(name) for name in action["columns"])
    score = f"{LOOKING}({', '.join(quote_name(field) for field in action['fields'])})"
    row = "1" if source.is_without_rowid else "rowid"
    # No column can have these names. With a limit the inner statement stays one, so that each row is looked through once.
    inner = f'SELECT {names}, {score} AS "its score", {row} AS "its row" FROM {table} LIMIT -1'
    sql = f'SELECT {names}, "its score" FROM ({inner}) WHERE "its score" > 0 ORDER BY "its score" DESC, "its row" LIMIT ?'
    return sql, f"SELECT COUNT(*) FROM {table} WHERE {score} > 0"


def _filter(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    action = plan["action"]
    columns = _columns(plan, action["columns"])
    where, binds = _conditions(action["conditions"], inputs)
    table = quote_name(plan["table"])
    names = ", ".join(quote_name(column["name"]) for column in columns)
    order = _order(action, inputs)
    limit = _limit(plan, inputs)
    sql = f"SELECT {names} FROM {table}{where}{order} LIMIT ? OFFSET ?"
    offset = int(inputs.get("offset", 0))
    rows = _rows(plan, source, (sql, [*binds, limit + 1, offset]), columns, limit)
    return _with_total(rows, offset, source, (f"SELECT COUNT(*) FROM {table}{where}", binds))


def _order(action: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    wanted = inputs.get("order_by")
    if wanted is None:
        return f" ORDER BY {action['order']}" if action["order"] else ""
    name = wanted[1:] if wanted.startswith("-") else wanted
    if name not in action["columns"]:
        raise QueryFailed("invalid_inputs", f"order_by cannot be {wanted!r}.")
    return f" ORDER BY {quote_name(name)}{' DESC' if wanted.startswith('-') else ''}"


def _stats(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    action = plan["action"]
    groups = {group["name"]: group["sql"] for group in action["groups"]}
    wanted = inputs.get("group_by", next(iter(groups), None))
    if wanted is not None and wanted not in groups:
        raise QueryFailed("invalid_inputs", f"group_by cannot be {wanted!r}; it is one of {', '.join(groups)}.")
    where, binds = _conditions(action["conditions"], inputs)
    aggregates = action["aggregates"]
    names = [*([] if wanted is None else [wanted]), *(one["name"] for one in aggregates)]
    parts = [*([] if wanted is None else [groups[wanted]]), *(one["sql"] for one in aggregates)]
    picked = ", ".join(f"{sql} AS {quote_name(name)}" for name, sql in zip(names, parts))
    table = quote_name(plan["table"])
    grouped = "" if wanted is None else " GROUP BY 1 ORDER BY 2 DESC, 1"
    limit = _limit(plan, inputs)
    types = {column["name"]: column["type"] for column in plan["columns"]}
    shown = [{"name": name, "type": types.get(name, "any") if name == wanted else "any"} for name in names]
    sql = f"SELECT {picked} FROM {table}{where}{grouped} LIMIT ?"
    rows = _rows(plan, source, (sql, [*binds, limit + 1]), shown, limit)
    counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table}{where} GROUP BY {groups.get(wanted, 1)})"
    told = _with_total(rows, 0, source, (counted, binds))
    if wanted is None or not inputs.get("chart"):
        return told
    return {**told, "chart": draw_groups(told["results"], wanted, aggregates[0]["name"])}


def _get(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    action = plan["action"]
    columns = _columns(plan, action["columns"])
    names = ", ".join(quote_name(column["name"]) for column in columns)
    sql = f"SELECT {names} FROM {quote_name(plan['table'])} WHERE {quote_name(action['id'])} = ? LIMIT 1"
    wanted = inputs[action["id"]]
    rows = _rows(plan, source, (sql, [_bind(wanted)]), columns, 1)
    if rows["truncated"]:
        raise QueryFailed("query_too_large", "The record is larger than an answer may be.")
    if not rows["results"]:
        raise QueryFailed("record_not_found", f"There is no record whose {action['id']} is {_show(wanted)}.")
    return {"document": rows["results"][0]}


def _statement(plan: Mapping[str, Any], source: Source, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    action = plan["action"]
    # The guard is not asked by EXPLAIN, nor by nothing.
    if BEGINNING.match(action["sql"]) is None:
        raise QueryFailed("query_refused", "A statement begins with SELECT or WITH.")
    binds = {one["name"]: _bind(inputs.get(one["name"], one.get("default"))) for one in action["parameters"]}
    return _rows(plan, source, (action["sql"], binds), action["returns"], plan["max_rows"])


def _columns(plan: Mapping[str, Any], names: Sequence[str]) -> List[Column]:
    known = {column["name"]: column for column in plan["columns"]}
    return [known[name] for name in names]


def _limit(plan: Mapping[str, Any], inputs: Mapping[str, Any]) -> int:
    return max(0, min(int(inputs.get("limit", 20)), plan["max_rows"]))


def _conditions(conditions: Sequence[Mapping[str, Any]], inputs: Mapping[str, Any]) -> Asked:
    """What is given of the declared conditions, all of which have to hold."""
    parts: List[str] = []
    binds: List[Any] = []
    for condition in conditions:
        value = inputs.get(condition["key"])
        if value is None:
            continue
        sql, bound = condition["sql"], condition["bind"]
        if bound == "list":
            parts.append(sql.replace("?", ", ".join("?" for _ in value) or "NULL"))
            binds += [_bind(one) for one in value]
            continue
        given = {"contains": f"%{_escape(value)}%", "starts_with": f"{_escape(value)}%"}.get(bound) if isinstance(value, str) else None
        parts.append(sql)
        binds += [_bind(value) if given is None else given] * condition["marks"]
    return (f" WHERE {' AND '.join(parts)}" if parts else "", binds)


def _whole(text: str) -> str:
    """Without halves of characters. Raises QueryFailed for one with a NUL: SQLite would compare with what stands before it."""
    if "\0" in text:
        raise QueryFailed("invalid_inputs", "A text has a NUL in it, which no text of the data has.")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _escape(text: str) -> str:
    return _whole(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _bind(value: Any) -> Any:
    """A value as SQLite takes it: never a part of a statement."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        return _whole(value)
    raise QueryFailed("invalid_inputs", f"{_show(value)} cannot be compared with.")


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _with_total(rows: Dict[str, Any], offset: int, source: Source, asked: Asked) -> Dict[str, Any]:
    """With how many rows there are in all: they are counted only where not all of them have been seen."""
    seen = len(rows["results"])
    is_whole = not rows["truncated"] and (seen > 0 or offset == 0)
    total = offset + seen if is_whole else int(source.database.execute(*asked).fetchone()[0])
    return {**rows, "total": total}


def _rows(
    plan: Mapping[str, Any], source: Source, asked: Any, columns: Optional[Sequence[Column]], limit: int
) -> Dict[str, Any]:
    """At most `limit` rows and the bytes that an answer may have; `truncated` says that there were more."""
    cursor = source.database.execute(*asked)
    names = [one[0] for one in cursor.description or ()]
    if columns is not None and len(columns) != len(names):
        raise QueryFailed("query_refused", f"The statement gives {len(names)} columns, and returns declares {len(columns)}.")
    if len({*names}) != len(names):
        raise QueryFailed("query_refused", f"The statement gives two columns of the same name: {', '.join(names)}. Name them with AS.")
    kinds = columns or [{"name": name, "type": "any"} for name in names]
    results: List[Dict[str, Any]] = []
    room = plan["answer_bytes"]
    for row in cursor:
        if len(results) == limit:
            return {"results": results, "truncated": True}
        shown = {kind["name"]: _to_json(value, kind) for kind, value in zip(kinds, row)}
        room -= len(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"))
        if room < 0:
            return {"results": results, "truncated": True}
        results.append(shown)
    return {"results": results, "truncated": False}


def _to_json(value: Any, column: Column) -> Any:
    """A value as its column's type says. Raises QueryFailed for one that is something else: a schema is kept or refused."""
    kind = column["type"]
    if value is None:
        return None
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if kind == "string":
        return value if isinstance(value, str) else _number_text(value)
    if kind == "json" and isinstance(value, str):
        try:
            return json.loads(value, parse_constant=_no_constant)
        except ValueError:
            raise _misfit(column, value) from None
    if isinstance(value, int) and not -EXACT <= value <= EXACT:
        if kind == "any":
            return str(value)
        raise QueryFailed(
            "invalid_source", f"{column['name']} holds {value}, which is no exact number to most programs; declare it as a string."
        )
    if kind == "boolean" and isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    fits = {
        "integer": isinstance(value, int) or isinstance(value, float) and value.is_integer() and abs(value) <= EXACT,
        "number": isinstance(value, (int, float)),
        "date": isinstance(value, str),
        "datetime": isinstance(value, str),
        "any": True,
        "json": True,
    }
    if not fits.get(kind, False):
        raise _misfit(column, value)
    return int(value) if kind == "integer" else value


def _number_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT else str(value)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _misfit(column: Column, value: Any) -> QueryFailed:
    return QueryFailed("invalid_source", f"{column['name']} is declared as {column['type']} and holds {_show(value)}.")


