import { env } from "cloudflare:workers";
import { allScopes } from "#contract/access/access";
import type { AccountPrincipal, Role } from "#contract/access/access";
import { scopesOfRole } from "#contract/access/roles";
import { userIdSchema, workspaceIdSchema } from "#contract/ids";
import type { UserId } from "#contract/ids";
import { findMembership } from "../../../worker/access/store.ts";
import { sha256Hex } from "../../../worker/platform/crypto.ts";
import { ownerWorkspace, testHost } from "./api-harness.ts";

/** An id of a person, by a letter. */
export const personId = (letter: string): UserId => userIdSchema.parse(`usr_${letter.repeat(26)}`);

/** Makes somebody a member of the owner's workspace, and gives them a token of all scopes: they may what their role may. */
export async function seedMember(
  letter: string,
  role: Role,
  of: { workspaceId?: string; scopes?: readonly string[] } = {},
): Promise<string> {
  const { workspaceId = ownerWorkspace, scopes = allScopes } = of;
  const token = `pat-of-${letter}-in-${workspaceId}-${scopes.length}`;
  const user = personId(letter);
  await env.DB.batch([
    env.DB.prepare("INSERT OR IGNORE INTO workspaces (id, name, created_at) VALUES (?, 'W', 0)").bind(
      workspaceId,
    ),
    env.DB.prepare(
      "INSERT OR REPLACE INTO members (workspace_id, user_id, role, email, created_at) VALUES (?, ?, ?, ?, 0)",
    ).bind(workspaceId, user, role, `${letter}@example.com`),
    env.DB.prepare(
      "INSERT OR REPLACE INTO tokens (id, workspace_id, kind, name, hash, scopes, created_at, user_id) VALUES (?, ?, 'token', 'pat', ?, ?, 0, ?)",
    ).bind(testHost.newId("tok", 1), workspaceId, await sha256Hex(token), JSON.stringify(scopes), user),
  ]);
  return token;
}

/** A member as somebody who is signed in. */
export async function signIn(letter: string, workspaceId = ownerWorkspace): Promise<AccountPrincipal> {
  const user = personId(letter);
  const membership = await findMembership(testHost.db, user, workspaceId);
  if (!membership) throw new Error(`${letter} is no member of ${workspaceId}`);
  const { role, reach } = membership;
  return {
    kind: "account",
    id: user,
    user_id: user,
    workspace_id: workspaceIdSchema.parse(workspaceId),
    role,
    reach,
    email: `${letter}@example.com`,
    scopes: [...scopesOfRole[role]],
  };
}
