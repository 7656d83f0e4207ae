import type { KeptStage, StageView, StoredPipeline } from "#contract/pipelines/stage";

/**
 * What a pipeline's run takes over when it goes on from a stage: those that completed, and neither are that one nor wait for
 * it, directly or by others. Null where the pipeline has no such stage. Pure.
 */
export function keepStages(
  { stages }: Pick<StoredPipeline, "stages">,
  { from, had }: { from: string; had: readonly StageView[] },
): KeptStage[] | null {
  if (!stages.some(({ name }) => name === from)) return null;
  const again = new Set<string>([from]);
  for (let size = 0; size !== again.size;) {
    size = again.size;
    for (const { name, needs } of stages) if (needs.some((one) => again.has(one))) again.add(name);
  }
  return keepCompleted({ stages: stages.filter(({ name }) => !again.has(name)) }, had);
}

/** Those of the stages that completed, with the runs that they had. Pure. */
export function keepCompleted(
  { stages }: Pick<StoredPipeline, "stages">,
  had: readonly StageView[],
): KeptStage[] {
  return stages.flatMap(({ name, for_each }): KeptStage[] => {
    const before = had.find((stage) => stage.name === name);
    if (before?.status !== "completed") return [];
    const runIds = before.run_id === null ? before.run_ids : [before.run_id];
    // One that had no run for each item then, and has one now, is another stage.
    const isAlike = (before.items !== null) === (for_each !== undefined);
    return isAlike ? [{ name, run_ids: runIds }] : [];
  });
}

/** The stages that have made plans, the one that is carried out and those before it, with the runs that they had. Pure. */
export function keepPlanners(had: readonly StageView[]): KeptStage[] {
  return had.flatMap(({ name, plan, status, run_id }) =>
    plan !== null && status === "completed" && run_id !== null ? [{ name, run_ids: [run_id] }] : [],
  );
}
