"""The line to the program that runs this script: a Unix socket named by FLOOM_EVENTS."""

import _socket
import json
import os
import threading
from typing import Any, Dict, Optional

ANSWER_SECONDS = 10.0

_lock = threading.Lock()
_connection: Optional[_socket.socket] = None
_owner = 0


def send(message: Dict[str, Any]) -> bool:
    """
    Waits until the message is on the record. False when nobody listens (outside a sandbox). Raises ValueError with
    the reason when the message is refused.
    """
    global _connection, _owner
    path = os.environ.get("FLOOM_EVENTS")
    if not path:
        return False
    with _lock:
        try:
            # A forked child has its own conversation.
            if _connection is None or _owner != os.getpid():
                _connection, _owner = _connect(path), os.getpid()
            answer = _exchange(_connection, json.dumps(message, default=str).encode() + b"\n")
        except OSError:
            _connection = None
            return False
    if answer.get("error"):
        raise ValueError(answer["error"])
    return True


def _connect(path: str) -> _socket.socket:
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.settimeout(ANSWER_SECONDS)
    connection.connect(path)
    return connection


def _exchange(connection: _socket.socket, line: bytes) -> Dict[str, Any]:
    connection.sendall(line)
    answer = b""
    while not answer.endswith(b"\n"):
        block = connection.recv(4096)
        if not block:
            raise ConnectionError("nobody listens any more")
        answer += block
    document: Dict[str, Any] = json.loads(answer)
    return document
