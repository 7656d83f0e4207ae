"""Takes secret values out of whatever leaves the sandbox through the journal."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Set

MASK = "***"
# Shorter values ("on", "1234") would blot out ordinary text.
SHORTEST_SECRET = 6
# Of longer values only the plain text and its lines: every spelling costs a search of all that is told.
LONGEST_SPELLED = 4096


class Redactor:
    """
    Replaces every occurrence of the values, of each line of a value that has several (a PEM key), and of the spellings in
    which programs print them most. The edge looks for more of them, over borders too; what is found here does not even leave
    the sandbox.
    """

    def __init__(self, values: Iterable[str], plain: Iterable[str] = ()) -> None:
        """Of `plain` only the text itself is looked for."""
        forms: Set[str] = set(plain)
        for value in values:
            if len(value) < SHORTEST_SECRET:
                continue
            forms.update((value, *value.splitlines()))
            if len(value) <= LONGEST_SPELLED:
                forms.update(_spellings(value))
        found = [form for form in forms if len(form) >= SHORTEST_SECRET]
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


def known_values(secrets: Dict[str, str]) -> List[str]:
    """The values that are here: of a secret that is put into requests on their way out a word stands in its place."""
    return [value for name, value in secrets.items() if value != f"${{secret:{name}}}"]


def _spellings(value: str) -> List[str]:
    # Imported here: a run without secrets does not wait for them.
    from binascii import b2a_base64
    from json import dumps
    from urllib.parse import quote, quote_plus

    data = value.encode("utf-8", "replace")
    spelled = [data.hex(), data.hex().upper(), value[::-1]]
    spelled += [dumps(value)[1:-1], dumps(value, ensure_ascii=False)[1:-1]]
    spelled += [quote(data, safe=""), quote(data), quote_plus(data)]
    for shift in range(3):
        coded = b2a_base64(b"\0" * shift + data, newline=False).decode()
        # What is the same whatever stands before and behind the bytes.
        core = coded[(shift * 8 + 5) // 6 : (shift + len(data)) * 8 // 6]
        spelled += [core, core.replace("+", "-").replace("/", "_")]
    return spelled
