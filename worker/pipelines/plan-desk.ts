import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { KeptStage, PlanRules, PlanState, StoredPipeline, StoredStage } from "#contract/pipelines/stage";
import type { StageTarget } from "../registry/pipeline-manifest/check-flow.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";
import { findPlan, keepPlanned, readPlan } from "./dynamic-plan.ts";
import type { PlanReading } from "./dynamic-plan.ts";
import { addStages, changeStage, planningStage } from "./pipeline-state.ts";
import type { PipelineState } from "./pipeline-state.ts";
import { findFailed } from "./plan.ts";

export interface PlanDeps {
  /** The tool that has a person approve a plan. */
  tool: string;
  /** What the pipeline takes. */
  input_schema: JsonSchema;
  /** What is known of workers, by name. */
  findTargets: (names: readonly string[]) => Promise<ReadonlyMap<string, StageTarget>>;
  /** The plan that it goes on with; null for one that it makes by itself. */
  before: PlanBefore | null;
}

/** A plan that was carried out before this attempt. */
export interface PlanBefore {
  plan: PlanState;
  /** An earlier attempt of this very run had it approved, so that it is not asked about again. */
  isApproved: boolean;
  /** Its stages with what whoever goes on from one of them gives that. */
  edit: (stages: StoredStage[]) => StoredStage[];
}

interface Draft {
  pipeline: StoredPipeline;
  /** What the planner has put out. */
  outputs: Json;
  plans: PlanDeps;
  /** Stages that completed earlier. */
  kept: readonly KeptStage[];
  call: (wish: ToolWish) => Promise<GateReply>;
}

const OPEN: PlanState = { status: "draft", revision: 0, feedback: null, previous: null, stages: [] };

/**
 * Takes a plan one step on: judged, shown to a person where the rules say so, and then the pipeline's; one that is none, or is
 * rejected, is asked for anew as often as they say. `retry_at`: when to ask again for a person's word; null for at once.
 */
export async function advancePlan(
  before: PipelineState,
  draft: Draft,
): Promise<{ state: PipelineState; retry_at: number | null }> {
  const { pipeline, outputs } = draft;
  const { plan: rules } = pipeline;
  if (rules === undefined) throw new Error("The pipeline has no plan.");
  const plan = before.plan ?? OPEN;
  const state = { ...before, plan };
  const given = findPlan(outputs);
  const refuse = (message: string) => ({
    state: refusePlan(state, { rules, plan, given, message }),
    retry_at: null,
  });
  const read = await judge(given, rules, draft);
  if (read.kind === "wrong") return refuse(read.message);
  const take = (taken: PlanReading & { kind: "plan" }) => ({
    state: takePlan(state, draft, taken),
    retry_at: null,
  });
  if (rules.approval === undefined) return take(read);
  const reply = await draft.call({
    call_id: `plan:${plan.revision}`,
    tool: draft.plans.tool,
    arguments: { plan: given },
  });
  if (reply.kind === "later") return { state, retry_at: reply.retry_at };
  if (reply.kind === "held") return { state, retry_at: Infinity };
  if (reply.kind === "denied") return refuse(reply.message);
  if (!reply.answer.ok) return refuse(reply.answer.message);
  const approved = reply.edited ? await judge(findPlan(reply.answer.content), rules, draft) : read;
  return approved.kind === "wrong" ? refuse(approved.message) : take(approved);
}

async function judge(given: Json, rules: PlanRules, { plans }: Draft): Promise<PlanReading> {
  const targets = await plans.findTargets(rules.workers);
  return readPlan(given, { rules, input_schema: plans.input_schema, targets });
}

function takePlan(
  state: PipelineState & { plan: PlanState },
  { plans: { before }, kept }: Draft,
  { stages, returns }: PlanReading & { kind: "plan" },
): PipelineState {
  const edited = before === null ? stages : before.edit(stages);
  const taken: PlanState = {
    ...state.plan,
    status: "approved",
    stages: edited,
    ...(returns === undefined ? {} : { returns }),
  };
  const over = before === null ? [] : keepPlanned(stages, { before: before.plan.stages, kept });
  return addStages({ ...state, plan: taken }, edited, over);
}

/** The plan in which an attempt begins that has one from before: approved, or a draft that is to be judged again. Pure. */
export function openPlan(before: PlanBefore | null): PlanState | null {
  if (before === null) return null;
  const { returns: _, ...plan } = before.plan;
  return before.isApproved
    ? { ...before.plan, status: "approved" }
    : { ...plan, status: "draft", stages: [] };
}

/** Another plan is asked for, or the pipeline fails with what is wrong with this one. */
function refusePlan(
  state: PipelineState,
  { rules, plan, given, message }: { rules: PlanRules; plan: PlanState; given: Json; message: string },
): PipelineState {
  const { revision } = plan;
  if (revision >= rules.revisions) {
    const failed = changeStage(
      state,
      { name: planningStage(revision) },
      { status: "failed", error: message },
    );
    return { ...failed, plan: { ...plan, status: "failed" } };
  }
  const next = revision + 1;
  const told = changeStage(state, { name: planningStage(revision) }, { error: message });
  return addStages({ ...told, plan: { ...OPEN, revision: next, feedback: message, previous: given } }, [
    { name: planningStage(next) },
  ]);
}

/** The state in which a pipeline ends, with what became of its plan. Pure. */
export function endPlan(pipeline: StoredPipeline, state: PipelineState): PipelineState {
  if (pipeline.plan === undefined) return state;
  const status = findFailed(pipeline, state) === undefined ? "executed" : "failed";
  return { ...state, plan: { ...(state.plan ?? OPEN), status } };
}
