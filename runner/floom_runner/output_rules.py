"""What worker.yml asks of a declared file, held against the file itself."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, Optional

from .config import Config
from .wire import clean_text

LARGEST_JSON_BYTES = 64 * 1024 * 1024
LONGEST_PATH = 512
# So much of a file is shown in a sentence, in bytes.
SHOWN = 80
# "report.md" and "data.7z", not "Version 1.2".
FILE_NAME_END = re.compile(r"(^|[\w)\]-])\.\d?[A-Za-z]\w{0,6}$")


def find_rule_fault(config: Config, declared: Dict[str, Any], path: str) -> Optional[str]:
    """Why the file at `path` (relative to the work directory) breaks its declaration, as the end of a sentence."""
    full = os.path.join(config.work_dir, path)
    size = os.stat(full).st_size
    if size == 0:
        return f"{path} is empty, declared as required" if declared["required"] else None
    keys, columns = declared.get("json_required_keys") or [], declared.get("columns") or []
    if keys or declared["media_type"].split(";")[0].strip() == "application/json":
        return _json_fault(full, path, keys) if size <= LARGEST_JSON_BYTES else None
    return _csv_fault(full, path, columns) if columns else None


def _json_fault(full: str, path: str, keys: Any) -> Optional[str]:
    with open(full, "rb") as file:
        data = file.read()
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return f"{path} is not valid JSON: {error}; it begins with {clean_text(data[:SHOWN].decode('utf-8', 'replace'))!r}"
    if not keys:
        return None
    if not isinstance(document, dict):
        return f"{path} is not a JSON object with json_required_keys {', '.join(keys)}"
    absent = [key for key in keys if key not in document]
    if not absent:
        return None
    found = ", ".join(list(document)[:20])[:200]
    return f"{path} lacks json_required_keys {', '.join(absent)}; its keys are: {found or 'none'}"


def _csv_fault(full: str, path: str, columns: Any) -> Optional[str]:
    import csv

    with open(full, encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(1 << 20)
    try:
        headers = [[cell.strip() for cell in next(csv.reader([first], delimiter=mark), [])] for mark in ",;\t"]
    except csv.Error as error:
        return f"{path} is not valid CSV: {error}"
    best = max(headers, key=lambda cells: len(set(columns) & set(cells)))
    absent = [column for column in columns if column not in best]
    if not absent:
        return None
    return f"{path} lacks columns {', '.join(absent)}; its header is {first.strip()[:200]!r}"


def as_literal(value: Any) -> Optional[str]:
    """
    The text that a script gives for a file instead of a path, as it is to be written; None for what names a file.
    A text is a path when it is one line that ends like a file's name.
    """
    if isinstance(value, str):
        one_line = "\n" not in value and "://" not in value and len(value) <= LONGEST_PATH
        is_path = one_line and (value.startswith(("out/", "/")) or FILE_NAME_END.search(value) is not None)
        return None if is_path or not value else clean_text(value)
    if value is None or (isinstance(value, dict) and isinstance(value.get("path") or value.get("relative_path"), str)):
        return None
    return clean_text(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"
