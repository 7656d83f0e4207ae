import type { CalledRun } from "#contract/calls/call";
import type { Json } from "#contract/json";
import type { JournalEntry, RunnerResult } from "#contract/runner/runner";
import type { KeptStage, StoredPipeline, StoredStage } from "#contract/pipelines/stage";
import { buildEdgeResult } from "../attempts/program.ts";
import type { Program, StepReport } from "../attempts/program.ts";
import type { Clock } from "../platform/clock.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import {
  isOver,
  openPipeline,
  planningStage,
  stampTimes,
  stateOf,
  timelineOf,
  viewStages,
} from "./pipeline-state.ts";
import type { PipelineState, Unit } from "./pipeline-state.ts";
import { withPlan } from "./dynamic-plan.ts";
import { advancePlan, endPlan, openPlan } from "./plan-desk.ts";
import type { PlanDeps } from "./plan-desk.ts";
import {
  beginStage,
  buildInputs,
  callIdOf,
  findFailed,
  listRunning,
  nextLook,
  nextMove,
  noteUnit,
  readInput,
} from "./plan.ts";
import type { DueUnit, Values } from "./plan.ts";

export interface PipelineDeps {
  pipeline: StoredPipeline;
  inputs: Readonly<Record<string, Json>>;
  /** What it takes over from the run that it goes on from. */
  kept: readonly KeptStage[];
  /** The tool that starts a run of another worker. */
  tool: string;
  /** The same for a stage that a person approves. */
  tool_when_approved: string;
  cache: StageCache;
  /** For a pipeline whose stages a worker decides on. */
  plans: PlanDeps;
  call: (wish: ToolWish, signal: AbortSignal) => Promise<GateReply>;
  /** Puts on the record of changes what it has not heard. */
  tellRest: () => Promise<void>;
  /** A run that a stage has started, or that was taken over, as it is now. */
  readChild: (runId: string) => Promise<CalledRun>;
  load: () => PipelineState | null;
  save: (state: PipelineState) => void;
  clock: Clock;
}

/** Runs that completed, by what went into them. */
export interface StageCache {
  /** One that stands for a run of the stage with these inputs; null for none. */
  find: (stage: StoredStage, inputs: Inputs) => Promise<CalledRun | null>;
  keep: (stage: StoredStage, inputs: Inputs, runId: string) => Promise<void>;
}
type Inputs = Readonly<Record<string, Json>>;

const AGAIN = { kind: "again" } as const;
/** So long a call that waits for people is left alone; the pipeline is called when they have decided. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * A pipeline: each step does one thing, and where nothing is to be done it looks at what is under way. All it knows is in its
 * state, and a run that was begun is found again by its call's id, so that it may vanish between any two lines.
 */
export class PipelineProgram implements Program {
  readonly #deps: PipelineDeps;
  /** Outputs of runs that are over never change. */
  readonly #outputs = new Map<string, Record<string, Json>>();
  /** Calls that wait for people or for their time. Forgotten, they are asked for once more, which begins nothing. */
  readonly #putOff = new Set<string>();

  /** As it is in this step: a plan has stages of its own. */
  #pipeline: StoredPipeline;

  constructor(deps: PipelineDeps) {
    this.#deps = deps;
    this.#pipeline = deps.pipeline;
  }

  #open(): PipelineState {
    const { pipeline, kept, plans, clock } = this.#deps;
    const plan = openPlan(plans.before);
    return openPipeline(withPlan(pipeline, plan), { kept, plan, now: clock() });
  }

  async step(signal: AbortSignal): Promise<StepReport> {
    const before = this.#deps.load() ?? this.#open();
    const pipeline = withPlan(this.#deps.pipeline, before.plan);
    this.#pipeline = pipeline;
    const move = nextMove(pipeline, before, this.#putOff);
    switch (move.kind) {
      case "begin": {
        const state = beginStage(before, move.stage, await this.#valuesFor(move.stage, before));
        return this.#report(before, state, AGAIN);
      }
      case "start":
        return this.#start({ before, state: before, due: move.due }, signal);
      case "wait": {
        const state = await this.#lookAtRunning(before);
        return move.put_off === null
          ? this.#report(before, state, null)
          : this.#start({ before, state, due: move.put_off }, signal);
      }
      case "end": {
        const isPlanned = pipeline.plan === undefined || before.plan?.status === "approved";
        return isPlanned || findFailed(pipeline, before) !== undefined
          ? this.#end(before)
          : this.#plan(before, signal);
      }
    }
  }

  /** Its planner is done: what it has put out is judged, shown to people where that is wanted, and carried out. */
  async #plan(before: PipelineState, signal: AbortSignal): Promise<StepReport> {
    const name = planningStage(before.plan?.revision ?? 0);
    const outputs = asObject(await this.#valueOf(name, before))["outputs"] ?? {};
    const { plans, kept, call } = this.#deps;
    const { state, retry_at } = await advancePlan(before, {
      pipeline: this.#deps.pipeline,
      outputs,
      plans,
      kept,
      call: (wish) => call(wish, signal),
    });
    const held = retry_at === null ? null : Math.min(retry_at, this.#deps.clock() + LOOK_AGAIN_MS);
    return this.#report(before, state, held === null ? AGAIN : { kind: "held", at: held });
  }

  /** Asks after each run that is under way. */
  async #lookAtRunning(before: PipelineState): Promise<PipelineState> {
    const running = listRunning(this.#pipeline, before).flatMap(({ unit, ...of }) =>
      unit.run_id === null ? [] : [{ ...of, tries: unit.tries - 1, runId: unit.run_id }],
    );
    const children = await Promise.all(running.map(({ runId }) => this.#deps.readChild(runId)));
    let state = before;
    running.forEach((due, at) => {
      const child = children[at];
      if (child !== undefined) state = this.#noteChild(state, due, child);
    });
    await Promise.all(running.map((due) => this.#keepForLater(due, state)));
    return state;
  }

  /** What was given other inputs than the stage says stands for nothing that the stage says. */
  async #keepForLater({ stage, index }: DueUnit, state: PipelineState): Promise<void> {
    const unit = stateOf(state, stage).units[index];
    if (stage.cache === undefined || unit?.status !== "completed" || unit.run_id === null || unit.edited)
      return;
    const built = await this.#inputsOf({ stage, index }, state);
    if (built.kind === "inputs") await this.#deps.cache.keep(stage, built.inputs, unit.run_id);
  }

  async #inputsOf({ stage, index }: Pick<DueUnit, "stage" | "index">, state: PipelineState) {
    const values = await this.#valuesFor(stage, state);
    return buildInputs(stage, values, stage.for_each === undefined ? null : index);
  }

  #noteChild(state: PipelineState, due: DueUnit, child: CalledRun): PipelineState {
    const { run_id, status, failure } = child;
    const isEnded = status === "completed" || status === "failed" || status === "cancelled";
    const unit: Unit = {
      status: isEnded ? (status === "completed" ? "completed" : "failed") : "running",
      run_id,
      tries: due.tries + 1,
      ...(stateOf(state, due.stage).units[due.index]?.edited ? { edited: true as const } : {}),
    };
    if (status === "completed") this.#outputs.set(run_id, child.outputs);
    const error = failure?.message ?? (status === "cancelled" ? "It was cancelled." : null);
    return noteUnit(state, due, { unit, error });
  }

  async #start(
    { before, state, due }: { before: PipelineState; state: PipelineState; due: DueUnit },
    signal: AbortSignal,
  ): Promise<StepReport> {
    const { stage, tries } = due;
    const built = await this.#inputsOf(due, state);
    const failed = (error: string) => {
      const unit: Unit = { status: "failed", run_id: null, tries: stage.retries + 1 };
      return this.#report(before, noteUnit(state, due, { unit, error }), AGAIN);
    };
    if (built.kind !== "inputs") return failed(built.message);
    const known =
      tries === 0 && stage.cache !== undefined ? await this.#deps.cache.find(stage, built.inputs) : null;
    if (known !== null) return this.#report(before, this.#noteChild(state, due, known), AGAIN);
    const { worker, action, timeout_seconds } = stage;
    const given: Record<string, Json> = {
      id: worker,
      inputs: built.inputs,
      ...(action === undefined ? {} : { action }),
      ...(timeout_seconds === undefined ? {} : { timeout_seconds }),
    };
    const callId = callIdOf(due);
    const tool = stage.approval === undefined ? this.#deps.tool : this.#deps.tool_when_approved;
    const reply = await this.#deps.call({ call_id: callId, tool, arguments: given }, signal);
    if (reply.kind === "held" || reply.kind === "later") {
      const at = reply.kind === "later" ? reply.retry_at : this.#deps.clock() + LOOK_AGAIN_MS;
      return this.#putOffUntil(at, { before, state, callId });
    }
    this.#putOff.delete(callId);
    if (reply.kind === "denied") return failed(reply.message);
    if (!reply.answer.ok) return failed(reply.answer.message);
    const runId = runIdOf(reply.answer.content);
    if (runId === null) return failed("The worker's run was not told.");
    const edited = reply.edited ? { edited: true as const } : {};
    const unit: Unit = { status: "running", run_id: runId, tries: tries + 1, ...edited };
    return this.#report(before, noteUnit(state, due, { unit, error: null }), AGAIN);
  }

  /** What waits holds nothing else up: whatever can be done is done first, and what is under way is looked at in its time. */
  #putOffUntil(
    at: number,
    { before, state, callId }: { before: PipelineState; state: PipelineState; callId: string },
  ): StepReport {
    const isNews = !this.#putOff.has(callId);
    this.#putOff.add(callId);
    if (isNews) return this.#report(before, state, AGAIN);
    const isAlone = listRunning(this.#pipeline, state).length === 0;
    const look = isAlone ? at : Math.min(at, nextLook(state, this.#deps.clock()));
    return this.#report(before, state, { kind: "at", at: look });
  }

  /** What the expressions of a stage may read. */
  async #valuesFor({ needs }: Pick<StoredStage, "needs">, state: PipelineState): Promise<Values> {
    const entries = await Promise.all(
      needs.map(async (name) => [name, await this.#valueOf(name, state)] as const),
    );
    return { inputs: { ...this.#deps.inputs }, ...Object.fromEntries(entries) };
  }

  async #valueOf(name: StoredStage["name"], state: PipelineState): Promise<Json> {
    const stage = this.#pipeline.stages.find((one) => one.name === name);
    const { status, units } = stateOf(state, { name });
    if (stage === undefined || status !== "completed") return { status, outputs: {} };
    const each = await Promise.all(units.map((unit) => this.#outputsOf(unit)));
    return { status, outputs: stage.for_each === undefined ? (each[0] ?? {}) : { items: each } };
  }

  async #outputsOf({ run_id: runId }: Unit): Promise<Record<string, Json>> {
    if (runId === null) return {};
    const known = this.#outputs.get(runId);
    if (known !== undefined) return known;
    const { outputs } = await this.#deps.readChild(runId);
    this.#outputs.set(runId, outputs);
    return outputs;
  }

  /** `wanted` null: it only waits; `held`: people are asked, and it waits whatever has changed. */
  #report(
    before: PipelineState,
    after: PipelineState,
    wanted: StepReport["next"] | { kind: "held"; at: number } | null,
  ): StepReport {
    const now = this.#deps.clock();
    const isHeld = wanted?.kind === "held";
    const next = isHeld ? { kind: "at" as const, at: wanted.at } : wanted;
    if (JSON.stringify([before.stages, before.plan]) === JSON.stringify([after.stages, after.plan])) {
      const entries: JournalEntry[] = [];
      return {
        entries,
        next: next ?? { kind: "at", at: nextLook(after, now) },
        save: () => this.#deps.save(after),
      };
    }
    const state = { ...stampTimes(before, after, now), changed_at: now };
    const entries = tellChange(withPlan(this.#deps.pipeline, after.plan), { before, after: state, now });
    // Whatever it was to wait for, something may be due by now.
    return { entries, next: isHeld && next !== null ? next : AGAIN, save: () => this.#deps.save(state) };
  }

  async #end(before: PipelineState): Promise<StepReport> {
    const { clock, tellRest, save } = this.#deps;
    const pipeline = this.#pipeline;
    const state = endPlan(pipeline, before);
    await tellRest();
    const names = pipeline.stages.map(({ name }) => name);
    const values = await this.#valuesFor({ needs: names }, state);
    const now = clock();
    const result = buildEdgeResult(
      { now, wallMs: now - state.started_at },
      { outputs: {}, ...resultOf(pipeline, { state, values }) },
    );
    const told: JournalEntry[] =
      pipeline.plan === undefined ? [] : [{ type: "stages", at: now, stages: viewStages(pipeline, state) }];
    return { entries: [...told, result], next: { kind: "ended" }, save: () => save(state) };
  }
}

function runIdOf(content: Json): string | null {
  const { run_id: runId } = isObject(content) ? content : {};
  return typeof runId === "string" ? runId : null;
}

/** The stages as they are now, how far it is, and a line for each that has changed. */
function tellChange(
  pipeline: StoredPipeline,
  { before, after, now }: { before: PipelineState; after: PipelineState; now: number },
): JournalEntry[] {
  const stages = viewStages(pipeline, after);
  const over = stages.filter(isOver).length;
  const lines = stages
    .filter(({ name, status }) => status !== (before.stages[name]?.status ?? "pending"))
    .map(({ name, worker, status, error }): JournalEntry => {
      const ended = `${name}: ${status}${error === null ? "." : `: ${error}`}`;
      const text = status === "running" ? `${name}: ${worker} is started.` : ended;
      const level = status === "failed" ? "warning" : "info";
      return { type: "log", at: now, stream: "system", level, text };
    });
  return [
    ...lines,
    { type: "stages", at: now, stages },
    {
      type: "progress",
      at: now,
      percent: Math.floor((100 * over) / stages.length),
      message: `${over} of ${stages.length} stages`,
    },
  ];
}

/** What the pipeline gives: where it failed, what its stages gave until then. */
function resultOf(
  pipeline: StoredPipeline,
  { state, values }: { state: PipelineState; values: Values },
): Partial<RunnerResult> {
  const ofStages = Object.fromEntries(
    pipeline.stages.flatMap(({ name }) => {
      const { outputs = null } = asObject(values[name]);
      return stateOf(state, { name }).status === "completed" ? [[name, outputs] as const] : [];
    }),
  );
  const partial = { ...ofStages, _timeline: timelineOf(pipeline, state) };
  const failed = findFailed(pipeline, state);
  if (failed !== undefined) {
    const { error } = stateOf(state, failed);
    const message = `The stage ${failed.name} failed: ${error ?? "it did not complete."}`;
    return { outcome: "failure", error_code: "stage_failed", error: message, outputs: partial };
  }
  if (pipeline.returns === undefined) return { outputs: partial };
  const outputs: Record<string, Json> = {};
  for (const [name, input] of Object.entries(pipeline.returns)) {
    const found = readInput(input, values);
    if (found.kind === "wrong") {
      const error = `returns ${name}: ${found.message}`;
      return { outcome: "failure", error_code: "stage_failed", error, outputs: partial };
    }
    // What a skipped stage would have given is nothing.
    if (found.kind === "value") outputs[name] = found.value;
  }
  return { outputs };
}

function asObject(value: Json | undefined): Record<string, Json | undefined> {
  return value !== undefined && isObject(value) ? value : {};
}
