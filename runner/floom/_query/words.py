"""A search by words where there is no index: each text is looked through, and case and accents make no difference."""

import math
import unicodedata
from typing import Any, Callable, Sequence

# What the function is called in the statement of a search, the only one that may use it.
LOOKING = "floom_words"
# Of a text of so many characters one word found counts half of what it does in a short one.
LONG_TEXT = 500.0


def fold(text: str) -> str:
    """The text as it is compared: without case and without accents."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in parted if not unicodedata.combining(char)).casefold()


def score_by(words: Sequence[str]) -> Callable[..., float]:
    """
    A function of a row's texts: 0 unless all words are among them, as a part of any of theirs; else the more, the more often they
    are there and the shorter the texts.
    """
    folded = [fold(word) for word in words]

    def score(*values: Any) -> float:
        texts = fold("\n".join(_text_of(value) for value in values))
        total = 0.0
        for word in folded:
            count = texts.count(word)
            if count == 0:
                return 0.0
            total += 1.0 + math.log(count)
        return total / (1.0 + len(texts) / LONG_TEXT)

    return score


def _text_of(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
