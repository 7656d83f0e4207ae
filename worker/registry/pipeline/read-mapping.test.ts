import { expect, it } from "vitest";
import type { Json } from "#contract/json";
import type { StageInput } from "#contract/pipelines/stage";
import { readCondition, readMapped } from "./read-mapping.ts";

it.each<[Json, StageInput]>([
  ["goal.context.text", { expression: "inputs.text" }],
  ["goal.context.user.name", { expression: "inputs.user.name" }],
  ["goal.instruction", { expression: "inputs.instruction" }],
  ["goal.context", { expression: "inputs" }],
  ["extract.output.pages.0.title", { expression: "extract.outputs.pages[0].title" }],
  ["extract.output.pages[2]", { expression: "extract.outputs.pages[2]" }],
  ["extract.output", { expression: "extract.outputs" }],
  ["extract", { expression: "extract.outputs" }],
  ["pull-out.output.a-b", { expression: 'pull_out.outputs["a-b"]' }],
  ["inputs.x", { expression: "inputs.x" }],
  ["item.k", { expression: "item.k" }],
  ["'a text'", { value: "a text" }],
  ['"en"', { value: "en" }],
  [3, { value: 3 }],
  [["a.b"], { value: ["a.b"] }],
  [{ k: 1 }, { value: { k: 1 } }],
  [
    { source: "a.output.x", default: [] },
    { expression: "a.outputs.x", default: [] },
  ],
  [
    { source: "a.output.x", optional: true },
    { expression: "a.outputs.x", optional: true },
  ],
])("reads a mapping: %j", (written, read) => {
  expect(readMapped(written)).toEqual(read);
});

it.each([
  ["extract.output.has_tables == true", "extract.outputs.has_tables == true"],
  ["classify.output.kind != invoice", 'classify.outputs.kind != "invoice"'],
  ["classify.output.kind == 'a b'", 'classify.outputs.kind == "a b"'],
  ["extract.output.page_count == 3", "extract.outputs.page_count == 3"],
  ["goal.context.lang == None", "inputs.lang == null"],
  ["extract.outputs.n > 3 && inputs.deep", "extract.outputs.n > 3 && inputs.deep"],
])("reads a condition: %s", (written, read) => {
  expect(readCondition(written)).toBe(read);
});
