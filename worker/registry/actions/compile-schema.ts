import { Validator } from "@cfworker/json-schema";
import type { OutputUnit } from "@cfworker/json-schema";
import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";

/** A schema that is ready to judge values by. */
export interface CompiledSchema {
  root: JsonSchema;
  /** All that is wrong; empty when nothing is. Formats are not judged here: Python's own types take more. */
  judge: (value: Json) => OutputUnit[];
  /** Whether a value fits a part of the schema. */
  fits: (part: JsonSchema, value: Json) => boolean;
  /** The part that a reference means, with what stands beside the reference; any other part as it is. */
  follow: (part: JsonSchema) => JsonSchema;
  /** So deep may lists and objects of a value lie in each other. */
  deepest: number;
}

export function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const DEEPEST = 64;
/** Each level of a type that may be one of several that hold it again doubles the work of judging a value of it. */
const DEEPEST_BRANCHING = 12;

/** Makes a JSON Schema ready; `stopsAtFirst`: to find the first fault alone. The validator writes into what it is given, so that it gets a copy. Pure. */
export function compileSchema(
  root: JsonSchema,
  { stopsAtFirst = false }: { stopsAtFirst?: boolean } = {},
): CompiledSchema {
  const definitions = isObject(root["$defs"]) ? root["$defs"] : {};
  const whole = new Validator(withoutFormats(root), "2020-12", stopsAtFirst);
  const parts = new Map<JsonSchema, Validator>();
  const partOf = (part: JsonSchema) => {
    const known =
      parts.get(part) ?? new Validator(withoutFormats({ ...part, $defs: definitions }), "2020-12");
    parts.set(part, known);
    return known;
  };
  return {
    root,
    judge: (value) => whole.validate(value).errors,
    fits: (part, value) => partOf(part).validate(value).valid,
    follow: (part) => followIn(definitions, part),
    deepest: isBranching(root) ? DEEPEST_BRANCHING : DEEPEST,
  };
}

const PREFIX = "#/$defs/";

/** How deep lists and objects lie in each other, counted no further than one beyond `most`. Pure. */
export function depthOf(value: Json, most: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (most < 0) return 1;
  return (
    1 + Object.values(value).reduce<number>((deep, inner) => Math.max(deep, depthOf(inner, most - 1)), 0)
  );
}

function followIn(definitions: Record<string, Json>, part: JsonSchema): JsonSchema {
  let found = part;
  // A reference to a reference ends: definitions hold types, and a type is no bare reference to itself.
  for (let step = 0; step < 20 && typeof found["$ref"] === "string"; step++) {
    const { $ref: reference, ...beside } = found;
    const meant = typeof reference === "string" ? definitions[reference.slice(PREFIX.length)] : undefined;
    found = isObject(meant) ? { ...meant, ...beside } : beside;
  }
  return found;
}

function withoutFormats<T extends Json>(value: T): T;
function withoutFormats(value: Json): Json {
  if (Array.isArray(value)) return value.map((inner) => withoutFormats(inner));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== "format" || typeof inner !== "string");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutFormats(inner)]));
}

/** Whether a type holds itself again and is one of several somewhere. */
function isBranching(root: JsonSchema): boolean {
  const text = JSON.stringify(root["$defs"] ?? {});
  return text.includes('"$ref"') && /"(?:anyOf|oneOf)"/.test(text);
}

/** So many schemas are kept ready at most; the one that was not used for the longest time makes room. */
const MOST_KEPT = 200;

/** Schemas by a key that never stands for another one, so that each is made ready once for many runs. */
export class CompiledSchemas {
  readonly #kept = new Map<string, CompiledSchema>();

  get(key: string, root: JsonSchema): CompiledSchema {
    const compiled = this.#kept.get(key) ?? compileSchema(root);
    this.#kept.delete(key);
    this.#kept.set(key, compiled);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return compiled;
  }
}
