import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";

const head = 'schema_version: "0.3"\nname: the-council\ntitle: Test\nversion: 0.1.0\n';
const parse = (council: string, more = "exec: {mode: council}\n") =>
  parseManifest(`${head}${more}${council}`);
const faults = (council: string, more?: string) =>
  parse(council, more)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ code, pointer, line }) => [code, pointer, line]);
const two = "council:\n  members:\n    - {name: a, worker: w-one}\n    - {name: ada, human: true}\n";

it("fills in what every council has, and whom it calls", () => {
  const { manifest } = parse(`${two}  synthesis: w-two\n  convergence: {method: judge, worker: w-one}\n`);
  expect(manifest?.exec).toMatchObject({ mode: "council", entry: "worker.yml", command: "" });
  expect(manifest?.exec.inputs.map(({ name, required }) => [name, required])).toEqual([["topic", true]]);
  expect(manifest?.exec.outputs.map(({ name }) => name)).toContain("transcript");
  expect(manifest?.calls).toEqual(["w-one", "w-two"]);
  expect(manifest?.council).toEqual({
    protocol: "round_robin",
    rounds: 4,
    members: [
      { name: "a", worker: "w-one", role: "", sees: ["ada"] },
      { name: "ada", role: "", sees: ["a"] },
    ],
    convergence: { method: "judge", threshold: 0.8, worker: "w-one" },
    synthesis: "w-two",
  });
});

it.each<[string, string, string, string, number]>([
  ["neither worker nor person", "{name: b}", "missing_key", "/council/members/1/name", 9],
  ["both", "{name: b, worker: w, human: true}", "mixed_worker_kinds", "/council/members/1/worker", 9],
  ["a name that is taken", "{name: a, worker: w}", "duplicate_name", "/council/members/1/name", 9],
  ["a name of somebody else", "{name: judge, worker: w}", "bad_member_name", "/council/members/1/name", 9],
  [
    "who sees nobody there is",
    "{name: b, worker: w, sees: [zz]}",
    "unknown_member",
    "/council/members/1/sees/0",
    9,
  ],
  [
    "contexts of a person",
    "{name: b, human: true, contexts: []}",
    "mixed_worker_kinds",
    "/council/members/1/contexts",
    9,
  ],
])("refuses at its place: %s", (_, member, code, pointer, line) => {
  expect(faults(`council:\n  members:\n    - {name: a, worker: w-one}\n    - ${member}\n`)).toEqual([
    [code, pointer, line],
  ]);
});

it("refuses a lonely member, a judge that nobody is, more runs than a run may start, and outputs of its own", () => {
  expect(parse("council:\n  members: [{name: a, worker: w}]\n").manifest).toBeNull();
  expect(faults(`${two}  convergence: {method: judge}\n`)).toEqual([
    ["missing_key", "/council/convergence/method", 10],
  ]);
  const eight = Array.from({ length: 8 }, (_, at) => `{name: m${at}, worker: w}`).join(", ");
  expect(faults(`council:\n  rounds: 7\n  members: [${eight}]\n`)).toEqual([
    ["too_many_turns", "/council/rounds", 7],
  ]);
  expect(faults(two, "exec: {mode: council, outputs: [{name: x, type: string}]}\n")).toEqual([
    ["mixed_worker_kinds", "/exec/outputs", 5],
  ]);
  expect(faults(two, "exec: {mode: council, inputs: [{name: x, type: string}]}\n")).toEqual([
    ["missing_key", "/exec/inputs", 5],
  ]);
});

it("keeps the kinds apart, and the tier that calls nobody", () => {
  expect(faults(two, "exec: {entry: run.py}\n").map(([code]) => code)).toContain("mixed_worker_kinds");
  expect(faults("", "exec: {mode: council}\n").map(([code]) => code)).toEqual(["missing_key"]);
  expect(faults(`${two}runtime: {trust_tier: 2}\n`).map(([code]) => code)).toEqual(["tier_forbids"]);
});
