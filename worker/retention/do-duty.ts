import pLimit from "p-limit";
import { firstIdAt } from "../platform/ids.ts";
import { deleteRunsAnyway } from "./delete-runs.ts";
import { clearWorkspace } from "./clear-workspace.ts";
import { ANNOUNCED_MS, MINUTE_MS, PAGE_PAUSE_MS, RUNS_AT_ONCE, SIDE_BY_SIDE, SOON_MS } from "./duty-times.ts";
import type { Duty, DutyOf, DutyOutcome } from "./duty.ts";
import type { DutyPlace } from "./duty-place.ts";
import { DAY_MS } from "./plan-look.ts";

const ROWS_AT_ONCE = 1000;
/** A file put there so recently may belong to a row that is about to be written. */
const FRESH_MS = 3_600_000;

type WorkerDuty = DutyOf<"worker">;

/** Does the next part of a duty. Each part may be done twice. Pure but for what it is handed. */
export function doDuty(place: DutyPlace, duty: Duty): Promise<DutyOutcome> {
  switch (duty.kind) {
    case "bundle":
      return clearBundle(place, duty);
    case "upload":
      return clearUpload(place, duty);
    case "worker":
      return clearWorker(place, duty);
    case "workspace":
      return clearWorkspace(place, duty);
  }
}

async function clearBundle({ deps }: DutyPlace, duty: DutyOf<"bundle">): Promise<DutyOutcome> {
  const { files, clock } = deps;
  const place = { workerId: duty.worker_id, bundleDigest: duty.digest };
  const use = await files.findBundleUse({ workerId: duty.worker_id, digest: duty.digest });
  if (!use.byWorker) {
    const isForgotten = await files.forgetBuild({ workerId: duty.worker_id, digest: duty.digest });
    if (!isForgotten) return { next: duty, afterMs: MINUTE_MS };
    await files.deleteDependencies(place);
  }
  if (use.byAnybody) return "done";
  const putAt = await files.bundlePutAt(duty.digest);
  if (putAt === null) return "done";
  if (clock() - putAt < FRESH_MS) return { next: duty, afterMs: FRESH_MS };
  await files.deleteBundle(duty.digest);
  return "done";
}

async function clearUpload({ deps, workspaceId }: DutyPlace, duty: DutyOf<"upload">): Promise<DutyOutcome> {
  const { files, clock } = deps;
  const place = { workspaceId, sha256: duty.sha256 };
  if (await files.hasUpload(place)) return "done";
  const putAt = await files.uploadPutAt(place);
  if (putAt === null) return "done";
  if (clock() - putAt < FRESH_MS) return { next: duty, afterMs: FRESH_MS };
  await files.deleteUpload(place);
  return "done";
}

function clearWorker(place: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  switch (duty.stage) {
    case "find":
      return findRuns(place, duty);
    case "stop":
      return stopRuns(place, duty);
    case "runs":
      return deleteItsRuns(place, duty);
    case "object":
      return eraseObject(place, duty);
    case "files":
      return clearFiles(place, duty);
  }
}

/** What was announced need not have happened: while its row is there, a worker is not touched. */
async function findRuns(place: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  const { runs, workers } = place.deps;
  if (await workers.isThere(duty.worker_id)) {
    const isOver = place.deps.clock() - duty.since > ANNOUNCED_MS;
    return isOver ? "done" : { next: duty, afterMs: 10 * SOON_MS };
  }
  const open = await runs.listHeld(place.workspaceId, duty.worker_id);
  return { next: { ...duty, stage: "stop", open }, afterMs: 0 };
}

/**
 * Cancels what waits, and with the record's purge what is under way too; goes on when all have ended. A minute later,
 * because a run tells its worker's object of its end after its row.
 */
async function stopRuns(place: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  const { runs, workers } = place.deps;
  const queued = await workers.upkeep(duty.worker_id).listQueued();
  const named = [...duty.open, ...queued.map(({ run_id }) => run_id)];
  const open = await runs.findOpen(place.workspaceId, named);
  const waiting = queued.filter(({ started }) => !started).map(({ run_id }) => run_id);
  const stoppable = open.filter(({ waits }) => waits || duty.purge).map(({ id }) => id);
  await pLimit(SIDE_BY_SIDE).map(new Set([...waiting, ...stoppable]), (id) => runs.cancel(id));
  if (open.length === 0 && queued.length === 0)
    return { next: { ...duty, stage: duty.purge ? "runs" : "object", open: [] }, afterMs: MINUTE_MS };
  return { next: { ...duty, open: open.map(({ id }) => id) }, afterMs: 5 * SOON_MS };
}

/** Page by page from the newest, and again from the newest until none is left: some may have had something left to do. */
async function deleteItsRuns(place: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  const { deps, workspaceId } = place;
  const below = duty.below ?? firstIdAt("run", deps.clock() + DAY_MS);
  const of = { workspaceId, workerName: duty.worker_name, below, limit: ROWS_AT_ONCE };
  const rows = await deps.runs.listFacts(of);
  const last = rows.at(-1)?.id;
  if (last === undefined) {
    if (duty.left > 0) return { next: { ...duty, below: null, left: 0 }, afterMs: MINUTE_MS };
    return { next: { ...duty, stage: "object", below: null }, afterMs: 0 };
  }
  // Another worker may have had the name before or after.
  const its = rows.filter((row) => row.worker_id === duty.worker_id).map(({ id }) => id);
  const page = its.slice(0, RUNS_AT_ONCE);
  const gone = await deleteRunsAnyway(deps.runs, workspaceId, page);
  const next = its.length > page.length ? (page.at(-1) ?? last) : last;
  return { next: { ...duty, below: next, left: duty.left + page.length - gone }, afterMs: PAGE_PAUSE_MS };
}

async function eraseObject({ deps }: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  const isGone = await deps.workers.upkeep(duty.worker_id).erase();
  if (!isGone) return { next: { ...duty, stage: "stop" }, afterMs: MINUTE_MS };
  return { next: { ...duty, stage: "files" }, afterMs: 0 };
}

async function clearFiles(place: DutyPlace, duty: WorkerDuty): Promise<DutyOutcome> {
  const { deps, workspaceId, promise } = place;
  await deps.workers.eraseStore(duty.worker_id);
  await deps.workers.deleteLeftovers(duty.worker_id);
  await deps.files.deleteMailsAbout({ workspaceId, workerId: duty.worker_id });
  await deps.files.deleteDependencies({ workerId: duty.worker_id });
  for (const digest of duty.digests) promise({ kind: "bundle", worker_id: duty.worker_id, digest });
  return "done";
}
