import type { RunNews } from "../runs/record/build-news.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";

/** How many runs may be under way, of a group (`key`) and in all, and what happens to one more. */
export interface ConcurrencyRule {
  key: string;
  limit: number;
  total: number;
  on_conflict: "queue" | "skip" | "cancel_previous";
}

/** A key somebody made up for a request. `digest` is of the request, to tell a repeat from another request under it. */
export interface IdempotencyClaim {
  key: string;
  digest: string;
}

/** One run asking to be let in. */
export interface AdmitRequest {
  spec: RunSpec;
  idempotency: IdempotencyClaim | null;
  concurrency: ConcurrencyRule;
}

/** `skipped`: the rule lets no more in; `run_id` is the run that is there already. */
export type AdmitReply =
  | { kind: "admitted"; run_id: string; started: boolean }
  | { kind: "repeat"; run_id: string }
  | { kind: "skipped"; run_id: string }
  | { kind: "conflict" }
  | { kind: "full"; limit: number };

/** What a run in the queue waits for, and its place in line (1: next). */
export interface QueueWait {
  position: number;
  why: string;
}

/** The remote calls of a WorkerObject. */
export interface WorkerObjectApi {
  /** Takes a run into the worker's queue; once this answers, the run is on the record and will start. */
  admit(request: AdmitRequest): Promise<AdmitReply>;
  /** The run that an idempotency key started; "new" when it has not been used within a day. */
  findByKey(
    claim: IdempotencyClaim,
  ): Promise<{ kind: "new" } | { kind: "repeat"; run_id: string } | { kind: "conflict" }>;
  /**
   * A run needs its place no more: it is free, and whoever wants to know what became of the run is told. A repeat
   * changes nothing. Answers the rows written since the last release.
   */
  release(runId: string, news?: RunNews): Promise<number>;
  /** Looks again at what may start. */
  nudge(): Promise<void>;
  /** Null when the run does not wait here. */
  queueWait(runId: string): Promise<QueueWait | null>;
  /** Paused: no waiting run starts. A repeat changes nothing. */
  setPaused(paused: boolean): Promise<void>;
}
