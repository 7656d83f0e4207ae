import type { RunId } from "#contract/ids";
import type { Priority } from "#contract/runs/run";
import { limits } from "#contract/limits";

/**
 * Who may start, as pure decisions over a worker's queue. A queue entry is a run that has been accepted and has not
 * ended; `started` ones hold a place, the others wait in line. What must stay true:
 *  - no group has more places taken than its limit, nor the worker more than its total;
 *  - within a group and a priority, first come is first served;
 *  - nobody waits for ever behind later ones: a higher priority overtakes only those who came a bounded time earlier;
 *  - a run whose place a newer one took never starts.
 */
export interface QueueEntry {
  seq: number;
  run_id: RunId;
  /** The group; empty when the worker has one group only. */
  key: string;
  priority: Priority;
  /** Epoch milliseconds; never earlier than that of an entry before it. */
  arrived_at: number;
  started: boolean;
  /** A newer run took its place; it has been told to end and is in the queue until it has. */
  superseded: boolean;
}

/** How many may hold a place, as the newest version of the worker says. */
export interface Places {
  /** In each group. */
  limit: number;
  /** In all groups together. */
  total: number;
}

export interface QueueRule extends Places {
  on_conflict: "queue" | "skip" | "cancel_previous";
  /** Runs that may wait. */
  depth: number;
}

/** `supersede`: the runs whose place the newcomer takes. `skip`: no new run, this one is already there. */
export type Admission =
  | { kind: "start" | "wait"; supersede: string[] }
  | { kind: "full"; limit: number }
  | { kind: "skip"; run_id: RunId };

const headStartMs: Readonly<Record<Priority, number>> = {
  high: limits.queue_overtake_seconds.value * 1000,
  normal: 0,
  low: -limits.queue_overtake_seconds.value * 1000,
};

/**
 * Where an entry stands in line, the smallest first. A priority is a head start in time and no class of its own, so that
 * a stream of high ones cannot starve the others.
 */
function lineAt(entry: QueueEntry): number {
  return entry.arrived_at - headStartMs[entry.priority];
}

const waits = (entry: QueueEntry) => !entry.started && !entry.superseded;

/** The runs that wait for a place, in the order of their turns. */
export function lineUp(entries: readonly QueueEntry[]): QueueEntry[] {
  return entries.filter(waits).sort((a, b) => lineAt(a) - lineAt(b) || a.seq - b.seq);
}

/** The waiting runs whose turn it is now, in order. A full group does not hold up the others. */
export function dueToStart(
  entries: readonly QueueEntry[],
  { limit, total }: Places,
  paused: boolean,
): QueueEntry[] {
  if (paused) return [];
  const taken = new Map<string, number>();
  let all = 0;
  const take = (key: string) => {
    taken.set(key, (taken.get(key) ?? 0) + 1);
    all += 1;
  };
  for (const entry of entries) if (entry.started) take(entry.key);
  if (all >= total) return [];
  const due: QueueEntry[] = [];
  for (const entry of lineUp(entries)) {
    if (all >= total) break;
    if ((taken.get(entry.key) ?? 0) >= limit) continue;
    take(entry.key);
    due.push(entry);
  }
  return due;
}

/** What happens to one more run. `newcomer` is the entry it would be. */
export function admit(
  entries: readonly QueueEntry[],
  newcomer: QueueEntry,
  { rule, paused }: { rule: QueueRule; paused: boolean },
): Admission {
  const group = entries.filter((entry) => entry.key === newcomer.key && !entry.superseded);
  const holder = group.find((entry) => entry.started) ?? group[0];
  if (rule.on_conflict === "skip" && holder && group.length >= rule.limit)
    return { kind: "skip", run_id: holder.run_id };

  const tooMany = rule.on_conflict === "cancel_previous" ? group.length - (rule.limit - 1) : 0;
  const out = new Set(group.slice(0, Math.max(0, tooMany)).map((entry) => entry.run_id));
  const left =
    out.size === 0
      ? entries
      : entries.map((entry) => (out.has(entry.run_id) ? { ...entry, superseded: true } : entry));
  if (left.filter(waits).length >= rule.depth) return { kind: "full", limit: rule.depth };
  const due = dueToStart([...left, newcomer], rule, paused);
  const kind = due.some((entry) => entry.seq === newcomer.seq) ? "start" : "wait";
  return { kind, supersede: [...out] };
}

/** What a run in the queue waits for, in words, and its place in line (1: next); null when it does not wait here. */
export function describeWait(
  entries: readonly QueueEntry[],
  runId: string,
  { places, paused }: { places: Places; paused: boolean },
): { position: number; why: string } | null {
  const line = lineUp(entries);
  const index = line.findIndex((entry) => entry.run_id === runId);
  const own = line[index];
  if (!own) return null;
  const position = index + 1;
  if (paused) return { position, why: "The worker is paused; the run goes on when the worker is resumed." };
  const started = entries.filter((entry) => entry.started);
  const inGroup = started.filter((entry) => entry.key === own.key).length;
  const before = index === 0 ? "it is next" : `${index} before it`;
  const held =
    inGroup >= places.limit
      ? `${inGroup} of ${places.limit} ${own.key === "" ? "runs" : `runs with the key ${own.key}`} are under way`
      : `${started.length} of ${places.total} runs of the worker are under way`;
  return { position, why: `Waiting for its turn: ${held}; ${before}.` };
}

/** An idempotency key that was used before: the same request again, or another one under the same key. */
export type KeyUse = { kind: "new" } | { kind: "repeat"; run_id: RunId } | { kind: "conflict" };

export function checkKey(
  known: { run_id: RunId; digest: string; expires_at: number } | undefined,
  request: { digest: string; now: number },
): KeyUse {
  if (!known || known.expires_at <= request.now) return { kind: "new" };
  return known.digest === request.digest ? { kind: "repeat", run_id: known.run_id } : { kind: "conflict" };
}
