/**
 * Who may start, as pure decisions over a worker's queue. A queue entry is a run that has been accepted and has not
 * ended; `started` ones hold a place of the worker's concurrency limit, the others wait in order of `seq`.
 */
export interface QueueEntry {
  seq: number;
  run_id: string;
  started: boolean;
}

export interface QueueLimits {
  concurrency: number;
  /** Runs that may wait. */
  depth: number;
}

export type Admission = { kind: "start" } | { kind: "wait" } | { kind: "full"; limit: number };

/** What happens to one more run. First come, first served: nobody overtakes a run that waits. */
export function admit(counts: { started: number; waiting: number }, limits: QueueLimits): Admission {
  if (counts.waiting === 0 && counts.started < limits.concurrency) return { kind: "start" };
  if (counts.waiting >= limits.depth) return { kind: "full", limit: limits.depth };
  return { kind: "wait" };
}

/** The waiting runs whose turn it is now, oldest first. */
export function dueToStart(entries: readonly QueueEntry[], concurrency: number): QueueEntry[] {
  const free = concurrency - entries.filter((entry) => entry.started).length;
  if (free <= 0) return [];
  return entries
    .filter((entry) => !entry.started)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, free);
}

/** An idempotency key that was used before: the same request again, or another one under the same key. */
export type KeyUse = { kind: "new" } | { kind: "repeat"; run_id: string } | { kind: "conflict" };

export function checkKey(
  known: { run_id: string; digest: string; expires_at: number } | undefined,
  request: { digest: string; now: number },
): KeyUse {
  if (!known || known.expires_at <= request.now) return { kind: "new" };
  return known.digest === request.digest ? { kind: "repeat", run_id: known.run_id } : { kind: "conflict" };
}
