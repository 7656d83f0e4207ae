"""Decides, from the source alone, whether a Python file is called as `run(inputs, context)` or run as a script."""

from __future__ import annotations

import ast
import builtins
import os
from typing import Optional, Set, Tuple, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
QUIET = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global)
# What is called under such a name is the file's own start.
STARTERS = frozenset(("__call__", "execute", "invoke", "main", "mainloop", "run", "run_forever", "serve", "start"))
BUILTINS = frozenset(dir(builtins)) - {"exec", "eval", "exit", "quit"}
# How many files an imported `run` is followed through.
MOST_STEPS = 5


def judge_entry(source: bytes, folder: str) -> Tuple[bool, Optional[str]]:
    """
    Whether the file is called, and, where its author may expect that and it is not, why not.

    It is called when it has `run` at its top level, defined there or imported from a file of the bundle (`folder` is
    the entry's), with room for (inputs, context), (inputs) or nothing, and does nothing of its own when imported.
    "Nothing" is: definitions, imports, docstrings, assignments, `if`, `try` and `with` around these, and bare calls that
    mention nothing defined in the file (`load_dotenv()`, `log.setLevel(...)`, `print("starting")`). A statement that
    mentions `run`, a loop, a call of a `main`, or an `if __name__ == "__main__"` means that the file starts itself.
    """
    module = _parse(source)
    # Of a file that is no Python, its own message, from the script's own process, is the better one.
    run = None if module is None else _find_run(module, folder, MOST_STEPS)
    if module is None or run is None or not _takes_inputs(run):
        return False, None
    defined = {node.name for node in module.body if isinstance(node, DEFINITIONS)}
    imported = {name for node in ast.walk(module) for name in _imported_names(node)}
    known = imported | BUILTINS | _plain_names(module, defined)
    loud = next((node for node in module.body if not _is_quiet(node, defined, known)), None)
    if loud is None:
        return True, None
    # A file that mentions run, or starts what it defines, means what it does.
    if any(_names(node) & (defined | {"run", "__name__"}) for node in module.body if not isinstance(node, DEFINITIONS)):
        return False, None
    return False, (
        f"run() is defined but was not called, because line {loud.lineno} does something when the file is read. "
        "Move that into run(), or call run() yourself."
    )


def _parse(source: bytes) -> Optional[ast.Module]:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find_run(module: ast.Module, folder: str, steps: int) -> Optional[Function]:
    found: Optional[Function] = None
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "run":
            found = node
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0 and steps > 0:
            if any(alias.name == "run" and alias.asname in (None, "run") for alias in node.names):
                found = _find_imported(os.path.join(folder, *node.module.split(".")), folder, steps) or found
    return found


def _find_imported(place: str, folder: str, steps: int) -> Optional[Function]:
    for path in (place + ".py", os.path.join(place, "__init__.py")):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                module = _parse(file.read())
            return None if module is None else _find_run(module, folder, steps - 1)
    return None


def _plain_names(module: ast.Module, defined: Set[str]) -> Set[str]:
    """Names assigned at the top level from what is not the file's own: loggers, clients, settings."""
    names: Set[str] = set()
    for node in module.body:
        if isinstance(node, ast.Assign) and not _names(node.value) & defined:
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


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


def _is_quiet(node: ast.stmt, defined: Set[str], known: Set[str]) -> bool:
    if isinstance(node, (*DEFINITIONS, *QUIET)):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return "run" not in _names(node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_set_up(node.value, defined, known)
    if isinstance(node, ast.If):
        names = _names(node.test)
        branches = [*node.body, *node.orelse]
        return not names & {"__name__", "run"} and all(_is_quiet(inner, defined, known) for inner in branches)
    if isinstance(node, ast.Try):
        handlers = [inner for handler in node.handlers for inner in handler.body]
        branches = [*node.body, *handlers, *node.orelse, *node.finalbody]
        return all(_is_quiet(inner, defined, known) for inner in branches)
    if isinstance(node, ast.With):
        heads = {name for item in node.items for name in _names(item.context_expr)}
        return not heads & (defined | {"run"}) and all(_is_quiet(inner, defined, known) for inner in node.body)
    return False


def _is_set_up(value: ast.expr, defined: Set[str], known: Set[str]) -> bool:
    if not isinstance(value, ast.Call) or _names(value) & defined or "run" in _names(value):
        return False
    callee: ast.expr = value.func
    if (callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")) in STARTERS:
        return False
    while isinstance(callee, (ast.Attribute, ast.Call, ast.Subscript)):
        callee = callee.func if isinstance(callee, ast.Call) else callee.value
    return isinstance(callee, (ast.Constant, ast.JoinedStr)) or isinstance(callee, ast.Name) and callee.id in known


def _names(node: ast.AST) -> Set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
