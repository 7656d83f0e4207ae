// Owns what is live: workers, their immutable numbered versions and their bundles.
// Never runs anything and never changes a version; a push of what is active already makes none.
// Writes workers and versions in D1, bundles (by digest) in R2; the bundle always before the row that names it.
import { runsOnEdge } from "#contract/worker-mode";
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import type { Inputs, RunSummary } from "#contract/runs/run";
import type { Trigger } from "#contract/triggers/trigger";
import type {
  PushResult,
  RecentStats,
  ValidationResult,
  WorkersToList,
  WorkerSummary,
} from "#contract/workers/worker";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import { listVisibleWorkers, requireWorker } from "../catalog/require-worker.ts";
import type { VersionRow, WorkerRow, WorkerVersion } from "../catalog/store.ts";
import type { StoredSettings } from "../catalog/workspace-settings.ts";
import { beginWorkerDuty } from "../retention/duty.ts";
import type { HousekeeperApi } from "../retention/housekeeper-api.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { StoredFile } from "../platform/files.ts";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { withWorkspaceDefaults } from "../registry/workspace-defaults.ts";
import { sampleInput } from "../registry/sample-input.ts";
import { unpackBundle } from "../registry/unpack-bundle.ts";
import { declaredSecrets } from "../registry/declared.ts";
import { changeTriggers } from "../triggers/service.ts";
import { enterGate } from "./gate/enter-gate.ts";
import type { EvaluationGate } from "./gate/enter-gate.ts";
import { isSentToReview } from "./gate/judge-push.ts";
import { describeVersion, describeWorker } from "./describe-worker.ts";
import type { WorkerActivity } from "./describe-worker.ts";
import {
  assertSandboxLives,
  judgeBundle,
  judgeZip,
  requireGoodBundle,
  withVariables,
} from "./judge-bundle.ts";
import type { BundleVerdict } from "./judge-bundle.ts";
import { withStages } from "./verdict/judge-stages.ts";
import { withOwnTools } from "./verdict/judge-tools.ts";
import { pushBundle } from "./push.ts";
import type { Push, PushDeps } from "./push.ts";
import { mergeFiles, readSource, readSourceFiles } from "./read-source.ts";
import type { WorkerSource } from "./read-source.ts";
import { listDigests } from "./expiry-store.ts";
import { findVersion, removeWorker, setArchived, setPause } from "./store.ts";
import { warnAtPush } from "./warn-at-push.ts";
import type { WarnDeps } from "./warn-at-push.ts";

export interface DeployDeps extends PushDeps, WarnDeps, MarkTaker {
  /** The gate of a worker whose versions are evaluated before they are activated. */
  gate: EvaluationGate;
  /** Sees to it that the workspace is looked after; a failure is nobody's business here. */
  keepHouse: (workspaceId: string) => Promise<void>;
  /** Takes over the rest of a worker's deletion. */
  clearWorker: HousekeeperApi["clearWorker"];
  /** Tells a worker's queue to hold those that wait, or to let them start. Repeatable. */
  setQueuePaused: (workerId: string, paused: boolean) => Promise<void>;
  /** Lets go of what an anomaly holds a worker to. Throws `people_only` where that is no business of who asks. */
  liftRestraint: (principal: Principal, workerId: string) => Promise<void>;
  /** The worker is gone: runs that its pause holds wait only as long as they would have anyway. Repeatable. */
  endPatience: (workerId: string) => Promise<void>;
  /** The newest run of each of these workers, by worker name. */
  findLastRuns: (
    workspaceId: string,
    workerNames: readonly string[],
  ) => Promise<ReadonlyMap<string, RunSummary>>;
  /** A worker's newest runs, newest first. */
  listRecentRuns: (workspaceId: string, workerName: string, limit: number) => Promise<RunSummary[]>;
  /** How a worker's runs went lately. */
  findRecentStats: (of: { workspaceId: string; workerName: string }) => Promise<RecentStats>;
  /** What starts a worker besides people, with when. */
  listTriggers: (principal: Principal, workerName: string) => Promise<Trigger[]>;
  /** Gives a worker's first webhook a new secret and answers it, this once. */
  rotateHookSecret: (principal: Principal, workerName: string) => Promise<string>;
  /** How long the provider's plan lets a sandbox live. */
  sandboxLifeSeconds: number;
  /** The address of a worker's page, kept for it from then on; the page stays private. */
  reservePage: (worker: WorkerRow) => Promise<string>;
  /** What the workspace decides for workers that leave it open. */
  findDefaults: (workspaceId: WorkspaceId) => Promise<StoredSettings & { variables: Record<string, string> }>;
}

/** A push as it comes in: to which worker (null: the one worker.yml names), made from which version. */
export interface PushTarget {
  workerName: string | null;
  baseVersion: number | undefined;
  /** One that is made is paused from the start. */
  paused?: boolean;
  /** What is pushed waits for a person's review. */
  quarantine?: boolean;
  /** False: it is stored beside the active version, which stays. */
  activate?: boolean;
  /** It comes from another workspace, one worker after the other: those that it names may come later. */
  moved?: boolean;
}
export const newWorker: PushTarget = { workerName: null, baseVersion: undefined };

async function findActivity(
  deps: DeployDeps,
  workspaceId: string,
  all: readonly WorkerVersion[],
): Promise<WorkerActivity[]> {
  const wants = all.map(({ worker, version }) => ({
    workerId: worker.id,
    names: declaredSecrets(version.manifest),
  }));
  const [lastRuns, missing] = await Promise.all([
    deps.findLastRuns(
      workspaceId,
      all.map(({ worker }) => worker.name),
    ),
    wants.every(({ names }) => names.length === 0) ? [] : deps.findMissingSecrets(workspaceId, wants),
  ]);
  return all.map(({ worker }, i) => ({
    lastRun: lastRuns.get(worker.name) ?? null,
    isMissingSecrets: (missing[i] ?? []).length > 0,
  }));
}

export async function summarize(
  deps: DeployDeps,
  { worker, version }: WorkerVersion,
): Promise<WorkerSummary> {
  const [activity] = await findActivity(deps, worker.workspace_id, [{ worker, version }]);
  return describeWorker(worker, version, activity ?? { lastRun: null, isMissingSecrets: false });
}

/** The workspace's workers by name; archived and system ones when asked for. */
export async function listWorkers(
  deps: DeployDeps,
  principal: Principal,
  show: WorkersToList,
): Promise<WorkerSummary[]> {
  const rows = await listVisibleWorkers(deps, principal, deps.takeMark?.(principal.workspace_id));
  const { offset = 0, limit = rows.length } = show;
  const shown = rows
    .filter(({ worker }) => show.include_archived || worker.archived_at === null)
    .filter(({ version }) => show.include_system || !version.manifest.system_worker)
    .slice(offset, offset + limit);
  const activity = await findActivity(deps, principal.workspace_id, shown);
  return shown.map(({ worker, version }, i) =>
    describeWorker(worker, version, activity[i] ?? { lastRun: null, isMissingSecrets: false }),
  );
}

async function openBundle(deps: Pick<DeployDeps, "files">, version: VersionRow): Promise<StoredFile> {
  const stored = await deps.files.getBundle(version.digest);
  if (stored) return stored;
  throw new Error(`the bundle ${version.digest} of version ${version.id} is not stored`);
}

export async function readFiles(deps: Pick<DeployDeps, "files">, version: VersionRow): Promise<BundleFile[]> {
  const stored = await openBundle(deps, version);
  const { files, problems } = await unpackBundle(await stored.bytes());
  if (problems.length === 0) return files;
  throw new Error(`the stored bundle ${version.digest} cannot be read: ${problems[0]?.message}`);
}

export interface Arrival {
  verdict: BundleVerdict;
  expect: Push["expect"];
  target: PushTarget;
}

/** Makes what was judged good the active version of its worker. Throws what is wrong with it. */
export async function push(
  deps: DeployDeps,
  principal: Principal,
  { verdict: judged, expect, target }: Arrival,
): Promise<PushResult> {
  const defaults = await deps.findDefaults(principal.workspace_id);
  const read = await withVariables(judged, defaults.variables);
  const verdict = target.moved === true ? read : await withStages(deps, principal, read);
  const decided = withWorkspaceDefaults(requireGoodBundle(verdict), verdict.unsaid, defaults);
  const { manifest } = decided;
  if (!runsOnEdge(manifest.exec.mode)) assertSandboxLives(manifest, deps.sandboxLifeSeconds);
  if (target.workerName !== null && manifest.name !== target.workerName) {
    throw new AppError(
      "worker_name_mismatch",
      `worker.yml names ${manifest.name}, but the push goes to ${target.workerName}.`,
    );
  }
  const pushed = await pushBundle(deps, principal, {
    manifest,
    template: verdict.template,
    files: verdict.files,
    expect,
    baseVersion: target.baseVersion,
    paused: target.paused ?? false,
    isHeld: decided.isHeld,
    activate: target.activate !== false,
    quarantine: target.quarantine === true || isSentToReview(defaults.quarantine_pushes_of, principal),
  });
  await deps.keepHouse(principal.workspace_id);
  const ofGate = await enterGate(deps, principal, { ...pushed, isWanted: target.activate !== false });
  return {
    worker: await summarize(deps, { worker: pushed.worker, version: pushed.active ?? pushed.version }),
    version: describeVersion(pushed.version, pushed.worker.active_version),
    created: pushed.created,
    changed: pushed.changed,
    warnings: [
      ...ofGate,
      ...verdict.findings,
      ...(pushed.changed ? decided.findings : []),
      ...(await warnAtPush(deps, principal, { pushed, verdict })),
    ],
  };
}

/** Creates a worker from JSON. Throws `worker_exists` when the name is taken. */
export async function createWorker(
  deps: DeployDeps,
  principal: Principal,
  source: WorkerSource,
): Promise<PushResult> {
  return push(deps, principal, {
    verdict: await judgeBundle(readSource(source)),
    expect: "new",
    target: newWorker,
  });
}

/** Creates a worker from a zip. Throws `worker_exists` when the name is taken. */
export async function createWorkerFromBundle(
  deps: DeployDeps,
  principal: Principal,
  zip: Uint8Array,
): Promise<PushResult> {
  return push(deps, principal, { verdict: await judgeZip(zip), expect: "new", target: newWorker });
}

/** Pushes a zip: creates the worker, or makes a new version when anything changed. */
export async function putWorkerBundle(
  deps: DeployDeps,
  principal: Principal,
  request: { zip: Uint8Array; target: PushTarget },
): Promise<PushResult> {
  return push(deps, principal, {
    verdict: await judgeZip(request.zip, request.target.workerName ?? undefined),
    expect: "either",
    target: request.target,
  });
}

/** Replaces worker.yml and the files that `source` names; all others stay. */
export async function updateWorker(
  deps: DeployDeps,
  principal: Principal,
  request: { source: WorkerSource; target: PushTarget & { workerName: string } },
): Promise<PushResult> {
  const { version } = await requireWorker(deps, principal, { name: request.target.workerName });
  const { files, problems } = readSource(request.source);
  const merged = { files: mergeFiles(await readFiles(deps, version), files), problems };
  return push(deps, principal, {
    verdict: await judgeBundle(merged),
    expect: "existing",
    target: request.target,
  });
}

/** Replaces all files of a worker. */
export async function replaceWorkerFiles(
  deps: DeployDeps,
  principal: Principal,
  request: { files: Parameters<typeof readSourceFiles>[0]; target: PushTarget & { workerName: string } },
): Promise<PushResult> {
  await requireWorker(deps, principal, { name: request.target.workerName });
  const { workerName } = request.target;
  const verdict = await judgeBundle({ ...readSourceFiles(request.files), name: workerName });
  return push(deps, principal, { verdict, expect: "existing", target: request.target });
}

/** Says all that is wrong with a source, and stores nothing. */
export async function validateWorker(
  deps: Pick<DeployDeps, "db">,
  principal: Principal,
  source: WorkerSource,
): Promise<ValidationResult> {
  const staged = await withStages(deps, principal, await judgeBundle(readSource(source)));
  const { manifest, findings, problems } = await withOwnTools(deps, principal, staged);
  return {
    valid: manifest !== null && problems.length === 0,
    name: manifest?.name ?? null,
    findings,
    problems,
    manifest,
  };
}

/**
 * Removes a worker; the record of its runs stays for its time, or goes too (`purge`). What is not done here is handed over
 * before anything is gone: waiting runs, its object and its files are the housekeeper's.
 */
export async function deleteWorker(
  deps: DeployDeps,
  principal: Principal,
  { name, purge }: { name: string; purge: boolean },
): Promise<void> {
  const { worker } = await requireWorker(deps, principal, { name });
  const duty = beginWorkerDuty({
    worker_id: worker.id,
    worker_name: worker.name,
    digests: await listDigests(deps.db, worker.id),
    purge,
    since: deps.clock(),
  });
  await deps.clearWorker(worker.workspace_id, duty);
  // Nobody can resume it any more.
  if (worker.paused_at !== null) await deps.endPatience(worker.id);
  await changeTriggers(deps, worker.id, () => removeWorker(deps.db, worker.id));
}

/** Hides a worker from lists and refuses new runs of it. Archiving twice keeps the first time and the newer reason. */
export async function archiveWorker(
  deps: DeployDeps,
  principal: Principal,
  request: { name: string; reason: string | undefined },
): Promise<WorkerSummary> {
  const { worker, version } = await requireWorker(deps, principal, { name: request.name });
  const now = deps.clock();
  const archive = {
    archived_at: worker.archived_at ?? now,
    archive_reason: request.reason ?? worker.archive_reason,
    updated_at: now,
  };
  await setArchived(deps.db, worker.id, archive);
  return summarize(deps, { worker: { ...worker, ...archive }, version });
}

/** Takes an archived worker back; one that is not archived stays as it is. */
export async function restoreWorker(
  deps: DeployDeps,
  principal: Principal,
  name: string,
): Promise<WorkerSummary> {
  const { worker, version } = await requireWorker(deps, principal, { name });
  const restored = { archived_at: null, archive_reason: null, updated_at: deps.clock() };
  await setArchived(deps.db, worker.id, restored);
  return summarize(deps, { worker: { ...worker, ...restored }, version });
}

/**
 * Pauses or resumes a worker. The queue comes first: a crash in between leaves a worker that looks as it did, and the
 * repeat finishes both. Pausing twice keeps the first time.
 */
export async function setWorkerPaused(
  deps: DeployDeps,
  principal: Principal,
  request: { name: string; paused: boolean },
): Promise<WorkerSummary> {
  const { worker, version } = await requireWorker(deps, principal, { name: request.name });
  if (!request.paused) await deps.liftRestraint(principal, worker.id);
  await deps.setQueuePaused(worker.id, request.paused);
  // A resume also lifts what the version's own worker.yml says; another push may pause the worker again.
  const pause = request.paused
    ? { paused_at: worker.paused_at ?? deps.clock(), resumed_version: null }
    : { paused_at: null, resumed_version: version.number };
  await setPause(deps.db, worker.id, pause);
  return summarize(deps, { worker: { ...worker, ...pause }, version });
}

/** The zip of a version, by default the active one. */
export async function openWorkerBundle(
  deps: DeployDeps,
  principal: Principal,
  request: { name: string; number: number | undefined },
): Promise<{ number: number; file: StoredFile }> {
  const { worker, version: active } = await requireWorker(deps, principal, { name: request.name });
  const version =
    request.number === undefined ? active : await findVersion(deps.db, worker.id, request.number);
  if (!version) throw notFound("version");
  return { number: version.number, file: await openBundle(deps, version) };
}

/** Inputs to start from. */
export async function getSampleInput(
  deps: DeployDeps,
  principal: Principal,
  name: string,
): Promise<{ inputs: Inputs }> {
  const { version } = await requireWorker(deps, principal, { name });
  return { inputs: sampleInput(version.manifest) };
}
