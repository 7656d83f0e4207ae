"""Classes that JSON stands for: dates and their like by name, records by their fields, pydantic's by pydantic itself."""

import json
import os
import re
import sys
import typing
from typing import Any, Callable, Dict, Iterable, NamedTuple, Optional

from ._from_json import EXACT, PLAIN, At, BadInput, Read, _worst, hints_of, inner_of, is_collection, read, word_of

NUMBER = r"\d+(?:\.\d*)?|\.\d+"
DURATION = re.compile(
    r"([+-])?P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def read_class(hint: Any, value: Any, at: At) -> Read:
    """As `_from_json.read`, for a class that is neither a plain type nor a collection."""
    if not isinstance(hint, type):
        return _read_by_pydantic(hint, value, at)
    record = _record_of(hint)
    if record is not None:
        return record(hint, value, at)
    if hint.__module__ == "floom._files":
        return _read_file(hint, value, at)
    named = next((base.__name__ for base in hint.__mro__ if base.__module__.split(".")[0] in STANDARD), None)
    maker = TEXTS.get(named or "")
    if maker is None or hint.__module__.startswith("pydantic"):
        return _read_by_pydantic(hint, value, at)
    if not isinstance(value, str):
        raise at.refuse(maker.expected, value)
    try:
        return maker.make(hint, value), maker.closeness
    except Exception:
        # Each of these classes has exceptions of its own for the same thing.
        raise at.refuse(maker.expected, value) from None


class Maker(NamedTuple):
    """How a class of the standard library is made of text. `make` raises anything for text that is none."""

    expected: str
    make: Callable[[Any, str], Any]
    closeness: float = EXACT


def _matching(pattern: str) -> Callable[[Any, str], Any]:
    def make(hint: Any, text: str) -> Any:
        if re.fullmatch(pattern, text, re.ASCII) is None:
            raise ValueError(text)
        return hint(text)

    return make


def _as_python_reads(text: str) -> str:
    """RFC 3339 as `fromisoformat` of every Python reads it: `+00:00` for Z, and six digits behind the point."""
    text = re.sub(r"[zZ]$", "+00:00", text)
    return re.sub(r"\.(\d+)", lambda digits: f".{digits[1][:6]:0<6}", text)


def _make_date(hint: Any, text: str) -> Any:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is None:
        raise ValueError(text)
    return hint.fromisoformat(text)


def _make_datetime(hint: Any, text: str) -> Any:
    if re.match(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d|$)", text, re.ASCII) is None:
        raise ValueError(text)
    return hint.fromisoformat(_as_python_reads(text))


def _make_time(hint: Any, text: str) -> Any:
    if re.match(r"\d\d:\d\d", text, re.ASCII) is None:
        raise ValueError(text)
    return hint.fromisoformat(_as_python_reads(text))


def _make_duration(hint: Any, text: str) -> Any:
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        raise ValueError(text)
    parts = zip(("weeks", "days", "hours", "minutes", "seconds"), found.groups()[1:])
    # Whole numbers as such: a float would lose the last of their digits.
    amounts = {name: float(part) if "." in part else int(part) for name, part in parts if part is not None}
    length = hint(**amounts)
    return -length if found[1] == "-" else length


STANDARD = frozenset(("datetime", "decimal", "fractions", "ipaddress", "pathlib", "uuid", "zoneinfo"))
TEXTS: Dict[str, Maker] = {
    "date": Maker("a date as 2024-12-31", _make_date),
    "datetime": Maker("a date and time as 2024-12-31T23:59:00Z", _make_datetime),
    "time": Maker("a time as 23:59:00", _make_time),
    "timedelta": Maker("a duration as P1DT2H30M, of weeks at most: months and years have no length", _make_duration),
    "Decimal": Maker("a number as text", _matching(rf"[+-]?(?:{NUMBER})(?:[eE][+-]?\d+)?")),
    "Fraction": Maker("a fraction as 3/4", _matching(r"[+-]?\d+(?:/\d+)?")),
    "UUID": Maker("a UUID", _matching(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    "PurePath": Maker("a path", lambda hint, text: hint(text), PLAIN),
    "IPv4Address": Maker("an IPv4 address", lambda hint, text: hint(text)),
    "IPv6Address": Maker("an IPv6 address", lambda hint, text: hint(text)),
    "ZoneInfo": Maker("a time zone as Europe/Berlin", lambda hint, text: hint(text)),
}
for _name in ("Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"):
    TEXTS[_name] = TEXTS["PurePath"]


def _read_file(hint: Any, value: Any, at: At) -> Read:
    if not isinstance(value, str):
        raise at.refuse("a file", value)
    if not os.path.isfile(value):
        raise BadInput(at.pointer, f"names the file {value}, which is not there")
    return hint(value), EXACT


def _record_of(hint: Any) -> Optional[Callable[[Any, Any, At], Read]]:
    if hasattr(hint, "model_validate") or hasattr(hint, "parse_obj"):
        return _read_model
    if issubclass(hint, tuple) and hasattr(hint, "_fields"):
        return _read_named_tuple
    if issubclass(hint, dict) and hasattr(hint, "__required_keys__"):
        return _read_typed_dict
    if hasattr(hint, "__dataclass_fields__"):
        return _read_dataclass
    return _read_attrs if hasattr(hint, "__attrs_attrs__") else None


def is_object(hint: Any, at: At) -> Optional[bool]:
    """Whether a hint's values are JSON's objects; None for one that says nothing."""
    if isinstance(hint, str):
        return is_object(eval(hint, dict(at.names)), at)
    if hint in (Any, object):
        return None
    inner = inner_of(hint)
    if inner is not None:
        return is_object(inner[0], at.within(hint))
    origin = typing.get_origin(hint)
    if word_of(origin) == "Annotated":
        return is_object(typing.get_args(hint)[0], at)
    kind = origin or hint
    if not isinstance(kind, type):
        return False
    if getattr(kind, "__pydantic_root_model__", False) or "__root__" in getattr(kind, "__fields__", ()):
        return is_object(next(iter(_model_fields(kind).values())).hint, at.within(kind))
    return _record_of(kind) is not None or (is_collection(kind) and issubclass(kind, typing.Mapping))


def is_text_iterator(hint: Any, at: At) -> bool:
    """Whether a hint says that texts come one after the other: `Iterator[str]`, `AsyncGenerator[str, None]`."""
    if isinstance(hint, str):
        return is_text_iterator(eval(hint, dict(at.names)), at)
    inner = inner_of(hint)
    if inner is not None:
        return is_text_iterator(inner[0], at.within(hint))
    origin, given = typing.get_origin(hint), typing.get_args(hint)
    if word_of(origin) == "Annotated":
        return is_text_iterator(given[0], at)
    is_iterator = isinstance(origin, type) and issubclass(origin, (typing.Iterable, typing.AsyncIterable))
    return is_iterator and bool(given) and _is_text(given[0])


def _is_text(hint: Any) -> bool:
    if getattr(hint, "__forward_arg__", None) == "str":
        return True
    return hint is str or getattr(hint, "__module__", "") == "floom._texts"


class Field(NamedTuple):
    """A field of a record: its hint, the name by which the class takes it, and whether it must be given."""

    hint: Any
    parameter: str
    is_required: bool


def _read_fields(fields: Dict[str, Field], value: Any, at: At) -> Read:
    """What is given, as hinted, by the names that the class takes."""
    if not isinstance(value, dict):
        raise at.refuse("an object", value)
    for name in value:
        if name not in fields:
            raise BadInput(at.below(name).pointer, f"is no field; there are {', '.join(fields) or 'none'}")
    for name, field in fields.items():
        if field.is_required and name not in value:
            raise BadInput(at.below(name).pointer, "is missing")
    parts = {name: read(fields[name].hint, item, at.below(name)) for name, item in value.items()}
    made = {fields[name].parameter: part for name, (part, _) in parts.items()}
    return made, EXACT + _worst(parts.values()) / 10


def _construct(make: Callable[[], Any], at: At) -> Any:
    """What a class itself says against its fields lands at the record."""
    try:
        return make()
    except ValueError as error:
        raise BadInput(at.pointer, str(error)) from error


def _read_dataclass(hint: Any, value: Any, at: At) -> Read:
    at = at.within(hint)
    hints = hints_of(hint)
    missing = sys.modules["dataclasses"].MISSING
    fields = {
        name: Field(
            hints.get(name, field.type), name, field.default is missing and field.default_factory is missing
        )
        for name, field in hint.__dataclass_fields__.items()
        if field.init and field._field_type.name != "_FIELD_CLASSVAR"
    }
    given, closeness = _read_fields(fields, value, at)
    return _construct(lambda: hint(**given), at), closeness


def _read_attrs(hint: Any, value: Any, at: At) -> Read:
    at = at.within(hint)
    hints = hints_of(hint)
    nothing = sys.modules["attr"].NOTHING
    fields = {
        one.name: Field(hints.get(one.name, Any), getattr(one, "alias", None) or one.name.lstrip("_"), one.default is nothing)
        for one in hint.__attrs_attrs__
        if one.init
    }
    given, closeness = _read_fields(fields, value, at)
    return _construct(lambda: hint(**given), at), closeness


def _read_named_tuple(hint: Any, value: Any, at: At) -> Read:
    at = at.within(hint)
    hints = hints_of(hint)
    defaults = getattr(hint, "_field_defaults", {})
    fields = {name: Field(hints.get(name, Any), name, name not in defaults) for name in hint._fields}
    given, closeness = _read_fields(fields, value, at)
    return _construct(lambda: hint(**given), at), closeness


def _read_typed_dict(hint: Any, value: Any, at: At) -> Read:
    at = at.within(hint)
    fields: Dict[str, Field] = {}
    for name, inner in hints_of(hint).items():
        # Behind `from __future__ import annotations` the class itself has not seen these words.
        said = _words_around(inner)
        is_required = "Required" in said or (name in hint.__required_keys__ and "NotRequired" not in said)
        fields[name] = Field(inner, name, is_required)
    return _read_fields(fields, value, at)


def _words_around(hint: Any) -> Iterable[str]:
    words = []
    while word_of(getattr(hint, "__origin__", None)) in ("Required", "NotRequired", "ReadOnly", "Annotated") or hasattr(
        hint, "__metadata__"
    ):
        words.append(word_of(hint.__origin__))
        hint = hint.__origin__ if hasattr(hint, "__metadata__") else hint.__args__[0]
    return words


def _read_model(hint: Any, value: Any, at: At) -> Read:
    """Fields that we read otherwise are read first; the model then judges and takes them as it would anything."""
    at = at.within(hint)
    is_new = hasattr(hint, "model_validate")
    validate = hint.model_validate if is_new else hint.parse_obj
    if is_new:
        hint.model_rebuild()
    fields = _model_fields(hint)
    root = fields.get("root" if is_new else "__root__")
    if root is not None and (getattr(hint, "__pydantic_root_model__", False) or not is_new):
        inner, closeness = read(root.hint, value, at)
        return _judge(lambda: validate(inner), at), closeness
    if not isinstance(value, dict):
        raise at.refuse("an object", value)
    given, worst = dict(value), 0.0
    for name, item in value.items():
        if name in fields:
            given[name], closeness = _read_model_field(fields[name], item, at.below(name))
            worst = max(worst, closeness)
    # What the model would pass over is told, as of every other record.
    for name in value:
        if name not in fields and not _takes_extra(hint):
            raise BadInput(at.below(name).pointer, f"is no field; there are {', '.join(fields) or 'none'}")
    return _judge(lambda: validate(given), at), EXACT + worst / 10


def _read_model_field(field: Field, item: Any, at: At) -> Read:
    if field.parameter == "json":
        return json.dumps(item), PLAIN
    return read(field.hint, item, at)


def _model_fields(hint: Any) -> Dict[str, Field]:
    """By the names that JSON has for them; `parameter` is "json" where the model takes JSON's text."""
    fields: Dict[str, Field] = {}
    if hasattr(hint, "model_fields"):
        for name, field in hint.model_fields.items():
            alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
            is_json = any("Json" in (word_of(note), type(note).__name__) for note in field.metadata)
            fields[alias or name] = Field(field.annotation, "json" if is_json else "", field.is_required())
    else:
        hints = hints_of(hint)
        for name, field in hint.__fields__.items():
            fields[field.alias] = Field(hints.get(name, field.outer_type_), "", bool(field.required))
    return fields


def _takes_extra(hint: Any) -> bool:
    config = getattr(hint, "model_config", None)
    extra = config.get("extra") if isinstance(config, dict) else getattr(getattr(hint, "Config", None), "extra", None)
    return str(getattr(extra, "value", extra)) == "allow"


def _judge(validate: Callable[[], Any], at: At) -> Any:
    """What pydantic says against a value, at the field that it names."""
    try:
        return validate()
    except ValueError as error:
        told = getattr(error, "errors", None)
        if not callable(told):
            raise BadInput(at.pointer, str(error)) from error
        first = told()[0]
        for part in first["loc"]:
            if part != "__root__":
                at = at.below(part)
        raise BadInput(at.pointer, first["msg"]) from error


def _read_by_pydantic(hint: Any, value: Any, at: At) -> Read:
    if not str(getattr(hint, "__module__", "")).startswith("pydantic") and not hasattr(hint, "__get_validators__"):
        raise TypeError(f"{hint!r} cannot be read from JSON")
    if word_of(hint) == "Json":
        return value, PLAIN
    pydantic = sys.modules["pydantic"]
    if hasattr(pydantic, "TypeAdapter"):
        return _judge(lambda: pydantic.TypeAdapter(hint).validate_python(value), at), EXACT
    return _judge(lambda: pydantic.parse_obj_as(hint, value), at), EXACT
