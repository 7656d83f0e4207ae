import { expect, it } from "vitest";
import { judgeArrivingVersion, planImport } from "./plan-import.ts";

it("takes templates and contexts over before the workers that name them, and a store before its worker is let go", () => {
  const steps = planImport({
    kind: "floom.workspace",
    exported_at: "2026-01-01T00:00:00.000Z",
    workspace: { id: "wsp", name: "Team" },
    settings: { retention_days: 90 },
    members: [],
    templates: [{ name: "data", spec: {} as never }],
    contexts: [{ name: "prices", versions: [3, 4] }],
    workers: [{ name: "hello", versions: [1, 2] }],
    stores: [{ worker: "hello", tables: [{ name: "t", sql: "", indexes: [] }] }],
    secrets: [],
    left_out: [],
    runs: 0,
  });
  expect(steps.map(({ kind }) => kind)).toEqual([
    "settings",
    "template",
    "context",
    "context_version",
    "context_version",
    "version",
    "version",
    "keys",
    "table",
    "worker",
    "secrets",
  ]);
});

const aba = ["a", "b", "a"];

it.each([
  ["nothing is there", aba, 0, null, "add"],
  ["the version before it is there", aba, 1, ["a"], "add"],
  ["it is there", aba, 1, ["a", "b"], "there"],
  ["something else is there", aba, 0, ["x"], "other"],
  ["something else came behind the version before it", aba, 1, ["a", "x"], "other"],
  ["a version before it was refused", ["a", "b", "c"], 2, ["b"], "add"],
  ["what was there before comes back, and is there once", aba, 2, ["a", "b"], "add"],
  ["what was there before comes back, and is there twice", aba, 2, ["a", "b", "a"], "there"],
])("when %s, says what becomes of a version", (_, archived, index, there, outcome) => {
  expect(judgeArrivingVersion(archived, index, there)).toBe(outcome);
});
