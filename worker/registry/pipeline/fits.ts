import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import { isObject } from "../actions/compile-schema.ts";

/*
 * What is known of a value before there is one, as the schema that it keeps to. Nothing known is {}: whatever cannot be told
 * apart by a schema fits, so that only what can never go well is refused.
 */

const JSON_TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"] as const;
export type JsonType = (typeof JSON_TYPES)[number];

const isJsonType = (value: unknown): value is JsonType => JSON_TYPES.some((type) => type === value);

/** The types that a value may have; null where that is not known. Pure. */
export function typesOf(schema: JsonSchema): JsonType[] | null {
  const choices = choicesOf(schema);
  if (choices !== null) {
    const each = choices.map(typesOf);
    return each.some((types) => types === null) ? null : [...new Set(each.flatMap((types) => types ?? []))];
  }
  const { type } = schema;
  const said = (Array.isArray(type) ? type : [type]).filter(isJsonType);
  if (said.length > 0) return said;
  const values = valuesOf(schema);
  return values === null ? null : [...new Set(values.map(typeOfValue))];
}

/** Schemas of which one holds; null where there is no choice. Pure. */
function choicesOf({ anyOf, oneOf }: JsonSchema): JsonSchema[] | null {
  const list = anyOf ?? oneOf;
  return Array.isArray(list) ? list.map((one) => (isObject(one) ? one : {})) : null;
}

/** The values that are allowed; null where they are not listed. */
function valuesOf({ enum: listed, const: only }: JsonSchema): Json[] | null {
  if (Array.isArray(listed)) return listed;
  return only === undefined ? null : [only];
}

function typeOfValue(value: Json): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "object" ? "object" : typeof value === "string" ? "string" : "boolean";
}

/** A member of an object; `absent` where it can never be there. Pure. */
export function memberOf(
  schema: JsonSchema,
  name: string,
): { kind: "known"; schema: JsonSchema } | { kind: "absent"; names: string[] } {
  const choices = choicesOf(schema);
  const { properties, additionalProperties } = schema;
  const members = isObject(properties) ? properties : {};
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  if (choices !== null) return { kind: "known", schema: {} };
  if (member !== undefined) return { kind: "known", schema: isObject(member) ? member : {} };
  const isOpen = additionalProperties !== false || isReferring(schema);
  return isOpen ? { kind: "known", schema: {} } : { kind: "absent", names: Object.keys(members) };
}

const isReferring = (schema: JsonSchema): boolean =>
  ["$ref", "allOf", "patternProperties"].some((key) => Object.hasOwn(schema, key));

/** What the items of a list are. Pure. */
export function itemOf({ items }: JsonSchema): JsonSchema {
  return isObject(items) ? items : {};
}

const WORDS: Readonly<Record<JsonType, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

/** Types in words: `a text or null`. Pure. */
export function describeTypes(types: readonly JsonType[]): string {
  return types.map((type) => WORDS[type]).join(" or ");
}

const NUMBERS: readonly string[] = ["number", "integer"];

const isAlike = (a: JsonType, b: JsonType): boolean =>
  a === b || (NUMBERS.includes(a) && NUMBERS.includes(b));

/** Why no value that `given` says can be one that `wanted` says, as the end of a sentence; null where one can. Pure. */
export function whyUnfit(given: JsonSchema, wanted: JsonSchema): string | null {
  const [from, to] = [typesOf(given), typesOf(wanted)];
  if (from === null || to === null) return null;
  const shared = from.filter((type) => to.some((one) => isAlike(type, one)));
  if (shared.length === 0) return `is ${describeTypes(from)}, and ${describeTypes(to)} is wanted`;
  const fault = whyNoneListed(given, wanted);
  if (fault !== null) return fault;
  if (from.length !== 1 || to.length !== 1) return null;
  if (from[0] === "array") {
    const ofItems = whyUnfit(itemOf(given), itemOf(wanted));
    return ofItems === null ? null : `has items each of which ${ofItems}`;
  }
  return from[0] === "object" ? whyMembersUnfit(given, wanted) : null;
}

function whyNoneListed(given: JsonSchema, wanted: JsonSchema): string | null {
  const [has, may] = [valuesOf(given), valuesOf(wanted)];
  if (has === null || may === null) return null;
  const same = has.some((one) => may.some((other) => JSON.stringify(one) === JSON.stringify(other)));
  if (same) return null;
  const shown = JSON.stringify(has.length === 1 ? has[0] : has).slice(0, 80);
  return `is ${shown}, and one of ${JSON.stringify(may).slice(0, 200)} is wanted`;
}

function whyMembersUnfit(given: JsonSchema, wanted: JsonSchema): string | null {
  const { required, properties } = wanted;
  const lacking = (Array.isArray(required) ? required : []).find(
    (name) => typeof name === "string" && memberOf(given, name).kind === "absent",
  );
  if (typeof lacking === "string") return `has no ${lacking}, which is wanted`;
  for (const [name, schema] of Object.entries(isObject(properties) ? properties : {})) {
    const member = memberOf(given, name);
    if (member.kind === "absent" || !isObject(schema)) continue;
    const fault = whyUnfit(member.schema, schema);
    if (fault !== null) return `has ${name}, which ${fault}`;
  }
  return null;
}
