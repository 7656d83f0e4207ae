import { expect, it } from "vitest";
import { inferPython } from "../infer/infer-python.ts";
import { checkActionInputs } from "./check-action-inputs.ts";
import { compileSchema } from "./compile-schema.ts";
import { sampleValues } from "./sample-values.ts";

it("a sample of a function's inputs is one that it takes, but for its files", () => {
  const source = `from __future__ import annotations
import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Literal
from pydantic import Field
import floom
@dataclass
class Node:
    name: str
    children: list[Node] = field(default_factory=list)
def f(tree: Node, n: Annotated[int, Field(ge=5)], day: dt.date, size: Literal["s", "l"], on: bool,
      more: dict[str, int], pair: tuple[int, str], id: int | str, file: floom.File | None = None, x: int = 3): ...
`;
  const [action] = inferPython(new Map([["app.py", source]]), "app.py").actions;
  const schema = action?.input_schema ?? {};
  const sample = sampleValues(schema);
  expect(sample).toMatchObject({ n: 5, day: "2026-01-31", size: "s", pair: [1, "example"], x: 3 });
  expect(checkActionInputs(compileSchema(schema), sample).errors).toEqual([]);
});
