import type { JsonSchema } from "#contract/actions/action";
import { JsonRefused, readGivenJson } from "#contract/json";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type {
  KeptStage,
  PlanRules,
  PlanState,
  StageInput,
  StoredPipeline,
  StoredStage,
} from "#contract/pipelines/stage";
import { canonicalJson } from "../platform/canonical-json.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import { createReport } from "../registry/manifest/report.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { checkFlow } from "../registry/pipeline-manifest/check-flow.ts";
import type { StageTarget } from "../registry/pipeline-manifest/check-flow.ts";
import { isPlanning, planningStage } from "./pipeline-state.ts";

/*
 * Plans that a worker makes while the pipeline runs. A plan is what `stages` of worker.yml is, held to the same rules; it may use
 * the workers that worker.yml lists for it, and no others. The stage that makes it is the pipeline's first, `plan`; one that
 * makes another plan in place of a refused one is `plan_2`.
 */

/** The stages that a plan stands for, or why it is none, in a sentence. */
export type PlanReading =
  | { kind: "plan"; stages: StoredStage[]; returns?: Record<string, StageInput> }
  | { kind: "wrong"; message: string };

export interface PlanCase {
  rules: PlanRules;
  /** What the pipeline takes. */
  input_schema: JsonSchema;
  targets: ReadonlyMap<string, StageTarget>;
}

/** What a planner has put out as its plan: `plan`, or all of it. A text is read as JSON, also out of a fenced block. Pure. */
export function findPlan(outputs: Json): Json {
  const { plan = outputs } = isObject(outputs) ? outputs : {};
  if (typeof plan !== "string") return plan;
  const [, fenced = plan] = /```(?:json)?\s*\n([\s\S]*?)\n```/.exec(plan) ?? [];
  try {
    return readGivenJson(fenced);
  } catch (error) {
    if (error instanceof JsonRefused) return plan;
    throw error;
  }
}

const NO_STAGES = "The plan has no stages: it is a list of them, or an object with stages.";

/** Reads a plan by the rules that a pipeline is held to at push. Pure. */
export function readPlan(given: Json, { rules, input_schema: inputSchema, targets }: PlanCase): PlanReading {
  const { actions, stages = actions, returns } = isObject(given) ? given : {};
  const list = Array.isArray(given) ? given : stages;
  if (!Array.isArray(list) || list.length === 0) return { kind: "wrong", message: NO_STAGES };
  const text = JSON.stringify(asManifest(list, { returns, inputSchema }));
  if (text.length > limits.manifest_bytes.value) return { kind: "wrong", message: "The plan is too large." };
  const { manifest, findings, placeAt } = parseManifest(text);
  const pipeline = manifest?.pipeline;
  const report = createReport();
  if (pipeline !== undefined) checkFlow({ pipeline, input_schema: inputSchema, targets, placeAt, report });
  const faults = [...findings, ...report.list()].filter(({ severity }) => severity === "error");
  const own = (pipeline?.stages ?? []).filter(({ name }) => isPlanning(name));
  const strangers = (pipeline?.stages ?? []).filter(({ worker }) => !rules.workers.includes(worker));
  const messages = [
    ...faults.map(({ pointer, message }) => `${pointer}: ${message}`),
    ...own.map(({ name }) => `No stage of a plan is called ${name}.`),
    ...strangers.map(
      ({ name, worker }) => `${name} names ${worker}, which is none of ${rules.workers.join(", ")}.`,
    ),
  ];
  if (messages.length > 0 || pipeline === undefined)
    return { kind: "wrong", message: messages.slice(0, 5).join(" ") || "The plan cannot be read." };
  const { stages: planned, returns: gives } = pipeline;
  return { kind: "plan", stages: planned, ...(gives === undefined ? {} : { returns: gives }) };
}

/** The plan as the worker.yml of a pipeline, which has rules already. */
function asManifest(
  stages: readonly Json[],
  { returns, inputSchema }: { returns: Json | undefined; inputSchema: JsonSchema },
): Json {
  const { properties } = inputSchema;
  const names = Object.keys(isObject(properties) ? properties : {});
  return {
    schema_version: "0.3",
    name: "the-plan",
    title: "The plan",
    version: "0.0.0",
    exec: { mode: "pipeline", inputs: names.map((name) => ({ name, type: "json" })) },
    stages: [...stages],
    ...(returns === undefined ? {} : { returns }),
  };
}

/** The pipeline as it is now: its planner's stages, and those of the plan that is carried out. Pure. */
export function withPlan(pipeline: StoredPipeline, plan: PlanState | null): StoredPipeline {
  const { plan: rules } = pipeline;
  const [planner] = pipeline.stages;
  if (rules === undefined || planner === undefined) return pipeline;
  const revision = plan?.revision ?? 0;
  const planners = Array.from({ length: revision + 1 }, (_, at): StoredStage => {
    if (at === 0) return planner;
    const more: Record<string, StageInput> =
      at === revision && plan !== null
        ? { feedback: { value: plan.feedback }, previous_plan: { value: plan.previous } }
        : {};
    const given = rules.takes_feedback === true ? more : {};
    return { ...planner, name: planningStage(at), input: { ...planner.input, ...given } };
  });
  const returns = plan?.returns ?? pipeline.returns;
  return {
    ...pipeline,
    stages: [...planners, ...(plan?.stages ?? [])],
    ...(returns === undefined ? {} : { returns }),
  };
}

/**
 * Of stages that completed in an earlier run those that stand for the stages of a plan as it is now: said in the same words,
 * and so is all that they read. Pure.
 */
export function keepPlanned(
  stages: readonly StoredStage[],
  { before, kept }: { before: readonly StoredStage[]; kept: readonly KeptStage[] },
): KeptStage[] {
  const words = (stage: StoredStage) => canonicalJson(stage);
  let same = stages.filter((stage) => before.some((one) => words(one) === words(stage)));
  for (let size = -1; size !== same.length;) {
    size = same.length;
    const names = new Set(same.map(({ name }) => name));
    same = same.filter(({ needs }) => needs.every((name) => names.has(name)));
  }
  return kept.filter(({ name }) => same.some((stage) => stage.name === name));
}
