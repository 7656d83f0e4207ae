import { expect, it } from "vitest";
import type { JsonSchema } from "#contract/actions/action";
import { plainSchema } from "./plain-schema.ts";

const text = { type: "string" };
const page = { type: "object", properties: { title: text }, required: ["title"] };

it.each<[string, JsonSchema, JsonSchema]>([
  ["a reference", { $ref: "#/$defs/page", $defs: { page } }, page],
  [
    "references within properties, lists and choices",
    {
      properties: { pages: { type: "array", items: { $ref: "#/definitions/page" } } },
      anyOf: [{ $ref: "#/definitions/page" }],
      definitions: { page },
    },
    { properties: { pages: { type: "array", items: page } }, anyOf: [page] },
  ],
  [
    "all of several, left open",
    {
      allOf: [
        { $ref: "#/$defs/page" },
        { type: "object", properties: { size: text }, additionalProperties: false, required: ["size"] },
      ],
      $defs: { page },
    },
    { type: "object", properties: { title: text, size: text }, required: ["title", "size"] },
  ],
  [
    "a word beside a reference",
    { $ref: "#/$defs/t", description: "x", $defs: { t: text } },
    { type: "string", description: "x" },
  ],
  ["types that contradict each other as nothing known", { allOf: [text, { type: "integer" }] }, {}],
  ["a reference to what is not there", { $ref: "#/$defs/gone" }, {}],
  ["a reference to elsewhere", { $ref: "https://example.com/a.json" }, {}],
])("writes out %s", (_, schema, plain) => {
  expect(plainSchema(schema)).toEqual(plain);
});

it("comes to an end with what names itself, and with what doubles at each step", () => {
  const tree = {
    type: "object",
    properties: { left: { $ref: "#/$defs/tree" }, right: { $ref: "#/$defs/tree" } },
  };
  expect(JSON.stringify(plainSchema({ $ref: "#/$defs/tree", $defs: { tree } })).length).toBeLessThan(200_000);
  expect(plainSchema({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } })).toEqual({});
});
