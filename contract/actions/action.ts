import * as z from "zod";

/** What a tool may be called, too (letters, digits, `_` and `-`), with room for its worker's name before it. */
export const actionNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,48}$/, "must be 1 to 48 letters, digits, underscores and hyphens");

/** A JSON Schema 2020-12 document. */
export const jsonSchemaSchema = z.record(z.string(), z.json());
export type JsonSchema = z.infer<typeof jsonSchemaSchema>;

/**
 * One thing that a worker does: a function of its file, or its script. What goes in and what comes out are JSON Schema
 * 2020-12. A file is text with `format: "floom-file"`; on the wire it is the id of an upload.
 */
export const actionDefinitionSchema = z.strictObject({
  name: actionNameSchema,
  title: z.string(),
  description: z.string(),
  input_schema: jsonSchemaSchema,
  output_schema: jsonSchemaSchema.describe("Empty where the worker says nothing of what it returns."),
});
export type ActionDefinition = z.infer<typeof actionDefinitionSchema>;
