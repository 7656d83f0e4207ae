import type { TokenId, WorkspaceId } from "#contract/ids";
import { eq } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../platform/db/client.ts";
import { tokens, workspaces } from "../platform/db/schema/access.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

export interface TokenRow {
  id: TokenId;
  workspace_id: WorkspaceId;
  kind: "owner" | "token";
  scopes: string[];
  expires_at: number | null;
}

/** Any text, so that a scope that is no more, or not yet, is passed over and does not lock its token out. */
const scopesForm = defineUnmarked("scopes of a token", z.array(z.string()));

/** The token whose hash this is. */
export async function findToken(db: Db, hash: string): Promise<TokenRow | undefined> {
  const [row] = await db.select().from(tokens).where(eq(tokens.hash, hash)).limit(1);
  return row && { ...row, scopes: scopesForm.read(row.scopes) };
}

export async function findWorkspace(
  db: Db,
  id: WorkspaceId,
): Promise<{ id: string; name: string } | undefined> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id)).limit(1);
  return row;
}

export interface OwnerSeed {
  workspaceId: WorkspaceId;
  workspaceName: string;
  tokenId: TokenId;
  hash: string;
  scopes: readonly string[];
  now: number;
}

/** Writes the first workspace and its owner token; a new owner token takes the old one's place. */
export async function putOwner(db: Db, seed: OwnerSeed): Promise<void> {
  const token = {
    id: seed.tokenId,
    workspace_id: seed.workspaceId,
    kind: "owner" as const,
    name: "owner",
    hash: seed.hash,
    scopes: [...seed.scopes],
    created_at: seed.now,
    expires_at: null,
  };
  await db.batch([
    db
      .insert(workspaces)
      .values({ id: seed.workspaceId, name: seed.workspaceName, created_at: seed.now })
      .onConflictDoNothing(),
    db
      .insert(tokens)
      .values(token)
      .onConflictDoUpdate({ target: tokens.id, set: { hash: seed.hash } }),
  ]);
}
