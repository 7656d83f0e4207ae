// Owns what a stranger may do by a link or on a public page: start runs of the one worker, and read those that are theirs.
// Never tells a link that was revoked, is over, spent or was never made from another: one refusal, by one way.
// Writes which run is which visitor's, and how many runs a door has started.
import type { LinkPrincipal, Principal } from "#contract/access/access";
import type { RunId } from "#contract/ids";
import type { Inputs, RunDetail } from "#contract/runs/run";
import type { PublicRun, PublicWorker } from "#contract/shares/share";
import type { WorkerVersion } from "../catalog/store.ts";
import { linkPrincipal } from "../access/principal.ts";
import { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { getRun, requireRun } from "../runs/read/read-run.ts";
import { startRun } from "../runs/start/start-run.ts";
import type { StartDeps } from "../runs/start/start-run.ts";
import { doorOfLink, doorOfPage, isSpent } from "./door.ts";
import type { Door } from "./door.ts";
import { listActions } from "./list-actions.ts";
import { showRun } from "./show-run.ts";
import { findLink, findPage, giveRunBack, isVisitorRun, putVisitorRun, takeRun } from "./store.ts";
import type { ShareRow } from "./store.ts";
import type { Visitor } from "./visitor.ts";

export interface VisitorDeps extends StartDeps {
  db: Db;
  /** Counts for all the world: milliseconds to wait, 0 where the request is within the pace. */
  takeTurn: (key: string, pace: { requests: number; windowMs: number }) => Promise<number>;
}

const HOUR_MS = 3_600_000;

/** The one answer to every link and page that opens nothing, whatever the reason. */
export function nothingHere(): AppError {
  return new AppError("not_found", "There is nothing here, or not any more.");
}

/** What a link leads to, whatever it is. Throws `not_found`. */
export async function openShare(
  { db, clock }: Pick<VisitorDeps, "db" | "clock">,
  token: string,
): Promise<{ share: ShareRow; door: Door | null; found: WorkerVersion | null }> {
  const found = await findLink(db, await sha256Hex(token), clock());
  if (found === undefined) throw nothingHere();
  const door = doorOfLink(found);
  if (found.share.kind === "worker" && door === null) throw nothingHere();
  return { share: found.share, door, found: found.found };
}

/** The worker that a link leads to. Throws `not_found`. */
export async function openLink(deps: Pick<VisitorDeps, "db" | "clock">, token: string): Promise<Door> {
  const { door } = await openShare(deps, token);
  if (door === null) throw nothingHere();
  return door;
}

/** The worker whose page has this address, whoever may open it. Throws `not_found`. */
export async function openPage(deps: Pick<VisitorDeps, "db" | "clock">, slug: string): Promise<Door> {
  const found = await findPage(deps.db, slug, deps.clock());
  const door = found === undefined ? null : doorOfPage(found);
  if (door === null) throw nothingHere();
  return door;
}

/** Throws `not_found` where a door has started all the runs that it is good for. */
export function requireUnspent(door: Door): void {
  if (isSpent(door)) throw nothingHere();
}

/** What a stranger may know of a worker. Pure. */
export function showWorker({ found, actions }: Door): PublicWorker {
  const { name, title, description } = found.version.manifest;
  return { name, title, description, actions: listActions(found.version.manifest, actions) };
}

export function principalOf(door: Door, scope: "runs:read" | "runs:write"): LinkPrincipal {
  const { worker } = door.found;
  return linkPrincipal({ id: door.id, workspaceId: worker.workspace_id, workerId: worker.id }, scope);
}

export interface VisitorStart {
  visitor: Visitor;
  action: string | null;
  /** Asked for once the door lets one more in: files of whoever is turned away before that are never kept. */
  readInputs: () => Promise<Inputs>;
  /** The same one from the same visitor starts one run, however often it is sent. */
  nonce: string | null;
}

/** Counts a start against the door's pace and its visitor's. Throws `rate_limit_exceeded`. */
async function requireTurn(deps: VisitorDeps, door: Door, { id, network }: Visitor): Promise<void> {
  const ofVisitor = { requests: door.visitor_runs_per_hour, windowMs: HOUR_MS };
  // A visitor who throws the cookie away is still at the same place.
  const turns: [string, typeof ofVisitor][] = [
    [`share_visitor:${door.id}:${id}`, ofVisitor],
    [`share_place:${door.id}:${network || "nowhere"}`, ofVisitor],
    [`share_door:${door.id}`, { requests: door.runs_per_hour, windowMs: HOUR_MS }],
  ];
  for (const [key, pace] of turns) {
    const waitMs = await deps.takeTurn(key, pace);
    if (waitMs === 0) continue;
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    const detail = `This app was used as often as it may be for now. Try again in ${retryAfterSeconds} seconds.`;
    throw new AppError("rate_limit_exceeded", detail, { retryAfterSeconds });
  }
}

/**
 * Starts a run for a visitor, in the owner's name and against the owner's limits. Throws `not_found` where the door is
 * spent or the action is none of its own, `rate_limit_exceeded`, `invalid_inputs` with what is wrong by field, and
 * `unavailable` for whatever else keeps the worker from running, which is its owner's to know.
 */
export async function startAsVisitor(deps: VisitorDeps, door: Door, start: VisitorStart): Promise<RunId> {
  const { visitor, readInputs, nonce } = start;
  const actions = listActions(door.found.version.manifest, door.actions);
  const action = actions.find(({ name }) => start.action === null || name === start.action);
  if (action === undefined) throw nothingHere();
  requireUnspent(door);
  await requireTurn(deps, door, visitor);
  if (!(await takeRun(deps.db, door, deps.clock()))) throw nothingHere();
  const started = await attempt(async () =>
    startRun(deps, principalOf(door, "runs:write"), {
      workerName: door.found.worker.name,
      version: null,
      action: action.name,
      inputs: await readInputs(),
      triggerSource: "public_share",
      triggerRef: door.id,
      idempotencyKey: nonce === null ? null : `share:${door.id}:${visitor.id}:${nonce}`,
      waitSeconds: 0,
    }),
  );
  if (!started.ok || started.value.how !== "accepted") await giveRunBack(deps.db, door);
  if (!started.ok) throw refuseAsStranger(started.refusal);
  const { id } = started.value.run;
  const { workspace_id } = door.found.worker;
  // One that the worker's rule let no more in for is somebody else's run.
  if (started.value.how === "skipped") throw busy();
  await putVisitorRun(deps.db, {
    run_id: id,
    workspace_id,
    door: door.id,
    visitor: visitor.id,
    created_at: deps.clock(),
  });
  return id;
}

function busy(): AppError {
  return new AppError("unavailable", "The app is busy. Try again in a moment.", { retryAfterSeconds: 10 });
}

/** What a visitor did is told as it is; what the owner did not do is not. */
function refuseAsStranger(refusal: AppError): AppError {
  if (refusal.code === "invalid_inputs") return refusal;
  if (refusal.code === "queue_full") return busy();
  return new AppError("unavailable", "The app cannot be run at the moment.", { retryAfterSeconds: 60 });
}

/** Throws `not_found` for every run that this visitor has not started through this door. */
async function requireOwnRun(
  deps: VisitorDeps,
  door: Door,
  { visitor, runId }: { visitor: Visitor; runId: string },
): Promise<void> {
  const isTheirs = await isVisitorRun(deps.db, { runId, door: door.id, visitor: visitor.id });
  if (!isTheirs) throw nothingHere();
}

/** A run that this visitor has started through this door, with all there is of it. Throws `not_found`. */
async function readOwnRun(
  deps: VisitorDeps,
  door: Door,
  of: { visitor: Visitor; runId: string },
): Promise<RunDetail> {
  await requireOwnRun(deps, door, of);
  return getRun(deps, principalOf(door, "runs:read"), of.runId);
}

/** The same as they may see it. Throws `not_found`. */
export async function getVisitorRun(
  deps: VisitorDeps,
  door: Door,
  of: { visitor: Visitor; runId: string },
): Promise<PublicRun> {
  return showRun(await readOwnRun(deps, door, of));
}

/** A run that a link shows to whoever has the link. Throws `not_found`. */
export async function getSharedRun(
  deps: VisitorDeps,
  share: Pick<ShareRow, "run_id" | "workspace_id" | "worker_id" | "id">,
): Promise<PublicRun> {
  if (share.run_id === null || share.worker_id === null) throw nothingHere();
  const who: Principal = linkPrincipal(
    { id: share.id, workspaceId: share.workspace_id, workerId: share.worker_id },
    "runs:read",
  );
  const read = await attempt(() => getRun(deps, who, share.run_id ?? ""));
  if (!read.ok) throw nothingHere();
  return showRun(read.value);
}

/** Throws `not_found` unless the run is this visitor's; answers it as the one who may share it. */
export async function requireVisitorRun(
  deps: VisitorDeps,
  door: Door,
  of: { visitor: Visitor; runId: string },
): Promise<{ principal: LinkPrincipal; runId: RunId }> {
  await requireOwnRun(deps, door, of);
  const principal = principalOf(door, "runs:read");
  const { detail } = await requireRun(deps, principal, of.runId);
  return { principal, runId: detail.id };
}
