import type { RunSpec } from "../runs/service.ts";
import type { Places, QueueEntry } from "./admission.ts";

export interface KnownKey {
  run_id: string;
  digest: string;
  expires_at: number;
}

/** The durable side of a worker's queue: each call is one write, or one read. */
export interface QueueTable {
  /** Every entry, oldest first. */
  load(): { entries: QueueEntry[]; places: Places; paused: boolean };
  insert(entry: QueueEntry, places: Places, spec: RunSpec): void;
  markStarted(seq: number): void;
  markSuperseded(seq: number): void;
  remove(runId: string): void;
  findSpec(seq: number): RunSpec | undefined;
  findKey(key: string): KnownKey | undefined;
  putKey(key: string, known: KnownKey): void;
  forgetKeys(expiredAt: number): void;
  setPaused(paused: boolean): void;
}
