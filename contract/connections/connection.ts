import * as z from "zod";
import { connectionIdSchema } from "../ids.ts";
import { secretNameSchema } from "../secrets/secret.ts";

/** By its name a manifest, a script and a tool's full name know a connection. */
export const connectionNameSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]|_(?!_)){0,30}[a-z0-9]$|^[a-z0-9]$/,
    "Use 1 to 32 lower-case letters, digits, hyphens and single underscores.",
  );

export const connectionKindSchema = z.enum(["mcp", "composio", "http"]);
export type ConnectionKind = z.infer<typeof connectionKindSchema>;

export const connectionScopeSchema = z
  .enum(["full", "read_only"])
  .describe("read_only: tools alone that are known to change nothing.");
export type ConnectionScope = z.infer<typeof connectionScopeSchema>;

const url = z.string().max(2048);
const toolName = z.string().min(1).max(128);
const allowedTools = z
  .array(toolName)
  .max(500)
  .nullable()
  .describe("Names of the tools that alone may be called, as the server has them; null: all.");

export const bearerSchema = z
  .string()
  .regex(
    /^bearer:[A-Z][A-Z0-9_]{0,63}$/,
    "Write bearer: and the name of a secret, e.g. bearer:LINEAR_TOKEN.",
  );

/** A remote MCP server. */
export const mcpSettingsSchema = z.strictObject({
  url: url.describe("Address of the server, e.g. https://mcp.example.com/mcp."),
  transport: z.enum(["streamable_http", "sse"]).default("streamable_http"),
  auth: bearerSchema
    .nullable()
    .default(null)
    .describe("bearer:NAME_OF_A_SECRET; null: nothing, or OAuth where the server asks for it."),
  oauth_client: z
    .strictObject({
      client_id: z.string().min(1).max(2048),
      client_secret: secretNameSchema.nullable().default(null),
    })
    .nullable()
    .default(null)
    .describe(
      "A client that was registered at the authorization server by hand; client_secret names a secret.",
    ),
});
export type McpSettings = z.infer<typeof mcpSettingsSchema>;

/** Plain HTTP with a credential in a header. */
export const httpSettingsSchema = z.strictObject({
  base_url: url.describe("What every path is added to, e.g. https://api.example.com/v1."),
  secret: secretNameSchema.describe("Name of the secret that goes into the header."),
  header: z
    .string()
    .max(1024)
    .default("Authorization: Bearer {value}")
    .describe("The header: `Name: text`, with `{value}` where the secret goes."),
});
export type HttpSettings = z.infer<typeof httpSettingsSchema>;

/** An app that Composio is signed in to. */
export const composioSettingsSchema = z.strictObject({
  app: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "Write the app's slug, e.g. gmail.")
    .describe("Slug of the app, e.g. gmail."),
  auth_config: z
    .string()
    .max(128)
    .nullable()
    .default(null)
    .describe("Id of an auth config at Composio; null: its own."),
});
export type ComposioSettings = z.infer<typeof composioSettingsSchema>;

const created = {
  name: connectionNameSchema,
  display_name: z.string().max(120).optional().describe("What people read; the name where it is left out."),
  owner: z
    .enum(["workspace", "me"])
    .default("workspace")
    .describe("me: only you see and use it, and runs that you start."),
  allowed_tools: allowedTools.optional(),
  scope: connectionScopeSchema.optional(),
};

/** Body of `POST /api/connections`. */
export const createConnectionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("mcp"), ...created, mcp: mcpSettingsSchema }),
  z.strictObject({ kind: z.literal("http"), ...created, http: httpSettingsSchema }),
  z.strictObject({ kind: z.literal("composio"), ...created, composio: composioSettingsSchema }),
]);
export type CreateConnection = z.infer<typeof createConnectionSchema>;

/** Body of `PATCH /api/connections/{connection}`. */
export const patchConnectionSchema = z.strictObject({
  display_name: z.string().min(1).max(120).optional(),
  allowed_tools: allowedTools.optional(),
  scope: connectionScopeSchema.optional(),
  enabled: z.boolean().optional().describe("false: nothing is called over it until it is set to true."),
});
export type PatchConnection = z.infer<typeof patchConnectionSchema>;

/**
 * `pending`: nobody has signed in yet. `expired`: the sign-in is over for good. `failed`: the last call or test did not
 * get through; the next one is tried all the same. `disabled`: a person has switched it off.
 */
export const connectionStatusSchema = z.enum(["pending", "active", "expired", "failed", "disabled"]);
export type ConnectionStatus = z.infer<typeof connectionStatusSchema>;

const time = z.iso.datetime().nullable();

export const connectionSchema = z.object({
  id: connectionIdSchema,
  name: connectionNameSchema,
  kind: connectionKindSchema,
  owner: z.enum(["workspace", "me"]),
  owner_id: z.string().nullable().describe("Whose it is; null: the workspace's."),
  display_name: z.string(),
  status: connectionStatusSchema,
  status_reason: z.string().nullable().describe("What it met, and what to do about it."),
  account_label: z.string().nullable().describe("Who is signed in there, where its server tells."),
  mcp: mcpSettingsSchema.nullable(),
  http: httpSettingsSchema.nullable(),
  composio: composioSettingsSchema.nullable(),
  scope: connectionScopeSchema,
  allowed_tools: allowedTools,
  changed_tools: z
    .int()
    .nonnegative()
    .describe(
      "Tools that are another than the one that was accepted: not called until they are accepted again.",
    ),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  last_used_at: time,
  last_used_by: z.string().nullable().describe("The run that last called over it."),
  last_checked_at: time,
  last_check_status: z.enum(["valid", "failed", "expired"]).nullable(),
});
export type Connection = z.infer<typeof connectionSchema>;

/** A tool of a connection, and what a person has said of it. */
export const connectionToolSchema = z.object({
  name: z.string().describe("As the server has it."),
  full_name: z.string().describe("As agents and the record of calls have it: at most 64 characters, unique."),
  title: z.string().nullable(),
  description: z.string(),
  input_schema: z.record(z.string(), z.json()),
  effect: z
    .enum(["read", "write"])
    .describe("What the gate takes it for: write until it was accepted as reading."),
  claims: z.string().nullable().describe("What its server claims of it: read_only, destructive, idempotent."),
  allowed: z.boolean().describe("Whether allowed_tools and scope let it be called."),
  state: z
    .enum(["new", "accepted", "changed", "gone"])
    .describe("changed: another than the accepted one, and not called. gone: accepted, and no more listed."),
  digest: z.string().describe("SHA-256 of its name, description, schema and claims."),
  accepted_at: time,
});
export type ConnectionTool = z.infer<typeof connectionToolSchema>;

export const connectionToolsSchema = z.object({
  tools: z.array(connectionToolSchema),
  listed_at: time.describe("When its server was last asked."),
});
export type ConnectionTools = z.infer<typeof connectionToolsSchema>;

/** Answer of a test: the server was asked just now. */
export const connectionTestSchema = z.object({
  status: z.enum(["valid", "failed", "expired"]),
  reason: z.string(),
  tested_at: z.iso.datetime(),
  tools: z.array(connectionToolSchema),
});
export type ConnectionTest = z.infer<typeof connectionTestSchema>;

/** Body of `POST /api/connections/{connection}/pin`. */
export const pinToolsSchema = z.strictObject({
  tools: z
    .array(
      z.strictObject({
        name: toolName,
        digest: z.string().regex(/^[0-9a-f]{64}$/, "Take it from the list of tools."),
      }),
    )
    .min(1)
    .max(500)
    .describe("The tools as they were read: one that has changed since then is not accepted."),
});

export const signInLinkSchema = z.object({
  url: z.string().describe("Where a person signs in, in a browser that is signed in to Floom."),
  expires_at: z.iso.datetime(),
});
export type SignInLink = z.infer<typeof signInLinkSchema>;

/** What a browser brings back from the authorization server. */
export const signInReturnSchema = z.object({
  state: z.string().max(4096).optional(),
  code: z.string().max(8192).optional(),
  iss: z.string().max(2048).optional(),
  error: z.string().max(256).optional(),
});
