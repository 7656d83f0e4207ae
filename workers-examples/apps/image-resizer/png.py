"""Reads and writes PNG (https://www.w3.org/TR/png-3/): 8 bits a channel, not interlaced."""

import struct
import zlib
from dataclasses import dataclass
from typing import Dict, Iterator, List, Tuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Bytes a pixel, by the colour type.
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass
class Picture:
    """`pixels`: four bytes each, red, green, blue and how opaque it is, row by row."""

    width: int
    height: int
    pixels: bytes

    def row(self, y: int) -> bytes:
        return self.pixels[y * self.width * 4 : (y + 1) * self.width * 4]


def read_png(data: bytes, most_pixels: int) -> Picture:
    """Raises ValueError, in words for whoever chose the file."""
    if not data.startswith(SIGNATURE):
        raise ValueError("This is no PNG picture")
    chunks: Dict[bytes, List[bytes]] = {}
    for kind, body in _chunks(data):
        chunks.setdefault(kind, []).append(body)
    if b"IHDR" not in chunks or b"IDAT" not in chunks:
        raise ValueError("This PNG picture is not whole")
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"][0])
    if depth != 8 or colour not in CHANNELS or interlace:
        raise ValueError("This kind of PNG is not read: 8 bits a channel, not interlaced")
    if not 0 < width * height <= most_pixels:
        raise ValueError(f"The picture has {width * height} pixels; at most {most_pixels} are read")
    size = (width * CHANNELS[colour] + 1) * height
    raw = zlib.decompressobj().decompress(b"".join(chunks[b"IDAT"]), size)
    if len(raw) != size:
        raise ValueError("This PNG picture is not whole")
    rows = _unfilter(raw, width * CHANNELS[colour], CHANNELS[colour])
    palette = b"".join(chunks.get(b"PLTE", []))
    clear = b"".join(chunks.get(b"tRNS", [])) if colour == 3 else b""
    return Picture(width, height, b"".join(_to_rgba(row, colour, palette, clear) for row in rows))


def write_png(picture: Picture) -> bytes:
    rows = b"".join(b"\x00" + picture.row(y) for y in range(picture.height))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _chunks(data: bytes) -> Iterator[Tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def _unfilter(raw: bytes, width: int, step: int) -> Iterator[bytes]:
    """The rows as they were before each was written as what differs from its neighbours."""
    above = bytearray(width)
    for start in range(0, len(raw), width + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + width])
        for at in range(width):
            left = row[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            row[at] = (row[at] + _predict(kind, left, above[at], corner)) & 255
        above = row
        yield bytes(row)


def _predict(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        near = left + up - corner
        return min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]
    return (0, left, up, (left + up) // 2)[kind]


def _to_rgba(row: bytes, colour: int, palette: bytes, clear: bytes) -> bytes:
    if colour == 6:
        return row
    if colour == 2:
        return b"".join(row[at : at + 3] + b"\xff" for at in range(0, len(row), 3))
    if colour == 4:
        return b"".join(bytes([row[at]] * 3) + row[at + 1 : at + 2] for at in range(0, len(row), 2))
    if colour == 3:
        entries = [palette[at : at + 3] + bytes([clear[at // 3] if at // 3 < len(clear) else 255]) for at in range(0, len(palette), 3)]
        return b"".join(entries[value] for value in row)
    return b"".join(bytes([value] * 3) + b"\xff" for value in row)
