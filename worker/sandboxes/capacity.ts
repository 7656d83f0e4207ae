/**
 * How many sandboxes may be started and be alive, as pure decisions: the provider's limits for the whole account, and a
 * bound for each workspace so that one cannot take all. What must stay true:
 *  - never more alive than the limits say, as far as is known here;
 *  - never more created in a second than the provider takes;
 *  - who asked first goes first, unless its own workspace is full.
 */
export interface CapacityLimits {
  creates_per_second: number;
  live: number;
  workspace_live: number;
}

/** A run that may have a sandbox. */
export interface Lease {
  run_id: string;
  workspace_id: string;
  since: number;
  /** The provider ends the sandbox then, whatever became of the word that it is over. */
  until: number;
}

interface Waiter {
  run_id: string;
  workspace_id: string;
  seen_at: number;
}

export interface CapacityState {
  leases: readonly Lease[];
  /** In the order in which they asked first. */
  waiters: readonly Waiter[];
  /** Creations that may happen now. */
  tokens: number;
  refilled_at: number;
}

export interface Claim {
  run_id: string;
  workspace_id: string;
  lifetime_ms: number;
}

export type ClaimVerdict =
  { kind: "granted" } | { kind: "wait"; reason: string; retry_after_ms: number; full: boolean };

/** Who has not asked again for so long does not wait any more. */
const WAITER_PATIENCE_MS = 60_000;
const RETRY_MS = 3000;
/** A lease this young may belong to a sandbox that the provider does not list yet. */
const YOUNG_MS = 60_000;

/** A gate that knows of nothing. One creation is free; the rest must be earned, since nobody knows what came before. */
export function openCapacity(now: number): CapacityState {
  return { leases: [], waiters: [], tokens: 1, refilled_at: now };
}

function refill(state: CapacityState, { creates_per_second }: CapacityLimits, now: number): CapacityState {
  const earned = (Math.max(0, now - state.refilled_at) / 1000) * creates_per_second;
  const tokens = Math.min(Math.max(1, creates_per_second), state.tokens + earned);
  return {
    tokens,
    refilled_at: Math.max(now, state.refilled_at),
    leases: state.leases.filter((lease) => lease.until > now),
    waiters: state.waiters.filter((waiter) => now - waiter.seen_at < WAITER_PATIENCE_MS),
  };
}

/** Asks for a sandbox. A run that has a lease already needs no other place, but a new sandbox costs a creation. */
export function claim(
  before: CapacityState,
  { claim: asked, limits, now }: { claim: Claim; limits: CapacityLimits; now: number },
): { state: CapacityState; verdict: ClaimVerdict } {
  const state = refill(before, limits, now);
  const others = state.leases.filter((lease) => lease.run_id !== asked.run_id);
  const inWorkspace = (id: string) => others.filter((lease) => lease.workspace_id === id).length;
  const isFull = (id: string) => inWorkspace(id) >= limits.workspace_live;
  const index = state.waiters.findIndex((waiter) => waiter.run_id === asked.run_id);
  const earlier = (index < 0 ? state.waiters : state.waiters.slice(0, index)).filter(
    (waiter) => !isFull(waiter.workspace_id),
  ).length;
  const wait = (reason: string, retryAfterMs: number, full: boolean) => ({
    state: { ...state, waiters: noteWaiter(state.waiters, asked, now) },
    verdict: { kind: "wait" as const, reason, retry_after_ms: Math.ceil(retryAfterMs), full },
  });
  if (isFull(asked.workspace_id)) {
    return wait(
      `${limits.workspace_live} runs of this workspace have a sandbox, which is its limit.`,
      RETRY_MS,
      true,
    );
  }
  if (others.length + earlier >= limits.live)
    return wait(`${others.length} of ${limits.live} sandboxes of the provider are in use.`, RETRY_MS, true);

  if (state.tokens < earlier + 1) {
    const inMs = ((earlier + 1 - state.tokens) / limits.creates_per_second) * 1000;
    return wait(
      `The provider starts ${limits.creates_per_second} sandboxes a second; ${earlier} before it.`,
      inMs,
      false,
    );
  }
  const lease = {
    run_id: asked.run_id,
    workspace_id: asked.workspace_id,
    since: now,
    until: now + asked.lifetime_ms,
  };
  const waiters = state.waiters.filter((waiter) => waiter.run_id !== asked.run_id);
  return {
    state: { ...state, tokens: state.tokens - 1, leases: [...others, lease], waiters },
    verdict: { kind: "granted" },
  };
}

function noteWaiter(waiters: readonly Waiter[], { run_id, workspace_id }: Claim, now: number): Waiter[] {
  const waiter = { run_id, workspace_id, seen_at: now };
  const known = waiters.some((other) => other.run_id === run_id);
  return known ? waiters.map((other) => (other.run_id === run_id ? waiter : other)) : [...waiters, waiter];
}

/** A run needs no sandbox any more. A repeat changes nothing. */
export function release(state: CapacityState, runId: string): CapacityState {
  const isOther = (entry: { run_id: string }) => entry.run_id !== runId;
  return { ...state, leases: state.leases.filter(isOther), waiters: state.waiters.filter(isOther) };
}

/** Makes the leases true to what the provider says is alive; those just granted may not be listed yet. */
export function reconcile(state: CapacityState, alive: readonly Lease[], now: number): CapacityState {
  const young = state.leases.filter(
    (lease) => now - lease.since < YOUNG_MS && !alive.some((other) => other.run_id === lease.run_id),
  );
  return { ...state, leases: [...alive, ...young] };
}
