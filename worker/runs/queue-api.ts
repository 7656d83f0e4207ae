import type { RunSpec } from "./run-spec.ts";

/** One run asking to be let in. `digest` is of the request, to tell a repeat from another request under the same key. */
export interface AdmitRequest {
  spec: RunSpec;
  idempotency: { key: string; digest: string } | null;
  concurrency: number;
}

export type AdmitReply =
  | { kind: "admitted"; run_id: string; started: boolean }
  | { kind: "repeat"; run_id: string }
  | { kind: "conflict" }
  | { kind: "full"; limit: number };

/** The remote calls of a WorkerObject. */
export interface WorkerObjectApi {
  /** Takes a run into the worker's queue; once this answers, the run is on the record and will start. */
  admit(request: AdmitRequest): Promise<AdmitReply>;
  /** A run has ended: its place is free. A repeat changes nothing. Answers the rows written since the last release. */
  release(runId: string): Promise<number>;
  /** Looks again at what may start. */
  nudge(): Promise<void>;
  /** 1 for the next to start; null when the run does not wait here. */
  queuePosition(runId: string): Promise<number | null>;
}
