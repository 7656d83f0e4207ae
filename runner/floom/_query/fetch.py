"""Fetches the rows of an HTTP source: from the host that the worker declares, and from no other."""

import os
import re
import urllib.error
import urllib.request
from typing import Any, Mapping, Optional
from urllib.parse import urlsplit

from .failure import QueryFailed

TIMEOUT_SECONDS = 30
SECRET = re.compile(r"\{\{secret:([A-Za-z_][A-Za-z0-9_]{0,127})\}\}")


class SameHost(urllib.request.HTTPRedirectHandler):
    """What answers from elsewhere is not what was declared, and would be told the headers."""

    def redirect_request(self, request: Any, fp: Any, code: int, message: str, headers: Any, address: str) -> Any:
        here, there = urlsplit(request.full_url), urlsplit(address)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise QueryFailed("source_missing", f"{here.hostname} sends on to {there.hostname}, which is not asked.")
        return super().redirect_request(request, fp, code, message, headers, address)


def fetch(source: Mapping[str, Any], path: str, most: int) -> str:
    """Where what came was put. Raises QueryFailed."""
    address = source["url"]
    host = urlsplit(address).hostname
    headers = {name: SECRET.sub(_secret, template) for name, template in source["headers"]}
    request = urllib.request.Request(address, headers={"User-Agent": "floom-query", **headers})
    opener = urllib.request.build_opener(SameHost)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            path += _ending(source["format"], answer.headers.get_content_type(), address)
            with open(path, "wb") as file:
                _copy(answer, file, most)
    except urllib.error.HTTPError as error:
        raise QueryFailed("source_missing", f"{host} answers {error.code}.") from error
    except (urllib.error.URLError, OSError) as error:
        raise QueryFailed("source_missing", f"{host} cannot be asked: {getattr(error, 'reason', error)}.") from error
    return path


def _secret(found: Any) -> str:
    value = os.environ.get(found.group(1))
    if value is None:
        raise QueryFailed("source_missing", f"The secret {found.group(1)} is not set.")
    if "\r" in value or "\n" in value:
        raise QueryFailed("source_missing", f"The secret {found.group(1)} has line ends in it, which no header may have.")
    return value


def _copy(answer: Any, file: Any, most: int) -> None:
    while True:
        block = answer.read(256 * 1024)
        if not block:
            return
        file.write(block)
        if file.tell() > most:
            raise QueryFailed("source_too_large", f"The source is larger than {most} bytes.")


def _ending(form: Optional[str], media_type: str, address: str) -> str:
    if form is not None:
        return f".{form}"
    known = {"text/csv": ".csv", "application/json": ".json", "application/x-ndjson": ".ndjson", "text/tab-separated-values": ".tsv"}
    return known.get(media_type) or os.path.splitext(urlsplit(address).path)[1]


