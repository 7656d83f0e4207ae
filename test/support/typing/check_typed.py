"""
Reads calls from standard input, makes of their inputs what the functions hint, and says what is not as hinted.
Written apart from the conversion that it judges: it asks what a value is, never how it came to be.
"""

import collections
import collections.abc
import dataclasses
import enum
import importlib.util
import json
import os
import sys
import traceback
import types
import typing

from floom import _from_json, _to_json, _typed

NAMES = {"Annotated", "Required", "NotRequired", "ReadOnly"}
ABSTRACT = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    collections.abc.Set: set,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}


def fits(hint, value, names):
    """Whether a value is what a hint says, all the way down."""
    if isinstance(hint, typing.ForwardRef):
        return fits(eval(hint.__forward_arg__, dict(names)), value, names)
    if isinstance(hint, str):
        return fits(eval(hint, dict(names)), value, names)
    if hint in (typing.Any, object):
        return True
    if hint is None or hint is type(None):
        return value is None
    if hasattr(hint, "__supertype__"):
        return fits(hint.__supertype__, value, names)
    if type(hint).__name__ == "TypeAliasType":
        return fits(hint.__value__, value, vars(sys.modules[hint.__module__]))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return fits_class(hint, value, names)
    word = getattr(origin, "__name__", None) or getattr(origin, "_name", None) or str(origin)
    if str(word).rpartition(".")[2] in NAMES or hasattr(hint, "__metadata__"):
        return fits(arguments[0], value, names)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return any(fits(inner, value, names) for inner in arguments)
    if origin is typing.Literal:
        return any(value == option and type(value) is type(option) for option in arguments)
    if origin is tuple:
        if type(value) is not tuple:
            return False
        if arguments[1:] == (Ellipsis,):
            return all(fits(arguments[0], item, names) for item in value)
        wanted = () if arguments == ((),) else arguments
        return len(value) == len(wanted) and all(fits(*pair, names) for pair in zip(wanted, value))
    kind = ABSTRACT.get(origin, origin)
    if type(value) is not kind:
        return False
    if issubclass(kind, dict):
        key, item = arguments
        return all(fits(key, one, names) and fits(item, value[one], names) for one in value)
    return all(fits(arguments[0], item, names) for item in value)


def fits_class(hint, value, names):
    if isinstance(hint, typing.TypeVar) or not isinstance(hint, type):
        return "pydantic" in str(getattr(hint, "__module__", "")) or isinstance(value, str)
    if isinstance(hint, enum.EnumMeta):
        return isinstance(value, hint)
    if hasattr(hint, "__required_keys__"):
        hints = typing.get_type_hints(hint, include_extras=True)
        return type(value) is dict and all(fits(hints[name], item, vars(sys.modules[hint.__module__])) for name, item in value.items())
    if dataclasses.is_dataclass(hint) or hasattr(hint, "_fields"):
        hints = typing.get_type_hints(hint, include_extras=True)
        fields = getattr(hint, "_fields", None) or [field.name for field in dataclasses.fields(hint)]
        known = vars(sys.modules[hint.__module__])
        return type(value) is hint and all(fits(hints.get(name, typing.Any), getattr(value, name), known) for name in fields)
    if "pathlib" in hint.__module__:
        return isinstance(value, hint)
    if hasattr(hint, "model_fields"):
        return isinstance(value, hint) and all(
            fits(field.annotation, getattr(value, name), vars(sys.modules[hint.__module__]))
            for name, field in hint.model_fields.items()
        )
    if "pydantic" in hint.__module__:
        return isinstance(value, (hint, str))
    return type(value) is ABSTRACT.get(hint, hint)


def without_own(shown):
    """A field that its class fills by itself is written, and nothing to send."""
    if isinstance(shown, list):
        return [without_own(item) for item in shown]
    if not isinstance(shown, dict):
        return shown
    return {name: without_own(item) for name, item in shown.items() if (name, item) != ("total", 0)}


def check(module, call):
    """What is wrong with a call, in words; None for one that arrives."""
    function = _typed.find_action(module, call["action"])
    hints = _from_json.hints_of(function)
    positional, named = _typed.read_arguments(function, call["inputs"])
    by_position = list(_from_json.inspect.signature(function).parameters)[: len(positional)]
    given = {**dict(zip(by_position, positional)), **named}
    for name, sent in call["inputs"].items():
        hint, value = hints.get(name, typing.Any), given[name]
        implicit = value is None and _from_json.inspect.signature(function).parameters[name].default is None
        if not implicit and not fits(hint, value, vars(module)):
            return f"{name}: {json.dumps(sent)} arrived as {value!r}, hinted {hint}"
        # Nothing is lost on the way: what it is written as again arrives as the same. Bytes and files become new files.
        shown = without_own(_to_json.Writer().write(value))
        if implicit or "*****" in json.dumps(shown) or "outputs/" in json.dumps(shown) or "inputs/" in json.dumps(shown):
            continue
        again, _ = _from_json.read(hint, shown, _from_json.At("", vars(module)))
        if again != value:
            return f"{name}: {value!r} was written as {json.dumps(shown)} and read as {again!r}"
    return None


def main():
    asked = json.load(sys.stdin)
    faults = []
    for path in asked["modules"]:
        _typed._actions.declared.clear()
        folder, file = os.path.split(os.path.abspath(path["path"]))
        sys.path.insert(0, folder)
        spec = importlib.util.spec_from_file_location(file[:-3], os.path.join(folder, file))
        module = importlib.util.module_from_spec(spec)
        sys.modules[file[:-3]] = module
        spec.loader.exec_module(module)
        for call in path["calls"]:
            try:
                fault = check(module, call)
            except Exception:
                fault = "".join(traceback.format_exc(limit=-2).splitlines(True)[-3:])
            if fault is not None:
                faults.append(f"{file} {call['action']} {json.dumps(call['inputs'])}: {fault}")
    json.dump({"faults": faults, "python": list(sys.version_info[:2])}, sys.stdout)


main()
