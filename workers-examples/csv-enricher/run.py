"""Reads a CSV of companies, adds three columns, and writes the list and a Markdown summary.

Everything here is the plain file contract: inputs come from inputs.json, outputs go to out/, and result.json
says how it went. No library is needed.
"""

import csv
import json
from collections import Counter
from pathlib import Path

ADDED_COLUMNS = ["country", "region", "size_band"]
COUNTRY_BY_DOMAIN_ENDING = {
    "at": ("Austria", "Europe"),
    "br": ("Brazil", "South America"),
    "ca": ("Canada", "North America"),
    "de": ("Germany", "Europe"),
    "fr": ("France", "Europe"),
    "in": ("India", "Asia"),
    "jp": ("Japan", "Asia"),
    "ke": ("Kenya", "Africa"),
    "uk": ("United Kingdom", "Europe"),
}
UNKNOWN_COUNTRY = ("unknown", "unknown")


def size_band(employees: int, large_from: int) -> str:
    if employees >= large_from:
        return "large"
    return "medium" if employees >= large_from / 5 else "small"


def enrich(row: dict, large_from: int) -> dict:
    domain_ending = row["domain"].rsplit(".", 1)[-1].lower()
    country, region = COUNTRY_BY_DOMAIN_ENDING.get(domain_ending, UNKNOWN_COUNTRY)
    band = size_band(int(row["employees"]), large_from)
    return {**row, "country": country, "region": region, "size_band": band}


def markdown_summary(rows: list[dict]) -> str:
    lines = ["# Companies", "", f"{len(rows)} rows.", "", "| Region | Companies |", "| --- | ---: |"]
    by_region = Counter(row["region"] for row in rows)
    lines += [f"| {region} | {count} |" for region, count in sorted(by_region.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    inputs = json.loads(Path("inputs.json").read_text(encoding="utf-8"))
    with open(inputs["companies"], newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = [enrich(row, inputs["large_from"]) for row in reader]
    print(f"read {len(rows)} rows from {inputs['companies']}")

    Path("out").mkdir(exist_ok=True)
    with open("out/enriched.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=columns + ADDED_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    Path("out/summary.md").write_text(markdown_summary(rows), encoding="utf-8")

    outputs = {"enriched": "out/enriched.csv", "summary": "out/summary.md", "row_count": len(rows)}
    Path("result.json").write_text(json.dumps({"status": "success", "outputs": outputs}), encoding="utf-8")


main()
