import type { World } from "./worlds.ts";

/** The seeds a thread plays: from `first` to `last`, every `stride`th. */
export interface Stretch {
  first: number;
  last: number;
  stride: number;
}

/** What a thread is to play: in the world that each seed falls to, or all in one. */
export interface Order extends Stretch {
  world: World | null;
}

/** What a thread tells: so many more histories are over, or one has failed. */
export type Told =
  { kind: "played"; count: number } | { kind: "failed"; seed: number; world: string; why: string };

/** Shares seeds out among threads, so that each gets about as many of every world. Pure. */
export function shareOut(seed: number, histories: number, threads: number): Stretch[] {
  const last = seed + histories - 1;
  return Array.from({ length: Math.min(threads, histories) }, (_, index) => ({
    first: seed + index,
    last,
    stride: threads,
  }));
}
