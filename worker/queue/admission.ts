import type { RunId } from "#contract/ids";
import type { Priority } from "#contract/runs/run";
import { limits } from "#contract/limits";

/**
 * Who may start, as pure decisions over a worker's queue. A queue entry is a run that has been accepted and has not
 * ended; `started` ones hold a place, the others wait in line. What must stay true:
 *  - no group has more places taken than its limit, nor the worker more than its total, as the active version says;
 *  - a run of another version keeps to its own version's limits as well, and changes nothing for the others;
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
  /** When it got its place, epoch milliseconds; absent while it has none, and where that was not written down. */
  placed_at?: number;
  /** A newer run took its place; it has been told to end and is in the queue until it has. */
  superseded: boolean;
  /** What the run's own version says: with more under way it does not start. */
  own: Places;
}

/** How many may hold a place, as a version of the worker says. */
export interface Places {
  /** In each group. */
  limit: number;
  /** In all groups together. */
  total: number;
}

/** What a version of the worker says about its runs. */
export interface QueueRule extends Places {
  on_conflict: "queue" | "skip" | "cancel_previous";
}

/** What holds for everybody in a queue. */
export interface QueueTerms {
  /** Of the worker's active version; null until the queue has been told: then each run's own version is all there is. */
  active: QueueRule | null;
  paused: boolean;
  /** One run at a time, until a person says otherwise. */
  throttled?: boolean;
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

const compareTurns = (a: QueueEntry, b: QueueEntry) => lineAt(a) - lineAt(b) || a.seq - b.seq;

/** The runs that wait for a place, in the order of their turns. */
export function lineUp(entries: readonly QueueEntry[]): QueueEntry[] {
  return entries.filter(waits).sort(compareTurns);
}

/** Without a list of them: a queue may be long, and this is asked with each start. */
function countWhere(entries: readonly QueueEntry[], isMeant: (entry: QueueEntry) => boolean): number {
  let found = 0;
  for (const entry of entries) if (isMeant(entry)) found += 1;
  return found;
}

/** No limit: where nobody has said one. */
const unbounded: Places = { limit: Infinity, total: Infinity };

/** What a throttled worker has. */
const single: Places = { limit: 1, total: 1 };

/** How many may hold a place now. */
function placesOf({ active, throttled }: QueueTerms): Places {
  return throttled === true ? single : (active ?? unbounded);
}

/** How long somebody who came later may go on overtaking: a head start against the opposite of one. */
const OVERTAKE_MS = headStartMs.high - headStartMs.low;

/** Places that are taken while a line is gone through. */
class TakenPlaces {
  readonly #ofGroup = new Map<string, number>();
  all = 0;

  constructor(entries: readonly QueueEntry[]) {
    for (const entry of entries) if (entry.started) this.take(entry.key);
  }

  take(key: string): void {
    this.#ofGroup.set(key, this.of(key) + 1);
    this.all += 1;
  }

  of(key: string): number {
    return this.#ofGroup.get(key) ?? 0;
  }

  /** Whether nobody more may start: in all groups, or in this one. */
  isFull({ limit, total }: Places, key: string): "all" | "group" | null {
    if (this.all >= total) return "all";
    return this.of(key) >= limit ? "group" : null;
  }
}

/**
 * The waiting runs whose turn it is now, in order. A full group does not hold up the others. Nor does a run that its own
 * version holds back, until others have overtaken it for as long as anybody may be: then places are kept free for it.
 */
export function dueToStart(entries: readonly QueueEntry[], terms: QueueTerms): QueueEntry[] {
  if (terms.paused) return [];
  const places = placesOf(terms);
  const taken = new TakenPlaces(entries);
  if (taken.all >= places.total) return [];
  const due: QueueEntry[] = [];
  /** Who came after this does not start: in all groups (null), or in one. */
  const lastToPass = new Map<string | null, number>();
  const passes = ({ key, arrived_at }: QueueEntry) =>
    [key, null].every((of) => arrived_at <= (lastToPass.get(of) ?? Infinity));
  for (const entry of lineUp(entries)) {
    const full = taken.isFull(places, entry.key);
    if (full === "all") break;
    if (full === "group" || !passes(entry)) continue;
    const heldBack = taken.isFull(entry.own, entry.key);
    if (heldBack !== null) {
      const of = heldBack === "all" ? null : entry.key;
      lastToPass.set(of, Math.min(lastToPass.get(of) ?? Infinity, entry.arrived_at + OVERTAKE_MS));
      continue;
    }
    taken.take(entry.key);
    due.push(entry);
  }
  return due;
}

/**
 * What a newcomer's conflict rule is worth beside the active version's. To leave itself out is the newcomer's own affair;
 * runs are ended for it only where the active version says so too, and as many as that one says.
 */
function conflictOf(rule: QueueRule, active: QueueRule | null): Pick<QueueRule, "on_conflict" | "limit"> {
  const { on_conflict } = rule;
  const limit = Math.min(rule.limit, active?.limit ?? Infinity);
  if (active === null || on_conflict !== "cancel_previous") return { on_conflict, limit };
  return active.on_conflict === "cancel_previous"
    ? { on_conflict, limit: active.limit }
    : { on_conflict: "queue", limit };
}

/** What happens to one more run. `newcomer` is the entry it would be, `rule` what its own version says. */
export function admit(
  entries: readonly QueueEntry[],
  newcomer: QueueEntry,
  { rule, depth, ...terms }: QueueTerms & { rule: QueueRule; depth: number },
): Admission {
  const { on_conflict, limit } = conflictOf(rule, terms.active);
  if (on_conflict === "queue") return admitBehind(entries, newcomer, { depth, ...terms });
  const group = entries.filter((entry) => entry.key === newcomer.key && !entry.superseded);
  const holder = group.find((entry) => entry.started) ?? group[0];
  if (on_conflict === "skip" && holder && group.length >= limit)
    return { kind: "skip", run_id: holder.run_id };

  const tooMany = on_conflict === "cancel_previous" ? group.length - (limit - 1) : 0;
  const out = new Set(group.slice(0, Math.max(0, tooMany)).map((entry) => entry.run_id));
  const left = entries.map((entry) => (out.has(entry.run_id) ? { ...entry, superseded: true } : entry));
  const behind = admitBehind(left, newcomer, { depth, ...terms });
  return behind.kind === "full" ? behind : { ...behind, supersede: [...out] };
}

/** What happens to one more run that ends none and leaves itself out for none. */
function admitBehind(
  entries: readonly QueueEntry[],
  newcomer: QueueEntry,
  { depth, ...terms }: QueueTerms & { depth: number },
): Exclude<Admission, { kind: "skip" }> {
  if (countWhere(entries, waits) >= depth) return { kind: "full", limit: depth };
  const due = dueToStart([...entries, newcomer], terms);
  return { kind: due.some((entry) => entry.seq === newcomer.seq) ? "start" : "wait", supersede: [] };
}

/** What a run in the queue waits for, in words, and its place in line (1: next); null when it does not wait here. */
export function describeWait(
  entries: readonly QueueEntry[],
  runId: string,
  terms: QueueTerms,
): { position: number; why: string } | null {
  const own = entries.findLast((entry) => entry.run_id === runId);
  if (own === undefined || !waits(own)) return null;
  const index = countWhere(entries, (entry) => waits(entry) && compareTurns(entry, own) < 0);
  const position = index + 1;
  if (terms.paused)
    return { position, why: "The worker is paused; the run goes on when the worker is resumed." };
  const started = countWhere(entries, (entry) => entry.started);
  const inGroup = countWhere(entries, (entry) => entry.started && entry.key === own.key);
  const before = index === 0 ? "it is next" : `${index} before it`;
  const places = placesOf(terms);
  const limit = Math.min(own.own.limit, places.limit);
  const total = Math.min(own.own.total, places.total);
  const why = (held: string) => ({ position, why: `Waiting for its turn: ${held}; ${before}.` });
  if (terms.throttled === true && started >= total)
    return why("the worker is throttled to one run at a time until a person resumes it");
  if (inGroup >= limit) {
    const runs = own.key === "" ? "runs" : `runs with the key ${own.key}`;
    return why(`${inGroup} of ${limit} ${runs} are under way`);
  }
  return started >= total
    ? why(`${started} of ${total} runs of the worker are under way`)
    : why("places are kept free for a run of another version");
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
