import type { Json } from "#contract/json";

export type Schema = Record<string, Json>;

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
/** What stands for a value of which nothing is said. */
const ANYTHING: Schema = {};
/** What a list that was cut ends with. */
const CUT_MARK: Schema = { type: "string" };

/**
 * What stays true of a value however much of it is cut to be told: its types, and the names that it may have. Texts get
 * shorter, lists end early in a sentence and members are left out, so that no length, form, choice or requirement can be
 * promised to a client, which would refuse the whole answer. What is deeper than `depth` is anything. Pure.
 */
export function loosen(schema: Json | undefined, depth: number): Schema {
  if (!isSchema(schema)) return ANYTHING;
  const words = wordsOf(schema);
  const variants = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(variants)) return { ...words, ...loosenAny(variants, depth) };
  const types = typesOf(schema);
  if (types.length === 0) return words;
  const type = types.length === 1 ? (types[0] ?? "null") : types;
  return {
    type,
    ...words,
    ...(types.includes("object") && depth > 0 ? membersOf(schema, depth) : {}),
    ...(types.includes("array") && depth > 0 ? itemsOf(schema, depth) : {}),
  };
}

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function wordsOf({ description, title, enum: choices }: Schema): Schema {
  const text = typeof description === "string" ? description : typeof title === "string" ? title : "";
  const said =
    Array.isArray(choices) && choices.length <= 12 ? `One of: ${choices.map(String).join(", ")}.` : "";
  const words = [text, said].filter((one) => one !== "").join(" ");
  return words === "" ? {} : { description: words };
}

function typesOf({ type, enum: choices, const: only }: Schema): string[] {
  const named = [type].flat().filter((one): one is string => typeof one === "string" && TYPES.includes(one));
  if (named.length > 0) return named;
  const values = Array.isArray(choices) ? choices : only === undefined ? [] : [only];
  return [...new Set(values.map(typeOf))];
}

/** The type of a value as schemas call it. Pure. */
export function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Alternatives are told apart by nothing once they are cut: where each is a plain type it is one of these types. */
function loosenAny(variants: readonly Json[], depth: number): Schema {
  const loose = variants.map((one) => loosen(one, depth));
  if (loose.some((one) => one["type"] === undefined && one["anyOf"] === undefined)) return ANYTHING;
  const plain = loose.every(
    (one) => one["properties"] === undefined && one["items"] === undefined && one["anyOf"] === undefined,
  );
  if (plain) return { type: [...new Set(loose.flatMap((one) => one["type"] ?? []))] };
  return { anyOf: loose };
}

function membersOf({ properties }: Schema, depth: number): Schema {
  if (!isSchema(properties)) return {};
  const loose = Object.entries(properties).map(([name, one]) => [name, loosen(one, depth - 1)] as const);
  return { properties: Object.fromEntries(loose) };
}

function itemsOf({ items, prefixItems }: Schema, depth: number): Schema {
  if (prefixItems !== undefined) return {};
  const one = loosen(items, depth - 1);
  if (one["type"] === undefined && one["anyOf"] === undefined) return {};
  return { items: one["type"] === "string" ? one : { anyOf: [one, CUT_MARK] } };
}
