import type { RunRecord } from "../record/run-storage.ts";
import type { Caller } from "../spec/run-origin.ts";

/** What a run hands down to the runs of workers it calls. Pure. */
export function describeCaller({ spec, state }: Pick<RunRecord, "spec" | "state">, now: number): Caller {
  const since = state.phase === "running" ? state.phase_since : now;
  const ownEnd = since + (spec.timeout_seconds + spec.install_timeout_seconds) * 1000;
  const { lineage } = spec;
  return {
    run_id: spec.run_id,
    workspace_id: spec.workspace_id,
    worker_id: spec.worker_id,
    worker_name: spec.worker_name,
    requester: spec.requester,
    co_requesters: spec.co_requesters,
    calls: spec.calls,
    callers: lineage?.callers ?? [],
    root_run_id: lineage?.root_run_id ?? spec.run_id,
    depth: lineage?.depth ?? 0,
    deadline_at: Math.min(ownEnd, lineage?.deadline_at ?? Infinity),
    ended: state.phase === "ended",
    dry: spec.dry,
    replay_of: spec.replay_of,
  };
}
