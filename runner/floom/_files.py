"""What a typed function takes and gives for files: `floom.File`, `floom.Image` and `floom.Table`."""

import codecs
import importlib
import io
import os
import sys
from typing import IO, Any, Dict, Iterable, List, Mapping, Optional, Sequence, Type, TypeVar, Union

Self = TypeVar("Self", bound="File")
Place = Union[str, "os.PathLike[str]"]


class File:
    """
    A file. As a parameter's hint it becomes an upload; returned, it can be downloaded from the run's page.

        def shout(text: floom.File) -> floom.File:
            return floom.File.from_text(text.read_text().upper(), "loud.txt")
    """

    def __init__(self, path: Place, *, name: Optional[str] = None, media_type: Optional[str] = None) -> None:
        """A file that is there. `name` is what it is called when it is downloaded, the last part of its path if absent."""
        self._path: Optional[str] = os.fspath(path)
        self._name = name or os.path.basename(self._path)
        self._media_type = media_type

    @classmethod
    def from_bytes(cls: Type[Self], data: bytes, name: str = "file.bin", media_type: Optional[str] = None) -> Self:
        """A new file, kept in a folder of the run's own. Raises ValueError for a name that is a path."""
        if os.path.basename(name) != name or name in ("", ".", ".."):
            raise ValueError(f"a file's name has no folders in it: {name!r}")
        path = _new_path(name)
        with open(path, "wb") as file:
            file.write(data)
        return cls(path, name=name, media_type=media_type)

    @classmethod
    def from_text(cls: Type[Self], text: str, name: str = "file.txt", media_type: Optional[str] = None) -> Self:
        """A new file of text, in UTF-8."""
        return cls.from_bytes(text.encode(), name, media_type)

    @property
    def path(self) -> str:
        """Where it is; `open(file.path)` and `open(file)` both open it."""
        assert self._path is not None
        return self._path

    @property
    def name(self) -> str:
        """What it is called, without its folder."""
        return self._name

    @property
    def size(self) -> int:
        """In bytes."""
        return os.stat(self.path).st_size

    @property
    def media_type(self) -> str:
        """Such as `text/csv`, by the file's name unless it was told."""
        import mimetypes

        return self._media_type or mimetypes.guess_type(self._name)[0] or "application/octet-stream"

    def open(self, mode: str = "rb", encoding: Optional[str] = None) -> IO[Any]:
        """As `open(path, mode)`: bytes, unless `mode` says text, which then is UTF-8."""
        return open(self.path, mode, encoding=encoding or (None if "b" in mode else "utf-8"))

    def read_bytes(self) -> bytes:
        """All of it."""
        with self.open() as file:
            data: bytes = file.read()
        return data

    def read_text(self, encoding: Optional[str] = None) -> str:
        """All of it as text: in `encoding`, else as its first bytes say, else UTF-8, else Windows' Western alphabet."""
        return decode(self.read_bytes(), encoding)

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"floom.{type(self).__name__}({self._path or self._name!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        """In a model of pydantic's a file is taken as it is, and a path becomes one."""
        return sys.modules["pydantic_core.core_schema"].no_info_plain_validator_function(cls._take)

    @classmethod
    def __get_validators__(cls) -> Any:
        """The same for pydantic 1."""
        yield cls._take

    @classmethod
    def _take(cls: Type[Self], value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if isinstance(value, (str, os.PathLike)):
            return cls(value)
        raise ValueError("must be a file")


class Image(File):
    """A picture. As `floom.File`, and with Pillow, where the worker has it, `image.pil()` opens it."""

    def pil(self) -> Any:
        """Pillow's image. Raises ImportError that says what to do where Pillow is not installed."""
        try:
            pillow = importlib.import_module("PIL.Image")
        except ImportError:
            raise ImportError("image.pil() needs Pillow: write pillow into requirements.txt") from None
        return pillow.open(self.path)

    @classmethod
    def from_pil(cls, image: Any, name: str = "image.png") -> "Image":
        """A new picture in the format that the name's ending says."""
        made = cls.from_bytes(b"", name)
        image.save(made.path)
        return made


class Table(File):
    """
    Rows with named columns: of a CSV, TSV, JSON or Excel file, or made by the function.

        def cheap(goods: floom.Table) -> floom.Table:
            return floom.Table([row for row in goods if float(row["price"]) < 10])
    """

    def __init__(
        self,
        source: Union[Place, Iterable[Mapping[str, Any]]],
        *,
        name: Optional[str] = None,
        media_type: Optional[str] = None,
        delimiter: Optional[str] = None,
        encoding: Optional[str] = None,
    ) -> None:
        """
        A file's path, or rows as dicts. `delimiter` and `encoding` are found out if they are not told. A file of rows
        is named `table.csv` unless `name` says otherwise.
        """
        self._delimiter = delimiter
        self._encoding = encoding
        self._rows: Optional[List[Dict[str, Any]]] = None
        if isinstance(source, (str, os.PathLike)):
            super().__init__(source, name=name, media_type=media_type)
            return
        self._rows = [dict(row) for row in source]
        self._path = None
        self._name = name or "table.csv"
        self._media_type = media_type

    @property
    def path(self) -> str:
        """Where it is; a table that was made of rows is written when this is asked."""
        if self._path is None:
            self._path = _new_path(self._name)
            with open(self._path, "w", encoding="utf-8", newline="") as file:
                file.write(self._text())
        return self._path

    @property
    def rows(self) -> List[Dict[str, Any]]:
        """One dict a row, by the names in the first line. Of a CSV file every value is text."""
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    @property
    def columns(self) -> List[str]:
        """The names, in their order."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def _text(self) -> str:
        import csv

        text = io.StringIO()
        delimiter = self._delimiter or ("\t" if self._name.endswith(".tsv") else ",")
        # Nobody can choose another line end than a spreadsheet expects.
        writer = csv.DictWriter(text, self.columns, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    def _read(self) -> List[Dict[str, Any]]:
        data = self.read_bytes()
        if data.startswith(b"PK\x03\x04"):
            return _read_excel(data)
        text = decode(data, self._encoding)
        if self._name.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{"):
            return _read_json(text)
        return _read_csv(text, self._delimiter)


def decode(data: bytes, encoding: Optional[str] = None) -> str:
    """Bytes as text, without a byte order mark. Raises UnicodeDecodeError only for an encoding that was told."""
    if encoding is not None:
        return data.decode(encoding)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _name_columns(header: Sequence[Any]) -> List[str]:
    """Every column has a name of its own: `column_2` where the file has none, `price_2` for the second `price`."""
    names: List[str] = []
    for number, cell in enumerate(header, 1):
        name = "" if cell is None else str(cell).strip()
        name = name or f"column_{number}"
        free, count = name, 2
        while free in names:
            free, count = f"{name}_{count}", count + 1
        names.append(free)
    return names


def _with_names(lines: List[Sequence[Any]], empty: Any) -> List[Dict[str, Any]]:
    if not lines:
        return []
    widest = max(len(line) for line in lines)
    names = _name_columns([*lines[0], *[None] * (widest - len(lines[0]))])
    return [dict(zip(names, [*line, *[empty] * (widest - len(line))])) for line in lines[1:]]


def _read_csv(text: str, delimiter: Optional[str]) -> List[Dict[str, Any]]:
    import csv

    csv.field_size_limit(2**31 - 1)
    first_line = text.lstrip("\r\n").partition("\n")[0]
    # By the header alone: commas and semicolons in the rows are as often parts of numbers and sentences.
    found = delimiter or max(",;\t|", key=first_line.count)
    lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=found) if any(line)]
    return _with_names(list(lines), "")


def _read_json(text: str) -> List[Dict[str, Any]]:
    import json

    try:
        document = json.loads(text)
    except ValueError:
        # One object a line.
        document = [json.loads(line) for line in text.splitlines() if line.strip()]
    rows = [document] if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a table in JSON is a list of objects")
    return rows


def _read_excel(data: bytes) -> List[Dict[str, Any]]:
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ImportError:
        raise ImportError("an Excel table needs openpyxl: write openpyxl into requirements.txt") from None
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    lines = [line for line in book.active.iter_rows(values_only=True) if any(cell is not None for cell in line)]
    return _with_names(lines, None)


def _new_path(name: str) -> str:
    """A path that is free, in a folder of what functions hand back."""
    folder = os.path.join(os.environ.get("FLOOM_OUTPUT_DIR", os.getcwd()), "outputs")
    os.makedirs(folder, exist_ok=True)
    stem, ending = os.path.splitext(name)
    path, number = os.path.join(folder, name), 2
    while os.path.lexists(path):
        path, number = os.path.join(folder, f"{stem}-{number}{ending}"), number + 1
    return path
