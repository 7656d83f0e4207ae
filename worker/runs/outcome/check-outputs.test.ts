import { expect, it } from "vitest";
import type { ArtifactId, RunId } from "#contract/ids";
import type { Json } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import type { Artifact } from "#contract/runs/run";
import { checkOutputs } from "./check-outputs.ts";

const scalar = (type: string, required = true): Field => ({
  name: "x",
  kind: "scalar",
  type,
  label: "X",
  required,
});
const file: Field = {
  name: "report",
  kind: "file",
  type: "file",
  label: "Report",
  required: true,
  path: "out/report.md",
};
const artifact = (path: string): Artifact => ({
  id: "art_1" as ArtifactId,
  run_id: "run_1" as RunId,
  name: "report",
  type: "text/markdown",
  kind: "output",
  path,
  relative_path: path,
  size_bytes: 1,
  sha256: "0",
  created_at: "2026-03-02T09:00:00.000Z",
});

it.each([
  ["string", "a", 1],
  ["number", 1.5, "1.5"],
  ["integer", 2, 2.5],
  ["boolean", false, 0],
  ["array", [], {}],
  ["object", {}, []],
])("a %s output is judged by its type", (type, good, bad) => {
  expect(checkOutputs([scalar(type)], { x: good }, [])).toBeNull();
  expect(checkOutputs([scalar(type)], { x: bad }, [])?.message).toContain(`declared as ${type}`);
});

it("a required output must be there, an optional one may be missing or null", () => {
  expect(checkOutputs([scalar("string")], {}, [])?.message).toContain("x is missing");
  expect(checkOutputs([scalar("string", false)], { x: null }, [])).toBeNull();
});

it("a file output counts when its file was collected, wherever the worker put it", () => {
  expect(checkOutputs([file], {}, [artifact("out/report.md")])).toBeNull();
  expect(checkOutputs([file], { report: "elsewhere.md" }, [artifact("elsewhere.md")])).toBeNull();
  expect(checkOutputs([file], { report: "out/report.md" }, [])?.message).toContain(
    "report was not written to out/report.md",
  );
});

it("every output that does not fit is named in one sentence, and undeclared ones are not judged", () => {
  const failure = checkOutputs([scalar("string"), file], { x: 1, more: true }, []);
  expect(failure).toMatchObject({ kind: "worker", code: "output_validation_failed" });
  expect(failure?.message).toMatch(/x is number.*report was not written/);
});

it("what does not fit is named with the output, the rule and the value", () => {
  const told = (field: Partial<Field>, value: Json) =>
    checkOutputs([{ ...scalar("string"), ...field }], { x: value }, [])?.message;
  expect(told({}, " ")).toContain('x is empty (" "), declared as required');
  expect(told({ type: "integer" }, 2.5)).toContain("x is number 2.5, declared as integer");
  expect(told({ type: "number", bounds: { maximum: 1 } }, 7)).toContain("x is 7 and must be at most 1");
  expect(told({ format: "email" }, "nobody")).toContain('x is "nobody" and must be an e-mail address');
  expect(told({ type: "date" }, 5)).toContain("x is number 5, declared as date");
  expect(told({ type: "object", json_required_keys: ["id"] }, { a: 1 })).toContain(
    'x lacks json_required_keys id; it is {"a":1}',
  );
  expect(told({ type: "select", options: [{ value: "a", label: "A" }] }, "b")).toContain(
    'x is "b", which is none of the declared options',
  );
  expect(told({ type: "select", options: [{ value: "a", label: "A" }] }, "a")).toBeUndefined();
});
