"""
What a Floom worker written in Python can use: its inputs and secrets, a log with levels, progress, artifacts, a store.

    import floom

    name = floom.inputs()["name"]
    floom.progress(10, "Looking up " + name)
    floom.log("nothing found", level="warning")
    floom.artifact("out/details.csv")
    visits = floom.store.increment("visits")
    counts = floom.call_worker("word-count", {"text": "one two"})
    found = floom.connections.linear.execute("search", {"text": "one"})

Outside a sandbox (on your laptop) log, progress and artifact print what they would have recorded, inputs are read
from the inputs.json in the working directory, and secrets from the environment.
"""

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, Optional, Union

from ._channel import send

if TYPE_CHECKING:
    from ._actions import App, Field, action
    from ._approval import NotAsked, approve
    from ._connections import Connection, ConnectionFailed, Connections, connections
    from ._files import File, Image, Table
    from ._models import ModelFailed, Reply, embed, llm, llm_batch
    from ._store import Store, StoreConflict, StoreError, store
    from ._texts import Code, Html, Markdown
    from ._workers import CallFailed, call_worker, call_workers_parallel

__all__ = [
    "App",
    "CallFailed",
    "Code",
    "Connection",
    "ConnectionFailed",
    "Context",
    "Field",
    "File",
    "Html",
    "Image",
    "Markdown",
    "MissingSecret",
    "ModelFailed",
    "NotAsked",
    "Reply",
    "StoreConflict",
    "StoreError",
    "Table",
    "action",
    "approve",
    "artifact",
    "call_worker",
    "call_workers_parallel",
    "connections",
    "context",
    "embed",
    "inputs",
    "llm",
    "llm_batch",
    "log",
    "progress",
    "secret",
    "store",
    "write_output",
]

LEVELS = ("debug", "info", "warning", "error", "critical")


def __getattr__(name: str) -> Any:
    """Reads the parts that few need only for those: the import of the one that speaks HTTP is slow."""
    if name in ("App", "Field", "action"):
        from . import _actions

        return getattr(_actions, name)
    if name in ("File", "Image", "Table"):
        from . import _files

        return getattr(_files, name)
    if name in ("Connection", "ConnectionFailed", "connections"):
        from . import _connections

        return getattr(_connections, name)
    if name in ("Code", "Html", "Markdown"):
        from . import _texts

        return getattr(_texts, name)
    if name in ("ModelFailed", "Reply", "embed", "llm", "llm_batch"):
        from . import _models

        return getattr(_models, name)
    if name in ("NotAsked", "approve"):
        from . import _approval

        return getattr(_approval, name)
    if name in ("StoreConflict", "StoreError", "store"):
        from . import _store

        return getattr(_store, name)
    if name not in ("CallFailed", "call_worker", "call_workers_parallel"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _workers

    return getattr(_workers, name)


class MissingSecret(KeyError):
    """A secret is not set. Declare it under `exec.secrets` in worker.yml and set it with `floom secrets set`."""

    def __str__(self) -> str:
        return f"the secret {self.args[0]} is not set; declare it under exec.secrets in worker.yml and set its value"


class Log:
    """Writes to the run's log: called with a message and a level, or by a level's own method."""

    def __call__(self, message: object, level: str = "info") -> None:
        log(message, level)

    def debug(self, message: object, *args: object) -> None:
        log(_fill(message, args), "debug")

    def info(self, message: object, *args: object) -> None:
        log(_fill(message, args), "info")

    def warning(self, message: object, *args: object) -> None:
        log(_fill(message, args), "warning")

    def error(self, message: object, *args: object) -> None:
        log(_fill(message, args), "error")

    def critical(self, message: object, *args: object) -> None:
        log(_fill(message, args), "critical")

    warn = warning
    exception = error


def _fill(message: object, args: Any) -> str:
    """As Python's logging does it: `log.info("%s rows", 3)`."""
    return str(message) % args if args else str(message)


class Context:
    """
    Facts about the run. `floom.context` is the one instance; it is also what `def run(inputs, context)` receives.
    All of it can be read as attributes and as keys: `context.run_id`, `context["run_id"]`, `context["log"]("hi")`.
    """

    @property
    def run_id(self) -> str:
        """The id of this run; `local` outside a sandbox."""
        return os.environ.get("FLOOM_RUN_ID", "local")

    @property
    def worker(self) -> str:
        """The worker's name; empty outside a sandbox."""
        return os.environ.get("FLOOM_WORKER", "")

    @property
    def attempt(self) -> int:
        """1 for the first attempt, 2 for the first retry, and so on."""
        return int(os.environ.get("FLOOM_ATTEMPT", "1"))

    @property
    def dry_run(self) -> bool:
        """True in a dry replay: nothing but the platform can be reached, so leave side effects out."""
        return os.environ.get("FLOOM_DRY_RUN") == "1"

    @property
    def input_dir(self) -> str:
        """Where inputs.json and the input files are."""
        return os.environ.get("FLOOM_INPUT_DIR", os.getcwd())

    @property
    def output_dir(self) -> str:
        """Where result.json and the output files go."""
        return os.environ.get("FLOOM_OUTPUT_DIR", os.getcwd())

    @property
    def log(self) -> "Log":
        """The same as `floom.log`, and with a method for each level: `context.log.warning("...")`."""
        return Log()

    @property
    def inputs(self) -> Dict[str, Any]:
        """The same as `floom.inputs()`."""
        return inputs()

    @property
    def secrets(self) -> Dict[str, str]:
        """The declared secrets by name: `context.secrets.get("API_KEY")`."""
        return _read_object("secrets.json")

    @property
    def connections(self) -> "Connections":
        """The same as `floom.connections`: `context.connections.get("gmail")`."""
        from ._connections import connections

        return connections

    def write_output(self, name: str, value: Any) -> None:
        """The same as `floom.write_output`."""
        write_output(name, value)

    @property
    def store(self) -> "Store":
        """The same as `floom.store`."""
        from ._store import store

        return store

    def progress(self, percent: Optional[float] = None, message: Optional[str] = None) -> None:
        """The same as `floom.progress`."""
        progress(percent, message)

    def artifact(self, path: Union[str, "os.PathLike[str]"], name: Optional[str] = None) -> None:
        """The same as `floom.artifact`."""
        artifact(path, name)

    def approve(
        self,
        label: Optional[str] = None,
        preview: Any = None,
        *,
        outputs: Optional[Dict[str, Any]] = None,
        preview_type: Optional[str] = None,
    ) -> Dict[str, Any]:
        """The same as `floom.approve`."""
        from ._approval import approve

        return approve(label, preview, outputs=outputs, preview_type=preview_type)

    def secret(self, name: str, default: Optional[str] = None) -> str:
        """The same as `floom.secret`."""
        return secret(name, default)

    def __getitem__(self, key: str) -> Any:
        if key.startswith("_") or not hasattr(type(self), key):
            raise KeyError(key)
        return getattr(self, key)

    def __contains__(self, key: str) -> bool:
        return not key.startswith("_") and hasattr(type(self), key)

    def get(self, key: str, default: Any = None) -> Any:
        """A fact by its name, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default


context = Context()


def inputs() -> Dict[str, Any]:
    """The inputs of this run by name. File inputs are paths relative to the working directory."""
    path = os.path.join(context.input_dir, "inputs.json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        values: Dict[str, Any] = json.load(file)
    return values


def _read_object(name: str) -> Dict[str, Any]:
    """A JSON object of the working directory; empty when there is none (on a laptop)."""
    try:
        with open(os.path.join(context.input_dir, name), encoding="utf-8") as file:
            values: Dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return {}
    return values


# Outputs told by `write_output`, for `run(inputs, context)` and for a script that writes no result.json itself.
_written: Dict[str, Any] = {}


def write_output(name: str, value: Any) -> None:
    """
    Sets one output now, in result.json. For a file output `value` is the path of the file, or the text or JSON that
    the file shall hold.
    """
    _written[name] = value
    path = os.path.join(context.output_dir, "result.json")
    document: Dict[str, Any] = {"status": "success"}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    document["outputs"] = {**(document.get("outputs") or {}), name: value}
    _write_json("result.json", document)


def _write_json(name: str, document: Dict[str, Any]) -> None:
    """Into the output folder; half an emoji becomes U+FFFD, as everywhere on the way out."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=str)
    with open(os.path.join(context.output_dir, name), "w", encoding="utf-8") as file:
        file.write(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def secret(name: str, default: Optional[str] = None) -> str:
    """The value of a declared secret. Raises MissingSecret when it is not set and there is no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise MissingSecret(name)
    return value


def log(message: object, level: str = "info") -> None:
    """Writes to the run's log. `level` is debug, info, warning, error or critical; `print` is the same as info."""
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")
    sys.stdout.flush()
    sys.stderr.flush()
    if not send({"type": "log", "level": level, "text": str(message)}):
        print(f"{level}: {message}", file=sys.stdout if level in ("debug", "info") else sys.stderr, flush=True)


def progress(percent: Optional[float] = None, message: Optional[str] = None) -> None:
    """Tells how far the run is: a number from 0 to 100, what it does now, or both. Cheap enough for every step."""
    if percent is not None and not 0 <= percent <= 100:
        raise ValueError(f"percent must be from 0 to 100, not {percent!r}")
    sys.stdout.flush()
    if not send({"type": "progress", "percent": percent, "message": message}):
        shown = "" if percent is None else f"{percent:g} %"
        print(" ".join(part for part in ("progress:", shown, message or "") if part), flush=True)


def artifact(path: Union[str, "os.PathLike[str]"], name: Optional[str] = None) -> None:
    """
    Keeps a file with the run, beside its declared outputs. `path` is relative to the working directory; the file is
    taken when the script ends. Raises ValueError when there is no such file or it lies outside the directory.
    """
    place = os.fspath(path)
    if not os.path.isfile(place):
        raise ValueError(f"the artifact {place} was not written")
    if not send({"type": "artifact", "path": os.path.abspath(place), "name": name or os.path.basename(place)}):
        print(f"artifact: {place}", flush=True)
