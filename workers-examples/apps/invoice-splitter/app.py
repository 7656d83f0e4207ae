"""Splits a bill between those who shared it, to the cent."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Literal

import floom

CENT = Decimal("0.01")


@dataclass
class Item:
    """A line of the bill.

    Attributes:
        what: Such as "Pizza".
        price: What it cost, without the tip.
        shared_by: Who had it. Nobody named means everybody.
    """

    what: str
    price: Annotated[Decimal, floom.Field(ge=0)]
    shared_by: list[str]


@dataclass
class Share:
    person: str
    amount: Decimal
    items: list[str]


def split(
    people: Annotated[list[str], floom.Field(min_length=1, examples=[["Ada", "Bea"]])],
    items: Annotated[list[Item], floom.Field(min_length=1)],
    tip_percent: Annotated[int, floom.Field(ge=0, le=50, widget="slider")] = 10,
    currency: Literal["EUR", "USD", "GBP", "CHF"] = "EUR",
) -> dict[str, object]:
    """Says what each person owes.

    Args:
        people: Everybody who was there.
        items: What was on the bill.
        tip_percent: Added to every item.
    """
    owed = {person: Decimal(0) for person in people}
    had: dict[str, list[str]] = {person: [] for person in people}
    for item in items:
        for person, part in _share_out(item, people, 1 + Decimal(tip_percent) / 100):
            owed[person] += part
            had[person].append(item.what)
    shares = [Share(person, owed[person], had[person]) for person in people]
    return {"shares": shares, "total": sum(owed.values()), "currency": currency}


def _share_out(item: Item, people: list[str], factor: Decimal) -> list[tuple[str, Decimal]]:
    """Whole cents that add up to the item: the first ones carry a cent more where it does not divide."""
    sharers = item.shared_by or people
    for person in sharers:
        if person not in people:
            raise ValueError(f"{person} had {item.what} but is not among the people")
    total = (item.price * factor).quantize(CENT)
    each = (total / len(sharers)).quantize(CENT, ROUND_DOWN)
    left = int((total - each * len(sharers)) / CENT)
    return [(person, each + CENT * (index < left)) for index, person in enumerate(sharers)]
