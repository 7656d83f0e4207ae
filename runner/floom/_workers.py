"""Calls from a running worker to other workers of its workspace."""

import hashlib
import json
import os
import threading
import time
from collections import Counter
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

WAIT_SECONDS = 20
"""How long one question holds for the child's end; asked again until the time is over."""

Call = Union[Tuple[str, Dict[str, Any]], Dict[str, Any]]

_lock = threading.Lock()
_made: "Counter[str]" = Counter()


class CallFailed(RuntimeError):
    """A called worker did not complete, or may not be called. `code` says how; `run_id` is the child's, if any."""

    def __init__(self, message: str, code: str, run_id: Optional[str] = None) -> None:
        super().__init__(message)
        self.code = code
        self.run_id = run_id


def call_worker(
    worker: str,
    inputs: Optional[Dict[str, Any]] = None,
    *,
    action: Optional[str] = None,
    timeout: float = 300,
    key: Optional[str] = None,
) -> Dict[str, Any]:
    """
    Runs another worker and returns its outputs. worker.yml must list it under `calls`. Raises CallFailed when it fails,
    is cancelled, waits for an approval, or has not ended after `timeout` seconds. `action` says which function of a
    worker that has several.

    A later attempt of this run finds the child that an earlier one started, by its key: worker, action, inputs and
    how many equal calls came before; one that has failed is started anew. Give a `key` of your own to tell calls apart
    in another way.
    """
    values = inputs or {}
    deadline = time.monotonic() + timeout
    body = {"worker": worker, "inputs": values, "timeout_seconds": timeout}
    body["key"] = key or _next_key(worker, values, action)
    if action is not None:
        body["action"] = action
    child = _ask("POST", "/calls", body, deadline)
    while True:
        if child["status"] == "completed":
            outputs: Dict[str, Any] = child["outputs"]
            return outputs
        if child["status"] not in ("queued", "running"):
            raise _failure(child)
        rest = deadline - time.monotonic()
        if rest <= 0:
            raise CallFailed(f"{worker} has not ended after {timeout:g} seconds", "timeout", child["run_id"])
        wait = max(1, min(WAIT_SECONDS, int(rest)))
        child = _ask("GET", f"/calls/{quote(child['run_id'])}?wait={wait}", None, deadline)


def call_workers_parallel(calls: Iterable[Call], timeout: float = 300, max_workers: int = 8) -> List[Dict[str, Any]]:
    """
    Calls several workers at once, at most `max_workers` at a time, and returns their outputs in the order of `calls`:
    pairs of worker and inputs, or dicts with `worker`, `inputs` and `action`. Raises the first CallFailed once all
    have ended.
    """
    from concurrent.futures import ThreadPoolExecutor

    # Keys are given out here, in order, so that a later attempt gives the same ones whatever thread is quicker.
    planned = [(*call, _next_key(*call)) for call in map(_read_call, calls)]
    with ThreadPoolExecutor(max_workers=max(1, max_workers)) as pool:
        futures = [
            pool.submit(call_worker, name, values, action=action, timeout=timeout, key=key)
            for name, values, action, key in planned
        ]
    return [future.result() for future in futures]


def _read_call(call: Call) -> Tuple[str, Dict[str, Any], Optional[str]]:
    if isinstance(call, dict):
        return call.get("worker") or call["worker_id"], call.get("inputs") or {}, call.get("action")
    worker, inputs = call
    return worker, inputs or {}, None


def _next_key(worker: str, inputs: Dict[str, Any], action: Optional[str]) -> str:
    text = json.dumps([worker, inputs] if action is None else [worker, inputs, action], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    with _lock:
        _made[digest] += 1
        return f"{digest}:{_made[digest]}"


def _failure(child: Dict[str, Any]) -> CallFailed:
    worker, status = child["worker"], child["status"]
    if status == "pending_approval":
        return CallFailed(f"{worker} waits for an approval", status, child["run_id"])
    failure = child.get("failure") or {}
    told = failure.get("message") or status
    return CallFailed(f"{worker} did not complete: {told}", failure.get("code") or status, child["run_id"])


def _ask(method: str, path: str, body: Optional[Dict[str, Any]], deadline: float) -> Dict[str, Any]:
    """The answer as a document; asks again while the platform is away. Raises CallFailed when it refuses."""
    origin, run, token = (os.environ.get(f"FLOOM_{name}") for name in ("API_URL", "RUN_ID", "RUN_TOKEN"))
    if not origin or not run or not token:
        raise CallFailed("other workers can be called only from within a run", "no_run")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    url = f"{origin}/api/runs/{quote(run)}{path}"
    delay = 0.25
    while True:
        try:
            with urlopen(Request(url, data=data, headers=headers, method=method), timeout=WAIT_SECONDS + 20) as answer:
                document: Dict[str, Any] = json.load(answer)
                return document
        except HTTPError as error:
            problem = _read_problem(error)
            again = error.code >= 500 or error.code == 429
            if not again or time.monotonic() >= deadline:
                raise CallFailed(problem.get("detail") or str(error), problem.get("code") or "refused") from None
        except (URLError, OSError, ValueError) as error:
            if time.monotonic() >= deadline:
                raise CallFailed(f"the platform does not answer: {error}", "unreachable") from None
        time.sleep(delay)
        delay = min(delay * 2, 5)


def _read_problem(error: HTTPError) -> Dict[str, Any]:
    try:
        document = json.loads(error.read())
        return document if isinstance(document, dict) else {}
    except (OSError, ValueError):
        return {}
