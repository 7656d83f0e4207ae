import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { WorkerId } from "#contract/ids";
import type {
  Activation,
  ActivationResult,
  activateRequestSchema,
  VersionDetail,
  VersionDiff,
} from "#contract/versions/version";
import type { VersionSummary } from "#contract/workers/worker";
import { requireDecider } from "../access/policy.ts";
import { actorOf } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { requireReleased } from "../catalog/sign-version.ts";
import type { WorkspaceId } from "#contract/ids";
import { findWorkerVersion } from "../catalog/store.ts";
import { requireOwnTools } from "../catalog/require-own-tools.ts";
import { claimsOf } from "../catalog/tool-claims.ts";
import type { VersionRow, WorkerRow, WorkerVersion } from "../catalog/store.ts";
import { requireRoomForTriggers } from "../quotas/service.ts";
import { changeTriggers, countDeclaredTriggers } from "../triggers/service.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { digestBundle } from "../registry/pack-bundle.ts";
import { unpackBundle } from "../registry/unpack-bundle.ts";
import { activateRow, listActivationRows } from "./activation-store.ts";
import { describeVersion } from "./describe-worker.ts";
import { diffFiles, diffManifests } from "./diff-versions.ts";
import { isFollowed } from "./is-followed.ts";
import { isGated } from "./gate/is-gated.ts";
import { judgeBundle, requireGoodBundle } from "./judge-bundle.ts";
import { judgeActivation } from "./judge-activation.ts";
import type { StandingGuard } from "./judge-activation.ts";
import { mayNewly } from "./may-newly.ts";
import { readFiles, summarize } from "./service.ts";
import type { DeployDeps } from "./service.ts";
import { findVersion, findVersionById, listVersionDigests, listVersionRows } from "./store.ts";

const ACTIVATIONS = 100;

type ActivateRequest = z.output<typeof activateRequestSchema>;

/** A worker's versions, newest first. */
export async function listVersions(
  deps: DeployDeps,
  principal: Principal,
  request: { name: string; limit: number },
): Promise<VersionSummary[]> {
  const { worker } = await requireWorker(deps, principal, { name: request.name });
  const rows = await listVersionRows(deps.db, worker.id, request.limit);
  const notes = await deps.gate.listNotes(worker.id);
  return rows.map((row) => describeVersion(row, worker.active_version, notes.get(row.number)));
}

/** The version that is named by its number, or by its id as lists show it. */
export async function requireVersion(
  deps: DeployDeps,
  workerId: WorkerId,
  name: string,
): Promise<VersionRow> {
  const version = /^[1-9]\d{0,9}$/.test(name)
    ? await findVersion(deps.db, workerId, Number(name))
    : await findVersionById(deps.db, workerId, name);
  if (!version) throw notFound("version");
  return version;
}

/** One version with its manifest. */
export async function getVersion(
  deps: DeployDeps,
  principal: Principal,
  place: { name: string; number: string },
): Promise<VersionDetail> {
  const { worker } = await requireWorker(deps, principal, { name: place.name });
  const version = await requireVersion(deps, worker.id, place.number);
  const note = (await deps.gate.listNotes(worker.id)).get(version.number);
  const summary = describeVersion(version, worker.active_version, note);
  return { ...summary, worker: worker.name, manifest: version.manifest };
}

/** What changes from one version of a worker to another. */
export async function diffVersions(
  deps: DeployDeps,
  principal: Principal,
  place: { name: string; from: string; to: string },
): Promise<VersionDiff> {
  const { worker } = await requireWorker(deps, principal, { name: place.name });
  const [from, to] = await Promise.all([
    requireVersion(deps, worker.id, place.from),
    requireVersion(deps, worker.id, place.to),
  ]);
  const open = (version: VersionRow) => () => readFiles(deps, version);
  return {
    worker: worker.name,
    from: from.number,
    to: to.number,
    files: from.digest === to.digest ? [] : await diffFiles(open(from), open(to)),
    manifest: diffManifests(from.manifest, to.manifest),
    may_newly: mayNewly(from.manifest, to.manifest),
  };
}

function assertUnguarded(standing: readonly StandingGuard[], request: ActivateRequest, number: number): void {
  const refused = standing.filter(({ guard }) => !request.force.includes(guard));
  if (refused.length === 0) return;
  const detail = `Version ${number} is not activated. ${refused.map((guard) => guard.detail).join(" ")}`;
  const errors = refused.map(({ guard, detail: why }) => ({
    pointer: "/force",
    code: guard,
    detail: why,
    fix: `Send "force": ["${guard}"] if that is what you want.`,
  }));
  throw new AppError("activation_refused", detail, { errors });
}

/** The guard of a worker whose versions are evaluated first. */
async function judgeEvals(
  deps: DeployDeps,
  { worker, version }: WorkerVersion,
  target: VersionRow,
): Promise<StandingGuard[]> {
  if (!isGated(version.manifest, target.manifest)) return [];
  const detail = await deps.gate.judge({ workerId: worker.id, version: target.number });
  return detail === null ? [] : [{ guard: "evals", detail }];
}

function changedBy(number: number): AppError {
  return new AppError("version_conflict", `Version ${number} is active by now. Look again and decide.`);
}

/** A manifest that archives, or one that no longer does, takes the worker with it. */
function archiveChange({ worker, version }: WorkerVersion, target: VersionRow, now: number) {
  if (target.manifest.archived) return { archived_at: worker.archived_at ?? now };
  return version.manifest.archived ? { archived_at: null } : null;
}

/**
 * Makes a version the active one, with its schema and triggers. Throws `activation_refused` when a guard stands that
 * `force` does not name (that of evaluations only owners and admins set aside), `version_conflict` when another version is active than the decision was made on, `version_not_released`, and
 * `quota_exceeded` where it brings more triggers than the workspace may have.
 */
export async function activateVersion(
  deps: DeployDeps,
  principal: Principal,
  request: ActivateRequest & { name: string; number: string },
): Promise<ActivationResult> {
  const current = await requireWorker(deps, principal, { name: request.name });
  const { worker } = current;
  const target = await requireVersion(deps, worker.id, request.number);
  if (request.if_active !== undefined && request.if_active !== worker.active_version)
    throw changedBy(worker.active_version);

  await requireReleased(deps, target);
  const previous = worker.active_version;
  const changed = target.number !== previous;
  const now = deps.clock();
  const archive = changed ? archiveChange(current, target, now) : null;
  if (changed) {
    const standing = [
      ...judgeActivation(current.version.manifest, target.manifest),
      ...(await judgeEvals(deps, current, target)),
    ];
    if (standing.some(({ guard }) => guard === "evals") && request.force.includes("evals"))
      requireDecider(principal);
    assertUnguarded(standing, request, target.number);
    const had = countDeclaredTriggers(current.version.manifest);
    const more = countDeclaredTriggers(target.manifest) - had;
    await requireRoomForTriggers(deps, worker.workspace_id, more);
    await requireOwnTools(deps.db, worker.workspace_id, target.manifest);
    const row = {
      workspace_id: worker.workspace_id,
      worker_id: worker.id,
      from_version: previous,
      to_version: target.number,
      by_token: actorOf(principal),
      at: now,
      forced: standing.map(({ guard }) => guard),
      claims: claimsOf(target),
    };
    // The triggers of a version come and go with it, and so does the rule of its queue.
    const activate = () => activateRow(deps.db, row, archive);
    const follows = isFollowed(current.version.manifest) || isFollowed(target.manifest);
    const activated = await (follows ? changeTriggers(deps, worker.id, activate) : activate());
    // Whoever took a name of its tools meanwhile is named.
    if (!activated) await requireOwnTools(deps.db, worker.workspace_id, target.manifest);
    if (!activated)
      throw changedBy((await requireWorker(deps, principal, { name: request.name })).worker.active_version);
  }
  const active = { worker: { ...worker, ...archive, active_version: target.number }, version: target };
  return {
    worker: await summarize(deps, active),
    version: describeVersion(target, target.number),
    previous,
    changed,
  };
}

/** When versions were activated by hand, and by whom. */
export async function listActivations(
  deps: DeployDeps,
  principal: Principal,
  name: string,
): Promise<Activation[]> {
  const { worker } = await requireWorker(deps, principal, { name });
  return listActivationRows(deps.db, worker.id, ACTIVATIONS);
}

/** A version as it is known elsewhere; `created_at` is epoch milliseconds. */
export interface VersionFacts {
  number: number;
  digest: string;
  created_at: number;
}

/** The newest versions of a worker, `most` at most, and its active one; the oldest first. */
export async function listVersionsToMove(
  { db }: { db: Db },
  worker: WorkerRow,
  most: number,
): Promise<VersionFacts[]> {
  const all = await listVersionDigests(db, worker.id);
  const newest = all.slice(-most);
  const active = all.find(({ number }) => number === worker.active_version);
  if (active === undefined || newest.some(({ number }) => number === active.number)) return newest;
  return [active, ...newest];
}

/** The worker of this name, whoever may see it, with what it holds; null for none. */
export async function findArrived(
  { db }: { db: Db },
  principal: Principal,
  workerName: string,
): Promise<{ worker: WorkerRow; versions: VersionFacts[] } | null> {
  const found = await findWorkerVersion(db, { workspaceId: principal.workspace_id, workerName });
  if (found === undefined) return null;
  return { worker: found.worker, versions: await listVersionDigests(db, found.worker.id) };
}

/**
 * What a zip would be as a version. Throws `invalid_manifest` and `invalid_bundle` as a push does, also where a name of its
 * tools is taken, and stores nothing.
 */
export async function judgeArrival(
  { db }: { db: Db },
  workspaceId: WorkspaceId,
  zip: Uint8Array,
): Promise<{ name: string; digest: string }> {
  const { files, problems } = await unpackBundle(zip);
  const verdict = await judgeBundle({ files, problems });
  const manifest = requireGoodBundle(verdict);
  await requireOwnTools(db, workspaceId, manifest);
  return { name: manifest.name, digest: await digestBundle(verdict.files) };
}

/** Whether anybody has ever chosen which of a worker's versions is active. */
export async function isActivatedByHand({ db }: { db: Db }, workerId: WorkerRow["id"]): Promise<boolean> {
  return (await listActivationRows(db, workerId, 1)).length > 0;
}
