"""What a worker remembers from run to run: `floom.store`."""

import base64
import json
import os
import time
import uuid
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from ._workers import _read_problem

TIMEOUT_SECONDS = 60.0
"""So long a call goes on asking while the platform is away."""

JSON_TYPE = "application/json"
BYTES_TYPE = "application/octet-stream"
EXACT = 2**53


class StoreError(RuntimeError):
    """The store refused. `code` says how, e.g. `store_full`, `sql_refused`, `not_an_integer`, `no_run`."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class StoreConflict(StoreError):
    """The key is not as `if_version` expected it. Read it again, decide again, write again."""


class Entry(NamedTuple):
    """A value with what is known of it. `expires_at` is ISO 8601 in UTC, or None."""

    key: str
    value: Any
    version: str
    expires_at: Optional[str]


class Answer(NamedTuple):
    """What an SQL statement answered: names of the columns, rows as tuples, and how many rows were written."""

    columns: Tuple[str, ...]
    rows: List[Tuple[Any, ...]]
    rows_written: int
    truncated: bool


class Store:
    """
    Keys with values, and tables in SQL. `floom.store` is the worker's own, `floom.store.workspace` that of all workers of
    the workspace. With `transactional: true` in worker.yml what a run writes is kept only if the run succeeds.
    """

    def __init__(self, place: str = "worker") -> None:
        self._place = place

    @property
    def workspace(self) -> "Store":
        """The store that all workers of the workspace share."""
        return Store("workspace")

    def get(self, key: str, default: Any = None) -> Any:
        """The value: what JSON said, or bytes; `default` where there is no such key."""
        entry = self.entry(key)
        return default if entry is None else entry.value

    def entry(self, key: str) -> Optional[Entry]:
        """The value with its version, for `if_version`; None where there is no such key."""
        try:
            body, headers = self._ask("GET", "/entry", {"key": key})
        except StoreError as error:
            if error.code == "not_found":
                return None
            raise
        is_json = headers.get("content-type") == JSON_TYPE
        value = json.loads(body) if is_json else body
        return Entry(key, value, headers.get("x-floom-version", ""), headers.get("x-floom-expires-at"))

    def set(
        self,
        key: str,
        value: Any,
        *,
        ttl: Optional[float] = None,
        if_version: Optional[str] = None,
        once: Optional[str] = None,
    ) -> str:
        """
        Keeps a value: anything that JSON can say, whole numbers of any size included, or bytes. Returns its version.

        `ttl`: seconds until it is gone. `if_version`: only if the key has this version, "none": only if it is not there;
        else StoreConflict is raised. `once`: a name under which the write is done once in a day, whoever repeats it.
        """
        query = {"key": key, "ttl_seconds": ttl and max(1, int(ttl)), "if_version": if_version}
        is_bytes = isinstance(value, (bytes, bytearray, memoryview))
        body = bytes(value) if is_bytes else json.dumps(value, allow_nan=False).encode()
        kind = BYTES_TYPE if is_bytes else JSON_TYPE
        written = self._json("PUT", "/entry", query, body, kind, once or (if_version and _new_key()))
        return str(written["version"])

    def delete(self, key: str, *, if_version: Optional[str] = None) -> bool:
        """Deletes a key. False where there was none."""
        try:
            self._ask("DELETE", "/entry", {"key": key, "if_version": if_version})
        except StoreError as error:
            if error.code == "not_found":
                return False
            raise
        return True

    def increment(
        self, key: str, by: int = 1, *, ttl: Optional[float] = None, once: Optional[str] = None
    ) -> int:
        """
        Counts up, or down, and returns what it is then. A key that is not there counts from 0. Of many at a time none is
        lost, and one that is asked again because the platform was away is done once.
        """
        body: Dict[str, Any] = {"key": key, "by": str(int(by))}
        if ttl is not None:
            body["ttl_seconds"] = max(1, int(ttl))
        counted = self._json("POST", "/increment", {}, json.dumps(body).encode(), JSON_TYPE, once or _new_key())
        return int(counted["value"])

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, by their bytes, asked for page by page."""
        cursor: Optional[str] = None
        while True:
            page = self.page(prefix, cursor=cursor, limit=200)
            for item in page["items"]:
                yield item["key"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def page(self, prefix: str = "", *, cursor: Optional[str] = None, limit: int = 50) -> Dict[str, Any]:
        """One page as the API answers it: `items` with sizes and times, `next_cursor`, and `usage` of the store."""
        return self._json("GET", "", {"prefix": prefix, "cursor": cursor, "limit": limit})

    def query(self, sql: str, params: Sequence[Any] = ()) -> List[Dict[str, Any]]:
        """Rows of the store's tables as dicts. `params` stand for the `?` of the statement, which only reads."""
        answer = self._sql("/query", sql, params, None)
        return [dict(zip(answer.columns, row)) for row in answer.rows]

    def execute(self, sql: str, params: Sequence[Any] = (), *, once: Optional[str] = None) -> Answer:
        """Changes the store's tables by one statement, `CREATE TABLE` included."""
        return self._sql("/execute", sql, params, once or _new_key())

    def _sql(self, path: str, sql: str, params: Sequence[Any], once: Optional[str]) -> Answer:
        body = json.dumps({"sql": sql, "params": [_to_wire(value) for value in params]}, allow_nan=False)
        told = self._json("POST", path, {}, body.encode(), JSON_TYPE, once)
        rows = [tuple(_from_wire(cell) for cell in row) for row in told["rows"]]
        return Answer(tuple(told["columns"]), rows, told["rows_written"], told["truncated"])

    def _json(self, *asked: Any) -> Dict[str, Any]:
        document: Dict[str, Any] = json.loads(self._ask(*asked)[0])
        return document

    def _ask(
        self,
        method: str,
        path: str,
        query: Dict[str, Any],
        body: Optional[bytes] = None,
        kind: Optional[str] = None,
        once: Optional[str] = None,
    ) -> Tuple[bytes, Dict[str, str]]:
        """Body and headers of the answer; asks again while the platform is away or the store is busy."""
        origin, run, token = (os.environ.get(f"FLOOM_{name}") for name in ("API_URL", "RUN_ID", "RUN_TOKEN"))
        if not origin or not run or not token:
            raise StoreError("the store can be reached only from within a run", "no_run")
        given = {"place": self._place, **{name: value for name, value in query.items() if value is not None}}
        url = f"{origin}/api/runs/{quote(run)}/store{path}?{urlencode(given, quote_via=quote, safe='')}"
        headers = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
        if kind is not None:
            headers["Content-Type"] = kind
        if once is not None:
            headers["Idempotency-Key"] = once
        return _send(Request(url, data=body, headers=headers, method=method))


def _send(request: Request) -> Tuple[bytes, Dict[str, str]]:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    delay = 0.1
    while True:
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.read(), {name.lower(): value for name, value in answer.headers.items()}
        except HTTPError as error:
            problem = _read_problem(error)
            code = problem.get("code") or "refused"
            again = error.code >= 500 or error.code == 429 or problem.get("retryable") is True
            if not again or time.monotonic() >= deadline:
                kind = StoreConflict if code == "store_conflict" else StoreError
                raise kind(problem.get("detail") or str(error), code) from None
        except (URLError, OSError) as error:
            if time.monotonic() >= deadline:
                raise StoreError(f"the platform does not answer: {error}", "unreachable") from None
        time.sleep(delay)
        delay = min(delay * 2, 5)


def _new_key() -> str:
    """So that a request which is sent again, because no answer came, is done once."""
    return f"auto-{uuid.uuid4().hex}"


def _to_wire(value: Any) -> Union[None, bool, int, float, str, Dict[str, str]]:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, int) and not isinstance(value, bool) and not -EXACT < value < EXACT:
        return {"integer": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"SQL takes text, numbers, booleans, None and bytes, not {type(value).__name__}")


def _from_wire(cell: Any) -> Any:
    if isinstance(cell, dict):
        return int(cell["integer"]) if "integer" in cell else base64.b64decode(cell["bytes"])
    return cell


store = Store()
