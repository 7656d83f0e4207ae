import { expect, it } from "vitest";
import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import { EngineInMemory } from "../../../test/support/workerd/engine-in-memory.ts";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { judgeOutputs } from "./judge-outputs.ts";

const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const price: JsonSchema = {
  $ref: "#/$defs/Price",
  $defs: {
    Price: {
      type: "object",
      properties: {
        net: { type: "number" },
        due: { type: "string", format: "date" },
        "a/b": { type: "integer" },
      },
      required: ["net"],
      additionalProperties: false,
    },
  },
};
const told = (schema: JsonSchema | null, outputs: Record<string, Json>, paths: string[] = []) =>
  judgeOutputs(
    schema,
    outputs,
    paths.map((path) => ({ path })),
  ).map(({ code, pointer, detail }) => `${code} ${pointer} ${detail}`);

it("what is as its schema says, and what has no schema, is not warned of", () => {
  verifies("run:outputs:judged-by-their-schema");
  expect(told(null, { result: 1 })).toEqual([]);
  expect(told({}, { result: 1 })).toEqual([]);
  expect(told(list({ type: "integer" }), { result: [1, 2] })).toEqual([]);
  expect(told(price, { net: 1, due: "2024-01-02", "a/b": 1 })).toEqual([]);
  expect(told({ anyOf: [price, { type: "null" }], $defs: price["$defs"] ?? {} }, { result: null })).toEqual(
    [],
  );
  expect(told({ type: "null" }, {})).toEqual([]);
});

it("what is not is named by its place and by what was expected there", () => {
  verifies("run:outputs:judged-by-their-schema");
  expect(told({ type: "integer" }, { result: "3" })).toEqual([
    "output_mismatch /outputs/result must be a whole number",
  ]);
  expect(told(list({ type: "integer", minimum: 1 }), { result: [0, 1, "x"] })).toEqual([
    "output_mismatch /outputs/result/0 must be at least 1",
    "output_mismatch /outputs/result/2 must be a whole number",
  ]);
  expect(told(price, { due: "soon", "a/b": "x", more: 1 })).toEqual([
    "output_mismatch /outputs/net is required",
    "output_mismatch /outputs/a~1b must be a whole number",
    "output_mismatch /outputs/more is not declared",
    expect.stringMatching(/^output_mismatch \/outputs\/due must be a date/),
  ]);
  expect(told({ type: "string", enum: ["a", "b"] }, { result: "c" })).toEqual([
    "output_mismatch /outputs/result must be one of a, b",
  ]);
  expect(told({ type: "string" }, {})).toEqual(["output_mismatch /outputs/result must be text"]);
});

it("a file is one that the run left", () => {
  const file: JsonSchema = { type: "string", format: "floom-file" };
  expect(told(file, { result: "a.png" }, ["a.png"])).toEqual([]);
  expect(told(file, { result: "b.png" }, ["a.png"])).toEqual([
    "output_mismatch /outputs/result must be a file that the run left",
  ]);
});

it("is bounded in number and in length, and takes no time that grows out of hand", () => {
  const many = told(list({ type: "integer" }), { result: Array.from({ length: 1000 }, () => "x") });
  expect(many).toHaveLength(limits.run_warnings.value);
  const large = Array.from({ length: 200_000 }, (_, at) => (at === 0 ? "x" : at));
  expect(told({ ...list({ type: "integer" }), uniqueItems: true }, { result: large })).toEqual([
    "output_mismatch /outputs/result/0 must be a whole number",
  ]);
  const [long] = told(
    { type: "object", additionalProperties: false, properties: {} },
    { ["k".repeat(9000)]: 1 },
  );
  expect(long?.length).toBeLessThan(700);
  const slow: JsonSchema = { type: "string", pattern: "^(a+)+$" };
  expect(told(slow, { result: `${"a".repeat(60)}!` })).toEqual([]);
  let deep: Json = 1;
  for (let level = 0; level < 90; level += 1) deep = [deep];
  expect(told(list({}), { result: deep })[0]).toContain("not judged");
});

it("a run that returns something else is completed, with the warning on its record", async () => {
  verifies("run:outputs:judged-by-their-schema");
  const run = new EngineInMemory();
  await run.engine.accept(buildSampleSpec({ outputs: [], output_schema: list({ type: "integer" }) }), true);
  const entry = {
    type: "result",
    at: 0,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: 0,
    outputs: { result: ["x"] },
    usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
  };
  const body = new TextEncoder().encode(`${JSON.stringify(entry)}\n`);
  await run.settle(() => run.engine.view()?.detail.status === "running");
  run.engine.takeJournal({ attempt: 1, launch: 1, offset: 0, body });
  await run.settle(() => run.engine.view()?.detail.status === "completed");
  run.evict();
  expect(run.engine.view()?.detail).toMatchObject({
    status: "completed",
    outputs: { result: ["x"] },
    warnings: [{ code: "output_mismatch", pointer: "/outputs/result/0", detail: "must be a whole number" }],
  });
});
