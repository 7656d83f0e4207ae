"""What the journal can carry, judged before anything is written: one rule for every value that a script hands over."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Optional, Tuple

# The edge reads numbers as doubles: beyond this a whole number would arrive as another one.
LARGEST_INTEGER = 2**53 - 1
DEEPEST = 100
# Digits beyond this are no number for anybody, and converting them takes quadratic time.
LONGEST_NUMBER = 400
LONGEST_NAME = 255
LONGEST_PLACE = 120


class Unsendable(Exception):
    """An entry that no post can carry. `too_large` tells which of the two failures it is."""

    def __init__(self, message: str, too_large: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.too_large = too_large


def clean_text(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot carry, as U+FFFD; pairs become the character they mean."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def parse_integer(digits: str) -> Any:
    """For `json.loads`: a number of absurd length becomes infinity, which `find_fault` names with its place."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else math.inf


def find_fault(value: Any, place: str) -> Optional[str]:
    """Why a JSON value cannot arrive as it is, as a sentence that begins with the place; None when it can. Pure."""
    waiting: List[Tuple[Any, str, int]] = [(value, place, 0)]
    while waiting:
        item, where, depth = waiting.pop()
        if depth > DEEPEST:
            return f"{_shorten(where)} is nested deeper than {DEEPEST} levels."
        if isinstance(item, dict):
            waiting.extend((inner, f"{where}.{key}" if where else str(key), depth + 1) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend((inner, f"{where}[{index}]", depth + 1) for index, inner in enumerate(item))
        elif isinstance(item, (int, float)):
            problem = _number_fault(item)
            if problem:
                return f"{_shorten(where)} {problem}"
    return None


def _number_fault(number: Any) -> Optional[str]:
    if isinstance(number, float):
        return None if math.isfinite(number) else "is NaN, infinite or out of range, which JSON has no number for."
    if abs(number) > LARGEST_INTEGER:
        return "is a whole number beyond 2^53, which would arrive changed; write it as a text."
    return None


def _shorten(place: str) -> str:
    return clean_text(place) if len(place) <= LONGEST_PLACE else clean_text(place[:LONGEST_PLACE]) + "..."


def encode_entry(entry: Dict[str, Any], most_bytes: int) -> bytes:
    """One line of the journal. Raises Unsendable when the edge could not take it."""
    name = entry.get("name")
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        entry = {**entry, "name": name[:LONGEST_NAME]}
    fault = find_fault(entry, "")
    if fault:
        raise Unsendable(fault)
    line = clean_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False)).encode() + b"\n"
    if len(line) > most_bytes:
        raise Unsendable(f"What the script hands over has {len(line):,} bytes; the limit is {most_bytes:,}.", True)
    return line
