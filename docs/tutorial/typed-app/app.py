"""Splits what a dinner cost."""
from dataclasses import dataclass
from typing import Annotated, Literal

import floom


@dataclass
class Guest:
    name: str
    drinks: Annotated[float, floom.Field(ge=0, description="What only they have to pay.")] = 0.0


def split(
    food: Annotated[float, floom.Field(gt=0, description="What everybody shares.")],
    guests: list[Guest],
    tip: Literal[0, 10, 15] = 10,
) -> dict[str, object]:
    """Says who pays what.

    Args:
        tip: In percent of everything.
    """
    shared = food / max(len(guests), 1)
    rows = [
        {"guest": guest.name, "pays": round((shared + guest.drinks) * (1 + tip / 100), 2)} for guest in guests
    ]
    return {
        "total": round(sum(row["pays"] for row in rows), 2),
        "shares": {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": "Who pays what",
            "data": {"values": rows},
            "mark": "bar",
            "encoding": {
                "y": {"field": "guest", "type": "nominal", "title": None},
                "x": {"field": "pays", "type": "quantitative", "title": "Pays"},
            },
        },
    }
