import { expect, it } from "vitest";
import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";
import { verifies } from "../../test/verifies.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { findDependents } from "./find-impact.ts";

function parse(rest: string): Manifest {
  const yaml = `schema_version: "0.3"\nname: the-worker\ntitle: Test\nversion: 0.1.0\n${rest}`;
  const { manifest, findings } = parseManifest(yaml);
  if (manifest === null) throw new Error(JSON.stringify(findings));
  return manifest;
}

const script = (inputs: string, outputs: string) =>
  parse(`exec:\n  entry: run.py\n  inputs: [${inputs}]\n  outputs: [${outputs}]\n`);
const text = (name: string, more = "") => `{name: ${name}, type: text, label: ${name}${more}}`;
const before = script(
  text("ticket", ", required: true"),
  [text("team"), text("reply"), text("note")].join(", "),
);

const pipeline = parse(`exec:
  mode: pipeline
  inputs: [{name: ticket, type: text, label: Ticket, required: true}]
stages:
  - {name: route, worker: the-router, input: {ticket: inputs.ticket}}
  - {name: send, worker: sender, input: {to: "route.outputs.team + '!'"}, when: "route.outputs['reply'] != ''"}
`);
const others = [
  { name: "the-pipeline", manifest: pipeline },
  { name: "the-caller", manifest: parse("calls: [the-router]\nexec: {entry: run.py}\n") },
  { name: "nobody", manifest: parse("exec: {entry: run.py}\n") },
];
const breaksOf = (after: Manifest) =>
  findDependents({ name: "the-router", before, after }, others).flatMap(({ breaks }) => breaks);

it("names who depends on a worker, and by what", () => {
  const found = findDependents({ name: "the-router", before, after: before }, others);
  expect(found).toEqual([
    {
      worker: "the-pipeline",
      how: "stage",
      stage: "route",
      reads: ["reply", "team"],
      gives: ["ticket"],
      breaks: [],
    },
    { worker: "the-caller", how: "calls", stage: null, reads: [], gives: [], breaks: [] },
  ]);
});

it("breaks only what is mapped", () => {
  verifies("evals:impact:mapped-only");
  const ticket = text("ticket", ", required: true");
  const both = [text("team"), text("reply")].join(", ");
  expect(breaksOf(script(ticket, both))).toEqual([]);
  expect(breaksOf(script(`${ticket}, ${text("more")}`, both))).toEqual([]);
  expect(breaksOf(script(ticket, text("team")))).toEqual(["The output reply is not there any more."]);
  expect(breaksOf(script(ticket, `{name: team, type: number, label: t}, ${text("reply")}`))).toEqual([
    "The output team is of another type.",
  ]);
  expect(breaksOf(script(text("letter", ", required: true"), both))).toEqual([
    "The input ticket is not there any more.",
    "The input letter is newly wanted, and not given.",
  ]);
});

const lister = (outputs: string) =>
  parse(`exec:
  entry: run.py
  inputs: [${text("ticket", ", required: true")}]
  outputs: [${outputs}]
`);

function impactOn(stages: string, { before: old, after }: { before: Manifest; after: Manifest }) {
  const manifest = parse(`exec:
  mode: pipeline
  inputs: [{name: ticket, type: text, label: Ticket, required: true}]
${stages}`);
  const found = findDependents({ name: "the-router", before: old, after }, [{ name: "p", manifest }]);
  return found.map(({ stage, reads, breaks }) => ({ stage, reads, breaks }));
}

it("sees what is read of the runs of a stage with for_each", () => {
  verifies("evals:impact:mapped-only");
  const stages = `stages:
  - {name: each, worker: the-router, for_each: "[1, 2]", input: {ticket: string(item)}}
  - {name: send, worker: sender, when: "each.outputs.items.exists(one, one.team == 'x')", input: {first: "each.outputs.items[0].reply"}}
`;
  const after = script(text("ticket", ", required: true"), text("note"));
  expect(impactOn(stages, { before, after })).toEqual([
    {
      stage: "each",
      reads: ["reply", "team"],
      breaks: ["The output team is not there any more.", "The output reply is not there any more."],
    },
  ]);
});

it("sees what the items of for_each are read for", () => {
  const stages = `stages:
  - {name: route, worker: the-router, input: {ticket: inputs.ticket}}
  - {name: send, worker: sender, for_each: route.outputs.lines, input: {to: item.address}}
`;
  const json = (type: string) => lister(`{name: lines, type: ${type}, label: Lines}, ${text("team")}`);
  expect(impactOn(stages, { before: json("json"), after: lister(text("team")) })).toEqual([
    { stage: "route", reads: ["lines[].address"], breaks: ["The output lines is not there any more."] },
  ]);
  expect(
    impactOn(stages, { before: json("json"), after: lister("{name: lines, type: json, label: L}") }),
  ).toEqual([{ stage: "route", reads: ["lines[].address"], breaks: [] }]);
});

it("takes outputs that are handed on as a whole for read, each of them", () => {
  verifies("evals:impact:mapped-only");
  const stages = `stages:
  - {name: route, worker: the-router, input: {ticket: inputs.ticket}}
  - {name: send, worker: sender, input: {all: route.outputs}}
`;
  const after = script(text("ticket", ", required: true"), [text("team"), text("reply")].join(", "));
  expect(impactOn(stages, { before, after })).toEqual([
    { stage: "route", reads: ["*"], breaks: ["The output note is not there any more."] },
  ]);
  expect(impactOn(stages, { before, after: before })).toEqual([{ stage: "route", reads: ["*"], breaks: [] }]);
});

it("looks below an output as far as it is read, and no further", () => {
  const stages = `stages:
  - {name: route, worker: the-router, input: {ticket: inputs.ticket}}
  - {name: send, worker: sender, input: {to: "sum(route.outputs.lines.map(one, one.price))"}}
`;
  const withLines = (item: Record<string, Json>): Manifest => {
    const lines = { type: "array", items: { type: "object", properties: item } };
    const output_schema = { type: "object", properties: { lines } };
    const action = { name: "run", title: "", description: "", input_schema: {}, output_schema };
    return { ...before, actions: [action] };
  };
  const old = withLines({ price: { type: "number" }, note: { type: "string" } });
  const breaksFor = (after: Manifest) =>
    impactOn(stages, { before: old, after }).flatMap(({ breaks }) => breaks);
  expect(breaksFor(withLines({ price: { type: "number" } }))).toEqual([]);
  expect(breaksFor(withLines({ cost: { type: "number" } }))).toEqual([
    "The output lines[].price is not there any more.",
  ]);
  expect(breaksFor(withLines({ price: { type: "string" } }))).toEqual([
    "The output lines[].price is of another type.",
  ]);
});
