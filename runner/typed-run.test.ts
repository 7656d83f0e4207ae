import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

const labs: RunnerLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

/** Runs the action `act` of a file that is this. */
async function act(source: string, options: Omit<Script, "files"> = {}, files: Script["files"] = {}) {
  const lab = await RunnerLab.open();
  labs.push(lab);
  const attempt = await lab.run({
    files: { "app.py": source, ...files },
    entry: "app.py",
    command: "python app.py",
    ...options,
    config: { environment: { FLOOM_ACTION: "act" }, ...options.config },
  });
  return { ...attempt, workDir: lab.workDir };
}

const withInputs = (inputs: Record<string, string | number | null | (string | number)[]>) => ({
  config: { inputs },
});
const filesOf = ({ entries }: Awaited<ReturnType<typeof act>>) =>
  entries.flatMap((entry) =>
    entry.type === "file" ? [{ path: entry.path, media_type: entry.media_type }] : [],
  );

describe("a typed function", () => {
  it("is called with its own types, and an object's keys are the outputs", async () => {
    verifies("runner:typed:called-and-answered");
    const { result } = await act(
      `
from __future__ import annotations
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

@dataclass
class Plan:
    ends: date
    price: Decimal
    wait: timedelta

def act(start: date, days: int = 1, *, price: Decimal) -> Plan:
    return Plan(start + timedelta(days=days), price * 2, timedelta(hours=days))`,
      withInputs({ start: "2024-02-28", days: 2, price: "0.10" }),
    );
    expect(result.outputs).toEqual({ ends: "2024-03-01", price: "0.20", wait: "PT2H" });
  });

  it("answers anything that is no object as the output result", async () => {
    verifies("runner:typed:called-and-answered");
    const source = "def act(n: int) -> list[int]:\n    return [n, n]";
    expect((await act(source, withInputs({ n: 3 }))).result.outputs).toEqual({ result: [3, 3] });
    const maybe = "def act(n: int) -> dict | None:\n    return {'n': n} if n else None";
    expect((await act(maybe, withInputs({ n: 0 }))).result.outputs).toEqual({ result: null });
    expect((await act(maybe, withInputs({ n: 1 }))).result.outputs).toEqual({ result: { n: 1 } });
    const nothing = await act("def act(): print('done')");
    expect(nothing.result).toMatchObject({ outcome: "success", outputs: {} });
    expect(nothing.lines()).toEqual(["done"]);
  });

  it("is awaited when it is asynchronous, and gathered when it hands back piece by piece", async () => {
    verifies("runner:typed:async-and-streams");
    const asynchronous =
      "import asyncio\nasync def act(n: int) -> int:\n    await asyncio.sleep(0)\n    return n + 1";
    expect((await act(asynchronous, withInputs({ n: 1 }))).result.outputs).toEqual({ result: 2 });
    const pieces =
      "from typing import Iterator\ndef act(n: int) -> Iterator[int]:\n    for i in range(n): yield i";
    expect((await act(pieces, withInputs({ n: 3 }))).result.outputs).toEqual({ result: [0, 1, 2] });
    const later = "async def act(n: int):\n    for i in range(n): yield {'i': i}";
    expect((await act(later, withInputs({ n: 2 }))).result.outputs).toEqual({
      result: [{ i: 0 }, { i: 1 }],
    });
  });

  it("fails as invalid_inputs at the field that is not what its hint says, before it is called", async () => {
    verifies("typing:run:fault-names-its-field");
    const attempt = await act(
      "from datetime import date\ndef act(days: list[date]):\n    print('called')",
      withInputs({ days: ["2024-01-01", "soon"] }),
    );
    expect(attempt.result).toMatchObject({
      outcome: "failure",
      error_code: "invalid_inputs",
      error: 'The input /days/1: must be a date as 2024-12-31, not "soon"',
    });
    expect(attempt.lines()).toEqual([]);
  });

  it("says which part of an output JSON cannot hold", async () => {
    const attempt = await act("def act():\n    return {'rows': [1, object()]}");
    expect(attempt.result).toMatchObject({ outcome: "failure", error_code: "execution_error" });
    expect(attempt.result.error).toContain(
      "/rows/1 of what was returned is of type object, which cannot be written as JSON",
    );
  });

  it("shows the author's own lines of a traceback and none of ours", async () => {
    const attempt = await act("def act():\n    raise RuntimeError('mine')");
    expect(attempt.result.error).toContain("RuntimeError: mine");
    expect(attempt.lines("stderr").join("\n")).toContain("app.py");
    expect(attempt.lines("stderr").join("\n")).not.toContain("_typed.py");
  });

  it("is found by its decorator's name, also under another decorator", async () => {
    verifies("runner:typed:found-by-name");
    const source = `
import functools, floom
app = floom.App()
@functools.lru_cache
@app.action(name="act", title="Doubles")
def double(n: int) -> int:
    return n * 2
def act(n: int):
    return "not the decorated one"`;
    expect((await act(source, withInputs({ n: 4 }))).result.outputs).toEqual({ result: 8 });
    const missing = await act("def other(): ...");
    expect(missing.result.error).toContain("app.py has no function for the action act");
  });

  it("may stand beside files called as the standard library's, which it then imports", async () => {
    const own = "def parse(text):\n    return text.upper()";
    const { result } = await act(
      "import json, typing, enum, csv\nfrom uuid import parse\ndef act(t: str):\n    return parse(t)",
      withInputs({ t: "hi" }),
      { "uuid.py": own, "decimal.py": "x = 1" },
    );
    expect(result.outputs).toEqual({ result: "HI" });
  });

  it("starts in the Python that waits in a warm sandbox as in a new one", async () => {
    verifies("runner:typed:called-and-answered");
    const { result } = await act(
      "from enum import Enum\nclass E(Enum):\n    A = 'a'\ndef act(e: E) -> E:\n    return e",
      {
        ...withInputs({ e: "a" }),
        brought: true,
      },
    );
    expect(result.outputs).toEqual({ result: "a" });
  });
});

describe("files of typed functions", () => {
  const people = { inputFiles: { "inputs/people.csv": "name;age\r\nAda;36\r\n\r\nGrace;85;x\r\n" } };

  it("a table has rows whatever its delimiter, encoding and gaps, and goes out as CSV", async () => {
    verifies("runner:typed:files");
    const attempt = await act(
      `
import floom
def act(people: floom.Table) -> floom.Table:
    print(people.columns, len(people), people.rows[1])
    return floom.Table([{**row, "age": int(row["age"]) + 1} for row in people], name="older.csv")`,
      { ...people, ...withInputs({ people: "inputs/people.csv" }) },
    );
    expect(attempt.lines()).toEqual([
      "['name', 'age', 'column_3'] 2 {'name': 'Grace', 'age': '85', 'column_3': 'x'}",
    ]);
    expect(attempt.result.outputs).toEqual({ result: "outputs/older.csv" });
    expect(filesOf(attempt)).toEqual([{ path: "outputs/older.csv", media_type: "text/csv" }]);
    const written = await readFile(join(attempt.workDir, "outputs/older.csv"), "utf8");
    expect(written).toBe("name,age,column_3\r\nAda,37,\r\nGrace,86,x\r\n");
  });

  it("a file knows its name, size and kind, and new ones never overwrite each other", async () => {
    verifies("runner:typed:files");
    const attempt = await act(
      `
import floom
def act(file: floom.File) -> dict:
    print(file.name, file.size, file.media_type, open(file).readline().strip())
    return {"first": floom.File.from_text("a", "x.txt"), "second": floom.File.from_text("b", "x.txt"),
            "raw": b"%PDF-1.7", "same": file}`,
      { ...people, ...withInputs({ file: "inputs/people.csv" }) },
    );
    expect(attempt.lines()).toEqual(["people.csv 32 text/csv name;age"]);
    expect(attempt.result.outputs).toEqual({
      first: "outputs/x.txt",
      second: "outputs/x-2.txt",
      raw: "outputs/result.pdf",
      same: "inputs/people.csv",
    });
    expect(filesOf(attempt).map(({ media_type }) => media_type)).toEqual([
      "text/plain",
      "text/plain",
      "application/pdf",
      "text/csv",
    ]);
  });

  it("a file from elsewhere is copied into the run's folder, a name that is a path is refused", async () => {
    const attempt = await act(`
import floom, tempfile, os
def act() -> floom.File:
    try: floom.File.from_text("x", "../x.txt")
    except ValueError as error: print(error)
    path = os.path.join(tempfile.mkdtemp(), "far.txt")
    open(path, "w").write("far")
    return floom.File(path)`);
    expect(attempt.lines()).toEqual(["a file's name has no folders in it: '../x.txt'"]);
    expect(attempt.result.outputs).toEqual({ result: "outputs/far.txt" });
  });

  it("what Excel and Pillow are needed for says so where they are not installed", async () => {
    const attempt = await act(
      `
import floom
def act(t: floom.Table, i: floom.Image):
    for ask in (lambda: t.rows, i.pil):
        try: ask()
        except ImportError as error: print(error)`,
      {
        inputFiles: { "inputs/a.xlsx": "PK\x03\x04", "inputs/b.png": "x" },
        ...withInputs({ t: "inputs/a.xlsx", i: "inputs/b.png" }),
      },
    );
    expect(attempt.lines()).toEqual([
      "an Excel table needs openpyxl: write openpyxl into requirements.txt",
      "image.pil() needs Pillow: write pillow into requirements.txt",
    ]);
  });

  it("a table of JSON, and one in Windows' alphabet, are read as they are meant", async () => {
    const attempt = await act(
      `
import floom
def act() -> list:
    open("a.csv", "wb").write("n\\u00e4me,n\\u00e4me\\n1,2\\n".encode("cp1252"))
    open("b.csv", "wb").write("a\\tb\\n1\\t2\\n".encode("utf-16"))
    open("c.json", "w").write('[{"a": 1}, {"b": null}]')
    return [floom.Table(name).rows for name in ("a.csv", "b.csv", "c.json")]`,
    );
    expect(attempt.result.outputs).toEqual({
      result: [[{ näme: "1", näme_2: "2" }], [{ a: "1", b: "2" }], [{ a: 1 }, { b: null }]],
    });
  });
});
