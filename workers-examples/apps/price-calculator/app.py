"""Works out what a product has to cost, with a chart of what it earns."""

from typing import Annotated

import floom


def calculate(
    unit_cost: Annotated[float, floom.Field(gt=0, description="What one piece costs to make.")],
    fixed_costs: Annotated[float, floom.Field(ge=0, description="What has to be paid whatever is sold.")] = 1000.0,
    margin_percent: Annotated[int, floom.Field(ge=0, le=90, widget="slider")] = 40,
    vat_percent: Annotated[float, floom.Field(ge=0, le=30, step=0.5)] = 19.0,
    pieces: Annotated[int, floom.Field(ge=10, le=100_000, description="The most pieces that the chart shows.")] = 500,
) -> dict[str, object]:
    """Says the price, and from how many pieces on it earns.

    Args:
        margin_percent: How much of the net price is yours.
        vat_percent: Added on top of the net price.
    """
    net = round(unit_cost / (1 - margin_percent / 100), 2)
    earned_each = net - unit_cost
    step = max(1, pieces // 50)
    points = [
        {"pieces": sold, "profit": round(sold * earned_each - fixed_costs, 2)} for sold in range(0, pieces + 1, step)
    ]
    return {
        "net_price": net,
        "price": round(net * (1 + vat_percent / 100), 2),
        "break_even_pieces": None if earned_each <= 0 else -int(-fixed_costs // earned_each),
        "chart": {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": "Profit by pieces sold",
            "data": {"values": points},
            "mark": {"type": "line", "point": False},
            "encoding": {
                "x": {"field": "pieces", "type": "quantitative", "title": "Pieces sold"},
                "y": {"field": "profit", "type": "quantitative", "title": "Profit"},
            },
        },
    }
