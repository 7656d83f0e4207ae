import * as z from "zod";
import type { Json } from "#contract/json";

/**
 * Any JSON within a stored document: what people, scripts and senders gave. It was judged when it came in; judging it
 * again at each load would take long where it is large, and could refuse for its depth what was taken in before.
 */
export const storedJsonSchema = z.custom<Json>((value) => value !== undefined);

/** JSON by name, as inputs and outputs are kept; see storedJsonSchema. */
export const storedValuesSchema = z.custom<Record<string, Json>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);

/** Brings a document of one version to the form of the next. Pure. */
export type DocumentStep = (document: Record<string, unknown>) => Record<string, unknown>;

/** A form in which something is stored, and the one way to read it back. */
export interface StoredForm<Value> {
  /** Reads what was stored, as a value. Throws with the form's name when it does not fit. */
  read: (stored: unknown) => Value;
  /** Reads what was stored as JSON text. Throws with the form's name when it is none, or does not fit. */
  readText: (text: string) => Value;
}

/** A kind of document that outlives the code that wrote it: how it is written, and how it is read back. */
export interface DocumentKind<Value> extends StoredForm<Value> {
  /** Marks what is about to be stored with the version of its form. */
  write: (value: Value) => Value & { schema: number };
}

const envelopeSchema = z.looseObject({ schema: z.int().positive().default(1) });

/**
 * Defines a document. `steps[n]` leads from version n+1 to n+2, so the newest version is one more than there are steps;
 * what is merely added needs no step but a default in the schema, and a document without a mark is of version 1.
 *
 * A document of a version above the newest is refused: it has a form that this code (which was rolled back) does not
 * know, and whoever guessed at it would write the guess over it.
 */
export function defineDocument<Value extends object>(
  name: string,
  schema: z.ZodType<Value>,
  steps: readonly DocumentStep[] = [],
): DocumentKind<Value> {
  const newest = steps.length + 1;
  function read(stored: unknown): Value {
    const { schema: version, ...document } = parseStored(name, envelopeSchema, stored);
    if (version > newest) throw new Error(describeYounger(name, version, newest));
    const moved = steps.slice(version - 1).reduce((old, step) => step(old), document);
    return parseStored(`${name} (version ${version})`, schema, moved);
  }
  return {
    write: (value) => ({ ...value, schema: newest }),
    read,
    readText: (text) => read(parseText(name, text)),
  };
}

function describeYounger(name: string, version: number, newest: number): string {
  return (
    `A stored ${name} is of version ${version}, and this Floom knows it up to version ${newest}: a newer Floom ` +
    "wrote it. Nothing of it was changed; run that Floom again."
  );
}

/**
 * Defines a form that has no place for a mark: a list, or what others see as well just as it is stored (an event, a
 * message, the values of a script). It is of version 1 for as long as it lives: it may grow members that have a default,
 * and a mapping that must become another one is made a document, whose first version has no mark either.
 */
export function defineUnmarked<Value>(name: string, schema: z.ZodType<Value>): StoredForm<Value> {
  const read = (stored: unknown): Value => parseStored(name, schema, stored);
  return { read, readText: (text) => read(parseText(name, text)) };
}

function parseText(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`A stored ${name} cannot be read: it is no JSON.`, { cause });
  }
}

/**
 * Parses what was stored, with keys left aside that its schema does not know, at any depth: a schema that is strict
 * towards people must not make a document unreadable for code that was rolled back. Throws with `name` when it does not
 * fit.
 */
function parseStored<Value>(name: string, schema: z.ZodType<Value>, stored: unknown): Value {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const known = dropUnknownKeys(stored, parsed.error.issues);
  const again = known === undefined ? parsed : schema.safeParse(known);
  if (again.success) return again.data;
  throw new Error(`A stored ${name} cannot be read: ${z.prettifyError(again.error)}`);
}

/** A copy without the keys that `issues` find unknown; undefined when they find something else, too. */
function dropUnknownKeys(stored: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(stored);
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") return undefined;
    const holder = issue.path.reduce<unknown>(memberOf, copy);
    if (!isMapping(holder)) return undefined;
    for (const key of issue.keys) delete holder[key];
  }
  return copy;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
