"""Reads the zip of a bundle. The standard library's reader is slow to import, and a run waits for it."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO, Iterator, List, NamedTuple

END = struct.Struct("<4s4H2LH")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL_BYTES = 30
STORED, DEFLATED = 0, 8
BLOCK_BYTES = 256 * 1024


class BadZip(Exception):
    """The file is not a zip as the edge writes it: without encryption, parts, or the 64-bit extension."""


class Member(NamedTuple):
    name: str
    # Unix mode, 0 when the zip does not say.
    mode: int
    method: int
    offset: int
    packed_bytes: int
    size_bytes: int
    checksum: int


def list_members(file: BinaryIO) -> List[Member]:
    """The central directory's entries, in its order. Raises BadZip."""
    file.seek(0, 2)
    tail_start = max(0, file.tell() - END.size - 0xFFFF)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + END.size:
        raise BadZip("it is not a zip file")
    _, _, _, _, count, _, offset, _ = END.unpack_from(tail, at)
    file.seek(offset)
    return [_read_entry(file) for _ in range(count)]


def read_member(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The unpacked content in blocks. Raises BadZip when it is not what the directory says."""
    file.seek(member.offset)
    head = file.read(LOCAL_BYTES)
    if len(head) < LOCAL_BYTES or head[:4] != b"PK\x03\x04":
        raise BadZip(f"{member.name} is not where the directory says")
    name_bytes, extra_bytes = struct.unpack_from("<2H", head, 26)
    file.seek(name_bytes + extra_bytes, 1)
    checksum = size = 0
    for block in _unpack(file, member):
        checksum = zlib.crc32(block, checksum)
        size += len(block)
        if size > member.size_bytes:
            break
        yield block
    if size != member.size_bytes or checksum != member.checksum:
        raise BadZip(f"{member.name} is damaged")


def _read_entry(file: BinaryIO) -> Member:
    fixed = file.read(CENTRAL.size)
    if len(fixed) < CENTRAL.size or fixed[:4] != b"PK\x01\x02":
        raise BadZip("its directory is damaged")
    values = CENTRAL.unpack(fixed)
    flags, method, checksum, packed, size = values[3], values[4], values[7], values[8], values[9]
    name_bytes, extra_bytes, comment_bytes, attributes, offset = values[10], values[11], values[12], values[15], values[16]
    raw = file.read(name_bytes)
    file.seek(extra_bytes + comment_bytes, 1)
    name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    if flags & 1 or method not in (STORED, DEFLATED) or 0xFFFFFFFF in (packed, size, offset):
        raise BadZip(f"{name} is packed in a way that is not supported")
    return Member(name, attributes >> 16, method, offset, packed, size, checksum)


def _unpack(file: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.packed_bytes
    inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None
    while left > 0:
        packed = file.read(min(left, BLOCK_BYTES))
        if not packed:
            raise BadZip(f"{member.name} is cut short")
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        try:
            while packed:
                yield inflate.decompress(packed, BLOCK_BYTES)
                packed = inflate.unconsumed_tail
        except zlib.error as error:
            raise BadZip(f"{member.name} is damaged") from error
    if inflate is not None:
        yield inflate.flush()
