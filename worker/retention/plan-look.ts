import type { DeletedCounts } from "#contract/retention/retention";

export const DAY_MS = 86_400_000;

/** Versions of a worker of which no kept run has been found yet; `below`: the run behind which the search goes on. */
export interface VersionSearch {
  worker_id: string;
  worker_name: string;
  numbers: number[];
  below: string;
}

/** Where a look stands: what it looks at, and behind what it goes on. */
export interface Look {
  stage: "runs" | "workers" | "versions" | "uploads" | "mails";
  /** Behind which id the next page begins; null at the beginning of a stage. */
  cursor: string | null;
  /** Idle versions of one worker, and how far its runs have been looked through for one that is of them. */
  search: VersionSearch | null;
  /** What ended before goes, epoch milliseconds; null when everything is kept for ever. */
  cutoff: number | null;
  deleted: DeletedCounts;
}

/** A look at its beginning. With nothing to delete for its age, only the workers are asked to tidy up. Pure. */
export function beginLook(retentionDays: number | null, now: number): Look {
  const cutoff = retentionDays === null ? null : now - retentionDays * DAY_MS;
  return {
    stage: cutoff === null ? "workers" : "runs",
    cursor: null,
    search: null,
    cutoff,
    deleted: { runs: 0, versions: 0, uploads: 0, mails: 0 },
  };
}

/**
 * The look at the beginning of what comes after its stage; null at its end. Runs come first: what they need goes after
 * them. Where everything is kept nothing comes after the workers.
 */
export function nextStage(look: Look): Look | null {
  const after = {
    runs: "workers",
    workers: "versions",
    versions: "uploads",
    uploads: "mails",
    mails: null,
  } as const;
  const stage = after[look.stage];
  if (stage === null || look.cutoff === null) return null;
  return { ...look, stage, cursor: null, search: null };
}

/**
 * When a workspace is looked at next: once a day, each at a time of its own, so that not all of them come at once. Pure.
 */
export function nextLookAt(workspaceId: string, now: number): number {
  const today = Math.floor(now / DAY_MS) * DAY_MS + timeOfDay(workspaceId);
  return today > now ? today : today + DAY_MS;
}

/** FNV-1a of the id, as a time within a day. */
function timeOfDay(id: string): number {
  let hash = 0x811c9dc5;
  for (const sign of id) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % DAY_MS;
}

/**
 * Before when an upload must have been used last to be of no use: no run that is kept was made as early. It is known no
 * better than to `exactMs` when it was used. Pure.
 */
export function uploadCutoff(
  cutoff: number,
  { oldestRunAt, exactMs }: { oldestRunAt: number | null; exactMs: number },
): number {
  return Math.min(cutoff, oldestRunAt ?? cutoff) - exactMs;
}
