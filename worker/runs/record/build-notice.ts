import type { Manifest } from "#contract/manifest/manifest";
import type { RunSummary } from "#contract/runs/run";
import type { SpendState } from "#contract/spend/spend";
import type { RunFailure } from "#contract/runs/run-failure";
import { buildSummary } from "./build-view.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import type { RunState } from "../lifecycle/run-state.ts";

/** What has become of a run, for those who want to be told. A run does not know who they are. */
export interface RunNotice {
  workspace_id: string;
  worker_id: string;
  summary: RunSummary;
  failure: RunFailure | null;
  /** The question it waits for, if it does. */
  approval: { id: string; label: string; at: number; expires_at: number | null } | null;
  /** Caps that are nearly used up, or are. */
  spend?: readonly SpendState[];
  /** `notify` of the version that ran. */
  notify: Manifest["notify"] | null;
  /** Origin of the pages that links lead to. */
  origin: string;
}

/** The question a run asks people; what it awaits from elsewhere is nobody's to answer. */
function questionOf({ hold }: RunState): RunNotice["approval"] {
  if (hold?.kind !== "approval") return null;
  return { id: hold.approval_id, label: hold.label, at: hold.since, expires_at: hold.expires_at };
}

/**
 * What there is to tell of a run: its end, or the question it waits for. Undefined for a dry run, which is nobody's
 * business. Pure.
 */
export function buildNotice(
  spec: RunSpec,
  state: RunState,
  spend: readonly SpendState[] = [],
): RunNotice | undefined {
  if (spec.dry) return undefined;
  return {
    workspace_id: spec.workspace_id,
    worker_id: spec.worker_id,
    summary: buildSummary(spec, state),
    failure: state.outcome?.failure ?? null,
    approval: questionOf(state),
    spend,
    // A run that was accepted before versions carried it has none.
    notify: spec.notify ?? null,
    origin: spec.api_url,
  };
}
