import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a worker and of its files. */
export const workerProblems = {
  invalid_bundle: kind(
    422,
    "The bundle cannot be accepted",
    "Each entry of errors names a file and the reason; fix or leave out those files.",
  ),
  bundle_too_large: kind(
    413,
    "The bundle is too large",
    "Leave out what the worker does not need; the detail names the limit.",
  ),
  worker_exists: kind(409, "A worker of this name exists", "Update it with PUT, or choose another name."),
  worker_name_mismatch: kind(
    409,
    "worker.yml names another worker",
    "Push to the worker that worker.yml names, or change the name.",
  ),
  worker_archived: kind(
    409,
    "The worker is archived",
    "Restore it first: POST /api/workers/{worker}/restore.",
  ),
  worker_paused: kind(
    409,
    "The worker is paused",
    "Resume it with floom workers resume, or POST /api/workers/{worker}/resume.",
  ),
  worker_not_runnable: kind(
    409,
    "This kind of worker cannot run here yet",
    "Take what the detail names out of worker.yml, or run the worker on a server that has it.",
  ),
} as const satisfies Record<string, ProblemKind>;
