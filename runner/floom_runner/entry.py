"""Decides, from the source alone, whether a Python file is called as `run(inputs, context)` or run as a script."""

from __future__ import annotations

import ast
from typing import Optional, Set, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
QUIET = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global)


def is_called_by_us(source: bytes) -> bool:
    """
    True when the file defines `run` at its top level with room for (inputs, context), (inputs) or nothing, and does
    nothing else when imported. "Nothing else" is: definitions, imports, docstrings, assignments, `if` and `try`
    around these, and bare calls of imported things that mention nothing defined in the file (`load_dotenv()`,
    `logging.basicConfig()`). A statement that mentions `run`, a loop, a `with`, or an `if __name__ == "__main__"`
    means that the file starts itself.
    """
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        # Python's own message, from the script's own process, is the better one.
        return False
    run = _find_run(module)
    if run is None or not _takes_inputs(run):
        return False
    defined = {node.name for node in module.body if isinstance(node, DEFINITIONS)}
    imported = {name for node in ast.walk(module) for name in _imported_names(node)}
    return all(_is_quiet(node, defined, imported) for node in module.body)


def _find_run(module: ast.Module) -> Optional[Function]:
    found = None
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "run":
            found = node
    return found


def _takes_inputs(run: Function) -> bool:
    positional = [*run.args.posonlyargs, *run.args.args]
    required = len(positional) - len(run.args.defaults)
    keyword_required = any(default is None for default in run.args.kw_defaults)
    if required > 2 or keyword_required:
        return False
    # One parameter of another name is a helper ("def run(command)") or a typed function.
    return len(positional) != 1 or required == 0 or positional[0].arg in ("inputs", "_inputs", "input", "_")


def _imported_names(node: ast.AST) -> Set[str]:
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return set()
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def _is_quiet(node: ast.stmt, defined: Set[str], imported: Set[str]) -> bool:
    if isinstance(node, (*DEFINITIONS, *QUIET)):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return "run" not in _names(node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_set_up(node.value, defined, imported)
    if isinstance(node, ast.If):
        names = _names(node.test)
        branches = [*node.body, *node.orelse]
        return not names & {"__name__", "run"} and all(_is_quiet(inner, defined, imported) for inner in branches)
    if isinstance(node, ast.Try):
        handlers = [inner for handler in node.handlers for inner in handler.body]
        branches = [*node.body, *handlers, *node.orelse, *node.finalbody]
        return all(_is_quiet(inner, defined, imported) for inner in branches)
    return False


def _is_set_up(value: ast.expr, defined: Set[str], imported: Set[str]) -> bool:
    if not isinstance(value, ast.Call) or _names(value) & defined:
        return False
    callee: ast.expr = value.func
    while isinstance(callee, (ast.Attribute, ast.Call, ast.Subscript)):
        callee = callee.func if isinstance(callee, ast.Call) else callee.value
    return isinstance(callee, ast.Name) and callee.id in imported


def _names(node: ast.AST) -> Set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
