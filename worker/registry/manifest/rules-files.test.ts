import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";

const file = (fields: string, top = "") =>
  `schema_version: "0.3"\nname: hello-worker\ntitle: Hello\nversion: 0.1.0\nexec:\n  entry: run.py\n${fields}\n${top}\n`;

it.each([
  ["inputs: [{name: a, type: string, columns: [x]}]", "only a file has columns"],
  ["outputs: [{name: a, type: json, columns: [x]}]", "only a file has columns"],
  [
    "inputs: [{name: a, kind: file, accepts: [.pdf], columns: [x]}]",
    "none of the types that it accepts is CSV",
  ],
  ["inputs: [{name: a, kind: file, accepts: [image/*], json_required_keys: [x]}]", "accepts is JSON"],
])("a rule that nothing can be held to is told of: %s", (fields, why) => {
  const [finding] = parseManifest(file(`  ${fields}`)).findings;
  expect(finding).toMatchObject({ severity: "warning", code: "rule_not_checked" });
  expect(finding?.message).toContain(why);
});

it.each([
  "inputs: [{name: a, kind: file, accepts: [.csv, .xlsx], columns: [x]}]",
  "inputs: [{name: a, kind: file, accepts: [text/plain], columns: [x]}]",
  "inputs: [{name: a, kind: file, columns: [x], json_required_keys: [y]}]",
  "inputs: [{name: a, type: object, json_required_keys: [y]}]",
])("a rule that is checked is no mistake: %s", (fields) => {
  expect(parseManifest(file(`  ${fields}`)).findings).toEqual([]);
});

it("the columns of the mapper hold for the tables that it is shown for, unless they have their own", () => {
  const inputs =
    "  inputs: [{name: a, kind: file, accept_csv: true}, {name: b, kind: file, accept_csv: true, columns: [y]}, {name: c, kind: file}]";
  const { manifest } = parseManifest(file(inputs, "csv_required_columns: [x]"));
  expect(manifest?.exec.inputs.map(({ columns }) => columns)).toEqual([["x"], ["y"], undefined]);
});
