import { buildFailure } from "#contract/runs/run-failure";
import type { RunSummary } from "#contract/runs/run";
import { GIVEN_UP } from "../lifecycle/given-up.ts";
import { acceptRun } from "../lifecycle/lifecycle.ts";
import type { RunState } from "../lifecycle/run-state.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildNotice } from "./build-notice.ts";
import type { RunNotice } from "./build-notice.ts";
import { buildSummary } from "./build-view.ts";

/** A run whose own object has never taken it up, as it is shown once its queue gives it up at `now`. Pure. */
export function buildRefused(
  spec: RunSpec,
  now: number,
): { summary: RunSummary; notice: RunNotice | undefined } {
  const failure = buildFailure("internal_error", GIVEN_UP);
  const state: RunState = {
    ...acceptRun(false, spec.created_at).state,
    phase: "ended",
    phase_since: now,
    ended_at: now,
    outcome: { status: "failed", failure, outputs: {} },
  };
  return { summary: buildSummary(spec, state), notice: buildNotice(spec, state) };
}
