import type { RunNews } from "../../alerts/service.ts";
import { buildSummary } from "./build-view.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import type { RunState } from "../lifecycle/run-state.ts";

/** The question a run asks people; what it awaits from elsewhere is nobody's to answer. */
function questionOf({ hold }: RunState): RunNews["approval"] {
  if (hold?.kind !== "approval") return null;
  return { id: hold.approval_id, label: hold.label, at: hold.since, expires_at: hold.expires_at };
}

/**
 * What has become of a run, for those who want to be told: its end, or the question it waits for. A dry run is
 * nobody's news. Pure.
 */
export function buildNews(spec: RunSpec, state: RunState): RunNews | undefined {
  if (spec.dry) return undefined;
  return {
    workspace_id: spec.workspace_id,
    worker_id: spec.worker_id,
    summary: buildSummary(spec, state),
    failure: state.outcome?.failure ?? null,
    approval: questionOf(state),
    // A run that was accepted before versions carried it has none.
    notify: spec.notify ?? null,
    origin: spec.api_url,
  };
}
