import fc from "fast-check";
import { expect, it } from "vitest";
import type { Json } from "../json.ts";
import { buildForm } from "./build-form.ts";
import { gatherEntries } from "./form.ts";
import { placeErrors } from "./place-errors.ts";
import { prefill } from "./prefill.ts";
import { readForm } from "./read-form.ts";
import { ruleSentences } from "./check-value.ts";
import { entriesOf, initialEntries } from "./write-entries.ts";
import { offsetAt } from "./zone.ts";

type Schema = Readonly<Record<string, Json>>;
const formOf = (properties: Schema, required: string[] = [], more: Schema = {}) =>
  buildForm({ type: "object", properties, required, additionalProperties: false, ...more });
const kindOf = (schema: Schema, required = true) =>
  formOf({ x: schema }, required ? ["x"] : []).root.fields[0]?.kind;
const posted = (...pairs: [string, string][]) => gatherEntries(pairs);

it.each<[Schema, string]>([
  [{ type: "string" }, "text"],
  [{ type: "string", "x-floom-widget": "textarea" }, "long_text"],
  [{ type: "string", maxLength: 5000 }, "long_text"],
  [{ type: "string", format: "email" }, "email"],
  [{ type: "string", format: "uri" }, "url"],
  [{ type: "string", format: "date-time" }, "datetime"],
  [{ type: "string", "x-floom-widget": "color" }, "color"],
  [{ type: "string", "x-floom-widget": "code" }, "code"],
  [{ type: "string", "x-floom-widget": "password" }, "password"],
  [{ type: "integer" }, "number"],
  [{ type: "number", minimum: 0, maximum: 1, "x-floom-widget": "slider" }, "slider"],
  [{ type: "boolean" }, "switch"],
  [{ enum: ["a", "b"] }, "radio"],
  [{ enum: [1, 2, 3, 4, 5] }, "select"],
  [{ type: "array", items: { enum: ["a", "b"] } }, "checks"],
  [{ type: "array", items: { type: "string" }, "x-floom-widget": "tags" }, "tags"],
  [{ type: "array", items: { type: "number" } }, "list"],
  [{ type: "object", properties: { a: { type: "string" } } }, "group"],
  [{ type: "object", additionalProperties: { type: "integer" } }, "map"],
  [{ anyOf: [{ type: "integer" }, { type: "string" }] }, "choice"],
  [{ type: "string", format: "floom-file" }, "file"],
  [{ type: "string", format: "floom-file", "x-floom-accept": ["image/*"] }, "image"],
  [{ type: "string", format: "floom-file", "x-floom-accept": [".csv", "text/csv"] }, "csv"],
  [{}, "json"],
])("the schema %j is filled in as %s", (schema, kind) => {
  expect(kindOf(schema)).toBe(kind);
});

it("a choice that may be left out can be unmade, and a value that may be null can be left empty", () => {
  expect(kindOf({ enum: ["a", "b"] }, false)).toBe("select");
  expect(kindOf({ type: "boolean" }, false)).toBe("select");
  expect(kindOf({ anyOf: [{ type: "integer" }, { type: "null" }] })).toBe("number");
  const form = formOf({ x: { anyOf: [{ type: "integer" }, { type: "null" }] } }, ["x"]);
  expect(readForm(form, posted(["/x", ""])).inputs).toEqual({ x: null });
});

it("what a browser without scripts posts is read as typed values", () => {
  const form = formOf(
    {
      name: { type: "string" },
      count: { type: "integer", default: 3 },
      on: { type: "boolean" },
      sizes: { type: "array", items: { enum: ["s", "l"] } },
      rows: {
        type: "array",
        items: { type: "object", properties: { a: { type: "number" } }, required: ["a"] },
      },
      labels: { type: "object", additionalProperties: { type: "integer" } },
      either: { anyOf: [{ type: "integer" }, { type: "string" }] },
    },
    ["name", "on", "sizes", "rows", "labels", "either"],
  );
  const { inputs, errors } = readForm(
    form,
    posted(
      ["/name", "Ada\r\nLovelace"],
      ["/count", "7"],
      ["/on", "false"],
      ["/on", "true"],
      ["/sizes", '"l"'],
      ["/rows/0/a", "1.5"],
      ["/rows/1/a", ""],
      ["/rows/4/a", "2"],
      ["/labels~k/0", "x"],
      ["/labels~v/0", "4"],
      ["/either~tab", "1"],
      ["/either~a0", "5"],
      ["/either~a1", "five"],
    ),
  );
  expect(errors).toEqual([]);
  expect(inputs).toEqual({
    name: "Ada\nLovelace",
    count: 7,
    on: true,
    sizes: ["l"],
    rows: [{ a: 1.5 }, { a: 2 }],
    labels: { x: 4 },
    either: "five",
  });
});

it("what is wrong is said in a sentence at its entry", () => {
  const form = formOf(
    {
      n: { title: "Count", type: "integer", minimum: 1 },
      m: { title: "Mail", type: "string", format: "email" },
      d: { title: "Day", type: "string", format: "date" },
      l: { title: "Words", type: "array", items: { type: "string", maxLength: 2 }, minItems: 3 },
      j: { title: "Data", type: "object" },
      t: { title: "Text", type: "string" },
    },
    ["n", "m", "d", "l", "j", "t"],
  );
  const entries = posted(["/n", "0"], ["/m", "x"], ["/d", "2026-02-30"], ["/l/0", "abc"], ["/j", "[1]"]);
  expect(readForm(form, entries).errors).toEqual([
    { name: "/n", detail: "Count must be at least 1." },
    { name: "/m", detail: "Mail must be an e-mail address." },
    { name: "/d", detail: "Day must be a date such as 2026-01-31." },
    { name: "/l/0", detail: "Item must have at most 2 characters, and has 3." },
    { name: "/l", detail: "Words must have at least 3 items." },
    { name: "/j", detail: "Data must be a JSON object, in { }." },
    { name: "/t", detail: "Text is needed." },
  ]);
  expect(ruleSentences({ minimum: 1, maximum: 9, exclusiveMinimum: 0 })).toEqual([
    "From 1 to 9.",
    "More than 0.",
  ]);
});

it("files are named by stand-ins until they are uploaded, also in rows", () => {
  const one = { type: "string", format: "floom-file" };
  const form = formOf({ cv: one, docs: { type: "array", items: one }, other: one }, ["cv", "docs", "other"]);
  const { inputs, errors } = readForm(
    form,
    posted(),
    posted(["/cv", "up_1"], ["/docs", "up_2"], ["/docs", "up_3"]),
  );
  expect(inputs).toEqual({ cv: "up_1", docs: ["up_2", "up_3"] });
  expect(errors).toEqual([{ name: "/other", detail: "Other is needed." }]);
});

it("a field that depends on another is read only while that has the value", () => {
  const form = formOf(
    {
      kind: { enum: ["post", "bike"] },
      stamp: { type: "string", "x-floom-when": { kind: "post" } },
    },
    ["kind"],
    // Written as text: an object with a member `then` looks like a promise to whoever awaits it.
    JSON.parse(
      `{"if": {"properties": {"kind": {"const": "bike"}}},
        "then": {"properties": {"bell": {"type": "string"}}, "required": ["bell"]}}`,
    ) as Schema,
  );
  const read = (kind: string) =>
    readForm(form, posted(["/kind", kind], ["/stamp", "1"], ["/bell", "ding"])).inputs;
  expect(read("post")).toEqual({ kind: "post", stamp: "1" });
  expect(read("bike")).toEqual({ kind: "bike", bell: "ding" });
});

it("an error of the API lands on its field, else on the nearest field around it, else on the form", () => {
  const form = formOf(
    {
      a: { type: "object", properties: { b: { type: "string" } } },
      u: { anyOf: [{ type: "integer" }, { type: "object", properties: { v: { type: "string" } } }] },
    },
    ["a", "u"],
  );
  const entries = entriesOf(form, { u: { v: "x" } });
  const at = (pointer: string) => placeErrors(form, [{ pointer, detail: "" }], entries)[0]?.name;
  expect(at("/a/b")).toBe("/a/b");
  expect(at("/inputs/a/b/deeper")).toBe("/a/b");
  expect(at("/a/unknown")).toBe("/a");
  expect(at("/u/v")).toBe("/u~a1/v");
  expect(at("/nowhere")).toBe("");
  expect(at("")).toBe("");
});

it("an address fills in fields, and never a password or a file", () => {
  const form = formOf(
    {
      city: { type: "string", default: "Bern" },
      n: { type: "integer" },
      on: { type: "boolean", default: false },
      size: { enum: ["s", "l"], "x-floom-labels": ["Small", "Large"], default: "s" },
      tags: { type: "array", items: { type: "string" }, default: [] },
      key: { type: "string", "x-floom-widget": "password" },
      cv: { type: "string", format: "floom-file" },
      deep: {
        type: "object",
        properties: { key: { type: "string", "x-floom-widget": "password" } },
        default: {},
      },
    },
    [],
  );
  const query = posted(
    ["n", "x"],
    ["on", "yes"],
    ["size", "Large"],
    ["tags", "a"],
    ["tags", "b"],
    ["key", "k"],
    ["cv", "up_1"],
    ["deep", '{"key":"k"}'],
    ["other", "y"],
  );
  const entries = prefill(
    form,
    [...query].flatMap(([name, texts]) => texts.map((text) => [name, text] as const)),
  );
  expect([...entries.keys()].filter((name) => /key|cv|other/.test(name))).toEqual([]);
  expect(readForm(form, entries)).toEqual({
    inputs: { city: "Bern", on: true, size: "l", tags: ["a", "b"], deep: {} },
    errors: [{ name: "/n", detail: "N must be a number, such as 12." }],
  });
});

it("a time gets the offset that its zone has on that day", () => {
  expect(offsetAt("2026-07-01T10:00", "Europe/Zurich")).toBe("+02:00");
  expect(offsetAt("2026-12-01T10:00:00", "Europe/Zurich")).toBe("+01:00");
  expect(offsetAt("2026-12-01T10:00", "UTC")).toBe("Z");
  expect(offsetAt("2026-12-01T10:00", "Nowhere/City")).toBeUndefined();
  const form = formOf({ at: { type: "string", format: "date-time" } }, ["at"]);
  expect(readForm(form, posted(["/at", "2026-07-01T10:00"], ["/at~zone", "Asia/Kolkata"])).inputs).toEqual({
    at: "2026-07-01T10:00:00+05:30",
  });
});

it("an example to try it with is the schema's own, else those of its properties", () => {
  expect(formOf({ a: { type: "string", examples: ["x"] }, b: { type: "string" } }).sample).toEqual({
    a: "x",
  });
  expect(formOf({}, [], { examples: [{ a: 1 }] }).sample).toEqual({ a: 1 });
  expect(formOf({ a: { type: "string" } }).sample).toBeNull();
});

it("a schema that grows without end, or says nonsense, still makes a form of bearable size", () => {
  const wide = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `D${at}`,
      {
        type: "object",
        properties: { l: { $ref: `#/$defs/D${at + 1}` }, r: { $ref: `#/$defs/D${at + 1}` } },
      },
    ]),
  );
  const form = formOf({ x: { $ref: "#/$defs/D0" } }, ["x"], { $defs: wide });
  expect(JSON.stringify(form).length).toBeLessThan(500_000);
  const nonsense = fc.jsonValue() as fc.Arbitrary<Json>;
  const key = fc.constantFrom(
    "type",
    "properties",
    "items",
    "anyOf",
    "enum",
    "$ref",
    "allOf",
    "prefixItems",
    "default",
    "if",
  );
  fc.assert(
    fc.property(fc.dictionary(key, nonsense), fc.dictionary(key, nonsense), (outer, inner) => {
      const built = buildForm({ ...outer, properties: { x: inner } });
      expect(readForm(built, initialEntries(built)).inputs).toBeTypeOf("object");
    }),
  );
});
