import * as z from "zod";
import {
  composioSettingsSchema,
  connectionScopeSchema,
  httpSettingsSchema,
  mcpSettingsSchema,
} from "#contract/connections/connection";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** Where a connection leads, and what of it may be called. */
export const connectionSettingsSchema = z.object({
  mcp: mcpSettingsSchema.nullable(),
  http: httpSettingsSchema.nullable(),
  composio: composioSettingsSchema.nullable(),
  scope: connectionScopeSchema,
  allowed_tools: z.array(z.string()).nullable(),
  enabled: z.boolean(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

export const connectionSettingsDocument = defineDocument(
  "settings of a connection",
  connectionSettingsSchema,
);
