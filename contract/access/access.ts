import * as z from "zod";
import { runIdSchema, userIdSchema, workerIdSchema, workspaceIdSchema } from "../ids.ts";

/**
 * What somebody may do. A role has a list of them, a token some of its person's. A run token carries none of these: it is
 * good for the runner routes of its own run only.
 */
export const scopeSchema = z.enum([
  "workers:read",
  "workers:write",
  "runs:read",
  "runs:write",
  "approvals:decide",
  "secrets:read",
  "secrets:write",
  "store:read",
  "store:write",
  "contexts:read",
  "contexts:write",
  "workspace:read",
  "workspace:write",
  "members:write",
  "tokens:write",
  "audit:read",
  /** To delete the workspace, and to hand it to another owner. */
  "workspace:own",
]);
export type Scope = z.infer<typeof scopeSchema>;

export const allScopes: readonly Scope[] = scopeSchema.options;

/** What a person is in a workspace, the most first. */
export const roleSchema = z.enum(["owner", "admin", "editor", "viewer"]);
export type Role = z.infer<typeof roleSchema>;

const actor = { id: z.string(), workspace_id: workspaceIdSchema, scopes: z.array(scopeSchema) };

/**
 * Where somebody's way to the workers of their workspace differs from their role: private workers of others, of which
 * they are told nothing, and workers of which they may start runs (`runner`) or decide what these ask (`approver`).
 */
const workerRefsSchema = z.array(z.object({ id: z.string(), name: z.string() }));
export const workerReachSchema = z.object({
  hidden: workerRefsSchema,
  runner: workerRefsSchema,
  approver: workerRefsSchema,
});
export type WorkerReach = z.infer<typeof workerReachSchema>;

/** Whose it is and what they are in the workspace now; null for what is nobody's, such as a token of a service. `reach`: null where nothing differs. */
const person = {
  user_id: userIdSchema.nullable(),
  role: roleSchema.nullable(),
  reach: workerReachSchema.nullable(),
};

/**
 * Who asks. `id` is that of the thing it is named for: a token, an account, the trigger that starts a run, the run
 * whose script asks, the link that was followed.
 */
export const principalSchema = z.discriminatedUnion("kind", [
  /** `owner`: the token in the settings of whoever runs this server, who has no account. */
  z.object({ kind: z.literal("token"), ...actor, ...person, owner: z.boolean() }),
  /** A person who is signed in. */
  z.object({
    kind: z.literal("account"),
    ...actor,
    ...person,
    user_id: userIdSchema,
    role: roleSchema,
    /** The address that was shown to be theirs; null for none. */
    email: z.string().nullable(),
  }),
  z.object({ kind: z.literal("trigger"), ...actor }),
  /** `attempt` and `launch`: the only attempt of the run that the token speaks for, and the sandbox of it that holds it. */
  z.object({
    kind: z.literal("run"),
    ...actor,
    id: runIdSchema,
    attempt: z.int().positive(),
    launch: z.int().positive(),
  }),
  /**
   * Whoever follows a link, or opens a public page: good for the one worker that it leads to; null where it leads to an
   * approval alone, and is good for nothing else.
   */
  z.object({ kind: z.literal("link"), ...actor, worker_id: workerIdSchema.nullable() }),
]);
export type Principal = z.infer<typeof principalSchema>;
export type AccountPrincipal = Extract<Principal, { kind: "account" }>;
export type LinkPrincipal = Extract<Principal, { kind: "link" }>;
export type RunPrincipal = Extract<Principal, { kind: "run" }>;

export const workspaceInfoSchema = z.object({
  workspace_id: workspaceIdSchema,
  workspace_name: z.string(),
  principal: z.object({ kind: z.string(), scopes: z.array(scopeSchema) }),
});
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>;
