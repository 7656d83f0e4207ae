import type { RunId, VersionId, WorkerId } from "#contract/ids";
import type { Artifact, RunDetail, RunSummary } from "#contract/run";
import type { RunEvent } from "#contract/run-event";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { JournalPart, JournalSummary } from "./journal.ts";
import { statusOf, whyWaiting } from "./describe-state.ts";
import type { RunState } from "./run-state.ts";
import type { RunSpec } from "./run-spec.ts";
import type { RunView } from "./run-api.ts";

/** What a view is made of. `result` facts stay on the journal, the verdict in the state. */
export interface ViewParts {
  tail: RunEvent[];
  spec: RunSpec;
  state: RunState;
  summary: JournalSummary;
}

function durationMs(state: RunState): number | null {
  if (state.ended_at === null || state.started_at === null) return null;
  return Math.max(0, state.ended_at - state.started_at);
}

/** The row of a run in lists; the projection in D1 holds the same. Pure. */
export function buildSummary(spec: RunSpec, state: RunState): RunSummary {
  const failure = state.outcome?.failure ?? null;
  return {
    id: spec.run_id as RunId,
    run_id: spec.run_id as RunId,
    worker_id: spec.worker_name,
    worker_name: spec.worker_title,
    version: spec.version,
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

function buildOutputViews(spec: RunSpec, outputs: Record<string, unknown>, artifacts: readonly Artifact[]) {
  return spec.outputs.map((field) => {
    const value = (outputs[field.name] ?? null) as RunDetail["output_schema"][number]["value"];
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

/** Everything about a run but its log lines. Pure. */
export function buildView({ spec, state, summary, tail }: ViewParts): RunView {
  const outputs = (state.outcome?.outputs ?? {}) as RunDetail["outputs"];
  const status = statusOf(state);
  const result = summary.result;
  return {
    workspace_id: spec.workspace_id,
    tail,
    outputs_stored: state.outcome !== null && state.outcome.outputs === null,
    detail: {
      ...buildSummary(spec, state),
      worker_uid: spec.worker_id as WorkerId,
      version_id: spec.version_id as VersionId,
      trigger_ref: spec.trigger_ref,
      runner: "e2b",
      input: spec.given_inputs,
      inputs: spec.given_inputs,
      output: outputs,
      outputs,
      output_schema: buildOutputViews(spec, outputs, summary.artifacts),
      artifacts: summary.artifacts,
      failure: state.outcome?.failure ?? null,
      error_raw: result?.error_raw ?? null,
      why_waiting: whyWaiting(state),
      exit_code: result?.exit_code ?? null,
      progress: summary.progress,
      usage: result?.usage ?? null,
      can_replay: status === "completed" || status === "failed",
      transcript: [],
      tool_calls: [],
      approval_trail: null,
      total_tokens: null,
      total_cost_usd: null,
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
  };
}

/** The summary after one more part. Pure. */
export function extendSummary(summary: JournalSummary, part: JournalPart): JournalSummary {
  return {
    last_seq: Math.max(summary.last_seq, part.seq_to),
    offset: part.end_offset,
    bytes: part.end_offset,
    artifacts: part.artifacts.length > 0 ? [...summary.artifacts, ...part.artifacts] : summary.artifacts,
    result: part.result ?? summary.result,
    progress: part.progress ?? summary.progress,
  };
}
