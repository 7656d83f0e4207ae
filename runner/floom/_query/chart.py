"""A chart of what stats gives, as Vega-Lite writes it: whoever shows a run draws it."""

import re
from typing import Any, Dict, List, Optional

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# More bars are not told apart.
MOST_BARS = 60
PERIOD = re.compile(r"\d{4}(-\d{2}){0,2}")


def draw_groups(rows: List[Dict[str, Any]], group: str, value: str) -> Optional[Dict[str, Any]]:
    """Bars of one value by group: periods in their order from left to right, all else the largest first. None where there is no number."""
    shown = [{group: row[group], value: row[value]} for row in rows if isinstance(row[value], (int, float))][:MOST_BARS]
    if not shown:
        return None
    along = {"field": group, "type": "nominal", "sort": None, "title": group}
    up = {"field": value, "type": "quantitative", "title": value}
    if all(isinstance(row[group], str) and PERIOD.fullmatch(row[group]) for row in shown):
        shown.sort(key=lambda row: row[group])
        encoding = {"x": along, "y": up}
    else:
        encoding = {"x": up, "y": along}
    return {"$schema": SCHEMA, "title": f"{value} by {group}", "data": {"values": shown}, "mark": "bar", "encoding": encoding}
