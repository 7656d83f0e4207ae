import { firstIdAt } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import type { Duty } from "./duty.ts";
import { deleteRuns } from "./delete-runs.ts";
import { DAY_MS, nextStage, uploadCutoff } from "./plan-look.ts";
import type { Look, VersionSearch } from "./plan-look.ts";
import type { RetentionDeps } from "./retention-deps.ts";

/** How much is looked at in one go: so many calls a wake-up may make, and so long others wait for the tables. */
const RUNS_AT_ONCE = 10;
/** Rows read to find runs that go, or of which version they are. */
const ROWS_AT_ONCE = 1000;
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
    case "versions":
      return lookAtVersions(place, { ...look, cutoff });
    case "uploads":
      return lookAtUploads(place, { ...look, cutoff });
    case "mails":
      return lookAtMails(place, { ...look, cutoff });
  }
}

type CutLook = Look & { cutoff: number };

async function lookAtRuns({ deps, workspaceId }: LookPlace, look: CutLook): Promise<Look | null> {
  const below = look.cursor ?? firstIdAt("run", look.cutoff);
  const rows = await deps.runs.listFacts({ workspaceId, below, limit: ROWS_AT_ONCE });
  const last = rows.at(-1)?.id;
  if (last === undefined) return nextStage(look);
  const old = rows.filter(({ completed_at: at }) => at !== null && at < look.cutoff).map(({ id }) => id);
  const page = old.slice(0, RUNS_AT_ONCE);
  const runs = look.deleted.runs + (await deleteRuns(deps.runs, workspaceId, page));
  // Either all that is old among the rows is in this page, or the next one goes on behind it.
  const cursor = old.length > page.length ? (page.at(-1) ?? last) : last;
  return { ...look, cursor, deleted: { ...look.deleted, runs } };
}

async function lookAtWorkers({ deps, workspaceId }: LookPlace, look: Look): Promise<Look | null> {
  if (look.cursor === null) {
    await deps.workspace.forgetOldSecrets(workspaceId);
    await deps.workspace.tidyAudit(workspaceId);
    await deps.workspace.forgetOldImport(workspaceId);
    await deps.workspace.forgetOldArchives(workspaceId);
    await deps.workspace.forgetMissedStarts(workspaceId, look.cutoff ?? 0);
  }
  const page = { workspaceId, after: look.cursor ?? "", limit: WORKERS_AT_ONCE };
  const workers = await deps.workers.listAfter(page);
  const last = workers.at(-1);
  if (last === undefined) return nextStage(look);
  const tries = await Promise.allSettled(
    workers.map(({ id }) => deps.workers.upkeep(id).forgetBefore(look.cutoff ?? 0)),
  );
  for (const [index, tried] of tries.entries()) {
    // One worker's trouble must not keep everybody's things.
    if (tried.status === "rejected") {
      log("warn", "retention.worker_failed", {
        worker_id: workers[index]?.id,
        error: describeError(tried.reason),
      });
    }
  }
  return { ...look, cursor: last.name };
}

/** One worker after the other: which of its versions are idle, then page by page whether a kept run is of them. */
async function lookAtVersions(place: LookPlace, look: CutLook): Promise<Look | null> {
  const { deps, workspaceId } = place;
  if (look.search !== null) return searchRuns(place, look, look.search);
  const [worker] = await deps.workers.listAfter({ workspaceId, after: look.cursor ?? "", limit: 1 });
  if (worker === undefined) return nextStage(look);
  const numbers = await deps.workers.listIdleVersions(worker.id, look.cutoff);
  if (numbers.length === 0) return { ...look, cursor: worker.name };
  const below = firstIdAt("run", deps.clock() + DAY_MS);
  return { ...look, search: { worker_id: worker.id, worker_name: worker.name, numbers, below } };
}

async function searchRuns(place: LookPlace, look: CutLook, search: VersionSearch): Promise<Look> {
  const { deps, workspaceId } = place;
  const { worker_id: workerId, worker_name: workerName, below } = search;
  const rows = await deps.runs.listFacts({ workspaceId, workerName, below, limit: ROWS_AT_ONCE });
  const used = new Set(rows.filter((row) => row.worker_id === workerId).map(({ version }) => version));
  const numbers = search.numbers.filter((number) => !used.has(number));
  const last = rows.at(-1)?.id;
  const over = { ...look, search: null, cursor: workerName };
  if (numbers.length === 0) return over;
  if (last !== undefined) return { ...look, search: { ...search, numbers, below: last } };
  await Promise.all(numbers.map((number) => deleteVersion(place, workerId, number)));
  const versions = look.deleted.versions + numbers.length;
  return { ...over, deleted: { ...look.deleted, versions } };
}

async function deleteVersion({ deps, promise }: LookPlace, workerId: string, number: number): Promise<void> {
  const digest = await deps.workers.findDigest(workerId, number);
  if (digest === undefined) return;
  promise({ kind: "bundle", worker_id: workerId, digest });
  await deps.workers.deleteVersion(workerId, number);
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
