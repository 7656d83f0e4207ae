import * as z from "zod";
import type { Json } from "#contract/json";
import { planStateSchema, stageNameSchema, stageStatusSchema } from "#contract/pipelines/stage";
import type { KeptStage, PlanState, StageView, StoredPipeline, StoredStage } from "#contract/pipelines/stage";

/** One run of a stage, and what came of it: of its only one, or of one item. */
const unitSchema = z.object({
  status: z.enum(["running", "completed", "failed"]),
  /** Null where it could not even be started. */
  run_id: z.string().nullable(),
  /** How often it has been begun. */
  tries: z.int(),
  /** A person has given it other inputs than its expressions say. */
  edited: z.literal(true).optional(),
});
export type Unit = z.infer<typeof unitSchema>;

const stageStateSchema = z.object({
  status: stageStatusSchema,
  /** How many runs it takes; null before that is known. */
  total: z.int().nullable(),
  /** By their number; as many as were begun. */
  units: z.array(unitSchema),
  error: z.string().nullable(),
  /** When its turn came and when it was over, epoch milliseconds; null before, and for what was taken over. */
  started_at: z.number().nullable().default(null),
  ended_at: z.number().nullable().default(null),
});
export type StageState = z.infer<typeof stageStateSchema>;

export const pipelineStateSchema = z.object({
  stages: z.record(stageNameSchema, stageStateSchema),
  plan: planStateSchema.nullable().default(null),
  started_at: z.number(),
  /** When something of it changed last, epoch milliseconds: the longer nothing does, the more seldom it looks. */
  changed_at: z.number(),
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

const NO_TIMES = { started_at: null, ended_at: null };
const PENDING: StageState = { status: "pending", total: null, units: [], error: null, ...NO_TIMES };

/** A pipeline of which nothing has begun but what it takes over from an earlier run, its plan with it. Pure. */
export function openPipeline(
  { stages }: StoredPipeline,
  { kept, plan = null, now }: { kept: readonly KeptStage[]; plan?: PlanState | null; now: number },
): PipelineState {
  const entries = stages.map(({ name }) => [name, openStage(name, kept)] as const);
  return { stages: Object.fromEntries(entries), plan, started_at: now, changed_at: now };
}

function openStage(name: string, kept: readonly KeptStage[]): StageState {
  const before = kept.find((stage) => stage.name === name);
  return before === undefined ? PENDING : completedWith(before.run_ids);
}

function completedWith(runIds: readonly string[]): StageState {
  const units = runIds.map((run_id): Unit => ({ status: "completed", run_id, tries: 1 }));
  return { status: "completed", total: units.length, units, error: null, ...NO_TIMES };
}

/** The name of the stage that makes the plan of a revision. Pure. */
export function planningStage(revision: number): StoredStage["name"] {
  return stageNameSchema.parse(revision === 0 ? "plan" : `plan_${revision + 1}`);
}

/** Whether a stage of this name makes a plan, where a pipeline has one. Pure. */
export const isPlanning = (name: string): boolean => /^plan(?:_\d+)?$/.test(name);

/** Where the plan stands, for the stage that made it; null for all other stages. Pure. */
function planStatusOf({ plan, stages }: PipelineState, name: string): PlanState["status"] | null {
  if (plan === null || !isPlanning(name)) return null;
  if (name !== planningStage(plan.revision)) return "failed";
  if (plan.status !== "approved") return plan.status;
  const begun = plan.stages.some((stage) => stages[stage.name]?.status !== "pending");
  return begun ? "executing" : "approved";
}

/** What reads no other stage comes after the plan that it is of, and a plan after the one in whose place it is made. Pure. */
function comesAfterPlan({ plan }: PipelineState, name: string): string[] {
  if (plan === null) return [];
  const { revision, stages } = plan;
  if (stages.some((stage) => stage.name === name)) return [planningStage(revision)];
  const own = Array.from({ length: revision }, (_, at) => at).find((at) => name === planningStage(at + 1));
  return own === undefined ? [] : [planningStage(own)];
}

/** The state with stages that it did not have, of which nothing has begun but what is taken over. Pure. */
export function addStages(
  state: PipelineState,
  added: readonly Pick<StoredStage, "name">[],
  kept: readonly KeptStage[] = [],
): PipelineState {
  const fresh = added.filter(({ name }) => state.stages[name] === undefined);
  const entries = fresh.map(({ name }) => [name, openStage(name, kept)] as const);
  return { ...state, stages: { ...state.stages, ...Object.fromEntries(entries) } };
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
    const { status, units, total, error, started_at, ended_at } = stateOf(state, stage);
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
      needs: stage.needs.length > 0 ? [...stage.needs] : comesAfterPlan(state, stage.name),
      plan: planStatusOf(state, stage.name),
      started_at: toIso(started_at),
      ended_at: toIso(ended_at),
    };
  });
}

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const isOver = ({ status }: Pick<StageState, "status">): boolean =>
  status !== "pending" && status !== "running";

/** The state with the times of those stages whose status is another one than before. Pure. */
export function stampTimes(before: PipelineState, after: PipelineState, now: number): PipelineState {
  const stamp = (name: string, stage: StageState): StageState => {
    const was = before.stages[stageNameSchema.parse(name)];
    if (was === undefined || was.status === stage.status || stage.status === "skipped") return stage;
    const started_at = stage.started_at ?? now;
    return { ...stage, started_at, ended_at: isOver(stage) ? now : null };
  };
  const entries = Object.entries(after.stages).map(([name, stage]) => [name, stamp(name, stage)] as const);
  return { ...after, stages: Object.fromEntries(entries) };
}

/** When each stage ran, in the order in which they began, as the pipeline's output tells it. Pure. */
export function timelineOf({ stages }: StoredPipeline, state: PipelineState): Json[] {
  const told = stages.flatMap(({ name }) => {
    const { status, started_at: from, ended_at: to } = stateOf(state, { name });
    return from === null ? [] : [{ stage: name, status, from, to }];
  });
  return told
    .toSorted((a, b) => a.from - b.from)
    .map(({ stage, status, from, to }) => ({
      stage,
      status,
      started_at: toIso(from),
      ended_at: toIso(to),
      wall_time_ms: to === null ? null : to - from,
    }));
}
