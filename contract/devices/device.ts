import * as z from "zod";
import { scopeSchema } from "../access/access.ts";
import { tokenIdSchema, workspaceIdSchema } from "../ids.ts";
import { givenNameSchema } from "../tokens/token.ts";

/** The letters of a code that people type: none that looks like another, and no vowel, so that no word comes about. */
export const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** Body of `POST /api/cli-auth/devices`. */
export const startDeviceSchema = z.strictObject({
  client_name: givenNameSchema.describe(
    "What asks, e.g. floom-cli on laptop. It is shown as what the client says.",
  ),
  scopes: z
    .array(scopeSchema)
    .default([])
    .describe("What it wants to do; empty for what a person at a terminal commonly does."),
});

export const startedDeviceSchema = z.object({
  device_code: z.string().describe("What the client asks with. It is a secret: only the client may know it."),
  user_code: z.string().describe("What the client shows, and the page shows or asks for: XXXX-XXXX."),
  verification_url: z.string().describe("The page at which a person decides."),
  verification_url_complete: z.string().describe("The same with the code behind #, which no server is sent."),
  polling_interval_seconds: z.int().positive(),
  expires_in_seconds: z.int().positive(),
});
export type StartedDevice = z.infer<typeof startedDeviceSchema>;

/** Body of `POST /api/cli-auth/poll`. */
export const pollDeviceSchema = z.strictObject({ device_code: z.string().max(200) });

export const polledDeviceSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("pending"), polling_interval_seconds: z.int().positive() }),
  z.object({
    status: z.literal("approved"),
    api_secret: z.string().describe("The token. No other answer ever holds it."),
    api_base: z.string().describe("The address of the server that it is for."),
    token_id: tokenIdSchema,
    workspace_id: workspaceIdSchema,
    scopes: z.array(scopeSchema),
    expires_at: z.iso.datetime(),
  }),
]);
export type PolledDevice = z.infer<typeof polledDeviceSchema>;

/** A code as a person types it: small or capital letters, with or without what stands between them. */
const typedCodeSchema = z.string().max(40);

/** Body of `POST /api/cli-auth/lookup` and of `POST /api/cli-auth/deny`. */
export const deviceCodeSchema = z.strictObject({ user_code: typedCodeSchema });

/** Body of `POST /api/cli-auth/approve`. */
export const approveDeviceSchema = z.strictObject({
  user_code: typedCodeSchema,
  scopes: z
    .array(scopeSchema)
    .min(1)
    .optional()
    .describe("Fewer than it asks for; left out, all that it asks for."),
});

export const waitingDeviceSchema = z.object({
  user_code: z.string(),
  client_name: z.string().describe("What the client says it is."),
  scopes: z.array(scopeSchema).describe("What its token would be allowed, of what it asks for and you may."),
  address: z.string().nullable().describe("The network address it asked from."),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  workspace_id: workspaceIdSchema.describe("The workspace that its token would be good for: yours."),
  token_days: z.int().positive().describe("Days for which its token would be good."),
});
export type WaitingDevice = z.infer<typeof waitingDeviceSchema>;

export const decidedDeviceSchema = z.object({
  user_code: z.string(),
  client_name: z.string(),
  status: z.enum(["approved", "denied"]),
});
export type DecidedDevice = z.infer<typeof decidedDeviceSchema>;
