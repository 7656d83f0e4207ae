import { pipelineLimits } from "#contract/pipelines/limits";
import type { StageInput, StoredPipeline, StoredStage } from "#contract/pipelines/stage";
import type { Json } from "#contract/json";
import { evaluate, readExpression } from "../registry/pipeline/expression.ts";
import { changeStage, isOver, stateOf } from "./pipeline-state.ts";
import type { PipelineState, StageState, Unit } from "./pipeline-state.ts";

/*
 * What a pipeline does next, as pure decisions. What must stay true:
 *  - a stage begins when all that it needs is over, whatever became of that, and never twice;
 *  - a failure of a stage that is not optional ends the pipeline: what is under way is waited for, and nothing is begun;
 *  - what reads a stage that was skipped is skipped; what reads anything else that is not there fails.
 */

/** What expressions read: inputs, and each stage that is over as { status, outputs }. */
export type Values = Readonly<Record<string, Json>>;

/** The first stage that has failed and without which the pipeline does not go on. Pure. */
export function findFailed({ stages }: StoredPipeline, state: PipelineState): StoredStage | undefined {
  return stages.find((stage) => !stage.optional && stateOf(state, stage).status === "failed");
}

/** Runs that are under way. Pure. */
export function listRunning(
  { stages }: StoredPipeline,
  state: PipelineState,
): { stage: StoredStage; index: number; unit: Unit }[] {
  return stages.flatMap((stage) =>
    stateOf(state, stage).units.flatMap((unit, index) =>
      unit.status === "running" ? [{ stage, index, unit }] : [],
    ),
  );
}

/** A run of a stage that is to be started. */
export interface DueUnit {
  stage: StoredStage;
  index: number;
  /** How often it was begun before. */
  tries: number;
}

export type NextMove =
  /** The stage's turn has come: whether and how often it runs is to be settled. */
  | { kind: "begin"; stage: StoredStage }
  | { kind: "start"; due: DueUnit }
  /** Something is under way, or put off: `put_off` is the first of that, to be asked for once more. */
  | { kind: "wait"; put_off: DueUnit | null }
  | { kind: "end" };

/** What is to be done now; `putOff` are the calls that waited when they were asked for, and hold nothing else up. Pure. */
export function nextMove(
  pipeline: StoredPipeline,
  state: PipelineState,
  putOff: ReadonlySet<string> = new Set(),
): NextMove {
  const running = listRunning(pipeline, state);
  if (findFailed(pipeline, state) !== undefined)
    return running.length > 0 ? { kind: "wait", put_off: null } : { kind: "end" };
  const { stages } = pipeline;
  const hasRoom = running.length < pipelineLimits.pipeline_parallel.value;
  const due = hasRoom ? stages.flatMap((stage) => dueUnits(stage, stateOf(state, stage))) : [];
  const next = due.find((one) => !putOff.has(callIdOf(one)));
  if (next !== undefined) return { kind: "start", due: next };
  const ready = stages.find(
    (stage) =>
      stateOf(state, stage).status === "pending" &&
      stage.needs.every((name) => isOver(stateOf(state, { name }))),
  );
  if (ready !== undefined) return { kind: "begin", stage: ready };
  if (stages.every((stage) => isOver(stateOf(state, stage)))) return { kind: "end" };
  return { kind: "wait", put_off: due[0] ?? null };
}

/** The runs of a stage that may be started: those that failed and are tried again, then the next that was not begun. */
function dueUnits(stage: StoredStage, { status, total, units }: StageState): DueUnit[] {
  // One whose last try failed has failed its stage with it.
  if (status !== "running" || total === null) return [];
  const again = units.flatMap((unit, index) =>
    unit.status === "failed" ? [{ stage, index, tries: unit.tries }] : [],
  );
  return units.length < total ? [...again, { stage, index: units.length, tries: 0 }] : again;
}

/** Notes what became of one run of a stage, and of the stage with it. Pure. */
export function noteUnit(
  state: PipelineState,
  { stage, index }: Pick<DueUnit, "stage" | "index">,
  { unit, error }: { unit: Unit; error: string | null },
): PipelineState {
  const before = stateOf(state, stage);
  const units = [...before.units];
  units[index] = unit;
  const noted = changeStage(state, stage, { units });
  if (unit.status === "failed" && unit.tries > stage.retries)
    return changeStage(noted, stage, { status: "failed", error: before.error ?? error });
  const isDone =
    before.status === "running" &&
    units.length === before.total &&
    units.every(({ status }) => status === "completed");
  return isDone ? changeStage(noted, stage, { status: "completed" }) : noted;
}

/** Whether and how often a stage runs. `values`: of all that it needs. Pure. */
export function beginStage(state: PipelineState, stage: StoredStage, values: Values): PipelineState {
  const skip = (error: string) => changeStage(state, stage, { status: "skipped", error });
  const fail = (error: string) => changeStage(state, stage, { status: "failed", error });
  if (stage.when !== undefined) {
    const held = evaluate(stage.when, values);
    if (held.kind === "wrong") return fail(`when: ${held.message}`);
    if (held.kind !== "value" || held.value !== true) return skip("when does not hold.");
  }
  if (stage.for_each === undefined) {
    const built = buildInputs(stage, values, null);
    if (built.kind === "skipped") return skip(built.message);
    if (built.kind === "wrong") return fail(built.message);
    return changeStage(state, stage, { status: "running", total: 1 });
  }
  const items = listItems(stage.for_each, values);
  if (items.kind === "skipped") return skip(items.message);
  if (items.kind !== "items") return fail(items.message);
  const total = items.items.length;
  const first = total === 0 ? null : buildInputs(stage, values, 0);
  if (first?.kind === "skipped") return skip(first.message);
  return changeStage(state, stage, { status: total === 0 ? "completed" : "running", total });
}

type Items = { kind: "items"; items: readonly Json[] } | { kind: "skipped" | "wrong"; message: string };

function listItems(expression: string, values: Values): Items {
  const found = evaluate(expression, values);
  if (found.kind !== "value") return explain("for_each", { expression, values, found });
  if (!Array.isArray(found.value)) return { kind: "wrong", message: "for_each: it gives no list." };
  const most = pipelineLimits.pipeline_items.value;
  return found.value.length > most
    ? { kind: "wrong", message: `for_each: it gives ${found.value.length} items, and ${most} are allowed.` }
    : { kind: "items", items: found.value };
}

type Built =
  { kind: "inputs"; inputs: Record<string, Json> } | { kind: "skipped" | "wrong"; message: string };

/** The inputs of one run of a stage; `index`: of which item, null for a stage without for_each. Pure. */
export function buildInputs(stage: StoredStage, values: Values, index: number | null): Built {
  const scope = scopeOf(stage, values, index);
  if (scope.kind !== "values") return scope;
  const inputs: Record<string, Json> = {};
  for (const [name, input] of Object.entries(stage.input)) {
    const found = readInput(input, scope.values);
    if (found.kind === "absent" && "optional" in input) continue;
    if (found.kind !== "value") {
      const expression = "expression" in input ? input.expression : "";
      return explain(`input ${name}`, { expression, values: scope.values, found });
    }
    inputs[name] = found.value;
  }
  return { kind: "inputs", inputs };
}

type Scope = { kind: "values"; values: Values } | { kind: "skipped" | "wrong"; message: string };

function scopeOf(stage: StoredStage, values: Values, index: number | null): Scope {
  if (index === null || stage.for_each === undefined) return { kind: "values", values };
  const items = listItems(stage.for_each, values);
  if (items.kind !== "items") return items;
  return { kind: "values", values: { ...values, item: items.items[index] ?? null } };
}

/** Reads a value. Pure. */
export function readInput(input: StageInput, values: Values): ReturnType<typeof evaluate> {
  if ("value" in input) return { kind: "value", value: input.value };
  const found = evaluate(input.expression, values);
  return found.kind === "absent" && input.default !== undefined
    ? { kind: "value", value: input.default }
    : found;
}

/** What is not there because its stage was skipped, or failed and may, skips whoever reads it; all else is a failure. */
function explain(
  what: string,
  of: { expression: string; values: Values; found: { kind: "absent" | "wrong"; message: string } },
): { kind: "skipped" | "wrong"; message: string } {
  const reading = readExpression(of.expression);
  const names = reading.kind === "read" ? [...reading.names] : [];
  const without = names.find((name) => isWithoutOutputs(of.values[name]));
  return without === undefined || of.found.kind === "wrong"
    ? { kind: "wrong", message: `${what}: ${of.found.message}` }
    : { kind: "skipped", message: `${what} reads ${without}, which gave nothing.` };
}

function isWithoutOutputs(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return value["status"] === "skipped" || value["status"] === "failed";
}

const FIRST_LOOK_MS = 5000;
const MOST_LOOK_MS = 60_000;

/**
 * When a pipeline that only waits looks again by itself, epoch milliseconds: a fifth of the time that it has waited. A run
 * that ends wakes it; this is for one whose word did not arrive. Pure.
 */
export function nextLook({ changed_at }: PipelineState, now: number): number {
  const waited = Math.max(0, now - changed_at);
  return now + Math.min(MOST_LOOK_MS, Math.max(FIRST_LOOK_MS, Math.ceil(waited / 5)));
}

/** How the gate, and the called worker's queue, know one run of a stage: the same in every attempt of the pipeline. Pure. */
export function callIdOf({ stage, index, tries }: DueUnit): string {
  const item = stage.for_each === undefined ? "" : `.${index}`;
  return `stage:${stage.name}${item}${tries === 0 ? "" : `~${tries}`}`;
}

/** The stage that a call is of; undefined for a call of something else. Pure. */
export function stageOfCall({ stages }: StoredPipeline, callId: string): StoredStage | undefined {
  const [, name] = /^stage:([a-z0-9_]+)/.exec(callId) ?? [];
  return stages.find((stage) => stage.name === name);
}
