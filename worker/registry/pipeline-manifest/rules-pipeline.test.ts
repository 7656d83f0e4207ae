import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";

const head = 'schema_version: "0.3"\nname: the-pipeline\ntitle: Test\nversion: 0.1.0\n';
const pipeline = (stages: string, more = "exec: {mode: pipeline}\n") =>
  parseManifest(`${head}${more}${stages}`);
const faults = (stages: string, more?: string) =>
  pipeline(stages, more)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ code, pointer, line }) => [code, pointer, line]);

it("settles what a stage waits for by what it reads, and what it calls", () => {
  const { manifest } = pipeline(
    "stages:\n" +
      "  - {name: c, worker: w-three, when: size(b.outputs.items) > 1, input: {x: inputs.q, y: 4}, after: [a]}\n" +
      "  - {name: a, worker: w-one}\n" +
      '  - {name: b, worker: w-one, action: go, for_each: "a.outputs.list", input: {x: item.k}, retries: 2, optional: true}\n',
    "exec: {mode: pipeline, inputs: [{name: q, type: string}]}\n",
  );
  expect(manifest?.exec).toMatchObject({ mode: "pipeline", entry: "worker.yml", command: "" });
  expect(manifest?.calls).toEqual(["w-three", "w-one"]);
  expect(manifest?.pipeline?.stages).toEqual([
    {
      name: "c",
      worker: "w-three",
      input: { x: { expression: "inputs.q" }, y: { value: 4 } },
      needs: ["a", "b"],
      when: "size(b.outputs.items) > 1",
      retries: 0,
      optional: false,
    },
    { name: "a", worker: "w-one", input: {}, needs: [], retries: 0, optional: false },
    {
      name: "b",
      worker: "w-one",
      action: "go",
      input: { x: { expression: "item.k" } },
      needs: ["a"],
      for_each: "a.outputs.list",
      retries: 2,
      optional: true,
    },
  ]);
});

it.each<[string, string, string, string, number]>([
  [
    "a name that no stage has",
    "{name: a, worker: w-one, input: {x: b.outputs.y}}",
    "unknown_stage",
    "/stages/0/input/x",
    7,
  ],
  [
    "a text without quotes",
    "{name: a, worker: w-one, input: {x: en}}",
    "unknown_stage",
    "/stages/0/input/x",
    7,
  ],
  ["no expression", '{name: a, worker: w-one, when: "a >"}', "bad_expression", "/stages/0/when", 7],
  [
    "an item of no list",
    "{name: a, worker: w-one, input: {x: item}}",
    "unknown_stage",
    "/stages/0/input/x",
    7,
  ],
  ["after what is none", "{name: a, worker: w-one, after: [zz]}", "unknown_stage", "/stages/0/after/0", 7],
  ["a name of something else", "{name: item, worker: w-one}", "bad_stage_name", "/stages/0/name", 7],
  ["a hyphen in the name", "{name: a-b, worker: w-one}", "bad_stage_name", "/stages/0/name", 7],
  ["itself", "{name: a, worker: w-one, input: {x: a.outputs.y}}", "stages_in_circle", "/stages", 6],
])("refuses at its place: %s", (_, stage, code, pointer, line) => {
  expect(faults(`stages:\n  - ${stage}\n`)).toEqual([[code, pointer, line]]);
});

it("refuses stages that wait for each other, twice one name, and too many", () => {
  const circle =
    "stages:\n  - {name: a, worker: w, input: {x: b.outputs.y}}\n  - {name: b, worker: w, after: [a]}\n";
  expect(pipeline(circle).findings[0]).toMatchObject({
    code: "stages_in_circle",
    message: "These stages wait for each other: a, b.",
  });
  expect(faults("stages:\n  - {name: a, worker: w}\n  - {name: a, worker: w}\n")[0]).toEqual([
    "duplicate_name",
    "/stages/1/name",
    8,
  ]);
  const many = Array.from({ length: 65 }, (_, at) => `  - {name: s${at}, worker: w}\n`).join("");
  expect(pipeline(`stages:\n${many}`).manifest).toBeNull();
});

it("keeps the kinds apart, and the tier that calls nobody", () => {
  const stages = "stages:\n  - {name: a, worker: w-one}\n";
  expect(faults(stages, "exec: {entry: run.py}\n").map(([code]) => code)).toContain("mixed_worker_kinds");
  expect(faults("", "exec: {mode: pipeline}\n").map(([code]) => code)).toEqual(["missing_key"]);
  expect(faults(stages, "exec: {mode: pipeline, command: python run.py}\n").map(([code]) => code)).toEqual([
    "mixed_worker_kinds",
  ]);
  expect(faults(`${stages}runtime: {trust_tier: 2}\n`)).toEqual([["tier_forbids", "/runtime/trust_tier", 8]]);
  expect(pipeline(`${stages}runtime: {trust_tier: 3}\n`).manifest).not.toBeNull();
});

it("holds what it returns to what it declares", () => {
  const exec = "exec: {mode: pipeline, outputs: [{name: sum, type: number}]}\n";
  const stages = "stages:\n  - {name: a, worker: w-one}\n";
  expect(faults(`${stages}returns: {sum: a.outputs.n}\n`, exec)).toEqual([]);
  expect(faults(`${stages}returns: {sun: a.outputs.n}\n`, exec)).toEqual([
    ["unknown_output", "/returns/sun", 8],
  ]);
  expect(faults(`${stages}returns: {sum: b.outputs.n}\n`, exec)).toEqual([
    ["unknown_stage", "/returns/sum", 8],
  ]);
});
