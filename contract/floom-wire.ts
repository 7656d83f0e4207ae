import type { ApprovalTrail, RunDetail } from "./runs/run.ts";
import type { RunId, WorkerName } from "./ids.ts";

/**
 * What Floom's clients expect besides what is needed: the same fact under two names. Inside, everything has one name; here it gets the others. Pure.
 */

/** A worker is called `worker_id` by its name and `worker_name` by its title: its true id is `worker_uid`, where it is shown. */
export function toWireWorker(worker: { name: WorkerName; title: string }): {
  worker_id: WorkerName;
  worker_name: string;
} {
  return { worker_id: worker.name, worker_name: worker.title };
}

/** The worker that a wire document is about. */
export function fromWireWorker(wire: { worker_id: WorkerName; worker_name: string }): {
  name: WorkerName;
  title: string;
} {
  return { name: wire.worker_id, title: wire.worker_name };
}

/** A run is named twice. */
export function toWireRun(id: RunId): Pick<RunDetail, "id" | "run_id"> {
  return { id, run_id: id };
}

/** What a run was given, in the singular and in the plural. */
export function toWireInputs(inputs: RunDetail["inputs"]): Pick<RunDetail, "input" | "inputs"> {
  return { input: inputs, inputs };
}

/** What a run has made, in the singular and in the plural. */
export function toWireOutputs(outputs: RunDetail["outputs"]): Pick<RunDetail, "output" | "outputs"> {
  return { output: outputs, outputs };
}

/** Where a file lies in its run's work directory; every such path is relative. */
export function toWirePath(path: string): { path: string; relative_path: string } {
  return { path, relative_path: path };
}

/** What a run asks people: the whole of it, and how it stands. */
export function toWireTrail(
  trail: ApprovalTrail | null,
): Pick<RunDetail, "approval_trail" | "approval_status"> {
  return { approval_trail: trail, approval_status: trail?.status ?? null };
}

/** What a run has cost: all of it, and its sum. */
export function toWireCost(cost: RunDetail["cost"]): Pick<RunDetail, "cost" | "total_cost_usd"> {
  return { cost, total_cost_usd: cost.total_usd };
}
