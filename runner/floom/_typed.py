"""Calls a typed function of a worker's file: inputs become what its hints say, and what it returns becomes outputs."""

import inspect
from types import ModuleType
from typing import Any, Callable, Dict, List, Mapping, Tuple

# Loaded before the script, so that no module of its folder stands in for one of theirs.
from . import _actions, _from_json, _from_json_classes, _partial, _to_json


def call_action(module: ModuleType, name: str, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    """
    The document for result.json: the outputs of the action `name`, or the failure `invalid_inputs` that names the field.
    Raises LookupError when the file has no such function, and whatever the function raises.
    """
    function = find_action(module, name)
    try:
        positional, named = read_arguments(function, inputs)
    except _from_json.BadInput as fault:
        return {"status": "error", "error_code": "invalid_inputs", "error": f"The input {fault}"}
    except RecursionError:
        return {"status": "error", "error_code": "invalid_inputs", "error": "The inputs are nested too deeply."}
    return build_document(finish(function(*positional, **named), hands_back_text(function)), return_hint(function))


def find_action(module: ModuleType, name: str) -> Callable[..., Any]:
    """The decorated function of that name, else the public one."""
    for value in list(vars(module).values()):
        if callable(value) and getattr(value, "__floom_action__", None) == name:
            found: Callable[..., Any] = value
            return found
    if name in _actions.declared:
        return _actions.declared[name]
    function = getattr(module, name, None)
    if not callable(function) or isinstance(function, type):
        raise LookupError(f"{module.__name__}.py has no function for the action {name}")
    return function


def read_arguments(function: Callable[..., Any], inputs: Mapping[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
    """What to call the function with, by position and by name. Raises BadInput."""
    inner = inspect.unwrap(function)
    hints = _from_json.hints_of(inner)
    at = _from_json.At("", {}).within(inner)
    positional: List[Any] = []
    named: Dict[str, Any] = {}
    parameters = inspect.signature(inner).parameters
    for name, parameter in parameters.items():
        is_empty = parameter.default is inspect.Parameter.empty
        if name not in inputs and is_empty:
            raise _from_json.BadInput(f"/{name}", "is missing")
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(_read_argument(hints, parameter, inputs, at))
        elif name in inputs:
            named[name] = _read_argument(hints, parameter, inputs, at)
    return positional, named


def _read_argument(
    hints: Mapping[str, Any], parameter: inspect.Parameter, inputs: Mapping[str, Any], at: _from_json.At
) -> Any:
    name = parameter.name
    # `count: int = None` has for long meant what `int | None` says.
    if name not in inputs or (inputs[name] is None and parameter.default is None):
        return parameter.default
    return _from_json.read(hints.get(name, Any), inputs[name], at.below(name))[0]


def finish(returned: Any, is_text: bool = False) -> Any:
    """
    What a function returned when it is done: one that waits is waited for, one that hands back pieces is a list, whose
    pieces are told as they come. `is_text`: they are parts of one text.
    """
    if inspect.isasyncgen(returned) or inspect.isawaitable(returned):
        import asyncio

        returned = asyncio.run(_finish_later(returned, is_text))
    if not inspect.isgenerator(returned):
        return returned
    telling = _partial.Telling(is_text)
    pieces = []
    try:
        for piece in returned:
            pieces.append(piece)
            telling.tell(piece)
    finally:
        telling.close()
    return pieces


async def _finish_later(returned: Any, is_text: bool) -> Any:
    if inspect.isawaitable(returned):
        returned = await returned
    if not inspect.isasyncgen(returned):
        return returned
    telling = _partial.Telling(is_text)
    pieces = []
    try:
        async for piece in returned:
            pieces.append(piece)
            telling.tell(piece)
    finally:
        telling.close()
    return pieces


def hands_back_text(function: Callable[..., Any]) -> bool:
    """Whether the hint says that the pieces are parts of a text: `Iterator[str]` and its like."""
    hint, at = return_hint(function)
    return _from_json_classes.is_text_iterator(hint, at)


def return_hint(function: Callable[..., Any]) -> Tuple[Any, _from_json.At]:
    """What the function says that it returns, and where that is written."""
    inner = inspect.unwrap(function)
    return _from_json.hints_of(inner).get("return", Any), _from_json.At("", {}).within(inner)


def build_document(returned: Any, hinted: Tuple[Any, _from_json.At]) -> Dict[str, Any]:
    """
    Of a function that returns an object the keys are the outputs; of any other, what it returns is the output `result`.
    Where it does not say, what it returns decides, and nothing is no output.
    """
    writer = _to_json.Writer()
    value = writer.write(returned)
    says_object = _from_json_classes.is_object(*hinted)
    if value is None and (says_object is not False or hinted[0] in (None, type(None))):
        outputs: Dict[str, Any] = {}
    elif isinstance(value, dict) and says_object is not False:
        outputs = value
    else:
        outputs = {"result": value}
    return {"status": "success", "outputs": outputs, "artifacts": writer.artifacts}
