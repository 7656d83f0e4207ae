import { afterEach, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";
import { inferPython } from "../worker/registry/infer/infer-python.ts";
import { judgeOutputs } from "../worker/runs/outcome/judge-outputs.ts";

const labs: RunnerLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const source = `
from __future__ import annotations
import floom
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Optional, TypedDict
from uuid import UUID

class Colour(Enum):
    RED = "r"

class Point(NamedTuple):
    x: int
    y: float = 0.5

class Row(TypedDict, total=False):
    name: str
    when: datetime

@dataclass
class Everything:
    day: date
    at: datetime
    clock: time
    wait: timedelta
    price: Decimal
    uid: UUID
    where: Path
    raw: bytes
    colour: Colour
    kind: Literal["a", 1]
    point: Point
    pair: tuple[int, str]
    many: tuple[int, ...]
    tags: set[str]
    frozen: frozenset[int]
    by_number: dict[int, str]
    by_day: dict[date, list[Row]]
    maybe: Optional[Point]
    either: int | str | None
    picture: floom.Image
    sheet: floom.Table
    tree: Node
    report: floom.Markdown
    page: floom.Html | None
    query: Annotated[floom.Code, floom.Field(language="sql")]

@dataclass
class Node:
    name: str
    below: list[Node] = field(default_factory=list)

def act(given: floom.Markdown) -> Everything:
    assert type(given) is floom.Markdown and given == "# x"
    return Everything(date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 6, timezone.utc), time(3, 4), -timedelta(hours=1.5),
        Decimal("1E+3"), UUID(int=5), Path("a/b"), b"abc", Colour.RED, 1, Point(1), (1, "a"), (1, 2), {"b", "a"}, frozenset([2]),
        {1: "a"}, {date(2024, 1, 2): [{"name": "x", "when": datetime(2024, 1, 2)}]}, None, "a",
        floom.Image.from_bytes(b"\\x89PNG\\r\\n\\x1a\\n", "a.png"), floom.Table.from_text("a\\n1\\n", "a.csv"), Node("a", [Node("b")]),
        floom.Markdown("# a"), floom.Html("<p>a</p>"), floom.Code("select 1"))
`;

it("what a function returns as its hints say is written as its output schema says", async () => {
  verifies("run:outputs:judged-by-their-schema");
  const { actions, findings } = inferPython(new Map([["app.py", source]]), "app.py");
  expect(findings).toEqual([]);
  const lab = await RunnerLab.open();
  labs.push(lab);
  const { result, entries } = await lab.run({
    files: { "app.py": source },
    entry: "app.py",
    command: "python app.py",
    config: { inputs: { given: "# x" }, environment: { FLOOM_ACTION: "act" } },
  });
  expect(result.error).toBeNull();
  const files = entries.flatMap((entry) => (entry.type === "file" ? [entry] : []));
  expect(judgeOutputs(actions[0]?.output_schema ?? null, result.outputs ?? {}, files)).toEqual([]);
});
