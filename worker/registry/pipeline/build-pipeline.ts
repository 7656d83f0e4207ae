import type { Json } from "#contract/json";
import type { AuthoredManifest } from "#contract/manifest/keys";
import type { AuthoredStage } from "#contract/manifest/pipeline-keys";
import { storedPipelineSchema } from "#contract/pipelines/stage";
import type { StageInput, StoredPipeline } from "#contract/pipelines/stage";
import { readExpression } from "./expression.ts";

/** What an input is, as its author wrote it: a text is an expression, all else stands for itself. Pure. */
export function inputOf(written: Json): StageInput {
  return typeof written === "string" ? { expression: written } : { value: written };
}

/** The expressions of a stage, each with the keys that lead to it. Pure. */
export function expressionsOf({
  input = {},
  when,
  for_each,
}: Pick<AuthoredStage, "input" | "when" | "for_each">): { path: string[]; text: string }[] {
  const inputs = Object.entries(input).flatMap(([name, written]) =>
    typeof written === "string" ? [{ path: ["input", name], text: written }] : [],
  );
  const others = Object.entries({ when, for_each }).flatMap(([key, text]) =>
    text === undefined ? [] : [{ path: [key], text }],
  );
  return [...inputs, ...others];
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
export function buildPipeline({ stages = [], returns }: AuthoredManifest): StoredPipeline | null {
  if (stages.length === 0) return null;
  const names = stages.map(({ name }) => name);
  return storedPipelineSchema.parse({
    stages: stages.map((stage) => ({
      name: stage.name,
      worker: stage.worker,
      ...(stage.action === undefined ? {} : { action: stage.action }),
      input: inputsOf(stage.input ?? {}),
      needs: needsOf(stage, names),
      ...(stage.when === undefined ? {} : { when: stage.when }),
      ...(stage.for_each === undefined ? {} : { for_each: stage.for_each }),
      retries: stage.retries ?? 0,
      ...(stage.timeout_seconds === undefined ? {} : { timeout_seconds: stage.timeout_seconds }),
      optional: stage.optional ?? false,
    })),
    ...(returns === undefined ? {} : { returns: inputsOf(returns) }),
  });
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
