"""E2B's `/files`: GET sends a file, POST stores one or many. The host has checked token or signature."""

from __future__ import annotations

import os
import stat

from .http_wire import Request
from .loop import Gone, Loop
from .rpc import describe, errno_name
from .tree import FileMetadata
from .users import User, find_user, name_in_basic, resolve_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Callable

METADATA_PREFIX = "x-metadata-"
STATUS_OF_ERRNO = {
    "ENOENT": 404,
    "ENOTDIR": 400,
    "EISDIR": 400,
    "EINVAL": 400,
    "ENAMETOOLONG": 400,
    "ELOOP": 400,
    "EEXIST": 400,
    "ENXIO": 400,
    "EACCES": 403,
    "EPERM": 403,
    "EROFS": 403,
    "ETXTBSY": 409,
    "EFBIG": 507,
    "ENOSPC": 507,
    "EDQUOT": 507,
}


class FileError(Exception):
    """A refusal: an HTTP status and what to tell the client."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def to_file_error(error: OSError, path: str) -> FileError:
    """A system error as a refusal; 507 is "no space left", which E2B's client names."""
    status = STATUS_OF_ERRNO.get(errno_name(error), 500)
    if status == 404:
        return FileError(404, f"path '{path}' does not exist")
    if status == 507:
        return FileError(507, f"not enough disk space available for '{path}'")
    return FileError(status, describe(error))


def unquote(text: str) -> str:
    """Percent-encoded UTF-8 of a query."""
    parts = text.replace("+", " ").encode("utf-8", "replace").split(b"%")
    out = bytearray(parts[0])
    for part in parts[1:]:
        try:
            out.append(int(part[:2], 16) if len(part) > 1 else int("x", 16))
            out += part[2:]
        except ValueError:
            out += b"%" + part
    return out.decode("utf-8", "replace")


def parse_query(query: str) -> dict[str, str]:
    """The parameters; the first of each name counts."""
    params: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        params.setdefault(unquote(name), unquote(value))
    return params


class FilesHttp:
    """Answers requests for files."""

    def __init__(self, loop: Loop, metadata: FileMetadata) -> None:
        self._loop = loop
        self._metadata = metadata

    async def handle(self, request: Request) -> None:
        """Answers one request."""
        params = parse_query(request.query)
        path = params.get("path")
        try:
            await self._serve(request, params)
        except (FileError, OSError) as error:
            refusal = error if isinstance(error, FileError) else to_file_error(error, path or "")
            # Once the headers are out, a cut connection is the only way left to say that the body is not whole.
            if request.has_answered:
                raise Gone from None
            await request.refuse(refusal.status, refusal.message, refusal.headers)

    async def _serve(self, request: Request, params: dict[str, str]) -> None:
        path = params.get("path")
        user = _user_of(request, params)
        if request.method == "GET":
            from .download import send_file

            await send_file(_resolve(path or "", user), request)
        elif request.method == "POST":
            upload = Upload(self._loop, user, path, self._metadata, _metadata_of(request))
            await request.reply(200, await receive(request, upload))
        else:
            raise FileError(405, f"method {request.method} is not allowed", {"Allow": "GET, POST"})


def _user_of(request: Request, params: dict[str, str]) -> User:
    name = params.get("username", name_in_basic(request.headers.get("authorization")))
    user = find_user(name)
    if user is None:
        raise FileError(401, f"error looking up user '{name}': unknown user")
    return user


def _resolve(path: str, user: User) -> str:
    try:
        return resolve_path(path, user)
    except ValueError as error:
        raise FileError(400, str(error)) from None


def _metadata_of(request: Request) -> dict[str, str]:
    """The metadata of an upload, from its `X-Metadata-<key>` headers; keys are lower case as HTTP has them."""
    return {
        name[len(METADATA_PREFIX) :]: value for name, value in request.headers.items() if name.startswith(METADATA_PREFIX)
    }


async def receive(request: Request, upload: Upload) -> list[dict[str, Any]]:
    """Stores the request's body: one raw file, or every part named `file` of a multipart form."""
    kind = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind == "application/octet-stream":
        if upload.path is None:
            raise FileError(400, "path query parameter is required for raw body upload")
        is_sized = request.headers.get("content-length", "").isdigit()
        announced = int(request.headers["content-length"]) if is_sized else 0
        await upload.store(upload.path, _decoded_body(request), announced)
    elif kind.startswith("multipart/"):
        from .multipart import read_multipart

        read = _decoded_body(request)
        await read_multipart(read, request.headers["content-type"], upload.store_part)
    else:
        expected = "expected multipart/form-data or application/octet-stream"
        raise FileError(400, f"unsupported content type: {kind or 'none'}, {expected}")
    return upload.written


def _decoded_body(request: Request) -> Callable[[], Awaitable[bytes]]:
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return request.read
    if encoding != "gzip":
        raise FileError(400, f"unsupported content encoding: {encoding}")
    from .multipart import gunzip

    return gunzip(request.read)


class Upload:
    """The files of one request."""

    def __init__(
        self, loop: Loop, user: User, path: str | None, metadata: FileMetadata, values: dict[str, str]
    ) -> None:
        self._loop = loop
        self._user = user
        # Where it goes; without it every part of a multipart body names its own.
        self.path = path
        self._metadata = metadata
        self._values = values
        self.written: list[dict[str, Any]] = []

    async def store_part(self, filename: str, read: Callable[[], Awaitable[bytes]]) -> None:
        """Stores a part of a form."""
        await self.store(filename if self.path is None else self.path, read, 0)

    async def store(self, wanted: str, read: Callable[[], Awaitable[bytes]], announced: int) -> None:
        """Stores what `read` gives up to its end, of which so many bytes are announced."""
        if wanted == "":
            raise FileError(400, "the file has no path")
        path = _resolve(wanted, self._user)
        if any(file["path"] == path for file in self.written):
            raise FileError(400, f"you cannot upload multiple files to the same path '{path}' in one upload request")
        try:
            info = await self._write_whole(path, read, announced)
        except OSError as error:
            raise to_file_error(error, path) from None
        self._metadata.set(info, self._values)
        file = {"name": os.path.basename(path), "path": path, "type": "file", "metadata": self._values or None}
        self.written.append(file)

    async def _write_whole(self, path: str, read: Callable[[], Awaitable[bytes]], announced: int) -> os.stat_result:
        """
        Writes in place, as envd does: links, owners and watchers of an existing file stay. A new file that cannot be
        written whole is taken away again; an existing one is left alone when the space is known not to suffice.
        """
        folder = os.path.dirname(path)
        existing = _stat_or_none(path)
        if existing is None and not os.path.isdir(folder):
            os.makedirs(folder, exist_ok=True)
        if existing is not None and stat.S_ISDIR(existing.st_mode):
            raise FileError(400, f"path is a directory: {path}")
        free = _free_bytes(folder) + (0 if existing is None else existing.st_size)
        if announced > free:
            raise FileError(507, f"not enough disk space available: {announced} bytes needed, {free} free")
        try:
            fd = _open_for_writing(path, existing is not None)
            try:
                while data := await read():
                    await self._write_all(fd, data)
                return os.fstat(fd)
            finally:
                os.close(fd)
        except BaseException:
            if existing is None:
                _unlink_if_there(path)
            raise

    async def _write_all(self, fd: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(fd, view) :]
            except BlockingIOError:
                # A pipe that is full: whoever waits for it must not keep everybody else waiting.
                await self._loop.sleep(0.01)


def _open_for_writing(path: str, exists: bool) -> int:
    """
    Opens a file and gives it to its owner, in envd's order, which a watch shows: an existing one before, a new one after
    it was made. Here the owner is always the same, so nothing else comes of it.
    """
    uid, gid = os.getuid(), os.getgid()
    if exists:
        try:
            os.chown(path, uid, gid)
        except OSError:
            pass
    # A pipe without a reader would keep the whole agent waiting.
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, 0o666)
    if not exists:
        os.fchown(fd, uid, gid)
    return fd


def _stat_or_none(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _free_bytes(folder: str) -> int:
    try:
        info = os.statvfs(folder)
        return info.f_bavail * info.f_frsize
    except OSError:
        return 0


def _unlink_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
