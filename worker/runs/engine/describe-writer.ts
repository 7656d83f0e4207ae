import type { StoreWriter } from "../record/run-api.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** As whom a script of the run may use the store. What a dry run writes is seen by itself and kept by nobody. Pure. */
export function describeWriter(
  { workspace_id, worker_id, transactional, dry }: RunSpec,
  permit: StoreWriter["permit"],
): StoreWriter {
  return { workspace_id, worker_id, permit, staged: transactional || dry };
}
