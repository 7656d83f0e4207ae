import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../json.ts";
import { buildForm } from "./build-form.ts";
import type { FormField, FormModel } from "./form.ts";
import { placeErrors } from "./place-errors.ts";
import { readForm } from "./read-form.ts";
import { isNode } from "./schema-parts.ts";
import { entriesOf, initialEntries } from "./write-entries.ts";

const FOLDER = join(import.meta.dirname, "../../test/fixtures/typing");

interface Golden {
  actions?: Record<string, { input_schema: Record<string, Json> }>;
}

const golden = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const { actions = {} } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Golden;
    return Object.entries(actions).map(([action, { input_schema }]) => ({
      name: `${name.replace(".json", "")}.${action}`,
      schema: input_schema,
    }));
  });

/** A text box that is left empty is a missing text, and line breaks are one character: no other text is drawn. */
const texts = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\r"));
const patterns: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "^[A-Z]{3}$": fc.stringMatching(/^[A-Z]{3}$/),
  "^-?\\d+$": fc.integer().map(String),
  "^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?$": fc.integer().map((n) => `${n}.50`),
  "^[+-]?\\d+(/\\d+)?$": fc.integer().map((n) => `${n}/3`),
};
const days = fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
const zones = fc.constantFrom("", "Z", "+05:30", "-08:00");
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: days.map((day) => day.toISOString().slice(0, 10)),
  time: fc.tuple(days, zones).map(([day, zone]) => day.toISOString().slice(11, 19) + zone),
  "date-time": fc.tuple(days, zones).map(([day, zone]) => day.toISOString().slice(0, 23) + zone),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  uuid: fc.uuid(),
};

function textIn(schema: Record<string, Json>): fc.Arbitrary<Json> {
  const { pattern, format, minLength, maxLength } = schema;
  if (schema["contentEncoding"] === "base64") return fc.base64String({ minLength: 4, maxLength: 12 });
  if (typeof format === "string" && formats[format] !== undefined) return formats[format];
  if (typeof pattern === "string") return patterns[pattern] ?? fc.constant("https://example.com");
  const most = typeof maxLength === "number" ? maxLength : 12;
  const least = Math.max(typeof minLength === "number" ? minLength : 0, 1);
  return texts.map((text) => [...text.padEnd(least, "x")].slice(0, most).join(""));
}

function numberIn(schema: Record<string, Json>): fc.Arbitrary<Json> {
  const bound = (name: string, otherwise: number) =>
    typeof schema[name] === "number" ? schema[name] : otherwise;
  const min = Math.max(bound("minimum", -1e6), bound("exclusiveMinimum", -1e6));
  const max = Math.min(bound("maximum", 1e6), bound("exclusiveMaximum", 1e6));
  const isOpen = schema["exclusiveMinimum"] !== undefined;
  const isShut = schema["exclusiveMaximum"] !== undefined;
  if (schema["multipleOf"] !== undefined) {
    const of = Number(schema["multipleOf"]);
    return fc.integer({ min: Math.ceil(min / of), max: Math.floor(max / of) }).map((n) => n * of);
  }
  if (schema["type"] === "integer")
    return fc.integer({ min: isOpen ? min + 1 : min, max: isShut ? max - 1 : max });
  return fc.double({ min, max, minExcluded: isOpen, maxExcluded: isShut, noNaN: true }).map((n) => n + 0);
}

const anything = fc.constantFrom<Json>({ a: [1, "x"], "": {} }, 5, "text", "", [null], true);

/** Values that `schema` allows. */
function valueIn(given: Json | undefined, root: Record<string, Json>, depth = 0): fc.Arbitrary<Json> {
  if (!isNode(given)) return anything;
  const ref = given["$ref"];
  if (typeof ref === "string") {
    const target = isNode(root["$defs"]) ? root["$defs"][ref.replace("#/$defs/", "")] : undefined;
    return valueIn(target, root, depth + 1);
  }
  const { anyOf, type } = given;
  if (given["enum"] !== undefined) return fc.constantFrom(...(given["enum"] as Json[]));
  if (given["const"] !== undefined) return fc.constant(given["const"]);
  if (Array.isArray(anyOf)) {
    const flat =
      depth > 3
        ? anyOf.filter(
            (one) =>
              isNode(one) && one["$ref"] === undefined && one["type"] !== "array" && one["type"] !== "object",
          )
        : anyOf;
    return fc.oneof(...flat.map((one) => valueIn(one, root, depth + 1)));
  }
  switch (type) {
    case "string":
      return textIn(given);
    case "integer":
    case "number":
      return numberIn(given);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return listIn(given, root, depth);
    case "object":
      return objectIn(given, root, depth);
    default:
      return anything;
  }
}

function listIn(schema: Record<string, Json>, root: Record<string, Json>, depth: number): fc.Arbitrary<Json> {
  const { prefixItems, items } = schema;
  if (Array.isArray(prefixItems))
    return fc.tuple(...prefixItems.map((item) => valueIn(item, root, depth + 1)));
  const least = Number(schema["minItems"] ?? 0);
  if (depth > 6 && least === 0) return fc.constant([]);
  const most = Math.min(Number(schema["maxItems"] ?? 3), depth > 4 ? least : 3 + least);
  const bounds = { minLength: least, maxLength: most };
  const item = valueIn(items, root, depth + 1);
  if (schema["uniqueItems"] === true)
    return fc.uniqueArray(item, { ...bounds, selector: (value) => JSON.stringify(value) });
  // A tag is a line of its box.
  const isTags = schema["x-floom-widget"] === "tags";
  return fc.array(isTags ? item.filter((tag) => !JSON.stringify(tag).includes("\\n")) : item, bounds);
}

function objectIn(
  schema: Record<string, Json>,
  root: Record<string, Json>,
  depth: number,
): fc.Arbitrary<Json> {
  const { properties, additionalProperties: others, propertyNames: names } = schema;
  if (isNode(properties) && Object.keys(properties).length > 0) {
    const requiredKeys = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
    const model = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, valueIn(property, root, depth + 1)]),
    );
    // A default that is left out would come back as itself, which is the same value to whoever reads it.
    const always = Object.entries(properties).filter(
      ([name, property]) =>
        requiredKeys.includes(name) || (isNode(property) && property["default"] !== undefined),
    );
    return fc.record(model, { requiredKeys: always.map(([name]) => name) }) as fc.Arbitrary<Json>;
  }
  if (!isNode(others)) return fc.constant(isNode(properties) ? {} : { free: [1] });
  const key = isNode(names)
    ? Array.isArray(names["enum"])
      ? fc.constantFrom(...names["enum"].map(String))
      : textIn({ type: "string", ...names })
    : fc.string({ minLength: 1, maxLength: 5 }).filter((text) => text !== "__proto__");
  const minKeys = Number(schema["minProperties"] ?? 0);
  return fc.dictionary(key.map(String), valueIn(others, root, depth + 1), {
    minKeys,
    maxKeys: 3 + minKeys,
  }) as fc.Arbitrary<Json>;
}

/** Every field of a form, those of tabs and rows too. */
function everyField(field: FormField): FormField[] {
  switch (field.kind) {
    case "group":
      return [field, ...field.fields.flatMap(everyField)];
    case "list":
    case "map":
      return [field, ...everyField(field.item)];
    case "choice":
      return [
        field,
        ...field.alternatives.flatMap((tab) => (tab.field === null ? [] : everyField(tab.field))),
      ];
    default:
      return [field];
  }
}

const readBack = (form: FormModel, value: Json) => readForm(form, entriesOf(form, value));

describe.each(golden)("the form of $name", ({ schema }) => {
  const form = buildForm(schema);

  it("gives back every value that its schema allows", () => {
    fc.assert(
      fc.property(valueIn(schema, schema), (value) => {
        const { inputs, errors } = readBack(form, value);
        expect(errors).toEqual([]);
        expect(inputs).toEqual(value);
      }),
      { numRuns: 40 },
    );
  });

  it("has a name for each of its fields, and says a sentence for each that is missing", () => {
    expect(
      everyField(form.root)
        .slice(1)
        .filter(({ label }) => label === ""),
    ).toEqual([]);
    for (const { detail } of readForm(form, initialEntries(form)).errors) expect(detail).toMatch(/^\S.*\.$/);
  });

  it("has a place for every error, wherever the API points", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.nat(9).map(String),
            fc.constantFrom(...Object.keys(schema["properties"] ?? {}), "x"),
          ),
        ),
        (tokens) => {
          const pointer = tokens
            .map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`)
            .join("");
          const [placed] = placeErrors(form, [{ pointer, detail: "Wrong." }], initialEntries(form));
          const first = tokens[0];
          const known = form.root.fields.some(({ name, kind }) => name === first && kind !== "fixed");
          expect(
            placed?.name.startsWith(known ? `/${first?.replaceAll("~", "~0").replaceAll("/", "~1")}` : ""),
          ).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});
