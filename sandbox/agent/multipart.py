"""Forms in several parts, and bodies that are packed: read as they come, never held whole."""

from __future__ import annotations

from .files_http import FileError, unquote
from .loop import Gone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Awaitable, Callable

    Read = Callable[[], Awaitable[bytes]]
    StorePart = Callable[[str, Read], Awaitable[None]]

FILE_PART_NAME = "file"
MAX_HEAD_BYTES = 16 * 1024
PIECE_BYTES = 64 * 1024
BROKEN = "the multipart form is broken"


def gunzip(read: Read) -> Read:
    """What a packed body says, piece by piece. Reading throws FileError when it is broken or ends too soon."""
    import zlib

    packed = b""
    unpacker = zlib.decompressobj(31)
    has_begun = False

    async def read_unpacked() -> bytes:
        nonlocal packed, unpacker, has_begun
        while True:
            if not packed:
                packed = await read()
                if not packed:
                    if has_begun and not unpacker.eof:
                        raise FileError(400, "unexpected end of file")
                    return b""
            if unpacker.eof:
                unpacker = zlib.decompressobj(31)
            has_begun = True
            try:
                data = unpacker.decompress(packed, PIECE_BYTES)
            except zlib.error as error:
                raise FileError(400, str(error)) from None
            packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            if data:
                return data

    return read_unpacked


async def read_multipart(read: Read, content_type: str, store: StorePart) -> None:
    """Stores every part named `file`, one after the other. Throws the first failure."""
    boundary = parse_parameters(content_type).get("boundary", "")
    if boundary == "":
        raise FileError(400, BROKEN)
    form = _Form(read, b"--" + boundary.encode("latin-1"))
    await form.skip_preamble()
    while (head := await form.next_part()) is not None:
        disposition = head.get("content-disposition", "")
        parameters = parse_parameters(disposition)
        is_wanted = disposition.lower().startswith("form-data") and parameters.get("name") == FILE_PART_NAME
        if is_wanted:
            await store(parameters.get("filename", ""), form.read_content)
        while await form.read_content():
            pass


def parse_parameters(header: str) -> dict[str, str]:
    """What stands behind the first semicolon of a header; text of clients is UTF-8."""
    text = header.encode("latin-1", "replace").decode("utf-8", "replace")
    parameters: dict[str, str] = {}
    at = text.find(";")
    while 0 <= at < len(text):
        name, equals, rest = text[at + 1 :].partition("=")
        if not equals:
            break
        at = len(text) - len(rest)
        name = name.strip(" \t;").lower()
        if rest.startswith('"'):
            value, at = _quoted(text, at + 1)
        else:
            end = text.find(";", at)
            end = len(text) if end < 0 else end
            value, at = text[at:end].strip(), end
        parameters[name] = value
        at = text.find(";", at)
    full = parameters.pop("filename*", None)
    if full is not None and full.lower().startswith("utf-8'"):
        parameters["filename"] = unquote(full.split("'", 2)[-1].replace("+", "%2B"))
    return parameters


def _quoted(text: str, at: int) -> tuple[str, int]:
    """The text up to the closing mark, and the place behind it."""
    letters = []
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in '"\\':
            at += 1
        letters.append(text[at])
        at += 1
    return "".join(letters), at + 1


class _Form:
    """The body of a form, read part by part."""

    def __init__(self, read: Read, delimiter: bytes) -> None:
        self._read = read
        self._delimiter = delimiter
        # A line's end before it belongs to every delimiter but the first.
        self._buffer = bytearray(b"\r\n")
        self._mark = b"\r\n" + delimiter
        self._is_in_part = False

    async def skip_preamble(self) -> None:
        """Reads up to the first delimiter."""
        self._is_in_part = True
        while await self.read_content():
            pass

    async def next_part(self) -> dict[str, str] | None:
        """The head of the next part, None at the form's end."""
        await self._fill(2)
        if self._buffer[:2] == b"--":
            return None
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise FileError(400, BROKEN)
            await self._fill(len(self._buffer) + 1)
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        # The end of the head may be that of the content as well, when there is none.
        del self._buffer[: end + 2]
        head = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            head[name.strip().lower()] = value.strip()
        self._is_in_part = True
        self._skips_line_end = True
        return head

    _skips_line_end = False

    async def read_content(self) -> bytes:
        """The next bytes of the part, none at its end. Throws FileError when the form ends before."""
        if not self._is_in_part:
            return b""
        while True:
            data = self._take_content()
            if data is None:
                self._is_in_part = False
                return b""
            if data:
                return data
            await self._fill(len(self._buffer) + 1)

    def _take_content(self) -> bytes | None:
        """What surely belongs to the part; None when its end has come."""
        skipped = 2 if self._skips_line_end else 0
        if len(self._buffer) < skipped + len(self._mark):
            return b""
        at = self._buffer.find(self._mark)
        if self._skips_line_end and at != 0:
            del self._buffer[:2]
            at -= 2 if at > 0 else 0
        self._skips_line_end = False
        if at == 0:
            del self._buffer[: len(self._mark)]
            return None
        size = at if at > 0 else len(self._buffer) - len(self._mark) + 1
        data = bytes(self._buffer[: max(0, size)])
        del self._buffer[: max(0, size)]
        return data

    async def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                data = await self._read()
            except Gone:
                raise
            if not data:
                raise FileError(400, BROKEN)
            self._buffer += data
