import type { Principal } from "#contract/access/access";
import { workerNameSchema } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import type { TemplateSpec } from "#contract/templates/template";
import { actorOf } from "../access/principal.ts";
import { requireOwnTools } from "../catalog/require-own-tools.ts";
import { signVersion } from "../catalog/sign-version.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import type { VersionRow, WorkerVersion } from "../catalog/store.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { AppError } from "../platform/app-error.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files } from "../platform/files.ts";
import type { newId } from "../platform/ids.ts";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { namesPackages } from "../registry/bundle/names-packages.ts";
import { digestBundle, packBundle } from "../registry/pack-bundle.ts";
import { requireAsking } from "../registry/workspace-defaults.ts";
import { requireRoomForTriggers, requireRoomForWorker } from "../quotas/service.ts";
import { changeTriggers, countDeclaredTriggers } from "../triggers/service.ts";
import type { TriggerChangeDeps } from "../triggers/service.ts";
import { isFollowed } from "./is-followed.ts";
import { isGated } from "./gate/is-gated.ts";
import { findVersion, insertVersion, insertWorker } from "./store.ts";

export interface PushDeps extends TriggerChangeDeps, SigningKeys {
  db: Db;
  files: Files;
  clock: Clock;
  newId: typeof newId;
}

/** A folder that was judged good, and what the pusher expects to find. */
export interface Push {
  manifest: Manifest;
  /** What its template.yml says; null without one. */
  template: TemplateSpec | null;
  files: readonly BundleFile[];
  /** Whether the name must be free, must be taken, or either. */
  expect: "new" | "existing" | "either";
  /** The active version this was made from; 0 for none; undefined pushes onto whatever is there. */
  baseVersion: number | undefined;
  /** A worker that is made by it is paused from the start, before anything could start it. */
  paused?: boolean;
  /** The workspace holds it, though worker.yml does not say so: what is new of it has to ask. */
  isHeld: boolean;
  /** Nothing runs it before a person has looked at it. */
  quarantine?: boolean;
  /** False: the active version stays. Absent: it becomes the active one. */
  activate?: boolean;
}

export interface Pushed extends WorkerVersion {
  /** What the worker runs, where that is not what was pushed. */
  active?: VersionRow;
  /** What the worker ran before; absent for one that is new, or that is as it was. */
  before?: Manifest;
  created: boolean;
  changed: boolean;
}

/** Others may win the next number; so often in a row only a storm of pushes to one worker does it. */
const ATTEMPTS = 8;

/**
 * Makes a folder the active version of its worker. The bundle is stored first, under its digest, so that a row never
 * names a bundle that is not there; the rows then change together or not at all.
 * Throws `quota_exceeded`, what `requireAsking` and `requireOwnTools` refuse, and what `expect` and `baseVersion` refuse.
 */
export async function pushBundle(deps: PushDeps, principal: Principal, push: Push): Promise<Pushed> {
  const digest = await digestBundle(push.files);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const current = await findWorkerVersion(deps.db, {
      workspaceId: principal.workspace_id,
      workerName: push.manifest.name,
    });
    assertExpected(push, current);
    if (current?.version.digest === digest && isSameCalls(current.version.manifest, push.manifest)) {
      // Pushing again also mends what an interrupted push left undone.
      await withFollowing(deps, { push, current, workerId: current.worker.id }, async () => true);
      return { ...current, created: false, changed: false };
    }
    const stored =
      current && push.activate === false ? await findStored(deps, { push, current, digest }) : null;
    if (stored) return stored;
    // What came between may have taken a name of its tools.
    await requireOwnTools(deps.db, principal.workspace_id, push.manifest);
    if (attempt === 1) {
      if (push.isHeld) await requireAsking(push.manifest, push.files);
      await requireRoom(deps, principal, { manifest: push.manifest, current });
      const facts = { installs: await namesPackages(push.files) };
      await deps.files.putBundle(digest, (sink) => packBundle(push.files, sink), facts);
    }
    const pushed = current
      ? await addVersion(deps, { principal, current, push, digest })
      : await addWorker(deps, { principal, push, digest });
    if (pushed) return pushed;
  }
  throw new AppError("unavailable", "Too many pushes to this worker at the same time. Push again.", {
    retryAfterSeconds: 1,
  });
}

/** The newest version, where it is this very one and waits already: pushing to try it makes no new one each time. */
async function findStored(
  { db }: Pick<PushDeps, "db">,
  { push, current, digest }: { push: Push; current: WorkerVersion; digest: string },
): Promise<Pushed | null> {
  const { worker, version: active } = current;
  const newest = await findVersion(db, worker.id, worker.latest_version);
  const isIt = newest?.digest === digest && newest.state === "active";
  if (!newest || !isIt || !isSameCalls(newest.manifest, push.manifest)) return null;
  return { worker, version: newest, active, created: false, changed: false };
}

/** Whether two manifests of the same files send the same requests: a workspace may have set other variables since. */
function isSameCalls({ http: before }: Manifest, { http: after }: Manifest): boolean {
  return canonicalJson(before?.variables ?? {}) === canonicalJson(after?.variables ?? {});
}

/** Throws `quota_exceeded` where the workspace may not have the worker, or so many triggers more than it has of it. */
async function requireRoom(
  deps: PushDeps,
  { workspace_id: workspaceId }: Principal,
  { manifest, current }: { manifest: Manifest; current: WorkerVersion | undefined },
): Promise<void> {
  if (current === undefined) await requireRoomForWorker(deps, workspaceId);
  const had = current === undefined ? 0 : countDeclaredTriggers(current.version.manifest);
  await requireRoomForTriggers(deps, workspaceId, countDeclaredTriggers(manifest) - had);
}

/** Makes a change of the active version, and has the worker's object follow it when either version gives it reason to. */
function withFollowing<T>(
  deps: PushDeps,
  of: { push: Push; current?: WorkerVersion; workerId: string },
  change: () => Promise<T>,
): Promise<T> {
  const manifests = [of.push.manifest, ...(of.current ? [of.current.version.manifest] : [])];
  return manifests.some(isFollowed) ? changeTriggers(deps, of.workerId, change) : change();
}

function assertExpected(push: Push, current: WorkerVersion | undefined): void {
  const { name } = push.manifest;
  if (push.expect === "new" && current) {
    throw new AppError(
      "worker_exists",
      `A worker called ${name} already exists. Update it with PUT, or choose another name.`,
    );
  }
  if (push.expect === "existing" && !current)
    throw new AppError("not_found", "There is no such worker in this workspace.");
  const active = current?.worker.active_version ?? 0;
  if (push.baseVersion === undefined || push.baseVersion === active) return;
  const now = active === 0 ? "there is no such worker" : `version ${active} is active`;
  throw new AppError(
    "version_conflict",
    `This push was made from version ${push.baseVersion}, but now ${now}. Pull, merge and push again.`,
  );
}

async function buildVersion(
  deps: PushDeps,
  of: Pick<VersionRow, "workspace_id" | "worker_id" | "number">,
  what: BuiltFrom,
): Promise<VersionRow> {
  const now = deps.clock();
  const version = {
    ...of,
    id: deps.newId("ver", now),
    digest: what.digest,
    manifest: what.push.manifest,
    file_count: what.push.files.length,
    size_bytes: what.push.files.reduce((sum, file) => sum + file.size, 0),
    created_at: now,
    pushed_by: actorOf(what.principal),
    template: what.push.template,
    state: what.push.quarantine === true ? ("quarantined" as const) : ("active" as const),
    decided_by: null,
    decided_at: null,
    decision_reason: null,
  };
  return { ...version, signature: await signVersion(deps.signingKey, version) };
}

interface BuiltFrom {
  principal: Principal;
  push: Push;
  digest: string;
}

async function addVersion(
  deps: PushDeps,
  from: BuiltFrom & { current: WorkerVersion },
): Promise<Pushed | null> {
  const { worker } = from.current;
  const place = {
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    number: worker.latest_version + 1,
  };
  const version = await buildVersion(deps, place, from);
  const archivedAt = from.push.manifest.archived ? (worker.archived_at ?? version.created_at) : null;
  const isWaiting = from.push.activate === false || isGated(from.current.version.manifest, version.manifest);
  const isLive = version.state === "active" && !isWaiting;
  const inserted = await withFollowing(deps, { ...from, workerId: worker.id }, () =>
    insertVersion(deps.db, version, { archivedAt, isLive }),
  );
  if (!inserted) return null;
  const before = from.current.version.manifest;
  if (!isLive) {
    const seen = { ...worker, latest_version: version.number, updated_at: version.created_at };
    return { worker: seen, version, active: from.current.version, before, created: false, changed: true };
  }
  const moved = {
    active_version: version.number,
    latest_version: version.number,
    updated_at: version.created_at,
  };
  const archive = archivedAt === null ? {} : { archived_at: archivedAt };
  const { visibility = worker.visibility } = version.manifest;
  const now = { ...worker, ...moved, ...archive, visibility };
  return { worker: now, version, before, created: false, changed: true };
}

async function addWorker(deps: PushDeps, from: BuiltFrom): Promise<Pushed | null> {
  const { manifest } = from.push;
  const workspaceId = from.principal.workspace_id;
  const now = deps.clock();
  const workerId = deps.newId("wrk", now);
  const version = await buildVersion(
    deps,
    { workspace_id: workspaceId, worker_id: workerId, number: 1 },
    from,
  );
  const worker = {
    id: workerId,
    workspace_id: workspaceId,
    name: workerNameSchema.parse(manifest.name),
    active_version: 1,
    latest_version: 1,
    archived_at: manifest.archived ? now : null,
    archive_reason: manifest.archive_reason ?? null,
    paused_at: from.push.paused === true ? now : null,
    resumed_version: null,
    hook_token_box: null,
    visibility: manifest.visibility ?? ("workspace" as const),
    made_by: actorOf(from.principal),
    folder: null,
    created_at: now,
    updated_at: now,
  };
  try {
    const insert = () => insertWorker(deps.db, { worker, version });
    if (!(await withFollowing(deps, { push: from.push, workerId }, insert))) return null;
  } catch (error) {
    // Somebody else took the name in between: look again. Any other fault is a fault.
    if (await findWorkerVersion(deps.db, { workspaceId, workerName: manifest.name })) return null;
    throw error;
  }
  return { worker, version, created: true, changed: true };
}
