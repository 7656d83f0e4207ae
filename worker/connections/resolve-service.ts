// Owns which connection a worker means by what it declares.
// Never tells whether somebody else has one: what is not there for the worker is missing.
// Writes nothing.
import type { ConnectionTool } from "#contract/connections/connection";
import type { Db } from "../platform/db/client.ts";
import type { WantedConnection } from "../registry/wanted-connections.ts";
import { appSlug, mayReadOnly } from "./composio-presets.ts";
import type { ConnectionTarget } from "./connection-api.ts";
import { targetOf } from "./service.ts";
import { listConnectionRows } from "./store.ts";
import type { ConnectionRow } from "./store.ts";

/** A declared connection with the one that it means. */
export interface ResolvedConnection {
  wanted: WantedConnection;
  target: ConnectionTarget;
}

export interface ResolveDeps {
  db: Db;
}

/** Whether a worker that declares this means that connection. Pure. */
export function means(
  wanted: WantedConnection,
  { kind, name, settings }: Pick<ConnectionRow, "kind" | "name" | "settings">,
): boolean {
  if (kind !== wanted.kind && !(wanted.kind === "mcp" && kind === "http")) return false;
  if (wanted.kind === "composio")
    return settings.composio !== null && appSlug(settings.composio.app) === appSlug(wanted.name);
  // A name with another address is another server: what was accepted for the one is not called at the other.
  const isThere = wanted.url === null || settings.mcp?.url === wanted.url;
  return isThere && (name === wanted.name || (wanted.url !== null && settings.mcp?.url === wanted.url));
}

/**
 * What each declared connection means, for whoever starts the run: their own before the workspace's; and the names of those
 * that are not there. A connection that nobody has signed in to counts as there: its call says so.
 */
export async function resolveConnections(
  { db }: ResolveDeps,
  of: { workspaceId: string; userId: string | null },
  wanted: readonly WantedConnection[],
): Promise<{ found: ResolvedConnection[]; missing: string[] }> {
  if (wanted.length === 0) return { found: [], missing: [] };
  const rows = await listConnectionRows(db, of.workspaceId, of.userId);
  const inOrder = rows.toSorted((a, b) => Number(a.user_id === null) - Number(b.user_id === null));
  const found: ResolvedConnection[] = [];
  const missing: string[] = [];
  for (const one of wanted) {
    const row = inOrder.find((candidate) => means(one, candidate));
    if (row === undefined) missing.push(one.name);
    else found.push({ wanted: one, target: targetOf(row) });
  }
  return { found, missing };
}

/** Names of the declared connections that are not there for a run of this person. */
export async function findMissingConnections(
  deps: ResolveDeps,
  workspaceId: string,
  { userId, wanted }: { userId: string | null; wanted: readonly WantedConnection[] },
): Promise<string[]> {
  return (await resolveConnections(deps, { workspaceId, userId }, wanted)).missing;
}

/** Whether the worker itself may call a tool of a connection that may be called at all. Pure. */
export function mayWorkerCall(
  { wanted, target }: ResolvedConnection,
  tool: Pick<ConnectionTool, "name" | "effect" | "allowed">,
): boolean {
  if (!tool.allowed) return false;
  const isListed =
    wanted.allowed_tools === null || wanted.allowed_tools.some((name) => sameTool(wanted, name, tool.name));
  if (!isListed || wanted.scope === "full") return isListed;
  return target.settings.composio === null ? tool.effect === "read" : mayReadOnly(wanted.name, tool.name);
}

/** Actions of apps are named in capital letters, however somebody writes them. */
function sameTool({ kind }: WantedConnection, written: string, name: string): boolean {
  return kind === "composio" ? written.toUpperCase() === name.toUpperCase() : written === name;
}
