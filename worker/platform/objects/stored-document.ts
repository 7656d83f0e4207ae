import * as z from "zod";

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
 * what is merely added needs no step but a default in the schema. A document of a version that is not known yet (this
 * code was rolled back) is read by the newest form that is: what was added since is left aside.
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
      const parsed = schema.safeParse(moved);
      if (parsed.success) return parsed.data;
      throw new Error(
        `A stored ${name} (version ${version}) cannot be read: ${z.prettifyError(parsed.error)}`,
      );
    },
  };
}
