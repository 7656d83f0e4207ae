import type { Json } from "#contract/json";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { runFileUri } from "./resources/resource-uri.ts";
import { isAskingPeople } from "./asking/ask-person.ts";
import { tell } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";

/** So many lines of a log are told. */
export const LAST_LINES = 20;

/** A run as a model needs it: how it stands, what came of it, and what to call next. A failed run is an error. */
export function describeRun(run: RunDetail, publicUrl: string, verbose = false): ToolResult {
  const isOver = isTerminal(run.status);
  const asks = isAskingPeople(run) ? run.approval_trail : null;
  const told: Record<string, Json> = {
    run_id: run.id,
    worker: run.worker_id,
    version: run.version,
    status: asks === null ? run.status : "approval_required",
    outputs: run.outputs,
    url: `${publicUrl}/runs/${run.id}`,
  };
  if (run.failure !== null) told["error"] = { ...run.failure };
  if (run.artifacts.length > 0) told["files"] = run.artifacts.map((one) => describeFile(run, one, publicUrl));
  if (!isOver) told["why_waiting"] = run.why_waiting;
  if (run.logs.length > 0) told["log"] = run.logs.slice(-LAST_LINES).map(({ message }) => message);
  if (asks !== null) {
    told["approval_id"] = asks.id;
    told["asked"] = asks.label;
    // Never the review link, which decides for whoever has it: what is told here a model reads.
    told["decide_at"] = `${publicUrl}/runs/${run.id}`;
  }
  const next = nextStep(run, asks !== null);
  if (next !== "") told["next"] = next;
  const rest = `The whole is at ${publicUrl}/api/runs/${run.id}; run_logs has the log page by page.`;
  const result = tell(told, { verbose, note: next, rest });
  const meta: Record<string, Json> = {
    "floom/run_id": run.id,
    "floom/duration_ms": run.duration_ms,
    "floom/cost_usd": run.total_cost_usd,
  };
  return {
    ...result,
    _meta: meta,
    ...(run.status === "failed" || run.status === "cancelled" ? { isError: true } : {}),
  };
}

function describeFile(
  run: RunDetail,
  { id, name, path, type, size_bytes }: RunDetail["artifacts"][number],
  publicUrl: string,
): Json {
  return {
    name,
    type,
    size_bytes,
    uri: runFileUri(run.id, path),
    url: `${publicUrl}/api/runs/${run.id}/artifacts/${id}/download`,
  };
}

function nextStep(run: RunDetail, isAsking: boolean): string {
  if (isAsking) return "The run waits for a person: give them decide_at. Then call run_wait with this run.";
  if (!isTerminal(run.status)) return "The run is under way: call run_wait with this run for its end.";
  return run.status === "failed"
    ? "Read the error and the log; mend the worker, deploy it, then run_replay with version active."
    : "";
}
