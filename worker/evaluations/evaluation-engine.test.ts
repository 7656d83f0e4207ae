import { describe, expect, it } from "vitest";
import type { CaseResult } from "#contract/evaluations/evaluation";
import { evaluationIdSchema, workerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import { namedSuiteSchema } from "#contract/evaluations/suite";
import { numberedId } from "../../test/support/numbered-id.ts";
import { verifies } from "../../test/verifies.ts";
import type { EvaluationOrder } from "./evaluation-api.ts";
import { EvaluationEngine } from "./evaluation-engine.ts";
import type { EndedRun, JudgeAnswer, StartAnswer } from "./evaluation-engine.ts";

const id = (prefix: string, number: number) => numberedId("run", number).replace("run_", `${prefix}_`);

function orderOf(suite: Record<string, unknown>): EvaluationOrder {
  return {
    id: evaluationIdSchema.parse(id("evl", 1)),
    key: "k",
    workspace_id: workspaceIdSchema.parse(id("wsp", 1)),
    worker_id: workerIdSchema.parse(id("wrk", 1)),
    worker_name: workerNameSchema.parse("the-worker"),
    version: 1,
    bundle_digest: "d",
    whole: true,
    suites: [namedSuiteSchema.parse({ name: "s", ...suite })],
    activates_over: null,
    requested_by: null,
    created_at: 0,
  };
}

/** An evaluation over runs of the test. */
class Bench {
  readonly kv = new Map<string, unknown>();
  readonly runs = new Map<string, { id: RunId; looks: number }>();
  readonly cancelled: string[] = [];
  /** The newest look of each run that is not over. */
  most = 0;
  now = 1_000_000;
  looks = 1;
  finished: { cases: readonly CaseResult[]; how: string; judged_usd: number }[] = [];
  judges = 0;
  readonly spent: number[] = [];
  end: (key: string) => Partial<EndedRun> = () => ({});
  answer: (key: string) => StartAnswer | null = () => null;
  judge: () => JudgeAnswer = () => ({ kind: "scored", score: 1, reason: "", cost_usd: 0.5 });
  isMine = true;

  open(): EvaluationEngine {
    return new EvaluationEngine({
      // A copy, as storage gives.
      storage: {
        get: <T>(key: string) => structuredClone(this.kv.get(key)) as T | undefined,
        put: (key: string, value: unknown) => void this.kv.set(key, structuredClone(value)),
      },
      clock: () => this.now,
      armWake: () => {},
      insert: async () => this.isMine,
      start: async (_order, _unit, key) => this.answer(key) ?? this.#begin(key),
      readRun: async (_order, { run_id }) => this.#read(run_id),
      cancelRun: async (runId) => void this.cancelled.push(runId),
      judge: async (_order, { spent_usd }) => {
        this.judges += 1;
        this.spent.push(spent_usd);
        return this.judge();
      },
      finish: async (_order, cases, ending) => void this.finished.push({ cases, ...ending }),
    });
  }

  #begin(key: string): StartAnswer {
    const known = this.runs.get(key) ?? { id: numberedId("run", this.runs.size + 1), looks: this.looks };
    this.runs.set(key, known);
    const live = [...this.runs.values()].filter(({ looks }) => looks > 0).length;
    this.most = Math.max(this.most, live);
    return { kind: "started", run_id: known.id };
  }

  #read(runId: string): EndedRun | null {
    const [key, run] = [...this.runs].find(([, one]) => one.id === runId) ?? [];
    if (key === undefined || run === undefined) throw new Error(`There is no run ${runId}.`);
    if (run.looks > 0) run.looks -= 1;
    if (run.looks > 0) return null;
    const plain = { status: "completed" as const, outputs: {}, tools: [], failure: null };
    return { ...plain, latency_ms: 10, cost_usd: 0.25, ...this.end(key) };
  }

  async run(order: EvaluationOrder, { forgets = false } = {}): Promise<this> {
    let engine = this.open();
    if (!(await engine.begin(order))) throw new Error("It did not begin.");
    for (let step = 0; step < 1000 && this.finished.length === 0; step++) {
      if (forgets) engine = this.open();
      this.now = Math.max(this.now, engine.wakeAt() ?? this.now);
      await engine.wake();
    }
    return this;
  }

  get cases(): readonly CaseResult[] {
    return this.finished[0]?.cases ?? [];
  }
}

const twoCases = {
  samples: 2,
  cases: [
    { name: "a", expected: { x: 1 } },
    { name: "b", expected: { x: 2 }, samples: 1 },
  ],
};

describe("an evaluation", () => {
  it("has one run for each sample, and scores what it gave", async () => {
    const bench = new Bench();
    bench.end = () => ({ outputs: { x: 1 } });
    await bench.run(orderOf(twoCases));
    expect([...bench.runs.keys()]).toEqual(
      ["0:0", "1:0", "0:1"].map((place) => `evaluation:${id("evl", 1)}:${place}`),
    );
    expect(bench.cases.map(({ name, passed, samples }) => [name, passed, samples.length])).toEqual([
      ["s/a", 2, 2],
      ["s/b", 0, 1],
    ]);
    expect(bench.cases[0]?.digest).not.toBe(bench.cases[1]?.digest);
  });

  it("comes to the same when it forgets everything between any two steps, and starts nothing twice", async () => {
    verifies("evals:run:samples-are-runs");
    const suite = {
      samples: 5,
      concurrency: 3,
      scorers: [{ type: "judge", rubric: "good" }, { type: "fields" }],
      cases: [{ name: "a", expected: { x: 1 } }, { name: "b" }],
    };
    const results = [];
    for (const forgets of [false, true]) {
      const bench = new Bench();
      bench.looks = 3;
      bench.end = (key) => ({ outputs: { x: key.includes(":0:") ? 1 : 2 } });
      await bench.run(orderOf(suite), { forgets });
      expect(bench.runs.size).toBe(10);
      expect(bench.judges).toBe(10);
      verifies("evals:judge:counted");
      // Each question knows what those before it have cost, and the end knows all of it.
      expect(bench.spent).toEqual(Array.from({ length: 10 }, (_, at) => at * 0.5));
      expect(bench.finished.map(({ judged_usd }) => judged_usd)).toEqual([5]);
      expect(bench.most).toBeLessThanOrEqual(3);
      results.push(bench.finished);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it("starts what a full queue refuses later, and counts what can never start as not judged", async () => {
    const bench = new Bench();
    let refusals = 3;
    bench.answer = (key) =>
      key.endsWith(":1:0")
        ? { kind: "refused", message: "The worker is paused." }
        : refusals-- > 0
          ? { kind: "later" }
          : null;
    await bench.run(orderOf(twoCases));
    expect(bench.cases[0]?.samples).toHaveLength(2);
    expect(bench.cases[1]?.samples).toMatchObject([{ outcome: "error", reason: "The worker is paused." }]);
  });

  it("tells a run that failed from one that we have lost, and ends one that takes too long", async () => {
    const bench = new Bench();
    const failed = (kind: string) => ({ status: "failed" as const, failure: { kind, message: "it broke" } });
    bench.end = (key) => failed(key.endsWith("0:0") ? "worker" : "platform");
    await bench.run(orderOf({ cases: [{ name: "a" }, { name: "b" }] }));
    expect(bench.cases.map(({ samples }) => samples[0]?.outcome)).toEqual(["failed", "error"]);
    const slow = new Bench();
    slow.looks = 10_000;
    await slow.run(orderOf({ timeout_seconds: 60, cases: [{ name: "a" }] }));
    expect(slow.cancelled).toHaveLength(1);
    expect(slow.cases[0]?.samples[0]).toMatchObject({ outcome: "failed", score: 0 });
  });

  it("lets nothing pass that its judge has not judged", async () => {
    verifies("evals:judge:fails-closed");
    const bench = new Bench();
    bench.judge = () => ({ kind: "failed", message: "No model.", cost_usd: 0.5 });
    await bench.run(orderOf({ scorers: [{ type: "judge", rubric: "good" }], cases: [{ name: "a" }] }));
    expect(bench.cases[0]).toMatchObject({ passed: 0, score: 0 });
    expect(bench.cases[0]?.samples[0]).toMatchObject({
      outcome: "error",
      reason: "No model.",
      cost_usd: 0.75,
    });
  });

  it("gives up scoring what takes its object down each time", async () => {
    const bench = new Bench();
    let tries = 0;
    bench.judge = () => {
      tries += 1;
      throw new Error("down");
    };
    const order = orderOf({ scorers: [{ type: "judge", rubric: "good" }], cases: [{ name: "a" }] });
    await bench.open().begin(order);
    for (let step = 0; step < 20 && bench.finished.length === 0; step++) {
      await bench
        .open()
        .wake()
        .catch(() => undefined);
    }
    expect(tries).toBe(4);
    expect(bench.cases[0]?.samples[0]?.outcome).toBe("error");
  });

  it("is over with its runs when it is cancelled, and does nothing where another one has its key", async () => {
    const bench = new Bench();
    bench.looks = 100;
    const engine = bench.open();
    await engine.begin(orderOf(twoCases));
    await engine.wake();
    engine.cancel();
    await bench.open().wake();
    await bench.open().wake();
    expect(bench.finished.map(({ how }) => how)).toEqual(["cancelled"]);
    expect(bench.cancelled).toHaveLength(2);
    const second = new Bench();
    second.isMine = false;
    expect(await second.open().begin(orderOf(twoCases))).toBe(false);
    await second.open().wake();
    expect([second.runs.size, second.finished]).toEqual([0, []]);
  });
});
