"""The connections of a worker: `floom.connections.gmail.execute("GMAIL_SEND_EMAIL", {...})`."""

import json
import os
import re
import time
import uuid
from datetime import datetime
from typing import Any, Dict, Iterator, List, Optional
from urllib.parse import quote

from ._edge import Refused, ask

CALL_SECONDS = 150.0
"""So long one answer may take: a call itself has two minutes."""

LONGEST_PAUSE = 5.0


class ConnectionFailed(RuntimeError):
    """
    A call over a connection failed, or was not made. `code` says how: `tool_unknown`, `arguments_invalid`, `tier_forbids`,
    `rejected`, `expired`, `pending_approval`, `tool_error`, ... `sent`: whether anything can have arrived there.
    `content`: what came back with the failure. `approval_id`: what people were asked, if anybody was.
    """

    def __init__(
        self,
        message: str,
        code: str,
        *,
        content: Any = None,
        retryable: bool = False,
        sent: bool = False,
        approval_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.content = content
        self.retryable = retryable
        self.sent = sent
        self.approval_id = approval_id


class Connection(str):
    """One connection. As a text it is its id, which scripts of the first Floom send along."""

    name: str

    def __new__(cls, name: str, identity: str = "") -> "Connection":
        made = super().__new__(cls, identity)
        made.name = name
        return made

    def execute(
        self,
        tool: str,
        arguments: Optional[Dict[str, Any]] = None,
        *,
        wait: Optional[float] = None,
        key: Optional[str] = None,
    ) -> Any:
        """
        Calls a tool and returns what it gives back. Raises ConnectionFailed when it fails or may not be called.

        A call that a person has to approve waits here until that is decided; at the latest shortly before the script's time
        is over it is refused with the code `expired`. `wait`: wait so many seconds at most, then raise with the code
        `pending_approval`; the same `key` asks for the same call again. Without a key each call is one of its own, and is
        made once, also when the platform has to be asked twice.
        """
        path = f"/connections/{quote(self.name, safe='')}/{quote(_in_a_path(tool), safe='')}"
        own_key = key or f"auto-{uuid.uuid4().hex}"
        deadline = None if wait is None else time.monotonic() + wait
        pause = 0.5
        while True:
            try:
                told = ask("POST", path, {"arguments": arguments or {}}, key=own_key, seconds=CALL_SECONDS)
            except Refused as error:
                raise ConnectionFailed(str(error), error.code) from None
            if told["status"] == "answered":
                return told["content"]
            if told["status"] in ("failed", "denied"):
                raise _failure(told)
            if deadline is not None and time.monotonic() >= deadline:
                message = f"{told['tool']} waits for a person's approval"
                raise ConnectionFailed(message, "pending_approval", approval_id=told["approval_id"])
            rest = LONGEST_PAUSE if deadline is None else max(0.1, deadline - time.monotonic())
            time.sleep(min(max(pause, _until(told["retry_at"])), LONGEST_PAUSE, rest))
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def tools(self) -> List[Dict[str, Any]]:
        """The tools that may be called, each with `name`, `description`, `input_schema` and `effect`."""
        for connection in _list():
            if connection["name"] == self.name:
                tools: List[Dict[str, Any]] = connection["tools"]
                return tools
        return []


class Connections:
    """The connections that worker.yml declares, by attribute and by key; each is looked at when it is used."""

    def __getattr__(self, name: str) -> Connection:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Connection:
        return Connection(name, str(_read_ids().get(name, "")))

    def get(self, name: str, default: Any = None) -> Any:
        """A connection that is there, or `default`."""
        return self[name] if name in self else default

    def __contains__(self, name: object) -> bool:
        return name in _read_ids()

    def __iter__(self) -> Iterator[str]:
        return iter(_read_ids())

    def __len__(self) -> int:
        return len(_read_ids())

    def keys(self) -> List[str]:
        """Their names."""
        return list(self)


def _in_a_path(tool: str) -> str:
    """Some characters of a name are never let out of a sandbox in a path; a full name has `_` in their place."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", tool) if re.search(r"[/\\]", tool) else tool


def _failure(told: Dict[str, Any]) -> ConnectionFailed:
    return ConnectionFailed(
        told["message"] or told["code"] or "the call failed",
        told["code"] or told["status"],
        content=told["content"],
        retryable=told["retryable"],
        sent=told["sent"],
        approval_id=told["approval_id"],
    )


def _until(time_told: Optional[str]) -> float:
    """Seconds until a time that the platform names; 0 for none."""
    if time_told is None:
        return 0.0
    return datetime.fromisoformat(time_told.replace("Z", "+00:00")).timestamp() - time.time()


def _list() -> List[Dict[str, Any]]:
    try:
        connections: List[Dict[str, Any]] = ask("GET", "/connections")["connections"]
        return connections
    except Refused as error:
        raise ConnectionFailed(str(error), error.code) from None


def _read_ids() -> Dict[str, Any]:
    path = os.path.join(os.environ.get("FLOOM_INPUT_DIR", os.getcwd()), "connections.json")
    try:
        with open(path, encoding="utf-8") as file:
            ids: Dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return {}
    return ids


connections = Connections()
