import type { RunDetail } from "#contract/runs/run";
import { acceptRun } from "../lifecycle/lifecycle.ts";
import { fillDetail } from "../read/read-run.ts";
import { buildView } from "../record/build-view.ts";
import { emptyTally } from "../record/attempt-tally.ts";
import type { QueueWait } from "../../queue/queue-api.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** A run that was put on the record just now, and whether it starts at once. */
export interface FreshRun {
  spec: RunSpec;
  started: boolean;
  /** What it waits for; null for one that starts at once. */
  wait: QueueWait | null;
}

/** A run at the moment its queue has taken it in: what its own object says of it too, once it has been told. Pure. */
export function buildFirstDetail({ spec, started, wait }: FreshRun): RunDetail {
  const { state } = acceptRun(started, spec.created_at);
  const view = buildView({ spec, state, tally: emptyTally(0), tail: [], now: spec.created_at });
  return fillDetail(view, { outputs: view.detail.outputs, wait });
}
