// Owns for how long a workspace keeps what has ended, and can say what is stored and when it goes.
// Never deletes anything by itself: that is the housekeeper's, in the workspace's own object.
// Writes retention_days of workspaces.
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import type { ChangeSettings, StorageReport, WorkspaceSettings } from "#contract/retention/retention";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { HousekeeperApi } from "./housekeeper-api.ts";
import { DAY_MS } from "./plan-look.ts";
import { findRetentionDays, setRetentionDays } from "./store.ts";

/** How much there is of a kind; times are epoch milliseconds. */
export interface StoredSum {
  count: number;
  /** Null where it is not known without reading all of it. */
  bytes: number | null;
  oldestAt: number | null;
}

export interface RetentionServiceDeps {
  db: Db;
  housekeeper: (workspaceId: string) => HousekeeperApi;
  sums: {
    runs: (workspaceId: WorkspaceId) => Promise<StoredSum>;
    versions: (workspaceId: WorkspaceId) => Promise<StoredSum>;
    uploads: (workspaceId: WorkspaceId) => Promise<StoredSum>;
  };
}

/** What the workspace has set. */
export async function getSettings(
  deps: RetentionServiceDeps,
  principal: Principal,
): Promise<WorkspaceSettings> {
  return { retention_days: await findRetentionDays(deps.db, principal.workspace_id) };
}

/** Changes what is named. A shorter time takes effect at the next look, which may be a day away: time to think again. */
export async function changeSettings(
  deps: RetentionServiceDeps,
  principal: Principal,
  change: ChangeSettings,
): Promise<WorkspaceSettings> {
  const { workspace_id: workspaceId } = principal;
  if (change.retention_days !== undefined)
    await setRetentionDays(deps.db, workspaceId, change.retention_days);
  await deps.housekeeper(workspaceId).open(workspaceId);
  return getSettings(deps, principal);
}

/** What is stored of the workspace, and what goes when. */
export async function describeStorage(
  deps: RetentionServiceDeps,
  principal: Principal,
): Promise<StorageReport> {
  const { workspace_id: workspaceId } = principal;
  const [days, house, runs, versions, uploads] = await Promise.all([
    findRetentionDays(deps.db, workspaceId),
    deps.housekeeper(workspaceId).open(workspaceId),
    deps.sums.runs(workspaceId),
    deps.sums.versions(workspaceId),
    deps.sums.uploads(workspaceId),
  ]);
  const kinds = { runs, versions, uploads } as const;
  return {
    retention_days: days,
    stored: (["runs", "versions", "uploads"] as const).map((kind) => ({
      kind,
      count: kinds[kind].count,
      size_bytes: kinds[kind].bytes,
      oldest_at: toIsoOrNull(kinds[kind].oldestAt),
      goes_at: toIsoOrNull(goesAt(kinds[kind].oldestAt, { days, nextLookAt: house.nextLookAt })),
    })),
    next_look_at: toIso(house.nextLookAt),
    last_look: house.lastLook && { at: toIso(house.lastLook.at), deleted: house.lastLook.deleted },
    being_deleted: house.duties,
  };
}

/** The first daily look that finds it too old; null when none will. Pure. */
function goesAt(
  oldestAt: number | null,
  { days, nextLookAt }: { days: number | null; nextLookAt: number },
): number | null {
  if (oldestAt === null || days === null) return null;
  const missing = Math.ceil((oldestAt + days * DAY_MS - nextLookAt) / DAY_MS);
  return nextLookAt + Math.max(0, missing) * DAY_MS;
}
