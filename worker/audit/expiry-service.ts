// Owns for how long the record of changes is kept. Never deletes what is younger, but with its whole workspace.
// Deletes from the chain, audit_events in D1 and checkpoints in R2.
import { workspaceIdSchema } from "#contract/ids";
import { firstIdAt } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import { keptSince } from "./kept-since.ts";
import { bringInStranded } from "./service.ts";
import type { AuditDeps } from "./service.ts";
import { deleteOldEvents } from "./store.ts";

const ROWS_AT_ONCE = 500;
/** Behind every id that there can be. */
const EVER = 2 ** 48 - 1;

/** Brings in what waits for the table, and deletes some of what is older than is kept; the next look goes on. */
export async function tidyAudit(deps: AuditDeps, workspaceId: string): Promise<void> {
  await bringInStranded(deps, workspaceIdSchema.parse(workspaceId));
  const oldest = keptSince(deps.clock());
  // From the chain first: what is in neither is old, and what is in the table alone would seem made up.
  await deps.chain(workspaceIdSchema.parse(workspaceId)).trim(workspaceId, oldest);
  const before = firstIdAt("evt", oldest);
  // The database judges by its own clock what is old enough: where it refuses, the rest of the look goes on.
  await deleteOldEvents(deps.db, { workspaceId, before, limit: ROWS_AT_ONCE }).catch((error: unknown) =>
    log("warn", "audit.kept", { workspace_id: workspaceId, error: describeError(error) }),
  );
}

/** Deletes some of all that a workspace's record holds, which is being deleted; answers how many. */
export async function clearAudit(deps: AuditDeps, workspaceId: string): Promise<number> {
  const id = workspaceIdSchema.parse(workspaceId);
  await deps.chain(id).erase();
  const waiting = await deps.listStranded(id, ROWS_AT_ONCE);
  for (const event of waiting) await deps.forgetStranded(id, event.id);
  const before = firstIdAt("evt", EVER);
  const signed = await deps.deleteSomeCheckpoints(id);
  const rows = await deleteOldEvents(deps.db, { workspaceId, before, limit: ROWS_AT_ONCE });
  return waiting.length + signed + rows;
}
