import type { RunFailure } from "#contract/runs/run-failure";

/** How a run ends, or will end once what it waits for has come. */
export interface RunOutcome {
  status: "completed" | "failed" | "cancelled";
  failure: RunFailure | null;
  /** Null when they are kept beside the record because of their size. */
  outputs: Record<string, unknown> | null;
}
