import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";
import { findAction } from "./find-action.ts";

const head = 'schema_version: "0.3"\nname: tools\ntitle: Tools\nversion: 0.1.0\n';

function manifestOf(entry: string, source: string) {
  const sources = new Map([[entry, source]]);
  const { manifest, findings, functionProblems } = parseManifest(`${head}exec:\n  entry: ${entry}\n`, {
    paths: new Set([entry]),
    sources,
  });
  if (manifest === null) throw new Error(JSON.stringify([...findings, ...functionProblems]));
  return manifest;
}

const two = manifestOf("app.py", "def add(a: int, b: int) -> int: ...\ndef greet(name: str) -> str: ...\n");
const one = manifestOf("app.py", "def greet(name: str) -> str: ...\n");
const script = manifestOf("run.py", 'print("hi")\n');

it("a start that names no action means the only one there is", () => {
  expect(findAction(one, null)).toMatchObject({ ok: true, action: { name: "greet" } });
  expect(findAction(script, null)).toEqual({ ok: true, action: null });
  expect(findAction(script, "run")).toEqual({ ok: true, action: null });
});

it("where there are several, a start has to say which, and reads their names", () => {
  expect(findAction(two, "add")).toMatchObject({ ok: true, action: { name: "add" } });
  expect(findAction(two, null)).toEqual({
    ok: false,
    code: "action_required",
    detail: "tools has several actions: add, greet. Say which.",
  });
  expect(findAction(two, "gret")).toMatchObject({
    code: "unknown_action",
    detail: 'tools has no action gret, only add, greet. Did you mean "greet"?',
  });
  expect(findAction(script, "greet")).toMatchObject({ code: "unknown_action" });
});
