import * as z from "zod";
import { roleSchema } from "../access/access.ts";
import { clientGrantIdSchema, workspaceIdSchema } from "../ids.ts";
import { clientScopeNames } from "./scopes.ts";

/** What a client may be given. */
export const clientScopeSchema = z.enum(clientScopeNames);

/**
 * How it is known who a client is: `document` where an address of its own describes it, so that whoever holds that
 * address answers for it; `itself` where it said so itself and nobody has checked it.
 */
const knownBySchema = z.enum(["document", "itself"]);

/** A program that a person has let act for them in one workspace. */
export const connectedClientSchema = z.object({
  id: clientGrantIdSchema,
  client_id: z.string(),
  client_name: z.string(),
  known_by: knownBySchema,
  workspace_id: workspaceIdSchema,
  workspace_name: z.string(),
  scopes: z.array(z.string()),
  connected_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
export type ConnectedClient = z.infer<typeof connectedClientSchema>;

export const clientRequestQuerySchema = z.object({
  /** What the consent page was opened with, as its address has it after the question mark. */
  request: z.string().min(1).max(16_000),
});

/** What a person has to know before they let a client in. */
export const clientRequestSchema = z.object({
  client_name: z.string(),
  /** The host of the client's own address; null for one that nothing but its own word describes. */
  client_host: z.string().nullable(),
  known_by: knownBySchema,
  /** Where the person is sent back to, with what lets the client in. */
  redirect_host: z.string(),
  scopes: z.array(z.object({ scope: clientScopeSchema, words: z.string() })),
  workspaces: z.array(z.object({ id: workspaceIdSchema, name: z.string(), role: roleSchema })),
});
export type ClientRequest = z.infer<typeof clientRequestSchema>;

export const decideClientSchema = z.discriminatedUnion("verdict", [
  z.object({
    verdict: z.literal("allow"),
    request: z.string().min(1).max(16_000),
    workspace_id: workspaceIdSchema,
    scopes: z.array(clientScopeSchema).min(1),
  }),
  z.object({ verdict: z.literal("deny"), request: z.string().min(1).max(16_000) }),
]);
export type DecideClient = z.infer<typeof decideClientSchema>;

export const decidedClientSchema = z.object({
  /** Where the person's browser is to go: back to the client. */
  redirect_to: z.string(),
});
export type DecidedClient = z.infer<typeof decidedClientSchema>;
