"""Makes JSON of what a function returns; files among it are kept beside, as the run's artifacts."""

import binascii
import collections.abc
import enum
import json
import math
import os
import sys
from typing import Any, Dict, List, Tuple

from ._from_json import wire_of

# What bytes begin with, and how a file of them is called.
SIGNATURES: Tuple[Tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "result.png"),
    (b"\xff\xd8\xff", "result.jpg"),
    (b"GIF8", "result.gif"),
    (b"%PDF-", "result.pdf"),
    (b"PK\x03\x04", "result.zip"),
)
# As text they say all that they are.
AS_TEXT = frozenset(("decimal", "fractions", "ipaddress", "pathlib", "uuid", "zoneinfo"))


class Writer:
    """Turns values into JSON; `artifacts` are the files that were among them, as result.json names them."""

    def __init__(self) -> None:
        self.artifacts: List[Dict[str, str]] = []

    def write(self, value: Any, pointer: str = "") -> Any:
        """Raises TypeError for what JSON and files cannot hold, with its place in what was returned."""
        if isinstance(value, enum.Enum):
            return self.write(wire_of(value), pointer)
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, (int, float)):
            return self._number(value, pointer)
        if isinstance(value, collections.abc.Mapping):
            return {_key(key): self.write(item, f"{pointer}/{_key(key)}") for key, item in value.items()}
        if isinstance(value, (set, frozenset)):
            return _sorted([self.write(item, pointer) for item in value])
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self.write(dict(zip(value._fields, value)), pointer)
        if isinstance(value, (list, tuple, collections.deque)) or hasattr(value, "__next__"):
            return [self.write(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        return self._object(value, pointer)

    def _number(self, value: Any, pointer: str) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            raise TypeError(f"{_place(pointer)} is {value}, which JSON has no word for")
        # NumPy's numbers are subclasses of Python's, and JSON's writer goes by what they print.
        return value if type(value) in (int, float) else (float(value) if isinstance(value, float) else int(value))

    def _object(self, value: Any, pointer: str) -> Any:
        kind = type(value)
        module = kind.__module__.split(".")[0]
        if kind.__module__ == "floom._files" or any(base.__module__ == "floom._files" for base in kind.__mro__):
            return self._file(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if any(base.__module__.split(".")[0] in AS_TEXT for base in kind.__mro__):
            return str(value)
        if module == "datetime" or any(base.__module__ == "datetime" for base in kind.__mro__):
            return duration_text(value) if hasattr(value, "total_seconds") else value.isoformat()
        if hasattr(value, "model_dump"):
            return self.write(value.model_dump(by_alias=True), pointer)
        if hasattr(kind, "__fields__") and hasattr(value, "dict"):
            shown = value.dict(by_alias=True)
            return self.write(shown["__root__"] if "__root__" in shown else shown, pointer)
        if hasattr(kind, "__dataclass_fields__"):
            shown = [name for name, field in kind.__dataclass_fields__.items() if field._field_type.name == "_FIELD" and name[0] != "_"]
            return self.write({name: getattr(value, name) for name in shown}, pointer)
        if hasattr(kind, "__attrs_attrs__"):
            return self.write({field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}, pointer)
        return self._foreign(value, module, pointer)

    def _foreign(self, value: Any, module: str, pointer: str) -> Any:
        """What well-known libraries make. None of them is loaded for it: whoever made such a value has loaded it."""
        if module == "pandas" and hasattr(value, "to_json"):
            is_frame = hasattr(value, "columns")
            text = value.to_json(orient="records", date_format="iso", date_unit="us")
            return json.loads(text) if is_frame or hasattr(value, "index") else self.write(list(value), pointer)
        if module == "polars" and hasattr(value, "to_dicts"):
            return self.write(value.to_dicts(), pointer)
        if module in ("numpy", "polars", "pandas") and hasattr(value, "tolist"):
            return self.write(value.tolist(), pointer)
        if module == "PIL" and hasattr(value, "save"):
            from ._files import Image

            return self._file(Image.from_pil(value, "result.png"))
        if module == "matplotlib" and hasattr(value, "savefig"):
            from ._files import Image

            made = Image.from_bytes(b"", "result.png")
            value.savefig(made.path)
            return self._file(made)
        if module.startswith("pydantic"):
            return str(value)
        raise TypeError(f"{_place(pointer)} is of type {type(value).__name__}, which cannot be written as JSON")

    def _bytes(self, data: bytes) -> str:
        from ._files import File

        name = next((name for signature, name in SIGNATURES if data.startswith(signature)), "result.bin")
        return self._file(File.from_bytes(data, name))

    def _file(self, file: Any) -> str:
        """The file's path in the work directory; one from elsewhere is copied there."""
        root = os.path.realpath(os.environ.get("FLOOM_OUTPUT_DIR", os.getcwd()))
        place = os.path.realpath(file.path)
        if not place.startswith(root + os.sep):
            file = type(file).from_bytes(file.read_bytes(), os.path.basename(file.name), file._media_type)
            place = os.path.realpath(file.path)
        relative = os.path.relpath(place, root)
        if all(artifact["path"] != relative for artifact in self.artifacts):
            self.artifacts.append({"path": relative, "name": file.name, "type": file.media_type})
        return relative


def _place(pointer: str) -> str:
    return f"{pointer} of what was returned" if pointer else "what was returned"


def _key(key: Any) -> str:
    """As JSON's own writer has it, and what is no text, number or word by what it prints."""
    wire = wire_of(key)
    if isinstance(wire, bytes):
        return binascii.b2a_base64(wire, newline=False).decode()
    return wire if isinstance(wire, str) else json.dumps(wire, default=str).strip('"')


def _sorted(items: List[Any]) -> List[Any]:
    """A set has no order, and two runs should not differ by none."""
    return sorted(items, key=lambda item: (type(item).__name__, item if isinstance(item, (int, float, str)) else json.dumps(item)))


def duration_text(length: Any) -> str:
    """A timedelta in ISO 8601, as it is read: `P1DT2H`, `-PT0.5S`. Exact to the microsecond."""
    micros = (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, micros = divmod(micros, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{micros:06}".rstrip("0") if micros else ""
    parts = [(hours, f"{hours}H"), (minutes, f"{minutes}M"), (seconds or micros, f"{seconds}{fraction}S")]
    time = "".join(text for amount, text in parts if amount)
    day = f"{days}D" if days else ""
    return f"{sign}P{day}T{time}" if time else f"{sign}P{day or 'T0S'}"
