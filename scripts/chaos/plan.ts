import { createRandom } from "../../test/support/random.ts";
import type { WorkerKind } from "./workers.ts";

export type FaultTarget = "edge" | "sandbox" | "both";

/** A kill -9, `at_ms` after the traffic began. */
export interface Fault {
  at_ms: number;
  target: FaultTarget;
}

/** One start that somebody asks for. */
export interface Order {
  /** Not before this, after the traffic began. */
  at_ms: number;
  kind: WorkerKind;
  key: string;
  inputs: { lines: number; pause_ms: number; failures: number };
  /** Requests sent at the same moment under the one key, as by somebody who clicks twice. */
  copies: number;
}

const LEAST_GAP_MS = 1500;
const GAP_SPREAD_MS = 5000;
const ARRIVAL_SPREAD_MS = 500;
/** Keeps the draws of faults apart from those of orders, so that one does not move the other. */
const FAULT_STREAM = 0x5bd1e995;

/** The kills of a seed, without end: one every 1.5 to 6.5 s, of either process, now and then of both at once. */
export function* planFaults(seed: number): Generator<Fault> {
  const random = createRandom(seed ^ FAULT_STREAM);
  for (let at = 0; ;) {
    at += LEAST_GAP_MS + random.below(GAP_SPREAD_MS);
    const roll = random.next();
    yield { at_ms: at, target: roll < 0.45 ? "edge" : roll < 0.85 ? "sandbox" : "both" };
  }
}

function drawKind(roll: number): WorkerKind {
  if (roll < 0.08) return "pipeline";
  if (roll < 0.5) return "free";
  if (roll < 0.75) return "hook";
  return roll < 0.9 ? "retry" : "line";
}

/** The orders of a seed, in the order they arrive. */
export function planOrders(seed: number, count: number): Order[] {
  const random = createRandom(seed);
  let at = 0;
  return Array.from({ length: count }, (_, index): Order => {
    at += random.below(ARRIVAL_SPREAD_MS);
    const kind = drawKind(random.next());
    return {
      at_ms: at,
      kind,
      key: `chaos-${seed}-${index}`,
      inputs: {
        lines: 1 + random.below(6),
        pause_ms: 50 + random.below(kind === "line" ? 150 : 450),
        failures: kind === "retry" ? 1 : 0,
      },
      copies: random.chance(0.2) ? 2 : 1,
    };
  });
}
