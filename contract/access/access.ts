import * as z from "zod";
import { workspaceIdSchema } from "../ids.ts";

/** What a token may do. A run token carries none of these: it is good for the runner routes of its own run only. */
export const scopeSchema = z.enum(["workers:read", "workers:write", "runs:read", "runs:write"]);
export type Scope = z.infer<typeof scopeSchema>;

export const allScopes: readonly Scope[] = scopeSchema.options;

/** Who asks: a person or program of one workspace. */
export const principalSchema = z.object({
  kind: z.enum(["owner", "token"]),
  workspace_id: workspaceIdSchema,
  token_id: z.string(),
  scopes: z.array(scopeSchema),
});
export type Principal = z.infer<typeof principalSchema>;

export const workspaceInfoSchema = z.object({
  workspace_id: workspaceIdSchema,
  workspace_name: z.string(),
  principal: z.object({ kind: z.string(), scopes: z.array(scopeSchema) }),
});
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>;
