import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a run. */
export const runProblems = {
  invalid_inputs: kind(
    422,
    "The inputs do not fit the worker",
    "Each entry of errors points at an input; GET the worker's sample-input for an example.",
  ),
  missing_secrets: kind(
    409,
    "Secrets are missing",
    "Set each of them: `floom secrets set NAME`. One that is kept to other workers is missing for this one.",
  ),
  run_not_ended: kind(409, "The run has not ended", "Wait for its end, or cancel it."),
  run_finished: kind(409, "The run has ended", "Read its record; start a new run to try again."),
  queue_full: retryable(
    kind(429, "The worker's queue is full", "Wait as long as Retry-After says; the detail names the limit."),
  ),
  sandbox_unavailable: retryable(
    kind(503, "No sandbox can be started now", "Try again; locally run `floom doctor`."),
  ),
} as const satisfies Record<string, ProblemKind>;
