import * as z from "zod";
import { actionNameSchema } from "../ids.ts";

/** A JSON Schema 2020-12 document. */
export const jsonSchemaSchema = z.record(z.string(), z.json());

/**
 * One function that a version can be called by, read from its signature at push. What goes in and what comes out are
 * JSON Schema 2020-12. A file is text with `format: "floom-file"`; on the wire it is the id of an upload, or a data: URL with the file.
 */
export const storedActionSchema = z.strictObject({
  name: actionNameSchema,
  title: z.string(),
  description: z.string(),
  input_schema: jsonSchemaSchema,
  output_schema: jsonSchemaSchema.describe("Empty where the worker says nothing of what it returns."),
});
