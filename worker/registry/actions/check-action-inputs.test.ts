import { expect, it } from "vitest";
import type { Inputs } from "#contract/runs/run";
import { inferPython } from "../infer/infer-python.ts";
import { checkActionInputs } from "./check-action-inputs.ts";
import { compileSchema } from "./compile-schema.ts";

const SHA = "a".repeat(64);

function compile(source: string) {
  const { actions, findings } = inferPython(new Map([["app.py", source]]), "app.py");
  const [action] = actions;
  if (action === undefined) throw new Error(JSON.stringify(findings));
  return compileSchema(action.input_schema);
}

function check(source: string, inputs: Inputs) {
  const { errors, ...rest } = checkActionInputs(compile(source), inputs);
  return { ...rest, errors: errors.map(({ pointer, detail }) => `${pointer} ${detail}`) };
}

it("what a function is not given gets the default that its signature says", () => {
  const source = "def f(name: str, count: int = 3, tags: list[str] = [], note: str | None = None): ...\n";
  expect(check(source, { name: "Ada" })).toEqual({
    inputs: { name: "Ada", count: 3, tags: [], note: null },
    files: [],
    errors: [],
  });
});

it("the texts of a form and a command line become what the hints say", () => {
  const source = `from typing import Literal
def f(count: int, price: float, on: bool, size: Literal[1, 2], more: dict[str, int], n: int | None = None): ...
`;
  const given = { count: "3", price: "1.5", on: "yes", size: "2", more: '{"a": 1}', n: "7" };
  expect(check(source, given)).toMatchObject({
    inputs: { count: 3, price: 1.5, on: true, size: 2, more: { a: 1 }, n: 7 },
    errors: [],
  });
});

it("a blank of a form says nothing where no text is taken", () => {
  const source = "from datetime import date\ndef f(day: date | None = None, n: int = 2, t: str = 'x'): ...\n";
  expect(check(source, { day: "", n: "", t: "" })).toMatchObject({
    inputs: { day: null, n: 2, t: "" },
    errors: [],
  });
});

it("each problem points at its own field, at any depth", () => {
  const source = `from dataclasses import dataclass
from typing import Annotated
from pydantic import Field
@dataclass
class Item:
    name: str
    amount: Annotated[int, Field(ge=1)]
def f(items: list[Item], rate: float, kind: str): ...
`;
  const given = { items: [{ name: "a", amount: 0 }, { amount: "x" }], rate: "much", kinds: "a" };
  expect(check(source, given).errors.toSorted()).toEqual([
    "/inputs/items/0/amount must be at least 1",
    "/inputs/items/1/amount must be a whole number",
    "/inputs/items/1/name is required",
    "/inputs/kind is required",
    '/inputs/kinds is not an input of this action: it takes items, rate, kind. Did you mean "kind"?',
    "/inputs/rate must be a number",
  ]);
});

it("of a union the branch that is meant says what is wrong", () => {
  const source = `from dataclasses import dataclass
from typing import Literal
@dataclass
class Cat:
    kind: Literal["cat"]
    lives: int
@dataclass
class Dog:
    kind: Literal["dog"]
    tricks: list[str]
def f(pet: Cat | Dog, id: int | str, level: int | None = None): ...
`;
  expect(check(source, { pet: { kind: "cat", lives: "many" }, id: [1], level: "x" }).errors).toEqual([
    "/inputs/pet/lives must be a whole number",
    "/inputs/id must be a whole number or text",
    "/inputs/level must be a whole number",
  ]);
  expect(check(source, { pet: { kind: "dog", tricks: ["sit"] }, id: "x" }).errors).toEqual([]);
});

it("dates, times and addresses are judged as Python's own types take them", () => {
  const source = `import datetime as dt
from uuid import UUID
from pydantic import EmailStr
def f(day: dt.date, at: dt.time, when: dt.datetime, wait: dt.timedelta, id: UUID, to: EmailStr): ...
`;
  const good = {
    day: "2026-02-28",
    at: "09:30Z",
    when: "2026-01-31T09:30:00",
    wait: "PT1H30M",
    id: "0190163d-8694-739b-aea5-966c26f8ad91",
    to: "ada@example.com",
  };
  expect(check(source, good).errors).toEqual([]);
  const bad = { day: "2026-02-31", at: "25:00", when: "today", wait: "1 hour", id: "7", to: "ada" };
  expect(check(source, bad).errors).toHaveLength(6);
});

it("files are found at any depth, with what their hint accepts", () => {
  const source = `import floom
from dataclasses import dataclass
@dataclass
class Page:
    photo: floom.Image
    title: str = ""
def f(cover: floom.File, pages: list[Page], extra: floom.File | None = None): ...
`;
  const given = { cover: SHA, pages: [{ photo: SHA }, { photo: SHA, title: "two" }] };
  const { files, errors, inputs } = check(source, given);
  expect(errors).toEqual([]);
  expect(inputs).toEqual({
    cover: SHA,
    pages: [
      { photo: SHA, title: "" },
      { photo: SHA, title: "two" },
    ],
    extra: null,
  });
  expect(files).toEqual([
    { steps: ["cover"], value: SHA, accepts: [], maxSizeMb: null },
    { steps: ["pages", 0, "photo"], value: SHA, accepts: ["image/*"], maxSizeMb: null },
    { steps: ["pages", 1, "photo"], value: SHA, accepts: ["image/*"], maxSizeMb: null },
  ]);
  expect(check(source, { cover: "cv.pdf", pages: [] }).errors).toEqual([
    "/inputs/cover must be the id of an uploaded file (POST it to /api/uploads first, or pass @path to the floom command), or a small file as a data: URL",
  ]);
});

it("a value of a type that holds itself in several ways is judged in bounded time", () => {
  const source = `from __future__ import annotations
from dataclasses import dataclass
@dataclass
class A:
    next: A | B | None = None
@dataclass
class B:
    next: A | B | None = None
def f(x: A): ...
`;
  let deep: Inputs = { next: 1 };
  for (let level = 0; level < 100; level++) deep = { next: deep };
  expect(check(source, { x: deep }).errors[0]).toContain("/inputs lie more than");
});

it("a pattern that would try everything is not tried, and that is said", () => {
  const source = (pattern: string) => `from typing import Annotated
from pydantic import Field
def f(text: Annotated[str, Field(pattern=r"${pattern}")]): ...
`;
  const text = `${"a".repeat(60_000)}!`;
  for (const slow of ["^(a+)+$", "(a|aa)+$", "a+b+c", "(a?){30}b"]) {
    expect(check(source(slow), { text }).errors).toMatchObject([
      expect.stringContaining(`the pattern ${slow}`),
    ]);
  }
  expect(check(source("^a+!$"), { text }).errors).toEqual([]);
  expect(check(source("^[^@]+@[^@]+[.][a-z]+$"), { text: "ada@example.com" }).errors).toEqual([]);
});
