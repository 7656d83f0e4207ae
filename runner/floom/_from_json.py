"""Makes of JSON what a function's hints say: `read(hint, value, at)` is the whole of it."""

import ast
import binascii
import collections
import collections.abc
import enum
import inspect
import json
import os
import re
import sys
import typing
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

# How closely a value fits a hint, the smallest first: of a union's members the one that fits best is taken.
CHOICE, EXACT, PLAIN, LOOSE = 0.0, 1.0, 2.0, 3.0

Read = Tuple[Any, float]


class BadInput(ValueError):
    """An input that is not what its hint says. `pointer` names the field as RFC 6901 has it, `detail` is a sentence."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(f"{pointer or '/'}: {detail}")
        self.pointer = pointer
        self.detail = detail


class At(NamedTuple):
    """Where a value stands, and the names that hints written there mean."""

    pointer: str
    names: Mapping[str, Any]

    def below(self, key: object) -> "At":
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        return At(f"{self.pointer}/{escaped}", self.names)

    def within(self, thing: Any) -> "At":
        """The same place, in hints that are written where `thing` is defined."""
        module = sys.modules.get(getattr(thing, "__module__", None) or "")
        return self if module is None else At(self.pointer, vars(module))

    def refuse(self, expected: str, value: Any) -> BadInput:
        shown = json.dumps(value, ensure_ascii=False, default=str)
        return BadInput(self.pointer, f"must be {expected}, not {shown if len(shown) <= 60 else shown[:57] + '...'}")


def read(hint: Any, value: Any, at: At) -> Read:
    """The value as hinted, and how closely it fits. Raises BadInput with the place of what does not."""
    if isinstance(hint, str):
        return read(eval(hint, dict(at.names)), value, at)
    if isinstance(hint, typing.ForwardRef):
        return read(hint.__forward_arg__, value, at)
    if hint in (None, type(None)):
        return _take(value is None, value, EXACT, at, "null")
    if hint in (Any, object, inspect.Parameter.empty) or isinstance(hint, typing.TypeVar):
        return value, PLAIN
    inner = inner_of(hint)
    if inner is not None:
        return read(inner[0], value, at.within(hint))
    origin = typing.get_origin(hint)
    return _read_class(hint, value, at) if origin is None else _read_generic(hint, origin, value, at)


def inner_of(hint: Any) -> Optional[Tuple[Any]]:
    """What a name stands for: of a NewType, a `type` statement, an InitVar."""
    if hasattr(hint, "__supertype__"):
        return (hint.__supertype__,)
    kind = type(hint).__name__
    if kind == "TypeAliasType":
        return (hint.__value__,)
    return (hint.type,) if kind == "InitVar" else None


def _take(fits: bool, value: Any, closeness: float, at: At, expected: str) -> Read:
    if not fits:
        raise at.refuse(expected, value)
    return value, closeness


def word_of(origin: Any) -> str:
    """`typing.Annotated`, `typing_extensions.Required` and `types.UnionType` by their last word."""
    name = getattr(origin, "__name__", None) or getattr(origin, "_name", None) or str(origin)
    return str(name).rpartition(".")[2]


def _read_generic(hint: Any, origin: Any, value: Any, at: At) -> Read:
    arguments = typing.get_args(hint)
    word = word_of(origin)
    if word in ("Annotated", "Required", "NotRequired", "ReadOnly", "Final"):
        return read(arguments[0], value, at)
    if word in ("Union", "UnionType"):
        return _read_union(arguments, value, at)
    if word == "Literal":
        return _read_choice(arguments, value, at)
    if type(origin).__name__ == "TypeAliasType":
        return read(origin.__value__, value, at.within(origin))
    if isinstance(origin, type):
        if origin is tuple and hint is not typing.Tuple:
            return _read_tuple(arguments, value, at)
        return _read_collection(origin, arguments, value, at)
    raise TypeError(f"{hint!r} cannot be read from JSON")


def _read_union(members: Iterable[Any], value: Any, at: At) -> Read:
    best: Optional[Read] = None
    faults: List[BadInput] = []
    for member in members:
        try:
            found = read(member, value, at)
        except BadInput as fault:
            faults.append(fault)
            continue
        if best is None or found[1] < best[1]:
            best = found
    if best is not None:
        return best
    deeper = [fault for fault in faults if fault.pointer != at.pointer]
    if len(deeper) == 1:
        raise deeper[0]
    raise BadInput(at.pointer, "; or ".join(dict.fromkeys(fault.detail for fault in faults)))


def wire_of(choice: Any) -> Any:
    """What stands for a choice in JSON: a member's value where JSON can say it, else its name."""
    if not isinstance(choice, enum.Enum):
        return choice
    return choice.value if isinstance(choice.value, (str, int, float)) else choice.name


def _read_choice(choices: Iterable[Any], value: Any, at: At) -> Read:
    known = list(choices)
    for choice in known:
        wire = wire_of(choice)
        if wire == value and isinstance(wire, bool) == isinstance(value, bool):
            return choice, CHOICE
    for choice in known:
        if isinstance(choice, enum.Enum) and choice.name == value:
            return choice, CHOICE
    raise at.refuse("one of " + ", ".join(json.dumps(wire_of(choice), default=str) for choice in known), value)


def _read_tuple(arguments: Tuple[Any, ...], value: Any, at: At) -> Read:
    items = _items(value, at)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _gather(tuple, [read(arguments[0], item, at.below(index)) for index, item in enumerate(items)], at)
    wanted = () if arguments == ((),) else arguments
    if len(items) != len(wanted):
        raise BadInput(at.pointer, f"must have {len(wanted)} items, not {len(items)}")
    parts = [read(hint, item, at.below(index)) for index, (hint, item) in enumerate(zip(wanted, items))]
    return tuple(part for part, _ in parts), EXACT + _worst(parts) / 10


def _items(value: Any, at: At) -> List[Any]:
    if not isinstance(value, list):
        raise at.refuse("a list", value)
    return value


def _worst(parts: Iterable[Read]) -> float:
    return max((closeness for _, closeness in parts), default=0.0)


def _gather(make: Callable[[Any], Any], parts: List[Read], at: At) -> Read:
    try:
        return make([part for part, _ in parts]), PLAIN + _worst(parts) / 10
    except TypeError:
        raise BadInput(at.pointer, "holds items that no set can hold") from None


ABSTRACT: Dict[Any, Callable[[Any], Any]] = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}


def is_collection(kind: Any) -> bool:
    """Whether it is a class that holds what JSON's lists and objects hold."""
    plain = (list, set, frozenset, tuple, collections.deque, dict, collections.OrderedDict, collections.defaultdict)
    return kind in ABSTRACT or kind in plain


def _read_collection(kind: Any, arguments: Tuple[Any, ...], value: Any, at: At) -> Read:
    if not is_collection(kind):
        raise TypeError(f"{kind!r} cannot be read from JSON")
    make = ABSTRACT.get(kind, kind)
    if not issubclass(make, dict):
        hint = arguments[0] if arguments else Any
        parts = [read(hint, item, at.below(index)) for index, item in enumerate(_items(value, at))]
        return _gather(make, parts, at)
    if not isinstance(value, dict):
        raise at.refuse("an object", value)
    key_hint, item_hint = arguments if len(arguments) == 2 else (str, Any)
    keys = [read_key(key_hint, key, at.below(key)) for key in value]
    parts = [read(item_hint, item, at.below(key)) for key, item in value.items()]
    made = dict(zip(keys, (part for part, _ in parts)))
    if make is collections.defaultdict:
        factory = item_hint if isinstance(item_hint, type) and item_hint is not type(None) else None
        return collections.defaultdict(factory, made), PLAIN + _worst(parts) / 10
    return make(made), PLAIN + _worst(parts) / 10


def read_key(hint: Any, text: str, at: At) -> Any:
    """A key of an object as hinted: JSON writes every key as text."""
    if isinstance(hint, (str, typing.ForwardRef)):
        named = hint if isinstance(hint, str) else hint.__forward_arg__
        return read_key(eval(named, dict(at.names)), text, at)
    inner = inner_of(hint)
    if inner is not None:
        return read_key(inner[0], text, at.within(hint))
    origin = typing.get_origin(hint)
    if word_of(origin) == "Annotated":
        return read_key(typing.get_args(hint)[0], text, at)
    options = typing.get_args(hint) if word_of(origin) == "Literal" else _members(hint)
    for option in options:
        wire = wire_of(option)
        if text == (wire if isinstance(wire, str) else json.dumps(wire)):
            return option
    if hint is bool and text in ("true", "false"):
        return text == "true"
    if hint is int and re.fullmatch(r"-?\d+", text):
        return int(text)
    if hint is float and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return float(text)
    return read(hint, text, at)[0]


def _members(hint: Any) -> List[Any]:
    return list(hint) if isinstance(hint, enum.EnumMeta) else []


def _read_class(hint: Any, value: Any, at: At) -> Read:
    if isinstance(hint, enum.EnumMeta):
        return _read_choice(hint, value, at)
    if hint is bool:
        return _take(isinstance(value, bool), value, EXACT, at, "true or false")
    if hint in (int, float):
        return _read_number(hint, value, at)
    if hint is str or word_of(hint) == "LiteralString":
        return _take(isinstance(value, str), value, PLAIN, at, "text")
    if hint.__module__ == "floom._texts":
        taken, closeness = _take(isinstance(value, str), value, PLAIN, at, "text")
        return hint(taken), closeness
    if hint in (bytes, bytearray):
        return _read_bytes(hint, value, at)
    if is_collection(hint):
        return _read_collection(hint, (), value, at)
    from . import _from_json_classes

    return _from_json_classes.read_class(hint, value, at)


def _read_number(hint: Any, value: Any, at: At) -> Read:
    expected = "a whole number" if hint is int else "a number"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise at.refuse(expected, value)
    if isinstance(value, hint):
        return value, EXACT
    if hint is int and not float(value).is_integer():
        raise at.refuse(expected, value)
    try:
        return hint(value), LOOSE
    except OverflowError:
        raise at.refuse("a number that a float can hold", value) from None


def _read_bytes(hint: Any, value: Any, at: At) -> Read:
    try:
        return hint(binascii.a2b_base64(value.encode("ascii"), **_STRICT)), LOOSE
    except (AttributeError, ValueError):
        raise at.refuse("base64", value) from None


_STRICT: Dict[str, Any] = {"strict_mode": True} if sys.version_info >= (3, 11) else {}


def hints_of(thing: Any) -> Dict[str, Any]:
    """
    The hints of a function or class. Names that the file imports for type checkers alone are imported now, when all of
    it has been read.
    """
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except NameError:
        module = sys.modules[thing.__module__]
        return typing.get_type_hints(thing, None, _names_for_checkers(module), include_extras=True)


def _names_for_checkers(module: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = {**vars(module)}
    with open(os.fspath(module.__file__), "rb") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if not isinstance(node, ast.If) or "TYPE_CHECKING" not in ast.dump(node.test):
            continue
        for statement in node.body:
            try:
                exec(compile(ast.Module([statement], []), module.__file__, "exec"), found)
            except Exception:
                # A package that is there for checkers alone. Whoever needs the name is told that it is missing.
                continue
    return found
