import type { CalledRun } from "#contract/calls/call";
import type { Json } from "#contract/json";
import type { RunnerResult } from "#contract/runner/runner";
import type { StageView, StoredPipeline } from "#contract/pipelines/stage";
import { buildFailure } from "#contract/runs/run-failure";
import type { StepReport } from "../../worker/attempts/program.ts";
import { PipelineProgram } from "../../worker/pipelines/pipeline-program.ts";
import type { PipelineState } from "../../worker/pipelines/pipeline-state.ts";
import { isObject } from "../../worker/registry/actions/compile-schema.ts";
import type { GateReply, ToolWish } from "../../worker/tools/gate-api.ts";
import { numberedId } from "../support/numbered-id.ts";
import type { Random } from "../support/random.ts";
import { buildDrawn, drawStages, foresee, workOf } from "./pipeline-shapes.ts";
import type { DrawnStage, Foreseen } from "./pipeline-shapes.ts";

/** Steps in which a pipeline of at most eight stages has to have ended, whatever happens to it. */
const MOST_STEPS = 3000;
/** Steps after which nothing goes wrong any more. */
const FAULTY_STEPS = 200;

interface Child {
  run: CalledRun;
  ends_at: number;
}

/**
 * A real pipeline in a world that fails: its object goes away before and after what it asks for and before what came of it is
 * written down, calls are held, put off or break off before or after they had their effect, runs end late, are seen late and
 * wake it twice. What is durable is the saved state, and runs by the id of their call.
 */
class PipelineWorld {
  now = 1_000_000;
  readonly history: string[] = [];
  /** Calls that began a run, in order. */
  readonly begun: string[] = [];
  stages: StageView[] = [];
  result: RunnerResult | null = null;
  readonly #random: Random;
  readonly #pipeline: StoredPipeline;
  readonly #drawn: readonly DrawnStage[];
  readonly #children = new Map<string, Child>();
  readonly #byCall = new Map<string, string>();
  #saved: string | null = null;
  #program: PipelineProgram | null = null;
  #isFaulty = true;

  constructor(random: Random, drawn: readonly DrawnStage[]) {
    this.#random = random;
    this.#drawn = drawn;
    this.#pipeline = buildDrawn(drawn, random);
  }

  #note(text: string): void {
    this.history.push(`${this.now} ${text}`);
  }

  #fault(probability: number): boolean {
    return this.#isFaulty && this.#random.chance(probability);
  }

  #open(): PipelineProgram {
    return new PipelineProgram({
      pipeline: this.#pipeline,
      inputs: {},
      kept: [],
      tool: "invoke_worker",
      tool_when_approved: "asks",
      plans: { tool: "approve_plan", input_schema: {}, findTargets: async () => new Map(), before: null },
      cache: { find: async () => null, keep: async () => {} },
      call: async (wish) => this.#call(wish),
      tellRest: async () => this.#breakOff("telling", 0.1),
      readChild: async (id) => this.#read(id),
      load: () => (this.#saved === null ? null : (JSON.parse(this.#saved) as PipelineState)),
      save: (state) => void (this.#saved = JSON.stringify(state)),
      clock: () => this.now,
    });
  }

  #breakOff(what: string, probability: number): void {
    if (!this.#fault(probability)) return;
    this.#note(`${what} breaks off`);
    throw new Error(`${what} breaks off`);
  }

  #call(wish: ToolWish): GateReply {
    this.#breakOff(`call ${wish.call_id}`, 0.05);
    if (this.#fault(0.1)) return { kind: "later", retry_at: this.now + this.#random.below(20_000) };
    if (this.#fault(0.05)) return { kind: "held", approval_id: "apr_1" };
    const known = this.#byCall.get(wish.call_id);
    const runId = known ?? this.#begin(wish);
    this.#breakOff(`answer to ${wish.call_id}`, 0.05);
    return { kind: "answered", edited: false, answer: { ok: true, content: { run_id: runId } } };
  }

  #begin({ call_id: callId, arguments: given }: ToolWish): string {
    const runId = numberedId("run", this.begun.length + 1);
    this.#note(`begins ${callId}`);
    this.begun.push(callId);
    this.#byCall.set(callId, runId);
    const [, name, item = "0", tries = "0"] = /^stage:(\w+)(?:\.(\d+))?(?:~(\d+))?$/.exec(callId) ?? [];
    const stage = this.#drawn.find((one) => one.name === name);
    const { inputs } = isObject(given) ? given : {};
    const isGood = Number(tries) >= (stage?.failures[Number(item)] ?? 0);
    this.#children.set(runId, {
      ends_at: this.now + this.#random.below(40_000),
      run: {
        run_id: runId,
        worker: "w-one",
        status: isGood ? "completed" : "failed",
        outputs: isGood ? { n: workOf(isObject(inputs) ? inputs : {}) } : {},
        failure: isGood ? null : buildFailure("execution_error", "it broke"),
      },
    });
    return runId;
  }

  #read(id: string): CalledRun {
    this.#breakOff(`reading ${id}`, 0.03);
    const child = this.#children.get(id);
    if (child === undefined) throw new Error(`There is no run ${id}.`);
    const isSeen = child.ends_at <= this.now && !this.#fault(0.1);
    // One that is over and was seen to be so is asked for what it gave: that does not change any more.
    return isSeen || this.#wasSeen(id)
      ? child.run
      : { ...child.run, status: "running", outputs: {}, failure: null };
  }

  #wasSeen(id: string): boolean {
    const units = Object.values(this.#state()?.stages ?? {}).flatMap((stage) => stage.units);
    return units.some(({ run_id, status }) => run_id === id && status === "completed");
  }

  #state(): PipelineState | null {
    return this.#saved === null ? null : (JSON.parse(this.#saved) as PipelineState);
  }

  async #step(): Promise<void> {
    if (this.#program === null || this.#fault(0.1)) this.#program = this.#open();
    let report: StepReport;
    try {
      report = await this.#program.step(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof Error && error.message.endsWith("breaks off"))) throw error;
      this.#program = null;
      return;
    }
    if (this.#fault(0.1)) {
      this.#note("goes away before it is written down");
      this.#program = null;
      return;
    }
    report.save?.();
    for (const entry of report.entries) {
      if (entry.type === "stages") this.stages = entry.stages;
      if (entry.type === "result") this.result = entry;
    }
    if (report.next.kind === "at") this.#sleep(report.next.at);
  }

  /** Until it looks again, or until a run ends and wakes it, which may not arrive, or arrive twice. */
  #sleep(until: number): void {
    const ends = [...this.#children.values()].map((child) => child.ends_at).filter((at) => at > this.now);
    const woken = ends.length === 0 || this.#fault(0.2) ? until : Math.min(until, ...ends);
    if (!this.#fault(0.1)) this.now = Math.max(this.now, woken);
  }

  async play(): Promise<void> {
    for (let steps = 0; this.result === null && steps < MOST_STEPS; steps++) {
      this.#isFaulty = steps < FAULTY_STEPS;
      await this.#step();
    }
  }
}

/** Plays one pipeline, and holds what came of it against all stages done one after the other. Throws with what happened. */
export async function playPipeline(
  seed: number,
  random: Random,
): Promise<{ begun: number; isGood: boolean }> {
  const drawn = drawStages(random);
  const world = new PipelineWorld(random, drawn);
  await world.play();
  const foreseen = foresee(drawn);
  const faults = judge(world, drawn, foreseen);
  if (faults.length > 0) {
    throw new Error(
      `seed ${seed}: ${faults.join("; ")}\n${JSON.stringify(drawn)}\n${world.history.join("\n")}`,
    );
  }
  return { begun: world.begun.length, isGood: world.result?.outcome === "success" };
}

function judge(
  { begun, result, stages }: PipelineWorld,
  drawn: readonly DrawnStage[],
  foreseen: readonly Foreseen[],
): string[] {
  if (result === null) return ["it has not ended"];
  const faults: string[] = [];
  if (new Set(begun).size !== begun.length) faults.push("a run was begun twice");
  const isToFail = drawn.some(({ optional }, at) => !optional && foreseen[at]?.status === "failed");
  if ((result.outcome === "failure") !== isToFail)
    faults.push(`it ended in ${result.outcome}: ${result.error}`);
  drawn.forEach(({ name, items }, at) => {
    const { status, values, calls } = foreseen[at] ?? { status: "skipped", values: [], calls: [] };
    const made = begun.filter((call) => /^stage:(\w+)/.exec(call)?.[1] === name);
    if (made.some((call) => !calls.includes(call))) faults.push(`${name} began ${made.join(", ")}`);
    const isAll = status !== "completed" || isToFail || made.length === calls.length;
    if (!isAll) faults.push(`${name} began only ${made.join(", ")} of ${calls.join(", ")}`);
    const seen = stages.find((stage) => stage.name === name)?.status ?? "pending";
    const isOpen = isToFail && (seen === "pending" || seen === "running");
    if (seen !== status && !isOpen) faults.push(`${name} is ${seen}, not ${status}`);
    const gave = result.outputs?.[name];
    const wanted: Json = items === null ? { n: values[0] ?? 0 } : { items: values.map((n) => ({ n })) };
    if (seen === "completed" && JSON.stringify(gave) !== JSON.stringify(wanted))
      faults.push(`${name} gave ${JSON.stringify(gave)}, not ${JSON.stringify(wanted)}`);
  });
  return faults;
}
