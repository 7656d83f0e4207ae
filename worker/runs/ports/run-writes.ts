/** A run whose writes to the store wait for its end, and whose they are. */
export interface WritingRun {
  run_id: string;
  workspace_id: string;
  worker_id: string;
}

/** `conflict`: why they cannot be kept. `busy`: another run is just handing its own over; to be asked again. */
export type PreparedWrites = { kind: "ready" } | { kind: "busy" } | { kind: "conflict"; detail: string };

/** What the store does with what a run has written, once the run knows how it ends. Each may be repeated. */
export interface RunWrites {
  /**
   * Holds what the attempt has written ready, so that it can be kept whatever comes. `launch`: in which sandbox the
   * script was, null where the run does not know.
   */
  prepare: (run: WritingRun, of: { attempt: number; launch: number | null }) => Promise<PreparedWrites>;
  /** Keeps what that attempt has prepared, or with null nothing of what the run has written. The first word counts. */
  decide: (run: WritingRun, attempt: number | null) => Promise<void>;
}
