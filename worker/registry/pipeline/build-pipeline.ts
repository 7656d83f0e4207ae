import type { Json } from "#contract/json";
import type { AuthoredManifest } from "#contract/manifest/keys";
import type { AuthoredStage } from "#contract/manifest/pipeline-keys";
import { storedPipelineSchema } from "#contract/pipelines/stage";
import type { StageInput, StoredPipeline } from "#contract/pipelines/stage";
import { readExpression } from "./expression.ts";
import { readCondition, readMapped } from "./read-mapping.ts";

/** What an input is, as its author wrote it: a text is an expression, all else stands for itself. Pure. */
export function inputOf(written: Json): StageInput {
  return typeof written === "string" ? { expression: written } : { value: written };
}

type Expressions = Pick<AuthoredStage, "input" | "input_mapping" | "when" | "condition" | "for_each">;

/** The expressions of a stage, each with the keys that lead to it. Pure. */
export function expressionsOf({
  input = {},
  input_mapping: mapping = {},
  when,
  condition,
  for_each,
}: Expressions): { path: string[]; text: string }[] {
  const inputs = [
    ...Object.entries(input).map(([name, written]) => ({ path: ["input", name], read: inputOf(written) })),
    ...Object.entries(mapping).map(([name, written]) => ({
      path: ["input_mapping", name],
      read: readMapped(written),
    })),
  ].flatMap(({ path, read }) => ("expression" in read ? [{ path, text: read.expression }] : []));
  const short = condition === undefined ? undefined : readCondition(condition);
  const others = Object.entries({ when, condition: short, for_each }).flatMap(([key, text]) =>
    text === undefined ? [] : [{ path: [key], text }],
  );
  return [...inputs, ...others];
}

/** When a stage runs, in whichever of the two forms it says so. */
function whenOf({ when, condition }: AuthoredStage): string | undefined {
  return when ?? (condition === undefined ? undefined : readCondition(condition));
}

function inputsOfStage({
  input = {},
  input_mapping: mapping = {},
}: AuthoredStage): Record<string, StageInput> {
  const mapped = Object.entries(mapping).map(([name, one]) => [name, readMapped(one)] as const);
  return { ...inputsOf(input), ...Object.fromEntries(mapped) };
}

/** Names of the stages that have to be over before this one: those that it reads, and those it says. Pure. */
export function needsOf(stage: AuthoredStage, names: readonly string[]): string[] {
  const read = expressionsOf(stage).flatMap(({ text }) => {
    const reading = readExpression(text);
    return reading.kind === "read" ? [...reading.names] : [];
  });
  const wanted = new Set([...(stage.after ?? []), ...read]);
  return names.filter((name) => wanted.has(name));
}

/** The stages of a pipeline as they are stored; null for a worker that is none. Pure. */
export function buildPipeline({
  stages: written = [],
  plan,
  returns,
}: AuthoredManifest): StoredPipeline | null {
  const stages = plan === undefined ? written : [plannerOf(plan)];
  if (stages.length === 0) return null;
  const names = stages.map(({ name }) => name);
  return storedPipelineSchema.parse({
    stages: stages.map((stage) => ({
      name: stage.name,
      worker: stage.worker,
      ...(stage.action === undefined ? {} : { action: stage.action }),
      input: inputsOfStage(stage),
      needs: needsOf(stage, names),
      ...(whenOf(stage) === undefined ? {} : { when: whenOf(stage) }),
      ...(stage.for_each === undefined ? {} : { for_each: stage.for_each }),
      retries: stage.retries ?? 0,
      ...(stage.timeout_seconds === undefined ? {} : { timeout_seconds: stage.timeout_seconds }),
      optional: stage.optional ?? false,
      ...approvalOf(stage),
      ...(stage.cache === undefined ? {} : { cache: { ttl_seconds: readTtl(stage.cache.ttl) } }),
    })),
    ...(returns === undefined ? {} : { returns: inputsOf(returns) }),
    ...(plan === undefined
      ? {}
      : { plan: { workers: plan.workers, revisions: plan.revisions ?? 0, ...approvalOf(plan) } }),
  });
}

/** The stage in which a plan is made. Pure. */
export function plannerOf({ planner, action, input }: NonNullable<AuthoredManifest["plan"]>): AuthoredStage {
  return {
    name: "plan",
    worker: planner,
    ...(action === undefined ? {} : { action }),
    ...(input === undefined ? {} : { input }),
  };
}

function approvalOf({ approval }: Pick<AuthoredStage, "approval">) {
  if (approval === undefined || approval === false) return {};
  const { label } = approval === true ? {} : approval;
  return { approval: label === undefined ? {} : { label } };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30m` or `7d`. */
function readTtl(text: string): number {
  return Number.parseInt(text, 10) * (SECONDS[text.slice(-1)] ?? 1);
}

function inputsOf(written: Readonly<Record<string, Json>>): Record<string, StageInput> {
  return Object.fromEntries(Object.entries(written).map(([name, one]) => [name, inputOf(one)]));
}

/** The stages that wait for each other in a circle, in their order; empty where none do. Pure. */
export function findCircle(stages: readonly { name: string; needs: readonly string[] }[]): string[] {
  let left = stages;
  for (;;) {
    const waiting = new Set(left.map(({ name }) => name));
    const next = left.filter(({ needs }) => needs.some((name) => waiting.has(name)));
    if (next.length === left.length) return left.map(({ name }) => name);
    left = next;
  }
}
