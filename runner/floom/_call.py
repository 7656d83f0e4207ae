"""Calls `run(inputs, context)` of a worker's file, or one of its typed functions, and writes result.json."""

import sys

# Started by its path, this folder stands first; the standard library and the package itself must. A process that the
# script starts by multiprocessing imports this file, with the script's folder first.
if __name__ == "__main__":
    sys.path.pop(0)
# What a plain `python run.py` has loaded too, and so never looks for in the worker's folder.
LOADED_AT_START = globals().pop("LOADED_BEFORE", None) or frozenset(sys.modules)

import enum
import functools
import importlib.machinery
import importlib.util
import json
import os
import traceback
from types import CoroutineType, FunctionType, ModuleType, TracebackType
from typing import Any, Dict, List, Optional

import floom

STATUSES = ("success", "completed", "error", "failed")
CO_VARARGS = 4


def main(entry: str) -> int:
    """The exit code of the script."""
    sys.argv = [entry]
    action = os.environ.get("FLOOM_ACTION")
    try:
        if "FLOOM_QUERY" in os.environ:
            document = answer_query()
        else:
            document = call_script(entry) if action is None else call_typed(entry, action)
        write_result(document)
    except Exception as error:
        print_without_us(error)
        return 1
    return 0


def call_script(entry: str) -> Optional[Dict[str, Any]]:
    """What `run(inputs, context)` returned, as the document for result.json."""
    returned = call_run(load(entry))
    declared = json.loads(os.environ.get("FLOOM_OUTPUTS", "{}"))
    document = build_result(returned, declared)
    add_written(document)
    numbers_as_declared(document, declared.get("numbers", []))
    return document


def call_typed(entry: str, action: str) -> Dict[str, Any]:
    """The same of the file's typed function that is the action."""
    # Before the script's folder may give it modules, and not for those that have no typed function.
    from floom import _typed

    document = _typed.call_action(load(entry), action, floom.inputs())
    if document["status"] == "success":
        add_written(document)
    return document


def answer_query() -> Dict[str, Any]:
    """The same of a query worker, which has no code of its own."""
    from floom import _query

    return _query.answer_run(floom.inputs())


def load(entry: str) -> ModuleType:
    """Imports the file under its own name, from its own folder, as `import` would."""
    path = os.path.abspath(entry)
    if has_names_of_library(os.path.dirname(path)):
        load_inspect()
    forget_shadowed(os.path.dirname(path))
    sys.path.insert(0, os.path.dirname(path))
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{entry} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(_compile(spec.loader, name), vars(module))
    return module


def _compile(loader: Any, name: str) -> Any:
    """The code of the worker's file, which nobody loads twice in one run: nothing is written beside it."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return loader.get_code(name)
    finally:
        sys.dont_write_bytecode = before


def forget_shadowed(folder: str) -> None:
    """
    Takes back the modules that this file alone has loaded and that the folder has one of its own of: with `token.py`
    beside it, the script's `import token` is that file, as it is for `python run.py`.
    """
    try:
        files = frozenset(os.listdir(folder))
    except OSError:
        files = None
    for name in [name for name in sys.modules if name.partition(".")[0] not in LOADED_AT_START]:
        top = name.partition(".")[0]
        if files is not None and f"{top}.py" not in files and top not in files:
            continue
        own = (os.path.join(folder, f"{top}.py"), os.path.join(folder, top, "__init__.py"))
        if top != "floom" and any(os.path.isfile(path) for path in own):
            del sys.modules[name]


def call_run(module: ModuleType) -> Any:
    returned = module.run(*(floom.inputs(), floom.context)[: count_room(module.run)])
    if isinstance(returned, CoroutineType):
        import asyncio

        return asyncio.run(returned)
    return returned


def count_room(run: Any) -> int:
    """How many arguments it takes by their place; 2 for one that takes any number."""
    # A function's own words lie in its dict: what it wraps, or a signature that it says to have.
    if type(run) is FunctionType and not run.__dict__:
        return 2 if run.__code__.co_flags & CO_VARARGS else run.__code__.co_argcount
    inspect = load_inspect()
    parameters = inspect.signature(run).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters):
        return 2
    return sum(1 for parameter in parameters if parameter.kind in kinds)


@functools.lru_cache(maxsize=None)
def load_inspect() -> Any:
    """The standard library's, the same each time, whatever the script puts in its place. Slow to load, and few need it."""
    import inspect

    return inspect


def has_names_of_library(folder: str) -> bool:
    """Whether a module of the standard library that is loaded after the script might come from the script's folder."""
    names = getattr(sys, "stdlib_module_names", None)
    try:
        files = os.listdir(folder)
    except OSError:
        return True
    suffixes = tuple(importlib.machinery.all_suffixes())
    modules = (file.partition(".")[0] for file in files if "." not in file or file.endswith(suffixes))
    return names is None or any(module in names for module in modules)


def build_result(returned: Any, declared: Dict[str, List[str]]) -> Optional[Dict[str, Any]]:
    """
    The document for result.json. A dict with `outputs`, or with a known `status` that is no declared output, is the
    document itself; any other dict is the outputs; a single other value is the one declared output. None when the
    function returned nothing and wrote result.json itself.
    """
    scalars, files = declared.get("scalars", []), declared.get("files", [])
    if returned is None:
        return None if os.path.exists("result.json") else {"status": "success", "outputs": {}}
    if isinstance(returned, dict):
        whole = isinstance(returned.get("outputs"), dict) and "outputs" not in scalars
        told = returned.get("status") in STATUSES and "status" not in scalars
        return returned if whole or told else {"status": "success", "outputs": returned}
    names = scalars or files or ["result"]
    if len(names) != 1:
        kind = type(returned).__name__
        raise TypeError(f"run() returned a value of type {kind}; return a dict with the outputs {', '.join(names)}")
    return {"status": "success", "outputs": {names[0]: returned}}


def add_written(document: Optional[Dict[str, Any]]) -> None:
    """What was told by `write_output` stays, unless the function returned the same output."""
    if document is not None and floom._written and document.get("status") not in ("error", "failed"):
        document["outputs"] = {**floom._written, **(document.get("outputs") or {})}


def numbers_as_declared(document: Optional[Dict[str, Any]], names: List[str]) -> None:
    """A Decimal for an output that is declared as a number becomes one; elsewhere its digits are kept as text."""
    outputs = (document or {}).get("outputs")
    # A script that has one of them has loaded it.
    decimal = sys.modules.get("decimal")
    if decimal is None or not isinstance(outputs, dict):
        return
    for name in names:
        value = outputs.get(name)
        if isinstance(value, decimal.Decimal) and value.is_finite():
            outputs[name] = int(value) if value == value.to_integral_value() else float(value)


def write_result(document: Optional[Dict[str, Any]]) -> None:
    if document is None:
        return
    text = json.dumps(document, default=to_json, ensure_ascii=False, allow_nan=False)
    # Lone surrogates become U+FFFD, as everywhere on the way out.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    with open(os.path.join(floom.context.output_dir, "result.json"), "w", encoding="utf-8") as file:
        file.write(text)


def to_json(value: Any) -> Any:
    """What JSON has no word for: paths, times, decimals, ids, enums, sets, dataclasses, pydantic models."""
    if hasattr(type(value), "__dataclass_fields__"):
        import dataclasses

        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes) or type(value).__module__ not in ("pathlib", "decimal", "uuid"):
        raise TypeError(f"an output of type {type(value).__name__} cannot be written as JSON")
    return str(value)


def print_without_us(error: BaseException) -> None:
    """The traceback as the author would see it, without the frames of this file and of the import machinery."""
    trace: Optional[TracebackType] = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _is_ours(filename: str) -> bool:
    return filename.startswith((os.path.dirname(__file__) + os.sep, "<frozen"))


if __name__ == "__main__":
    code = main(sys.argv[1])
    sys.exit(code)
