// Owns for how long a workspace keeps what has ended, can say what is stored and when it goes, and begins the deletion of
// a whole workspace. Never deletes anything by itself: that is the housekeeper's, in the workspace's own object.
// Writes retention_days of workspaces.
import { anomalySettings } from "#contract/anomalies/anomaly";
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import type {
  ChangeSettings,
  StorageReport,
  StoredKind,
  WorkspaceDeletion,
  WorkspaceSettings,
} from "#contract/retention/retention";
import { requireDecider } from "../access/policy.ts";
import { AppError } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { HousekeeperApi } from "./housekeeper-api.ts";
import { DAY_MS } from "./plan-look.ts";
import { findRetentionDays, findStoredSettings, patchSettings, setRetentionDays } from "./store.ts";

/** So many of a kind are counted: beyond that a count would cost more than it says. */
const COUNTED_MOST = 4000;

/** How much there is of a kind; times are epoch milliseconds. */
interface StoredSum {
  count: number;
  /** Null where it is not known without reading all of it. */
  bytes: number | null;
  oldestAt: number | null;
  /** From when the time runs for what goes first; null where nothing goes. */
  agesFrom: number | null;
}

export interface RetentionServiceDeps {
  db: Db;
  clock: Clock;
  housekeeper: (workspaceId: string) => HousekeeperApi;
  /** Ends every token of a workspace and marks it as deleted; then nothing in it starts any more. Repeatable. */
  begin: (workspaceId: WorkspaceId, now: number) => Promise<void>;
  countRuns: (workspaceId: WorkspaceId, most: number) => Promise<number>;
  findOldestRunTime: (workspaceId: WorkspaceId) => Promise<number | null>;
  listVersionSizes: (
    workspaceId: WorkspaceId,
    most: number,
  ) => Promise<{ size: number; created_at: number; isActive: boolean }[]>;
  /** Those that were unused longest first. */
  listUploadSizes: (workspaceId: WorkspaceId, most: number) => Promise<{ size: number; used_at: number }[]>;
  /** What stays until somebody deletes it: contexts, and what stores hold. */
  sumContexts: (
    workspaceId: WorkspaceId,
  ) => Promise<{ count: number; bytes: number; oldestAt: number | null }>;
  sumStores: (workspaceId: WorkspaceId) => Promise<{ count: number; bytes: number }>;
}

/** What the workspace has set. */
export async function getSettings(
  deps: RetentionServiceDeps,
  principal: Principal,
): Promise<WorkspaceSettings> {
  const [days, settings] = await Promise.all([
    findRetentionDays(deps.db, principal.workspace_id),
    findStoredSettings(deps.db, principal.workspace_id),
  ]);
  return { retention_days: days, ...settings };
}

/** Changes what is named. Throws as `requireDecider` does for what is done about anomalies. A shorter time takes effect at the next look, which may be a day away: time to think again. */
export async function changeSettings(
  deps: RetentionServiceDeps,
  principal: Principal,
  change: ChangeSettings,
): Promise<WorkspaceSettings> {
  const { workspace_id: workspaceId } = principal;
  const { retention_days: days, ...others } = change;
  // What is watched does not say what is done about it.
  if (Object.keys(anomalySettings).some((name) => Object.hasOwn(change, name))) requireDecider(principal);
  if (days !== undefined) await setRetentionDays(deps.db, workspaceId, days);
  if (Object.keys(others).length > 0) await patchSettings(deps.db, workspaceId, others);
  await deps.housekeeper(workspaceId).open(workspaceId);
  return getSettings(deps, principal);
}

/**
 * Begins the deletion of the whole workspace, which cannot be taken back. It is handed over before anything is gone, so
 * that a crash in between leaves either a workspace nobody has touched or one that goes. Throws `owner_only`, and
 * `invalid_request` unless the workspace's own id was written out.
 */
export async function deleteWorkspace(
  deps: RetentionServiceDeps,
  principal: Principal,
  confirm: string,
): Promise<WorkspaceDeletion> {
  const { workspace_id: workspaceId } = principal;
  if (principal.kind !== "token" || !principal.owner)
    throw new AppError("owner_only", "A workspace is deleted with its owner's token.");

  if (confirm !== workspaceId) {
    const detail = `must be the id of this workspace, ${workspaceId}`;
    throw new AppError("invalid_request", `Nothing was deleted: confirm ${detail}.`, {
      errors: [{ pointer: "/confirm", detail }],
    });
  }
  await deps.housekeeper(workspaceId).clearWorkspace(workspaceId);
  await deps.begin(workspaceId, deps.clock());
  const left = await deps.countRuns(workspaceId, COUNTED_MOST);
  return { workspace_id: workspaceId, being_deleted: true, runs_left: left };
}

/** What is stored of the workspace, and what goes when. */
export async function describeStorage(
  deps: RetentionServiceDeps,
  principal: Principal,
): Promise<StorageReport> {
  const { workspace_id: workspaceId } = principal;
  const [days, house, runs, versions, uploads, contexts, stores] = await Promise.all([
    findRetentionDays(deps.db, workspaceId),
    deps.housekeeper(workspaceId).open(workspaceId),
    sumRuns(deps, workspaceId),
    sumVersions(deps, workspaceId),
    sumUploads(deps, workspaceId),
    deps.sumContexts(workspaceId),
    deps.sumStores(workspaceId),
  ]);
  const describe = (kind: StoredKind, sum: StoredSum) => ({
    kind,
    count: sum.count,
    size_bytes: sum.bytes,
    oldest_at: toIsoOrNull(sum.oldestAt),
    goes_at: toIsoOrNull(findGoesAt(sum.agesFrom, { days, nextLookAt: house.nextLookAt })),
  });
  return {
    retention_days: days,
    stored: [
      describe("runs", runs),
      describe("versions", versions),
      describe("uploads", uploads),
      describe("contexts", { ...contexts, agesFrom: null }),
      describe("keys", { ...stores, oldestAt: null, agesFrom: null }),
    ],
    next_look_at: toIso(house.nextLookAt),
    last_look: house.lastLook && { at: toIso(house.lastLook.at), deleted: house.lastLook.deleted },
    being_deleted: house.duties,
  };
}

async function sumRuns(deps: RetentionServiceDeps, workspaceId: WorkspaceId): Promise<StoredSum> {
  const [count, oldestAt] = await Promise.all([
    deps.countRuns(workspaceId, COUNTED_MOST),
    deps.findOldestRunTime(workspaceId),
  ]);
  return { count, bytes: null, oldestAt, agesFrom: oldestAt };
}

async function sumVersions(deps: RetentionServiceDeps, workspaceId: WorkspaceId): Promise<StoredSum> {
  const all = await deps.listVersionSizes(workspaceId, COUNTED_MOST);
  return {
    count: all.length,
    bytes: all.reduce((sum, { size }) => sum + size, 0),
    oldestAt: findLeast(all.map(({ created_at }) => created_at)),
    agesFrom: findLeast(all.filter(({ isActive }) => !isActive).map(({ created_at }) => created_at)),
  };
}

async function sumUploads(deps: RetentionServiceDeps, workspaceId: WorkspaceId): Promise<StoredSum> {
  const all = await deps.listUploadSizes(workspaceId, COUNTED_MOST);
  const oldestAt = all[0]?.used_at ?? null;
  return {
    count: all.length,
    bytes: all.reduce((sum, { size }) => sum + size, 0),
    oldestAt,
    agesFrom: oldestAt,
  };
}

function findLeast(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

/** The first daily look that finds it too old; null when none will. Pure. */
function findGoesAt(
  agesFrom: number | null,
  { days, nextLookAt }: { days: number | null; nextLookAt: number },
): number | null {
  if (agesFrom === null || days === null) return null;
  const missing = Math.ceil((agesFrom + days * DAY_MS - nextLookAt) / DAY_MS);
  return nextLookAt + Math.max(0, missing) * DAY_MS;
}
