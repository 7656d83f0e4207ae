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

/** A kind of document that outlives the code that wrote it: how it is written, and how it is read back. */
export interface DocumentKind<Value> {
  /** Marks what is about to be stored with the version of its form. */
  write: (value: Value) => Value & { schema: number };
  /** Reads a stored one, whatever version it is of. Throws with the document's name when it fits none. */
  read: (stored: unknown) => Value;
}

const envelopeSchema = z.looseObject({ schema: z.int().positive().default(1) });

/**
 * Defines a document. `steps[n]` leads from version n+1 to n+2, so the newest version is one more than there are steps;
 * what is merely added needs no step but a default in the schema, and a document without a mark is of version 1. A
 * document of a version that is not known yet (this code was rolled back) is read by the newest form that is: what was
 * added since is left aside.
 */
export function defineDocument<Value extends object>(
  name: string,
  schema: z.ZodType<Value>,
  steps: readonly DocumentStep[] = [],
): DocumentKind<Value> {
  const newest = steps.length + 1;
  return {
    write: (value) => ({ ...value, schema: newest }),
    read(stored) {
      const { schema: version, ...document } = envelopeSchema.parse(stored);
      const moved = steps.slice(version - 1).reduce((old, step) => step(old), document);
      return parseStored(`${name} (version ${version})`, schema, moved);
    },
  };
}

/**
 * Parses what was stored, with keys left aside that its schema does not know, at any depth: a schema that is strict
 * towards people must not make a document unreadable for code that was rolled back. Throws with `name` when it does not
 * fit.
 */
export function parseStored<Value>(name: string, schema: z.ZodType<Value>, stored: unknown): Value {
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
