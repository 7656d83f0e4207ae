"""Reads the text of plain PDF files (ISO 32000-1): texts by their operators, glyphs by the font's own table where it has one."""

import re
import zlib
from typing import Dict, Iterator, List, Optional, Tuple

MOST_BYTES = 50_000_000
OBJECT = re.compile(rb"(?<!\d)(\d+)\s+(\d+)\s+obj\b(.*?)\bendobj\b", re.S)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
TOKEN = re.compile(rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|<[0-9A-Fa-f\s]*>|\[|\]|/[^\s/<>\[\]()]+|[^\s/<>\[\]()]+", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

Objects = Dict[int, bytes]
Glyphs = Dict[bytes, str]


def read_pages(data: bytes) -> List[str]:
    """The text of each page, in the order of the file's page tree. Raises ValueError, in words for whoever chose it."""
    if b"%PDF-" not in data[:1024]:
        raise ValueError("This is no PDF document")
    if b"/Encrypt" in data:
        raise ValueError("This PDF is encrypted; save it without a password first")
    objects = _read_objects(data)
    pages = [number for number, body in objects.items() if re.search(rb"/Type\s*/Page\b", body)]
    return [_read_page(objects, number) for number in _in_order(objects, pages)]


def _read_objects(data: bytes) -> Objects:
    objects = {int(number): body for number, _, body in OBJECT.findall(data)}
    for body in list(objects.values()):
        if re.search(rb"/Type\s*/ObjStm\b", body):
            objects.update(_read_packed(body))
    return objects


def _read_packed(body: bytes) -> Iterator[Tuple[int, bytes]]:
    """Objects that are kept in a compressed stream."""
    first = re.search(rb"/First\s+(\d+)", body)
    content = _decode(body)
    start = int(first[1]) if first else 0
    numbers = [int(word) for word in content[:start].split()]
    offsets = numbers[1::2] + [len(content) - start]
    for index, number in enumerate(numbers[::2]):
        yield number, content[start + offsets[index] : start + offsets[index + 1]]


def _decode(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None:
        return b""
    if b"/FlateDecode" not in body[: found.start()]:
        return found[1]
    try:
        return zlib.decompressobj().decompress(found[1], MOST_BYTES)
    except zlib.error:
        return b""


def _in_order(objects: Objects, pages: List[int]) -> List[int]:
    """As the page tree has them; what it does not name comes last."""
    order: List[int] = []
    roots = [body for body in objects.values() if re.search(rb"/Type\s*/Pages\b", body) and b"/Parent" not in body]
    seen = set()

    def walk(body: bytes) -> None:
        kids = re.search(rb"/Kids\s*\[(.*?)\]", body, re.S)
        for number in (int(word) for word in re.findall(rb"(\d+)\s+\d+\s+R", kids[1] if kids else b"")):
            if number in seen or number not in objects:
                continue
            seen.add(number)
            if number in pages:
                order.append(number)
            else:
                walk(objects[number])

    for root in roots:
        walk(root)
    return order + [number for number in pages if number not in order]


def _read_page(objects: Objects, number: int) -> str:
    body = objects[number]
    named = re.search(rb"/Contents\s*(\[.*?\]|\d+\s+\d+\s+R)", body, re.S)
    parts = [int(word) for word in re.findall(rb"(\d+)\s+\d+\s+R", named[1] if named else b"")]
    content = b"\n".join(_decode(objects.get(part, b"")) for part in parts)
    return _read_text(content, _fonts_of(objects, body))


def _fonts_of(objects: Objects, page: bytes) -> Dict[bytes, Glyphs]:
    """By the name that the page calls a font: what its glyphs mean; empty where the font does not say."""
    resources = _resolve(objects, page, rb"/Resources") or page
    named = _resolve(objects, resources, rb"/Font") or b""
    fonts = {}
    for name, number in re.findall(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R", named):
        table = re.search(rb"/ToUnicode\s+(\d+)\s+\d+\s+R", objects.get(int(number), b""))
        fonts[name] = _read_glyphs(_decode(objects.get(int(table[1]), b""))) if table else {}
    return fonts


def _resolve(objects: Objects, body: bytes, key: bytes) -> Optional[bytes]:
    found = re.search(key + rb"\s*(?:(\d+)\s+\d+\s+R|(<<.*))", body, re.S)
    if found is None:
        return None
    return objects.get(int(found[1])) if found[1] else found[2]


def _read_glyphs(table: bytes) -> Glyphs:
    glyphs: Glyphs = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            glyphs[bytes.fromhex(code.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
            for step in range(min(int(last, 16) - int(first, 16) + 1, 65_536)):
                code = (int(first, 16) + step).to_bytes(len(first) // 2, "big")
                glyphs[code] = start[:-1] + chr(ord(start[-1]) + step)
    return glyphs


def _read_text(content: bytes, fonts: Dict[bytes, Glyphs]) -> str:
    """What the operators of a page write; a move to another line is a line break."""
    lines: List[str] = [""]
    glyphs: Glyphs = {}
    operands: List[bytes] = []
    for token in TOKEN.findall(content):
        if token == b"Tf" and len(operands) >= 2:
            glyphs = fonts.get(operands[-2].lstrip(b"/"), {})
        elif token in (b"Td", b"TD", b"T*", b"Tm", b"'", b'"') and lines[-1]:
            if not (token in (b"Td", b"TD") and len(operands) >= 2 and operands[-1] in (b"0", b"0.0")):
                lines.append("")
        if token in (b"Tj", b"TJ", b"'", b'"'):
            lines[-1] += "".join(_show(operand, glyphs) for operand in operands)
        if re.fullmatch(rb"[A-Za-z'\"*]+", token):
            operands = []
        else:
            operands.append(token)
    return "\n".join(line.strip() for line in lines if line.strip())


def _show(operand: bytes, glyphs: Glyphs) -> str:
    if operand.startswith(b"("):
        return _glyphs_to_text(_unescape(operand[1:-1]), glyphs)
    if operand.startswith(b"<"):
        return _glyphs_to_text(bytes.fromhex(re.sub(rb"[<>\s]", b"", operand).decode().ljust(2, "0")), glyphs)
    # In an array a large step back is a space between words.
    return " " if re.fullmatch(rb"-\d{3,}(?:\.\d+)?", operand) else ""


def _unescape(text: bytes) -> bytes:
    def plain(found: "re.Match[bytes]") -> bytes:
        code = found[1]
        return bytes([int(code, 8) & 255]) if code.isdigit() else ESCAPES.get(code, code.strip(b"\r\n"))

    return re.sub(rb"\\([0-7]{1,3}|\r\n|.)", plain, text, flags=re.S)


def _glyphs_to_text(codes: bytes, glyphs: Glyphs) -> str:
    if not glyphs:
        return codes.decode("cp1252", "replace")
    width = max(len(code) for code in glyphs)
    return "".join(glyphs.get(codes[at : at + width], "") for at in range(0, len(codes), width))
