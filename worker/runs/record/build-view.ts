import {
  toWireCost,
  toWireInputs,
  toWireOutputs,
  toWireRun,
  toWireTrail,
  toWireWorker,
} from "#contract/floom-wire";
import { isTerminal } from "#contract/runs/run";
import type { Artifact, RunAttempt, RunDetail, RunSummary } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { AttemptTally } from "./attempt-tally.ts";
import { statusOf, whyWaiting } from "../lifecycle/run-status.ts";
import { buildCost, endOfWork } from "../lifecycle/sandbox-cost.ts";
import type { RunState } from "../lifecycle/run-state.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildTrail } from "./build-approval.ts";
import { engineInputs } from "../spec/two-phase.ts";
import type { RunView } from "./run-api.ts";

/** What a view is made of. `result` facts stay on the journal, the verdict in the state. */
export interface ViewParts {
  tail: RunEvent[];
  spec: RunSpec;
  state: RunState;
  tally: AttemptTally;
  /** Epoch milliseconds: what a run has cost that is under way. */
  now: number;
}

function durationMs(state: RunState): number | null {
  // The wait for a decision is nobody's work: the time stands still from then on.
  const isHeld = state.phase === "held" && state.hold?.in_place !== undefined;
  const over = endOfWork(state) ?? (isHeld ? state.phase_since : state.ended_at);
  if (over === null || state.started_at === null) return null;
  return Math.max(0, over - state.started_at - state.held_ms);
}

/** The row of a run in lists; the projection in D1 holds the same. Pure. */
export function buildSummary(spec: RunSpec, state: RunState): RunSummary {
  const failure = state.outcome?.failure ?? null;
  return {
    ...toWireRun(spec.run_id),
    ...toWireWorker({ name: spec.worker_name, title: spec.worker_title }),
    version: spec.version,
    action: spec.action,
    status: statusOf(state),
    trigger_source: spec.trigger_source,
    created_at: toIso(spec.created_at),
    started_at: toIsoOrNull(state.started_at),
    completed_at: toIsoOrNull(state.ended_at),
    duration_ms: durationMs(state),
    error: failure?.message ?? null,
    error_code: failure?.code ?? null,
    attempt: state.attempt,
  };
}

/** The type of an output as the page renders it (floom.md section 1.5). */
function outputType(field: RunSpec["outputs"][number]): string {
  if (field.kind === "scalar") return ["string", "text", "select"].includes(field.type) ? "text" : field.type;
  const byMedia: Record<string, string> = {
    "text/markdown": "markdown",
    "text/csv": "csv",
    "application/json": "json",
  };
  return byMedia[field.media_type ?? ""] ?? "file";
}

function buildOutputViews(spec: RunSpec, outputs: RunDetail["outputs"], artifacts: readonly Artifact[]) {
  return spec.outputs.map((field) => {
    const value = outputs[field.name] ?? null;
    const artifact =
      field.kind === "file" ? artifacts.find((a) => a.path === value || a.path === field.path) : undefined;
    return {
      name: field.name,
      type: outputType(field),
      label: field.label,
      value,
      artifact_id: artifact?.id ?? null,
    };
  });
}

/** Every try, the one under way last. */
function buildAttempts(state: RunState): RunAttempt[] {
  const over = state.attempts.map(({ attempt, started_at, ended_at, lost, code }): RunAttempt => ({
    attempt,
    started_at: toIsoOrNull(started_at),
    ended_at: toIso(ended_at),
    lost,
    error_code: code,
  }));
  if (state.attempt === 0 || over.at(-1)?.attempt === state.attempt) return over;
  const current = { attempt: state.attempt, started_at: toIsoOrNull(state.attempt_started_at) };
  const failure = state.outcome?.failure?.code ?? null;
  return [...over, { ...current, ended_at: toIsoOrNull(state.ended_at), lost: false, error_code: failure }];
}

/** The contexts of the current attempt; nothing for a run that has none. */
function buildContexts({ mounted }: RunState): Pick<RunDetail, "contexts"> {
  if (mounted === undefined) return {};
  return {
    contexts: mounted.contexts.map(({ name, version, digest, writeable, written_version }) => {
      return { name, version, digest, writeable, written_version };
    }),
  };
}

/** Where the run comes from besides its trigger. */
function buildOriginFacts({ run_id, replay_of, dry, lineage }: RunSpec) {
  return {
    replay_of: replay_of ?? null,
    dry,
    parent_run_id: lineage?.parent_run_id ?? null,
    root_run_id: lineage?.root_run_id ?? run_id,
    depth: lineage?.depth ?? 0,
  };
}

/** What it has put out, or proposes to. What is asked in the middle of an attempt is neither. */
function outputsOf({ outcome, hold }: RunState): RunDetail["outputs"] {
  const proposed = hold === null || hold.in_place ? null : hold.outcome.outputs;
  return outcome?.outputs ?? proposed ?? {};
}

/** Everything about a run but its log lines. Pure. */
export function buildView({ spec, state, tally, tail, now }: ViewParts): RunView {
  const outputs = outputsOf(state);
  const inputs = { ...spec.given_inputs, ...engineInputs(spec.inputs) };
  const status = statusOf(state);
  const trail = buildTrail(spec, state.hold ?? null);
  const result = tally.result;
  return {
    workspace_id: spec.workspace_id,
    tail,
    outputs_stored: state.outcome !== null && state.outcome.outputs === null,
    detail: {
      ...buildSummary(spec, state),
      worker_uid: spec.worker_id,
      version_id: spec.version_id,
      trigger_ref: spec.trigger_ref,
      runner: "e2b",
      ...toWireInputs(inputs),
      ...toWireOutputs(outputs),
      output_schema: buildOutputViews(spec, outputs, tally.artifacts),
      artifacts: tally.artifacts,
      ...buildContexts(state),
      failure: state.outcome?.failure ?? null,
      ...(state.outcome?.warnings === undefined ? {} : { warnings: state.outcome.warnings }),
      error_raw: result?.error_raw ?? null,
      attempts: buildAttempts(state),
      priority: spec.priority,
      why_waiting: whyWaiting(state),
      exit_code: result?.exit_code ?? null,
      progress: tally.progress,
      ...(tally.partial === undefined || status === "completed" ? {} : { partial: tally.partial }),
      usage: result?.usage ?? null,
      can_replay: isTerminal(status),
      ...(spec.council === null ? {} : { holds_council: true as const }),
      ...buildOriginFacts(spec),
      ...toWireTrail(trail),
      total_tokens: spec.agent === null ? null : (state.model_tokens ?? 0),
      ...toWireCost(buildCost(state, spec.usd_per_second, now)),
    },
  };
}

/** The event that tells followers where the run stands now. */
export function buildStatusEvent(parts: {
  spec: RunSpec;
  state: RunState;
  seq: number;
  now: number;
}): RunEvent {
  const { spec, state } = parts;
  return {
    type: "status",
    seq: parts.seq,
    timestamp: toIso(parts.now),
    run_id: spec.run_id,
    status: statusOf(state),
    attempt: state.attempt,
    why_waiting: whyWaiting(state),
    error: state.outcome?.failure?.message ?? null,
    failure: state.outcome?.failure ?? null,
    completed_at: toIsoOrNull(state.ended_at),
    duration_ms: durationMs(state),
    ...(state.phase === "held" && state.hold
      ? { approval_id: state.hold.approval_id, label: state.hold.label }
      : {}),
  };
}

/** The event that tells followers what was decided; null while nothing is. */
export function buildDecidedEvent(state: RunState, seq: number, now: number): RunEvent | null {
  const { approval_id, verdict } = state.hold ?? {};
  if (!approval_id || !verdict) return null;
  return {
    type: "approval_decided",
    seq,
    timestamp: toIso(now),
    approval_id,
    decision: verdict.status,
    follow_up_run_id: verdict.follow_up_run_id,
    reason: verdict.reason,
  };
}
