import type { RunDetail } from "#contract/runs/run";
import type { Acceptance } from "./start-run.ts";

/**
 * 202 for a run that is new, and for a repeat the same answer again, marked `Idempotent-Replayed`. 200 with
 * `Floom-Skipped` when the worker's rule lets no more in: the run that is there already.
 */
export function answerStart({ run, how }: { run: RunDetail; how: Acceptance["how"] }): Response {
  const marks = {
    accepted: {},
    replayed: { "idempotent-replayed": "true" },
    skipped: { "floom-skipped": "concurrency" },
  }[how];
  const headers = { location: `/api/runs/${run.id}`, ...marks };
  return Response.json(run, { status: how === "skipped" ? 200 : 202, headers });
}
