import { limits } from "#contract/limits";
import type { Caller } from "../spec/run-origin.ts";
import type { RunPhase } from "../lifecycle/run-state.ts";
import type { RunRecord } from "../record/run-storage.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import type { StoreWriter } from "../record/run-api.ts";

/** While these last, the script of the current attempt may be at work; and while one of its calls waits for people. */
const AT_WORK: ReadonlySet<RunPhase> = new Set(["launching", "running", "finishing"]);

function asksInPlace({ phase, hold }: RunRecord["state"]): boolean {
  return phase === "held" && hold?.in_place !== undefined;
}

/** What a run hands down to the runs of workers that a script of it calls; `isHeard`: that script is the one it has now. Pure. */
export function describeCaller(
  { spec, state }: Pick<RunRecord, "spec" | "state">,
  { isHeard, now }: { isHeard: boolean; now: number },
): Caller {
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
    most_calls: (spec.pipeline === null ? limits.calls_per_run : limits.pipeline_runs).value,
    secrets: spec.secrets,
    created_at: spec.created_at,
    callers: lineage?.callers ?? [],
    root_run_id: lineage?.root_run_id ?? spec.run_id,
    depth: lineage?.depth ?? 0,
    deadline_at: Math.min(ownEnd, lineage?.deadline_at ?? Infinity),
    waiting_attempt: spec.pipeline === null && spec.council === null ? undefined : state.attempt,
    ended: !isHeard || !(AT_WORK.has(state.phase) || asksInPlace(state)),
    dry: spec.dry,
    replay_of: spec.replay_of,
  };
}

/** As whom a script of the run may use the store. What a dry run writes is seen by itself and kept by nobody. Pure. */
export function describeWriter(
  { workspace_id, worker_id, transactional, dry }: RunSpec,
  permit: StoreWriter["permit"],
): StoreWriter {
  return { workspace_id, worker_id, permit, staged: transactional || dry };
}
