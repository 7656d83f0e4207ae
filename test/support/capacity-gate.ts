import type { RoomClaim } from "../../worker/runs/ports/room.ts";
import { callNext, claim, nextCallAt } from "../../worker/sandboxes/capacity.ts";
import type { CapacityStep } from "../../worker/sandboxes/capacity.ts";
import { openCapacity } from "../../worker/sandboxes/places.ts";
import type { CapacityLimits, CapacityState } from "../../worker/sandboxes/places.ts";

const limits: CapacityLimits = { creates_per_second: 1, live: 3, workspace_live: 3 };
const minute = 60_000;

/** What a run claims that may have a sandbox for ten minutes. */
export function buildClaim(run_id: string, since: number, change: Partial<RoomClaim> = {}): RoomClaim {
  const owner = { workspace_id: "wsp_1", worker_id: "wrk_1", bundle_digest: null };
  return { run_id, since, priority: "normal", lifetime_ms: 10 * minute, ...owner, ...change };
}

/** A gate that keeps its state, and says whom it has called. */
export class Gate {
  state: CapacityState;
  readonly called: string[] = [];
  readonly #own: CapacityLimits;

  constructor(own: Partial<CapacityLimits> = {}) {
    this.#own = { ...limits, ...own };
    this.state = openCapacity(0);
  }

  /** Null when there is room, otherwise what is waited for. */
  ask(run_id: string, now: number, change: Partial<RoomClaim> = {}): string | null {
    const asked = { claim: buildClaim(run_id, now, change), limits: this.#own, now };
    const { reason, ...next } = claim(this.state, asked);
    this.#take(next);
    return reason;
  }

  change(next: (state: CapacityState) => CapacityState, now: number): void {
    this.#take(callNext(next(this.state), this.#own, now));
  }

  pass(now: number): void {
    this.change((state) => state, now);
  }

  nextCallAt(now: number): number | null {
    return nextCallAt(this.state, this.#own, now);
  }

  #take({ state, called }: CapacityStep): void {
    this.state = state;
    this.called.push(...called.map(({ run_id }) => run_id));
  }

  leases(): string[] {
    return this.state.leases.map(({ run_id }) => run_id);
  }
}

/** A gate with one place, which `holder` has. */
export function busyGate(own: Partial<CapacityLimits> = {}): Gate {
  const gate = new Gate({ live: 1, ...own });
  gate.ask("holder", 0);
  return gate;
}
