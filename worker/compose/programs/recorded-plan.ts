import type { PlanState } from "#contract/pipelines/stage";
import { PipelineStorage } from "../../pipelines/pipeline-storage.ts";

/** The plan that an attempt has carried out, or began to; null where it came to none. */
export function readRecordedPlan(entries: SyncKvStorage): PlanState | null {
  const plan = new PipelineStorage(entries).load()?.plan ?? null;
  return plan === null || plan.stages.length === 0 ? null : plan;
}
