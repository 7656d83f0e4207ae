"""Makes PNG pictures smaller, without any package: `png.py` beside it reads and writes them."""

from typing import Annotated, Literal

import floom
from png import Picture, read_png, write_png

MOST_PIXELS = 16_000_000


def resize(
    picture: Annotated[floom.Image, floom.Field(accept=[".png", "image/png"])],
    width: Annotated[int, floom.Field(ge=1, le=4000)] = 400,
    colours: Literal["keep", "grey"] = "keep",
) -> dict[str, object]:
    """Brings a picture to a width and keeps its proportions.

    Args:
        picture: A PNG file of at most 16 million pixels.
        width: In pixels. One that is wider than the picture leaves it as it is.
    """
    source = read_png(picture.read_bytes(), MOST_PIXELS)
    smaller = _shrink(source, min(width, source.width))
    if colours == "grey":
        smaller = _grey(smaller)
    name = picture.name.rpartition(".")[0] or "picture"
    return {
        "picture": floom.Image.from_bytes(write_png(smaller), f"{name}-{smaller.width}.png"),
        "width": smaller.width,
        "height": smaller.height,
        "bytes_before": picture.size,
    }


def _shrink(source: Picture, width: int) -> Picture:
    """Each new pixel is the mean of those it stands for."""
    height = max(1, round(source.height * width / source.width))
    columns = [_span(x, width, source.width) for x in range(width)]
    pixels = bytearray()
    for y in range(height):
        top, bottom = _span(y, height, source.height)
        rows = [source.row(line) for line in range(top, bottom)]
        for left, right in columns:
            for channel in range(4):
                values = [value for row in rows for value in row[left * 4 + channel : right * 4 : 4]]
                pixels.append(sum(values) // len(values))
    return Picture(width, height, bytes(pixels))


def _span(index: int, parts: int, whole: int) -> tuple[int, int]:
    start = index * whole // parts
    return start, max(start + 1, (index + 1) * whole // parts)


def _grey(picture: Picture) -> Picture:
    """By how bright the eye sees each colour (ITU-R BT.601)."""
    pixels = bytearray(picture.pixels)
    for at in range(0, len(pixels), 4):
        red, green, blue = pixels[at : at + 3]
        pixels[at : at + 3] = bytes([(299 * red + 587 * green + 114 * blue) // 1000] * 3)
    return Picture(picture.width, picture.height, bytes(pixels))
