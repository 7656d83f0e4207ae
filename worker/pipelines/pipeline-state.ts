import * as z from "zod";
import { stageNameSchema, stageStatusSchema } from "#contract/pipelines/stage";
import type { KeptStage, StageView, StoredPipeline, StoredStage } from "#contract/pipelines/stage";

/** One run of a stage, and what came of it: of its only one, or of one item. */
const unitSchema = z.object({
  status: z.enum(["running", "completed", "failed"]),
  /** Null where it could not even be started. */
  run_id: z.string().nullable(),
  /** How often it has been begun. */
  tries: z.int(),
});
export type Unit = z.infer<typeof unitSchema>;

const stageStateSchema = z.object({
  status: stageStatusSchema,
  /** How many runs it takes; null before that is known. */
  total: z.int().nullable(),
  /** By their number; as many as were begun. */
  units: z.array(unitSchema),
  error: z.string().nullable(),
});
export type StageState = z.infer<typeof stageStateSchema>;

export const pipelineStateSchema = z.object({
  stages: z.record(stageNameSchema, stageStateSchema),
  started_at: z.number(),
  /** When something of it changed last, epoch milliseconds: the longer nothing does, the more seldom it looks. */
  changed_at: z.number(),
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

/** A pipeline of which nothing has begun but what it takes over from an earlier run. Pure. */
export function openPipeline(
  { stages }: StoredPipeline,
  { kept, now }: { kept: readonly KeptStage[]; now: number },
): PipelineState {
  const pending: StageState = { status: "pending", total: null, units: [], error: null };
  const entries = stages.map(({ name }) => {
    const before = kept.find((stage) => stage.name === name);
    return [name, before === undefined ? pending : completedWith(before.run_ids)] as const;
  });
  return { stages: Object.fromEntries(entries), started_at: now, changed_at: now };
}

function completedWith(runIds: readonly string[]): StageState {
  const units = runIds.map((run_id): Unit => ({ status: "completed", run_id, tries: 1 }));
  return { status: "completed", total: units.length, units, error: null };
}

/** Where a stage stands. Throws for one that the pipeline does not have. */
export function stateOf({ stages }: PipelineState, { name }: Pick<StoredStage, "name">): StageState {
  const found = stages[name];
  if (found === undefined) throw new Error(`The pipeline has no stage ${name}.`);
  return found;
}

/** The state with one stage changed. Pure. */
export function changeStage(
  state: PipelineState,
  { name }: Pick<StoredStage, "name">,
  change: Partial<StageState>,
): PipelineState {
  return { ...state, stages: { ...state.stages, [name]: { ...stateOf(state, { name }), ...change } } };
}

/** The stages as people are told of them. Pure. */
export function viewStages({ stages }: StoredPipeline, state: PipelineState): StageView[] {
  return stages.map((stage): StageView => {
    const { status, units, total, error } = stateOf(state, stage);
    const runIds = units.flatMap(({ run_id }) => run_id ?? []);
    const isMany = stage.for_each !== undefined;
    const done = units.filter((unit) => unit.status !== "running").length;
    return {
      name: stage.name,
      worker: stage.worker,
      status,
      run_id: isMany ? null : (runIds[0] ?? null),
      // Told once: a list that grows with each change would be told over and over.
      run_ids: isMany && status !== "running" ? runIds : [],
      items: isMany && total !== null ? { total, done } : null,
      error,
    };
  });
}
