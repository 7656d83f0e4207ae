import type * as z from "zod";
import { storedActionSchema } from "../manifest/stored-action.ts";
import type { jsonSchemaSchema } from "../manifest/stored-action.ts";

/** A JSON Schema 2020-12 document. */
export type JsonSchema = z.infer<typeof jsonSchemaSchema>;

/** One thing that a worker does, as everybody sees it: a function of its file, or its script. */
export const actionDefinitionSchema = storedActionSchema;
export type ActionDefinition = z.infer<typeof actionDefinitionSchema>;
