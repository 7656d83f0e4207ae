import { firstIdAt } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import { deleteRunsAnyway, settleEach } from "./delete-runs.ts";
import { ANNOUNCED_MS, MINUTE_MS, PAGE_PAUSE_MS, RUNS_AT_ONCE, SOON_MS } from "./duty-times.ts";
import { beginWorkerDuty } from "./duty.ts";
import type { DutyOf, DutyOutcome } from "./duty.ts";
import type { DutyPlace } from "./duty-place.ts";
import { DAY_MS } from "./plan-look.ts";

const WORKERS_AT_ONCE = 5;

type WorkspaceDuty = DutyOf<"workspace">;

/**
 * Does the next part of a workspace's deletion. Each part may be done twice, and the last but one looks whether
 * anything has come since: a request that was let in before the deletion began may still have been at work.
 */
export async function clearWorkspace(place: DutyPlace, duty: WorkspaceDuty): Promise<DutyOutcome> {
  const { workspaceId, deps } = place;
  const found = await deps.workspace.findDeletion(workspaceId);
  if (duty.stage === "announced") return awaitBeginning(place, { duty, isBegun: found === "begun" });
  // Its row went, and a crash came before that was noted: what has its id now is another workspace.
  if (found !== "begun") return leaveHouse(place, { duty, isMadeAnew: found === "kept" });
  switch (duty.stage) {
    case "workers":
      return handOverWorkers(place, duty);
    case "runs":
      return deleteAllRuns(place, duty);
    case "files":
      return deleteFiles(place, duty);
    case "rows":
      return deleteRows(place, duty);
    case "house":
      return { next: { ...duty, stage: "workers" }, afterMs: 0 };
  }
}

/** What was announced need not have happened: a workspace that is not marked is not touched. */
function awaitBeginning(
  { deps }: DutyPlace,
  { duty, isBegun }: { duty: WorkspaceDuty; isBegun: boolean },
): DutyOutcome {
  if (isBegun) return { next: { ...duty, stage: "workers" }, afterMs: 0 };
  const isOver = deps.clock() - duty.since > ANNOUNCED_MS;
  return isOver ? "done" : { next: duty, afterMs: 10 * SOON_MS };
}

/** Each worker goes as one that is deleted with its record. Goes on when all are gone, also those deleted before. */
async function handOverWorkers(place: DutyPlace, duty: WorkspaceDuty): Promise<DutyOutcome> {
  const { deps, workspaceId, promise } = place;
  const under = place.listDuties().filter((other) => other.kind === "worker");
  for (const other of under) if (canHurry(other)) promise({ ...other, purge: true });
  const workers = await deps.workers.listAfter({ workspaceId, after: "", limit: WORKERS_AT_ONCE });
  for (const { id, name } of workers) {
    const digests = await deps.workers.listDigests(id);
    const of = { worker_id: id, worker_name: name, digests, purge: true, since: deps.clock() };
    promise(beginWorkerDuty(of));
    await deps.workers.removeWorker(id);
  }
  if (workers.length > 0) return { next: duty, afterMs: SOON_MS };
  if (under.length > 0) return { next: duty, afterMs: 10 * SOON_MS };
  return { next: { ...duty, stage: "runs", below: null, left: 0 }, afterMs: 0 };
}

/** Deleted before, with a record that was to stay: it waits for what is under way, which is cancelled now. */
function canHurry(duty: DutyOf<"worker">): boolean {
  return !duty.purge && (duty.stage === "find" || duty.stage === "stop");
}

/** Whatever is still on the record, of workers that went long ago. Once more until none is left. */
async function deleteAllRuns({ deps, workspaceId }: DutyPlace, duty: WorkspaceDuty): Promise<DutyOutcome> {
  const below = duty.below ?? firstIdAt("run", deps.clock() + DAY_MS);
  const rows = await deps.runs.listFacts({ workspaceId, below, limit: RUNS_AT_ONCE });
  const last = rows.at(-1)?.id;
  if (last === undefined) {
    if (duty.left > 0) return { next: { ...duty, below: null, left: 0 }, afterMs: MINUTE_MS };
    return { next: { ...duty, stage: "files", below: null }, afterMs: 0 };
  }
  const open = rows.filter((row) => row.completed_at === null).map(({ id }) => id);
  const tries = await settleEach(open, (id) => deps.runs.cancel(id));
  for (const tried of tries) {
    if (tried.status === "rejected")
      log("warn", "retention.cancel_failed", { error: describeError(tried.reason) });
  }
  const ids = rows.map(({ id }) => id);
  const gone = await deleteRunsAnyway(deps.runs, workspaceId, ids);
  return { next: { ...duty, below: last, left: duty.left + ids.length - gone }, afterMs: PAGE_PAUSE_MS };
}

async function deleteFiles({ deps, workspaceId }: DutyPlace, duty: WorkspaceDuty): Promise<DutyOutcome> {
  const gone = await deps.workspace.deleteSomeFiles(workspaceId);
  if (gone > 0) return { next: duty, afterMs: 0 };
  return { next: { ...duty, stage: "rows" }, afterMs: MINUTE_MS };
}

/** Nothing may have come since; then the workspace itself goes, and its owner may make a new one. */
async function deleteRows(place: DutyPlace, duty: WorkspaceDuty): Promise<DutyOutcome> {
  const { deps, workspaceId } = place;
  const [workers, runs, files] = await Promise.all([
    deps.workers.listAfter({ workspaceId, after: "", limit: 1 }),
    deps.runs.listFacts({ workspaceId, below: firstIdAt("run", deps.clock() + DAY_MS), limit: 1 }),
    deps.workspace.deleteSomeFiles(workspaceId),
  ]);
  if (workers.length + runs.length + files > 0) return { next: { ...duty, stage: "workers" }, afterMs: 0 };
  place.forgetLooks();
  await deps.workspace.eraseStore(workspaceId);
  await deps.workspace.eraseConnections(workspaceId);
  await deps.workspace.deleteRows(workspaceId);
  log("info", "retention.workspace_deleted", { workspace_id: workspaceId });
  return { next: { ...duty, stage: "house" }, afterMs: 0 };
}

/** What is left are files that are given time, like a bundle that was pushed within the hour; the house goes with the last. */
function leaveHouse(
  place: DutyPlace,
  { duty, isMadeAnew }: { duty: WorkspaceDuty; isMadeAnew: boolean },
): DutyOutcome {
  if (isMadeAnew) return "done";
  const isAlone = place.listDuties().every((other) => other.kind === "workspace");
  return isAlone ? "gone" : { next: duty, afterMs: 5 * MINUTE_MS };
}
