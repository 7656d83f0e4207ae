"""Requests of a running script to the platform, by the token of its run."""

import json
import os
import time
from typing import Any, Dict, Optional
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 60.0
"""So long a request is made again while the platform is away."""


class Refused(RuntimeError):
    """The platform said no, or nothing at all. `code` says how: no_run, unreachable, or the code of its answer."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def ask(
    method: str, path: str, body: Optional[Dict[str, Any]] = None, *, key: Optional[str] = None, seconds: float = 40
) -> Any:
    """
    The JSON that the platform answers. Asked again while it is away, under the same key: what it did before is not done twice.
    `seconds`: how long one answer may take. Raises Refused.
    """
    origin, run, token = (os.environ.get(f"FLOOM_{name}") for name in ("API_URL", "RUN_ID", "RUN_TOKEN"))
    if not origin or not run or not token:
        raise Refused("this can be asked only from within a run", "no_run")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    data = None if body is None else json.dumps(body, allow_nan=False).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    if key is not None:
        headers["Idempotency-Key"] = key
    request = Request(f"{origin}/api/runs/{quote(run)}{path}", data=data, headers=headers, method=method)
    deadline = time.monotonic() + PATIENCE_SECONDS
    delay = 0.25
    while True:
        try:
            with urlopen(request, timeout=seconds) as answer:
                return json.load(answer)
        except HTTPError as error:
            problem = read_problem(error)
            again = error.code >= 500 or error.code == 429
            if not again or time.monotonic() >= deadline:
                raise Refused(_describe(problem) or str(error), problem.get("code") or "refused") from None
        except (URLError, OSError) as error:
            if time.monotonic() >= deadline:
                raise Refused(f"the platform does not answer: {error}", "unreachable") from None
        time.sleep(delay)
        delay = min(delay * 2, 5)


def _describe(problem: Dict[str, Any]) -> str:
    """The sentence of a refusal, with what is wrong where."""
    errors = [f"{one.get('pointer', '')} {one.get('detail', '')}".strip() for one in problem.get("errors") or []]
    return " ".join([problem.get("detail") or "", *errors]).strip()


def read_problem(error: HTTPError) -> Dict[str, Any]:
    try:
        document = json.loads(error.read())
        return document if isinstance(document, dict) else {}
    except (OSError, ValueError):
        return {}
