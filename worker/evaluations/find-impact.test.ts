import { expect, it } from "vitest";
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

const pipeline = parse(`exec: {mode: pipeline}
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
