import { limits as contractLimits } from "#contract/limits";
import type { Priority } from "#contract/runs/run";
import type { RoomClaim } from "../runs/ports/room.ts";
import { countByWorker, findFull, refill } from "./places.ts";
import type { CapacityLimits, CapacityState, Lease, Waiting } from "./places.ts";

/*
 * Who may have a sandbox, as pure decisions: the provider's limits for the whole account, and a bound for each workspace
 * so that one cannot take all. What must stay true:
 *  - never more places taken than the limits say, as far as is known here, and never more creations in a second;
 *  - nobody waits while there is a place for it, unless it was called and did not come;
 *  - of two priorities the higher goes first, but whoever waits rises by one for every head start that the queue gives;
 *  - of one priority that worker goes first which has the fewest sandboxes, then who asked first;
 *  - a place that was promised and not taken is free again.
 */

/** What was decided, and whom to call for it. */
export interface CapacityStep {
  state: CapacityState;
  called: RoomClaim[];
}

/** How long a place is kept for who was called. */
export const CALL_MS = 30_000;
/** Who was called so often in vain stands in line no more; should it still be there, it comes back by itself. */
const MOST_MISSED = 10;
const FIRST_MISS_MS = 5000;
const MOST_MISS_MS = 300_000;
const FIRST_PAUSE_MS = 5000;
const MOST_PAUSE_MS = 60_000;

/** Fractions of creations are added up; what is lost to rounding must not make anybody wait. */
const ALMOST_ONE = 1 - 1e-6;

const rankOf: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 };

/** A priority is a head start and no class of its own: by waiting, everybody comes into the highest. */
function rankAt({ claim }: Waiting, now: number): number {
  const headStartMs = contractLimits.queue_overtake_seconds.value * 1000;
  const risen = Math.floor(Math.max(0, now - claim.since) / headStartMs);
  return Math.min(rankOf.high, rankOf[claim.priority] + risen);
}

/** Who of those that may be called is the next. */
function pickNext(state: CapacityState, limits: CapacityLimits, now: number): Waiting | undefined {
  const held = countByWorker(state);
  const isFull = findFull(state, limits);
  const before = (a: Waiting, b: Waiting) =>
    rankAt(b, now) - rankAt(a, now) ||
    (held.get(a.claim.worker_id) ?? 0) - (held.get(b.claim.worker_id) ?? 0) ||
    a.claim.since - b.claim.since ||
    (a.claim.run_id < b.claim.run_id ? -1 : 1);
  return state.line
    .filter((one) => one.called_until === null && one.not_before <= now && isFull(one.claim) === null)
    .reduce<Waiting | undefined>((best, one) => (best && before(best, one) < 0 ? best : one), undefined);
}

/** Promises whatever is free to those whose turn it is. */
export function callNext(before: CapacityState, limits: CapacityLimits, now: number): CapacityStep {
  let state = refill(lapse(before, now), limits, now);
  const called: RoomClaim[] = [];
  while (state.tokens > ALMOST_ONE && now >= state.paused_until) {
    const next = pickNext(state, limits, now);
    if (next === undefined) break;
    called.push(next.claim);
    state = {
      ...state,
      tokens: state.tokens - 1,
      line: replace(state.line, { ...next, called_until: now + CALL_MS }),
    };
  }
  return { state, called };
}

/** A promise that nobody came for is over, and so is the life of a sandbox whose end nobody told. */
function lapse(state: CapacityState, now: number): CapacityState {
  const line = state.line.flatMap((one) =>
    one.called_until !== null && one.called_until <= now ? miss(one, now) : [one],
  );
  return { ...state, line, leases: state.leases.filter((lease) => lease.until > now) };
}

/** Called in vain: passed over for a while, and in the end forgotten. */
function miss(one: Waiting, now: number): Waiting[] {
  const missed = one.missed + 1;
  if (missed >= MOST_MISSED) return [];
  const delay = Math.min(MOST_MISS_MS, FIRST_MISS_MS * 2 ** one.missed);
  return [{ ...one, missed, called_until: null, not_before: now + delay }];
}

function replace(line: readonly Waiting[], changed: Waiting): Waiting[] {
  return line.map((one) => (one.claim.run_id === changed.claim.run_id ? changed : one));
}

/** Puts who asks into the line, or finds it there: who was there before keeps its place. */
function join(state: CapacityState, asked: RoomClaim): CapacityState {
  const known = state.line.find(({ claim }) => claim.run_id === asked.run_id);
  const since = Math.min(asked.since, known?.claim.since ?? Infinity);
  const one: Waiting = { claim: { ...asked, since }, called_until: null, missed: 0, not_before: 0 };
  return { ...state, line: known ? replace(state.line, one) : [...state.line, one] };
}

export interface Asked {
  claim: RoomClaim;
  limits: CapacityLimits;
  now: number;
}

/**
 * Asks for room. Whoever was called finds its place; who comes anew gets one if it is the next, and stands in line
 * otherwise. `reason` is null where it is granted.
 */
export function claim(
  before: CapacityState,
  { claim: asked, limits, now }: Asked,
): CapacityStep & { reason: string | null } {
  const state = lapse(before, now);
  const isAsking = ({ run_id }: { run_id: string }) => run_id === asked.run_id;
  const promised = state.line.some((one) => isAsking(one.claim) && one.called_until !== null);
  const next = promised ? { state, called: [] } : callNext(join(state, asked), limits, now);
  if (!promised && !next.called.some(isAsking))
    return { ...next, reason: describeWant(next.state, { claim: asked, limits, now }) };

  const { run_id, workspace_id, worker_id, lifetime_ms } = asked;
  const lease: Lease = { run_id, workspace_id, worker_id, since: now, until: now + lifetime_ms };
  const left = release(next.state, run_id);
  return {
    state: { ...left, leases: [...left.leases, lease] },
    called: next.called.filter((other) => !isAsking(other)),
    reason: null,
  };
}

/** What somebody waits for, in words that do not change while that is so. */
function describeWant(state: CapacityState, { claim: asked, limits, now }: Asked): string {
  const { live, workspace_live, creates_per_second: rate } = limits;
  if (now < state.paused_until) return "The sandbox provider starts no more sandboxes right now.";
  const full = findFull(state, limits)(asked);
  if (full === "workspace")
    return `${workspace_live} runs of this workspace have a sandbox, which is its limit.`;
  if (full === "account") return `${live} of ${live} sandboxes of the provider are in use.`;
  return `The provider starts ${rate} ${rate === 1 ? "sandbox" : "sandboxes"} a second.`;
}

/** A run needs no sandbox any more, or wants none. A repeat changes nothing. */
export function release(state: CapacityState, runId: string): CapacityState {
  return {
    ...state,
    leases: state.leases.filter(({ run_id }) => run_id !== runId),
    line: state.line.filter(({ claim }) => claim.run_id !== runId),
  };
}

/** Who was called wants none: it leaves the line. One that has come for its place meanwhile keeps that. */
export function decline(state: CapacityState, runId: string): CapacityState {
  const left = state.line.filter((one) => one.claim.run_id !== runId || one.called_until === null);
  return { ...state, line: left };
}

/** Who was called did not answer: its place goes to the next one, and it is called again later. */
export function passOver(state: CapacityState, runId: string, now: number): CapacityState {
  const line = state.line.flatMap((one) =>
    one.claim.run_id === runId && one.called_until !== null ? miss(one, now) : [one],
  );
  return { ...state, line };
}

/**
 * The provider has turned a sandbox away that was granted here: the run is in line again, and nobody starts one for as
 * long as the provider says, or for ever longer while it goes on.
 */
export function turnAway(
  before: CapacityState,
  { claim: asked, now, retryAfterMs }: Omit<Asked, "limits"> & { retryAfterMs: number | null },
): CapacityState {
  const state = join(release(before, asked.run_id), asked);
  const standing = now < state.paused_until;
  const goesOn = now - state.paused_until < MOST_PAUSE_MS;
  const turns = standing ? state.turns_away : goesOn ? state.turns_away + 1 : 1;
  const own = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (turns - 1));
  return {
    ...state,
    tokens: 0,
    turns_away: turns,
    paused_until: Math.max(state.paused_until, now + Math.max(own, retryAfterMs ?? 0)),
  };
}

/** When somebody may be called next as things stand, epoch milliseconds; null when nobody waits. */
export function nextCallAt(state: CapacityState, limits: CapacityLimits, now: number): number | null {
  const isFull = findFull(state, limits);
  const tokenAt = state.refilled_at + (Math.max(0, 1 - state.tokens) / limits.creates_per_second) * 1000;
  const freeAt = state.leases.reduce((at, { until }) => Math.min(at, until), Infinity);
  const times = state.line.map((one) => {
    if (one.called_until !== null) return one.called_until;
    const room = isFull(one.claim) === null ? Math.max(state.paused_until, tokenAt) : freeAt;
    return Math.max(one.not_before, room);
  });
  const soonest = Math.min(...times, Infinity);
  return soonest === Infinity ? null : Math.max(now, Math.ceil(soonest));
}

/** Whether somebody waits for want of a place: then it is worth asking the provider what is alive. */
export function wantsPlaces(state: CapacityState, limits: CapacityLimits): boolean {
  const isFull = findFull(state, limits);
  return state.line.some(({ claim: waiting }) => isFull(waiting) !== null);
}
