import { firstIdAt } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import type { Duty } from "./duty.ts";
import { deleteRuns } from "./delete-runs.ts";
import { nextStage, uploadCutoff } from "./plan-look.ts";
import type { Look } from "./plan-look.ts";
import type { RetentionDeps, WorkerPlace } from "./retention-deps.ts";

/** How much is looked at in one go: so many calls a wake-up may make, and so long others wait for the tables. */
const RUNS_AT_ONCE = 10;
const WORKERS_AT_ONCE = 5;
const UPLOADS_AT_ONCE = 10;
const MAILS_AT_ONCE = 100;

/** One look's surroundings. */
export interface LookPlace {
  deps: RetentionDeps;
  workspaceId: string;
  /** Writes down what must be done after what is about to be done. */
  promise: (duty: Duty) => void;
}

/** Takes one page of a look. Answers where it goes on; null at its end. A page that was taken may be taken again. */
export async function takeLook(place: LookPlace, look: Look): Promise<Look | null> {
  const { cutoff } = look;
  if (look.stage === "workers") return lookAtWorkers(place, look);
  if (cutoff === null) return null;
  switch (look.stage) {
    case "runs":
      return lookAtRuns(place, { ...look, cutoff });
    case "uploads":
      return lookAtUploads(place, { ...look, cutoff });
    case "mails":
      return lookAtMails(place, { ...look, cutoff });
  }
}

type CutLook = Look & { cutoff: number };

async function lookAtRuns({ deps, workspaceId }: LookPlace, look: CutLook): Promise<Look | null> {
  const below = look.cursor ?? firstIdAt("run", look.cutoff);
  const page = { workspaceId, endedBefore: look.cutoff, below, limit: RUNS_AT_ONCE };
  const ids = await deps.runs.listEnded(page);
  const last = ids.at(-1);
  if (last === undefined) return nextStage(look);
  const runs = look.deleted.runs + (await deleteRuns(deps.runs, workspaceId, ids));
  return { ...look, cursor: last, deleted: { ...look.deleted, runs } };
}

async function lookAtWorkers(place: LookPlace, look: Look): Promise<Look | null> {
  const { deps, workspaceId } = place;
  const page = { workspaceId, after: look.cursor ?? "", limit: WORKERS_AT_ONCE };
  const workers = await deps.workers.listAfter(page);
  const last = workers.at(-1);
  if (last === undefined) return nextStage(look);
  let versions = look.deleted.versions;
  const tries = await Promise.allSettled(
    workers.map(({ id, name }) =>
      tidyWorker(place, { workspaceId, workerId: id, workerName: name }, look.cutoff),
    ),
  );
  for (const [index, tried] of tries.entries()) {
    if (tried.status === "fulfilled") versions += tried.value;
    // One worker's trouble must not keep everybody's things.
    else {
      log("warn", "retention.worker_failed", {
        worker_id: workers[index]?.id,
        error: describeError(tried.reason),
      });
    }
  }
  return { ...look, cursor: last.id, deleted: { ...look.deleted, versions } };
}

/** Answers how many of its versions are gone. */
async function tidyWorker(place: LookPlace, of: WorkerPlace, cutoff: number | null): Promise<number> {
  await place.deps.workers.upkeep(of.workerId).forgetBefore(cutoff ?? 0);
  return cutoff === null ? 0 : deleteVersions(place, of, cutoff);
}

async function deleteVersions(
  { deps, promise }: LookPlace,
  of: WorkerPlace,
  cutoff: number,
): Promise<number> {
  const idle = await deps.workers.listIdleVersions(of, cutoff);
  for (const { number, digest } of idle) {
    promise({ kind: "bundle", worker_id: of.workerId, digest });
    await deps.workers.deleteVersion(of.workerId, number);
  }
  return idle.length;
}

async function lookAtUploads({ deps, workspaceId, promise }: LookPlace, look: CutLook): Promise<Look | null> {
  const oldestRunAt = await deps.runs.oldestTime(workspaceId);
  const exactMs = deps.files.uploadUseExactMs;
  const usedBefore = uploadCutoff(look.cutoff, { oldestRunAt, exactMs });
  const unused = await deps.files.listUnusedUploads({ workspaceId, usedBefore, limit: UPLOADS_AT_ONCE });
  if (unused.length === 0) return nextStage(look);
  for (const sha256 of unused) {
    promise({ kind: "upload", sha256 });
    await deps.files.deleteUnusedUpload({ workspaceId, sha256, usedBefore });
  }
  return { ...look, deleted: { ...look.deleted, uploads: look.deleted.uploads + unused.length } };
}

async function lookAtMails({ deps, workspaceId }: LookPlace, look: CutLook): Promise<Look | null> {
  const gone = await deps.files.deleteMails({ workspaceId, before: look.cutoff, limit: MAILS_AT_ONCE });
  const seen = { ...look, deleted: { ...look.deleted, mails: look.deleted.mails + gone } };
  return gone === 0 ? nextStage(seen) : seen;
}
