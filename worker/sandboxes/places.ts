import type { RoomClaim } from "../runs/ports/room.ts";

/** What the provider's plan and this deployment allow. */
export interface CapacityLimits {
  creates_per_second: number;
  /** Sandboxes of the whole account at the same time. */
  live: number;
  workspace_live: number;
}

/** A sandbox that is there, or is being made. */
export interface Lease {
  run_id: string;
  workspace_id: string;
  /** Empty where the provider does not say. */
  worker_id: string;
  /** As the provider lists it; absent while it is not known here. */
  sandbox_id?: string;
  since: number;
  /** The provider ends the sandbox then, whatever became of the word that it is over. */
  until: number;
}

/** One in line. But for what it claims, all of it is memory. */
export interface Waiting {
  claim: RoomClaim;
  /** A place is promised to it until then; null while it only waits. */
  called_until: number | null;
  /** How often in a row it was called in vain. */
  missed: number;
  /** It is passed over until then. */
  not_before: number;
}

export interface CapacityState {
  leases: readonly Lease[];
  line: readonly Waiting[];
  /** Creations that may happen now. */
  tokens: number;
  refilled_at: number;
  /** Nobody is called before that: the provider has turned somebody away. */
  paused_until: number;
  /** How often in a row it has. */
  turns_away: number;
}

/** A lease this young may belong to a sandbox that the provider does not list yet. */
const YOUNG_MS = 60_000;

/**
 * A gate that knows only who stands in line. One creation is free; the rest must be earned, since nobody knows what came
 * before.
 */
export function openCapacity(now: number, line: readonly RoomClaim[] = []): CapacityState {
  return {
    leases: [],
    line: line.map((claim) => ({ claim, called_until: null, missed: 0, not_before: 0 })),
    tokens: 1,
    refilled_at: now,
    paused_until: 0,
    turns_away: 0,
  };
}

/** Creations earned since the last look. A clock that goes back earns nothing. */
export function refill(state: CapacityState, limits: CapacityLimits, now: number): CapacityState {
  const { creates_per_second: rate } = limits;
  const earned = (Math.max(0, now - state.refilled_at) / 1000) * rate;
  return {
    ...state,
    tokens: Math.min(Math.max(1, rate), state.tokens + earned),
    refilled_at: Math.max(now, state.refilled_at),
  };
}

/** Everybody who holds a place: by a sandbox, or by a promise. One who holds both holds one. */
function holders({ leases, line }: CapacityState): Pick<Lease, "run_id" | "workspace_id" | "worker_id">[] {
  const leased = new Set(leases.map(({ run_id }) => run_id));
  const promised = line
    .filter(({ claim, called_until }) => called_until !== null && !leased.has(claim.run_id))
    .map(({ claim }) => claim);
  return [...leases, ...promised];
}

/** How many places each worker has. */
export function countByWorker(state: CapacityState): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { worker_id } of holders(state)) counts.set(worker_id, (counts.get(worker_id) ?? 0) + 1);
  return counts;
}

/** Says for whom there is no place, and whose limit that is. Who has one already needs no other. */
export function findFull(
  state: CapacityState,
  { live, workspace_live }: CapacityLimits,
): (claim: Pick<RoomClaim, "run_id" | "workspace_id">) => "workspace" | "account" | null {
  const all = holders(state);
  const holding = new Set(all.map(({ run_id }) => run_id));
  const ofWorkspace = new Map<string, number>();
  for (const { workspace_id: id } of all) ofWorkspace.set(id, (ofWorkspace.get(id) ?? 0) + 1);
  return ({ run_id, workspace_id }) => {
    if (holding.has(run_id)) return null;
    if ((ofWorkspace.get(workspace_id) ?? 0) >= workspace_live) return "workspace";
    return all.length >= live ? "account" : null;
  };
}

/**
 * Makes the leases true to what the provider says is alive; those just granted may not be listed yet, and those in `gone`
 * were given back while it was asked.
 */
export function reconcile(
  state: CapacityState,
  { alive, gone, now }: { alive: readonly Lease[]; gone: ReadonlySet<string>; now: number },
): CapacityState {
  const listed = alive.filter(({ run_id }) => !gone.has(run_id));
  const young = state.leases.filter(
    (lease) => now - lease.since < YOUNG_MS && !listed.some((other) => other.run_id === lease.run_id),
  );
  return { ...state, leases: [...listed, ...young] };
}
