"""Counts what there is to count in a text."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import floom

WORDS_A_MINUTE = 230


@dataclass
class WordCount:
    word: str
    count: int


@dataclass
class Statistics:
    words: int
    sentences: int
    characters: int
    reading_minutes: float
    words_per_sentence: float
    most_used: list[WordCount]


@floom.action(title="Count")
def count(
    text: Annotated[str, floom.Field(widget="textarea", min_length=1)],
    most_used: Annotated[int, floom.Field(ge=0, le=50)] = 10,
    without: Annotated[list[str], floom.Field(widget="tags")] = ["the", "a", "of", "and", "to", "in"],
) -> Statistics:
    """Counts words and sentences, and says how long reading takes.

    Args:
        most_used: How many of the most used words are shown.
        without: Words that are not among the most used ones.
    """
    words = re.findall(r"\w+(?:['’-]\w+)*", text)
    sentences = [part for part in re.split(r"[.!?…]+(?:\s|$)", text) if part.strip()]
    hidden = {word.casefold() for word in without}
    counts = Counter(word.casefold() for word in words if word.casefold() not in hidden)
    return Statistics(
        words=len(words),
        sentences=len(sentences),
        characters=len(text),
        reading_minutes=round(len(words) / WORDS_A_MINUTE, 1),
        words_per_sentence=round(len(words) / len(sentences), 1) if sentences else 0,
        most_used=[WordCount(word, times) for word, times in counts.most_common(most_used)],
    )


@floom.action(title="Compare")
def compare(
    before: Annotated[str, floom.Field(widget="textarea")],
    after: Annotated[str, floom.Field(widget="textarea")],
) -> dict[str, int]:
    """Says how many words came and went between two versions of a text."""
    old, new = Counter(before.casefold().split()), Counter(after.casefold().split())
    return {"added": (new - old).total(), "removed": (old - new).total(), "kept": (old & new).total()}
