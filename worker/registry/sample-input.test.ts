import { expect, it } from "vitest";
import { valueTypes } from "#contract/manifest/value-types";
import { verifies } from "../../test/verifies.ts";
import { checkInputs } from "./check-inputs.ts";
import { parseManifest } from "./parse-manifest.ts";
import { sampleInput } from "./sample-input.ts";

const manifestWith = (inputs: string, top = "") => {
  const { manifest } = parseManifest(`schema_version: "0.3"
name: sample-worker
title: Sample
version: 0.1.0
exec:
  entry: run.py
  inputs:
${inputs}
${top}`);
  if (manifest === null) throw new Error("the test's own manifest is wrong");
  return manifest;
};

it("takes example_input first, then default, example, option, and a value of the type", () => {
  const manifest = manifestWith(
    `    - {name: a, type: string, default: x}
    - {name: b, type: string, default: y}
    - {name: c, type: string, examples: [z]}
    - {name: d, type: select, options: [one, two]}
    - {name: e, type: integer, required: true, bounds: {minimum: 5}}
    - {name: f, type: string}
    - {name: g, kind: file, required: true}`,
    "example_input: {a: mine, c: null, stray: 1}",
  );
  expect(sampleInput(manifest)).toEqual({ a: "mine", b: "y", c: "z", d: "one", e: 5 });
});

it("is accepted by the worker, whatever the types", () => {
  verifies("registry:inputs:sample-is-accepted");
  const types = Object.keys(valueTypes).filter((type) => type !== "select");
  const manifest = manifestWith(
    types.map((type) => `    - {name: in_${type}, type: ${type}, required: true}`).join("\n"),
  );
  expect(checkInputs(manifest.exec.inputs, sampleInput(manifest)).errors).toEqual([]);
});
