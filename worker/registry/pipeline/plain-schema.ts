import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import { isObject } from "../actions/compile-schema.ts";

/** So deep references are followed; below it nothing is known, as of what names itself. */
const MOST_DEPTH = 12;
/** So many schemas are written out: references that double with each step come to no more. */
const MOST_SCHEMAS = 2000;

interface Writing {
  defs: Readonly<Record<string, Json>>;
  /** How many may still be written out. */
  left: { count: number };
}

/**
 * A schema with what its references and allOf stand for in their place, so that it says by itself what a value may be. What
 * cannot be written out is {}, of which nothing is known. Pure.
 */
export function plainSchema(schema: JsonSchema): JsonSchema {
  const { $defs, definitions } = schema;
  const defs = { ...(isObject(definitions) ? definitions : {}), ...(isObject($defs) ? $defs : {}) };
  return write(schema, { defs, left: { count: MOST_SCHEMAS } }, MOST_DEPTH);
}

function write(schema: JsonSchema, writing: Writing, depth: number): JsonSchema {
  if (depth === 0 || writing.left.count-- <= 0) return {};
  const { $ref, allOf, $defs: _, definitions: __, ...own } = schema;
  const next = (one: Json | undefined) => (isObject(one) ? write(one, writing, depth - 1) : {});
  const parts = [
    ...($ref === undefined ? [] : [next(findDef($ref, writing.defs))]),
    ...(Array.isArray(allOf) ? allOf.map(next) : []),
  ];
  return [writeMembers(own, next), ...parts].reduce(both);
}

function findDef(ref: Json, defs: Writing["defs"]): Json | undefined {
  const [, name] = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(typeof ref === "string" ? ref : "") ?? [];
  return name !== undefined && Object.hasOwn(defs, name) ? defs[name] : undefined;
}

function writeMembers(schema: JsonSchema, next: (one: Json | undefined) => JsonSchema): JsonSchema {
  const { properties, items, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(isObject(properties) ? { properties: mapValues(properties, next) } : {}),
    ...(isObject(items) ? { items: next(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(next) } : {}),
    ...(Array.isArray(oneOf) ? { oneOf: oneOf.map(next) } : {}),
  };
}

const mapValues = (map: Readonly<Record<string, Json>>, next: (one: Json) => JsonSchema) =>
  Object.fromEntries(Object.entries(map).map(([name, one]) => [name, next(one)]));

/** Keywords that cannot be told together where both say them: then nothing is said of them. */
const ONE_ALONE = ["type", "enum", "const", "anyOf", "oneOf", "items"];

/** What a value keeps to that keeps to both. */
function both(a: JsonSchema, b: JsonSchema): JsonSchema {
  if (Object.keys(a).length === 0) return b;
  if (Object.keys(b).length === 0) return a;
  // What one of them closes would close the members of the other, too: that is left open.
  const { additionalProperties: _, ...open } = { ...a, ...b };
  const disagreeing = ONE_ALONE.filter(
    (key) =>
      a[key] !== undefined && b[key] !== undefined && JSON.stringify(a[key]) !== JSON.stringify(b[key]),
  );
  const kept = Object.fromEntries(Object.entries(open).filter(([key]) => !disagreeing.includes(key)));
  const [left, right] = [a["properties"], b["properties"]];
  const required = [a["required"], b["required"]].flatMap((one) => (Array.isArray(one) ? one : []));
  return {
    ...kept,
    ...(isObject(left) && isObject(right) ? { properties: { ...left, ...right } } : {}),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
  };
}
