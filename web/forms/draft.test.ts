import { expect, test } from "vitest";
import type { Field } from "#contract/manifest/manifest";
import { buildInputs, controlOf, initialDraft, inputNameOf } from "./draft.ts";

const field = (name: string, more: Partial<Field>): Field => ({
  name,
  kind: "scalar",
  type: "string",
  label: name.toUpperCase(),
  required: false,
  ...more,
});

test.each([
  [field("a", { type: "string" }), "line"],
  [field("a", { type: "url" }), "line"],
  [field("a", { type: "textarea" }), "lines"],
  [field("a", { type: "integer" }), "number"],
  [field("a", { type: "boolean" }), "tick"],
  [field("a", { type: "select", options: ["x"] }), "choice"],
  [field("a", { type: "integer", options: [1, 2] }), "choice"],
  [field("a", { kind: "file", type: "file" }), "file"],
])("an input gets the control that fits it", (declared, control) => {
  expect(controlOf(declared)).toBe(control);
});

test("what was typed becomes values of the declared types", () => {
  const fields = [
    field("name", {}),
    field("count", { type: "integer" }),
    field("ratio", { type: "number" }),
    field("loud", { type: "boolean" }),
    field("size", { type: "integer", options: [1, 2] }),
    field("left_empty", {}),
  ];
  const draft = { ...initialDraft(fields), name: "12", count: " 7 ", ratio: "-0.5", loud: true, size: "2" };
  expect(buildInputs(fields, draft)).toEqual({
    inputs: { name: "12", count: 7, ratio: -0.5, loud: true, size: 2 },
    files: {},
    errors: {},
  });
});

test("defaults fill the form and are sent as they are", () => {
  const fields = [
    field("greeting", { default: "Hello" }),
    field("times", { type: "integer", default: 3 }),
    field("tone", { type: "select", options: ["calm", "loud"], default: "calm" }),
    field("sure", { type: "boolean", default: true }),
  ];
  const { inputs } = buildInputs(fields, initialDraft(fields));
  expect(inputs).toEqual({ greeting: "Hello", times: 3, tone: "calm", sure: true });
});

test("a file is kept apart from the inputs that are sent as JSON", () => {
  const file = new File(["a,b"], "list.csv");
  const built = buildInputs([field("list", { kind: "file", required: true })], { list: file });
  expect(built).toEqual({ inputs: {}, files: { list: file }, errors: {} });
});

test("every input that cannot be sent gets its own sentence", () => {
  const fields = [
    field("name", { required: true }),
    field("count", { type: "integer" }),
    field("list", { kind: "file", required: true }),
    field("extra", { type: "json" }),
  ];
  const { errors } = buildInputs(fields, { name: "", count: "many", list: null, extra: "{" });
  expect(errors).toEqual({
    name: "NAME is needed.",
    count: "COUNT must be a number.",
    list: "LIST is needed.",
    extra: "EXTRA must be JSON.",
  });
});

test.each([
  ["/inputs/name", "name"],
  ["/inputs/rows/2/price", "rows"],
  ["#/inputs/name", "name"],
  ["/name", "name"],
  ["/inputs/a~1b", "a/b"],
  ["", ""],
])("the pointer %s names an input", (pointer, name) => {
  expect(inputNameOf(pointer)).toBe(name);
});
