import * as z from "zod";
import { runIdSchema, workspaceIdSchema } from "../ids.ts";

/** What a token may do. A run token carries none of these: it is good for the runner routes of its own run only. */
export const scopeSchema = z.enum([
  "workers:read",
  "workers:write",
  "runs:read",
  "runs:write",
  "store:read",
  "store:write",
]);
export type Scope = z.infer<typeof scopeSchema>;

export const allScopes: readonly Scope[] = scopeSchema.options;

const actor = { id: z.string(), workspace_id: workspaceIdSchema, scopes: z.array(scopeSchema) };

/**
 * Who asks. `id` is that of the thing it is named for: a token, an account, the trigger that starts a run, the run
 * whose script asks, the link that was followed.
 */
export const principalSchema = z.discriminatedUnion("kind", [
  /** `owner`: the token of the workspace's owner. */
  z.object({ kind: z.literal("token"), ...actor, owner: z.boolean() }),
  z.object({ kind: z.literal("account"), ...actor }),
  z.object({ kind: z.literal("trigger"), ...actor }),
  /** `attempt` and `launch`: the only attempt of the run that the token speaks for, and the sandbox of it that holds it. */
  z.object({
    kind: z.literal("run"),
    ...actor,
    id: runIdSchema,
    attempt: z.int().positive(),
    launch: z.int().positive(),
  }),
  z.object({ kind: z.literal("link"), ...actor }),
]);
export type Principal = z.infer<typeof principalSchema>;
export type RunPrincipal = Extract<Principal, { kind: "run" }>;

export const workspaceInfoSchema = z.object({
  workspace_id: workspaceIdSchema,
  workspace_name: z.string(),
  principal: z.object({ kind: z.string(), scopes: z.array(scopeSchema) }),
});
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>;
