import { expect, it } from "vitest";
import type { Field } from "../manifest/manifest.ts";
import { actionsOf } from "./actions-of.ts";

const field = (more: Partial<Field>): Field => ({
  name: "x",
  kind: "scalar",
  type: "string",
  label: "X",
  required: false,
  ...more,
});
type Exec = Parameters<typeof actionsOf>[0]["exec"];
const exec = (inputs: Field[], outputs: Field[] = []): Exec => ({
  entry: "run.py",
  mode: "script",
  command: "python run.py",
  runtime: "python311",
  runner: "e2b",
  disable_tools: [],
  secrets: [],
  inputs,
  outputs,
});
const manifest = (inputs: Field[], outputs: Field[] = []) => ({
  title: "Hello",
  description: "Says it.",
  exec: exec(inputs, outputs),
});

it("a script is one action that takes what worker.yml declares", () => {
  const [action] = actionsOf(
    manifest([
      field({ name: "city", required: true, placeholder: "Paris" }),
      field({ name: "count", type: "integer", default: 3, bounds: { minimum: 1, maximum: 9 } }),
      field({ name: "size", type: "select", options: [{ value: "s", label: "Small" }, "l"] }),
      field({ name: "days", type: "array", options: ["mon", "tue"], bounds: { max_length: 2 } }),
      field({ name: "cv", kind: "file", type: "file", accepts: [".pdf"], max_size_mb: 2 }),
    ]),
  );
  expect(action).toMatchObject({ name: "run", title: "Hello", description: "Says it.", output_schema: {} });
  expect(action?.input_schema).toEqual({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      city: { title: "X", type: "string", "x-floom-placeholder": "Paris" },
      count: { title: "X", type: "integer", minimum: 1, maximum: 9, default: 3 },
      size: { title: "X", enum: ["s", "l"], "x-floom-labels": ["Small", "l"] },
      days: { title: "X", type: "array", items: { enum: ["mon", "tue"] }, maxItems: 2 },
      cv: {
        title: "X",
        type: "string",
        format: "floom-file",
        "x-floom-accept": [".pdf"],
        "x-floom-max-size-mb": 2,
      },
    },
    required: ["city"],
    additionalProperties: false,
  });
});

it("what a script declares to leave behind is the schema of its output", () => {
  const [action] = actionsOf(manifest([], [field({ name: "page", type: "markdown" })]));
  expect(action?.output_schema).toMatchObject({
    properties: { page: { type: "string", "x-floom-widget": "markdown" } },
  });
});

it("a worker of functions has the actions that its functions are", () => {
  const add = { name: "add", title: "Add", description: "", input_schema: {}, output_schema: {} };
  expect(actionsOf({ ...manifest([]), actions: [add] })).toEqual([add]);
});
