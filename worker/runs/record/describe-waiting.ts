import type { RunSummary } from "#contract/runs/run";
import { acceptRun } from "../lifecycle/lifecycle.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildSummary } from "./build-view.ts";

/** A run that waits in its worker's queue, as lists show it before its own object has been told of it. Pure. */
export function describeWaiting(spec: RunSpec): {
  workspaceId: string;
  workerId: string;
  summary: RunSummary;
} {
  const { state } = acceptRun(false, spec.created_at);
  return { workspaceId: spec.workspace_id, workerId: spec.worker_id, summary: buildSummary(spec, state) };
}
