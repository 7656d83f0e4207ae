import type { LoadOptions } from "./options.ts";

/** A way to have a run started. */
export type LoadKind = "start" | "webhook" | "schedule";

/** One request of a load. */
export interface PlannedRequest {
  /** Milliseconds from the beginning. */
  atMs: number;
  kind: LoadKind;
  /** Which of the workers, from 0. */
  worker: number;
}

/** The mix: the same in every ten requests. */
const KINDS: readonly LoadKind[] = [
  "start",
  "webhook",
  "start",
  "webhook",
  "start",
  "schedule",
  "start",
  "webhook",
  "start",
  "webhook",
];

/** All requests of a load, evenly spread over its time, its workers in turn. Pure. */
export function planLoad({
  rate,
  seconds,
  workers,
}: Pick<LoadOptions, "rate" | "seconds" | "workers">): PlannedRequest[] {
  const count = Math.max(1, Math.round(rate * seconds));
  return Array.from({ length: count }, (_, index) => ({
    atMs: (index * 1000) / rate,
    kind: KINDS[index % KINDS.length] ?? "start",
    // With as many workers as kinds each worker would see one kind only.
    worker: (index + Math.floor(index / KINDS.length)) % workers,
  }));
}
