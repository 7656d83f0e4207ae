"""Sends files: whole, a single range, or gzip."""

from __future__ import annotations

import os
import stat
import time

from .files_http import FileError, to_file_error
from .http_wire import Request

READ_BYTES = 64 * 1024
# `/dev/null` by its numbers. Other devices may never come to an end of what they say, or to a beginning.
NULL_DEVICE = os.makedev(1, 3)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


async def send_file(path: str, request: Request) -> None:
    """
    Sends a file's bytes. It is opened before anything is answered: a file that may not be read is refused with its reason,
    which a cut answer could not tell.
    """
    try:
        _check_kind(path, os.stat(path))
        encoding = choose_encoding(request.headers.get("accept-encoding"))
        if encoding is None:
            raise FileError(406, "no acceptable encoding: identity and gzip are offered")
        # A file may have become a pipe since: opened so, that keeps nobody waiting.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise to_file_error(error, path) from None
    try:
        info = os.fstat(fd)
        _check_kind(path, info)
        headers = _headers_of(path, info)
        if encoding == "gzip":
            await _send_gzip(fd, request, headers)
        elif info.st_size == 0:
            await _send_unsized(fd, request, headers)
        else:
            await _send_plain(fd, info.st_size, request, headers)
    finally:
        os.close(fd)


def _check_kind(path: str, info: os.stat_result) -> None:
    """Looked at before it is opened: a pipe would keep whoever opens it waiting for somebody who writes."""
    if stat.S_ISDIR(info.st_mode):
        raise FileError(400, f"path '{path}' is a directory")
    if not stat.S_ISREG(info.st_mode) and info.st_rdev != NULL_DEVICE:
        raise FileError(400, f"path '{path}' is not a regular file")


def _headers_of(path: str, info: os.stat_result) -> dict[str, str]:
    at = time.gmtime(info.st_mtime)
    modified = (
        f"{DAYS[at.tm_wday]}, {at.tm_mday:02d} {MONTHS[at.tm_mon - 1]} {at.tm_year:04d} "
        f"{at.tm_hour:02d}:{at.tm_min:02d}:{at.tm_sec:02d} GMT"
    )
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": content_disposition(os.path.basename(path)),
        "Last-Modified": modified,
        "Vary": "Accept-Encoding",
    }


def content_disposition(name: str) -> str:
    """A file's name in a header: for old clients in ASCII, for others in full."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in name)
    kept = "-_.!~*'()"
    full = "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in kept) else f"%{byte:02X}"
        for byte in name.encode("utf-8", "replace")
    )
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{full}"


async def _send_gzip(fd: int, request: Request, headers: dict[str, str]) -> None:
    import zlib

    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    await request.begin(200, {**headers, "Content-Encoding": "gzip"})
    while data := os.read(fd, READ_BYTES):
        await request.write(packer.compress(data))
    await request.write(packer.flush())
    await request.finish()


async def _send_unsized(fd: int, request: Request, headers: dict[str, str]) -> None:
    """Files of `/proc` and devices say that they are empty and are not."""
    data = os.read(fd, READ_BYTES)
    if not data:
        return await request.begin(200, headers, 0)
    await request.begin(200, headers)
    while data:
        await request.write(data)
        data = os.read(fd, READ_BYTES)
    await request.finish()


async def _send_plain(fd: int, size: int, request: Request, headers: dict[str, str]) -> None:
    headers["Accept-Ranges"] = "bytes"
    asked = request.headers.get("range")
    wanted = parse_range(asked, size)
    if wanted == "unsatisfiable":
        message = f"range '{asked}' is outside the file of {size} bytes"
        raise FileError(416, message, {**_without_type(headers), "Content-Range": f"bytes */{size}"})
    start, end = (0, size - 1) if wanted is None else wanted
    if wanted is None:
        await request.begin(200, headers, size)
    else:
        await request.begin(206, {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}, end - start + 1)
    # Bounded by the length announced, in case the file grows while it is sent.
    while start <= end:
        data = os.pread(fd, min(READ_BYTES, end - start + 1), start)
        if not data:
            raise FileError(500, "the file became shorter while it was sent")
        await request.write(data)
        start += len(data)


def _without_type(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Content-Type"}


def choose_encoding(header: str | None) -> str | None:
    """
    `identity` unless the client rules it out or asks for gzip alone: between machines of one host, compressing costs more
    than it saves. None when the client accepts neither.
    """
    weights: dict[str, float] = {}
    for item in (header or "").split(","):
        coding, *parameters = [word.strip() for word in item.strip().lower().split(";")]
        if coding:
            quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
            weights[coding] = _number(quality)
    gzip = weights.get("gzip", weights.get("*", 0))
    identity = weights.get("identity", 0 if weights.get("*") == 0 else None)
    if gzip > 0 and (len(weights) == 1 or identity == 0 or gzip > (1 if identity is None else identity)):
        return "gzip" if "gzip" in weights else "identity"
    return None if identity == 0 else "identity"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def parse_range(header: str | None, size: int) -> tuple[int, int] | str | None:
    """The one byte range asked for, its end inclusive; several ranges, or another unit, are answered with the whole file."""
    unit, _, text = (header or "").strip().partition("=")
    first, dash, last = text.partition("-")
    is_plain = all(word == "" or (word.isascii() and word.isdigit()) for word in (first, last))
    if unit != "bytes" or not dash or not is_plain or (first == "" and last == ""):
        return None
    if first == "":
        length = min(int(last), size)
        return "unsatisfiable" if length == 0 else (size - length, size - 1)
    start = int(first)
    if last != "" and int(last) < start:
        return None
    end = size - 1 if last == "" else min(int(last), size - 1)
    return "unsatisfiable" if start >= size else (start, end)
