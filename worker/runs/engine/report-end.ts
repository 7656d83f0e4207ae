import { log } from "../../platform/log.ts";
import type { Meter } from "../../platform/objects/meter.ts";
import type { RunRecord } from "../record/run-storage.ts";

/** The run's last line in the log, once nothing is owed any more, with what it has cost since it was loaded. */
export function reportEnd({ spec, state }: RunRecord, { rows, activeMs }: Meter): void {
  log("info", "run.ended", {
    run_id: spec.run_id,
    status: state.outcome?.status,
    failure: state.outcome?.failure?.code ?? null,
    attempt: state.attempt,
    rows,
    active_ms: activeMs,
  });
}
