import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inferPython } from "./infer-python.ts";

const folder = join(import.meta.dirname, "../../../test/fixtures/typing");
const sources = new Map(
  globSync("**/*.py", { cwd: folder }).map((path) => [path, readFileSync(join(folder, path), "utf8")]),
);
const inOrder = (a: string, b: string) => a.localeCompare(b, "en");
const entries = [...sources.keys()].filter((path) => !path.includes("/")).toSorted(inOrder);

const infer = (entry: string) => {
  const { actions, findings } = inferPython(sources, entry);
  return {
    actions: Object.fromEntries(actions.map(({ name, ...action }) => [name, action])),
    findings: findings.map(({ file, ...finding }) => (file === entry ? finding : { file, ...finding })),
  };
};

it.each(entries)("%s has the forms that stand beside it", async (entry) => {
  verifies("typing:golden:subset-is-written-down");
  const golden = join(folder, entry.replace(/\.py$/, ".json"));
  await expect(`${JSON.stringify(infer(entry), null, 2)}\n`).toMatchFileSnapshot(golden);
});

it("the golden set has at least 150 signatures, and every kind of refusal", () => {
  const all = entries.map((entry) => inferPython(sources, entry));
  const functions = all.flatMap(({ actions, findings }) => [
    ...actions.map(({ name, line }) => `${name}:${line}`),
    ...findings.map(({ action, file }) => `${file}:${action}`),
  ]);
  expect(new Set(functions).size).toBeGreaterThanOrEqual(150);
  const codes = new Set(all.flatMap(({ findings }) => findings.map(({ code }) => code)));
  expect([...codes].toSorted(inOrder)).toEqual([
    "bad_action_name",
    "bad_hint",
    "bad_signature",
    "class_unknown",
    "default_does_not_fit",
    "default_too_large",
    "empty_enum",
    "generic_function",
    "half_quoted",
    "not_hashable",
    "open_parameters",
    "rule_does_not_fit",
    "rule_not_constant",
    "rules_as_default",
    "same_action_name",
    "type_unknown",
    "unknown_widget",
    "web_framework",
  ]);
});
