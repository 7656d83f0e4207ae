"""Takes secret values out of whatever leaves the sandbox through the journal."""

from __future__ import annotations

from typing import Any, Iterable, List

MASK = "***"
# Shorter values ("on", "1234") would blot out ordinary text.
SHORTEST_SECRET = 6


class Redactor:
    """Replaces every occurrence of the values, and of each line of a value that has several (a PEM key)."""

    def __init__(self, values: Iterable[str]) -> None:
        parts = {part for value in values for part in (value, *value.splitlines())}
        found = [part for part in parts if len(part) >= SHORTEST_SECRET]
        self._texts: List[str] = sorted(found, key=len, reverse=True)
        self._blobs: List[bytes] = [text.encode("utf-8", "replace") for text in self._texts]
        self.longest = max((len(blob) for blob in self._blobs), default=0)

    def blob(self, data: bytes) -> bytes:
        for secret in self._blobs:
            if secret in data:
                data = data.replace(secret, MASK.encode())
        return data

    def text(self, text: str) -> str:
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def json(self, value: Any) -> Any:
        """A copy of a JSON value with its strings, keys included, redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.json(item) for key, item in value.items()}
        return value

    def cut_before_secret(self, data: bytes, cut: int) -> int:
        """The place at or before `cut` where data can be divided without dividing a secret."""
        for secret in self._blobs:
            start = data.find(secret, max(0, cut - len(secret) + 1), cut + len(secret) - 1)
            if 0 < start < cut:
                cut = start
        return cut
