import type { Json } from "#contract/json";
import type { RunId } from "#contract/ids";
import type { CaseResult, Sample, Score } from "#contract/evaluations/evaluation";
import { evaluationLimits as limits } from "#contract/evaluations/limits";
import type { Scorer } from "#contract/evaluations/suite";
import type { RunStatus } from "#contract/runs/run";
import type { Clock } from "../platform/clock.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { EvaluationOrder } from "./evaluation-api.ts";
import { EvaluationStorage } from "./evaluation-storage.ts";
import type { EvaluationEntries, StoredUnit } from "./evaluation-storage.ts";
import { factsOf, planCases, planUnits } from "./expand-order.ts";
import type { PlannedCase, Unit } from "./expand-order.ts";
import { scoreRun, sumScores } from "./score.ts";

/** A run of a sample that has ended. */
export interface EndedRun {
  status: RunStatus;
  outputs: Record<string, Json>;
  /** Names of the tools that it called, in their order. */
  tools: string[];
  failure: { kind: string; message: string } | null;
  latency_ms: number | null;
  cost_usd: number;
}

export type StartAnswer =
  | { kind: "started"; run_id: RunId }
  /** It may be there later: the queue is full. */
  | { kind: "later" }
  | { kind: "refused"; message: string };

export type JudgeAnswer =
  | { kind: "scored"; score: number; reason: string; cost_usd: number }
  | { kind: "failed"; message: string; cost_usd: number };

/** What is asked of a judge, with the value that its scorer looks at. */
export interface JudgeQuestion {
  scorer: Scorer & { type: "judge" };
  of: PlannedCase;
  value: Json;
  /** What judges of this evaluation have cost until now, in dollars: it is counted when the evaluation is over. */
  spent_usd: number;
}

export interface EvaluationDeps {
  storage: EvaluationEntries;
  clock: Clock;
  armWake: (at: number) => void;
  /** Writes its row; false where the key has begun another one. Repeatable. */
  insert: (order: EvaluationOrder, runs: number) => Promise<boolean>;
  /** The same key starts the same run. */
  start: (order: EvaluationOrder, unit: Unit, key: string) => Promise<StartAnswer>;
  /** Null while it is under way. */
  readRun: (order: EvaluationOrder, of: { run_id: RunId; withTools: boolean }) => Promise<EndedRun | null>;
  cancelRun: (runId: RunId) => Promise<void>;
  judge: (order: EvaluationOrder, question: JudgeQuestion) => Promise<JudgeAnswer>;
  /** Writes what it came to. Repeatable. */
  finish: (
    order: EvaluationOrder,
    cases: readonly CaseResult[],
    /** `judged_usd`: what its judges have cost, in dollars. */
    ending: { how: "completed" | "cancelled"; judged_usd: number },
  ) => Promise<void>;
}

const SHORTEST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 10_000;
/** A sample whose scoring has so often not come to its end is not scored any more. */
const MOST_TRIES = 4;

/**
 * Carries out one evaluation: in each step it looks after the runs that are under way, scores those that have ended, asks
 * at most one judge, and starts what there is room for. Whatever is lost between two steps, each sample has one run.
 */
export class EvaluationEngine {
  readonly #deps: EvaluationDeps;
  readonly #storage: EvaluationStorage;

  constructor(deps: EvaluationDeps) {
    this.#deps = deps;
    this.#storage = new EvaluationStorage(deps.storage);
  }

  wakeAt(): number | null {
    return this.#storage.head()?.next_at ?? null;
  }

  async begin(order: EvaluationOrder): Promise<boolean> {
    if (this.#storage.head() !== null) return true;
    const now = this.#deps.clock();
    this.#storage.putOrder(order);
    // Should the row not come to be now, the alarm sees to it.
    this.#storage.putHead({ phase: "begun", next_at: now, changed_at: now });
    this.#deps.armWake(now);
    return this.#enter(order);
  }

  /** Writes its row; false where its key has begun another one, which is the end of this one. */
  async #enter(order: EvaluationOrder): Promise<boolean> {
    const isMine = await this.#deps.insert(order, planUnits(planCases(order.suites)).length);
    const now = this.#deps.clock();
    const head = isMine
      ? ({ phase: "running", next_at: now, changed_at: now } as const)
      : ({ phase: "ended", next_at: null, changed_at: now } as const);
    this.#storage.putHead(head);
    return isMine;
  }

  isOver(): boolean {
    return this.#storage.head()?.phase === "ended";
  }

  countDone(): number {
    const order = this.#storage.order();
    if (order === null) return 0;
    return planUnits(planCases(order.suites)).filter((_, at) => this.#storage.unit(at)?.sample).length;
  }

  cancel(): void {
    const head = this.#storage.head();
    if (head === null || head.phase === "ended") return;
    const now = this.#deps.clock();
    this.#storage.putHead({ ...head, phase: "cancelling", next_at: now });
    this.#deps.armWake(now);
  }

  /** One step. Repeatable: what was not written down is done again under the same keys. */
  async wake(): Promise<void> {
    const [head, order] = [this.#storage.head(), this.#storage.order()];
    if (head === null || order === null || head.phase === "ended") return;
    if (head.phase === "begun" && !(await this.#enter(order))) return;
    const cases = planCases(order.suites);
    const units = planUnits(cases);
    if (head.phase === "cancelling") return this.#end(order, { cases, units }, "cancelled");
    const hasChanged = await this.#advance(order, units);
    if (units.every((_, at) => this.#storage.unit(at)?.sample))
      return this.#end(order, { cases, units }, "completed");
    // Somebody may have cancelled it meanwhile.
    const phase = this.#storage.head()?.phase === "cancelling" ? "cancelling" : "running";
    const now = this.#deps.clock();
    const changedAt = hasChanged ? now : head.changed_at;
    const waitMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, (now - changedAt) / 5));
    const nextAt = phase === "cancelling" ? now : now + waitMs;
    this.#storage.putHead({ phase, next_at: nextAt, changed_at: changedAt });
    this.#deps.armWake(nextAt);
  }

  /** Whether anything has changed. */
  async #advance(order: EvaluationOrder, units: readonly Unit[]): Promise<boolean> {
    let [hasChanged, hasJudged, live] = [false, false, 0];
    for (const [at, unit] of units.entries()) {
      const stored = this.#storage.unit(at);
      if (stored === null || stored.sample !== null) continue;
      const step = hasJudged ? "waits" : await this.#look(order, { at, unit, stored });
      hasJudged ||= step === "judged";
      hasChanged ||= step !== "waits";
      if (step !== "ended") live += 1;
    }
    const most = Math.min(
      limits.evaluation_concurrency.value,
      Math.max(1, ...order.suites.map(({ concurrency }) => concurrency)),
    );
    for (const [at, unit] of units.entries()) {
      if (live >= most) break;
      if (this.#storage.unit(at) !== null) continue;
      const isStarted = await this.#start(order, { at, unit });
      if (isStarted === null) break;
      hasChanged = true;
      if (isStarted) live += 1;
    }
    return hasChanged;
  }

  /** Whether a run of it is under way now; null where none can be started yet. */
  async #start(order: EvaluationOrder, { at, unit }: { at: number; unit: Unit }): Promise<boolean | null> {
    const key = `evaluation:${order.id}:${unit.caseAt}:${unit.sample}`;
    const answer = await this.#deps.start(order, unit, key);
    if (answer.kind === "later") return null;
    const since = this.#deps.clock();
    const unstarted = { run_id: null, since, tries: 0, judged: [], judged_usd: 0, sample: null };
    if (answer.kind === "started") {
      this.#storage.putUnit(at, { ...unstarted, run_id: answer.run_id });
      return true;
    }
    this.#storage.putUnit(at, { ...unstarted, sample: unscored(null, "error", answer.message) });
    return false;
  }

  async #look(
    order: EvaluationOrder,
    { at, unit, stored }: { at: number; unit: Unit; stored: StoredUnit },
  ): Promise<"waits" | "judged" | "ended"> {
    const { run_id } = stored;
    if (run_id === null) return "waits";
    const withTools = unit.of.scorers.some(({ type }) => type === "trajectory");
    const run = await this.#deps.readRun(order, { run_id, withTools });
    const end = (sample: Sample) => {
      this.#storage.putUnit(at, { ...stored, sample });
      return "ended" as const;
    };
    if (run === null) {
      if (this.#deps.clock() - stored.since <= unit.of.timeoutMs) return "waits";
      await this.#deps.cancelRun(run_id);
      const seconds = unit.of.timeoutMs / 1000;
      return end(unscored(run_id, "failed", `It was not over after ${seconds} seconds.`));
    }
    if (run.status !== "completed") return end(ofFailedRun(run_id, run));
    if (stored.tries >= MOST_TRIES) {
      const base = unscored(run_id, "error", "Scoring it did not come to its end.");
      return end({ ...base, run_status: run.status, cost_usd: run.cost_usd + stored.judged_usd });
    }
    // Written before: a scorer that takes the object down with it is not tried for ever.
    this.#storage.putUnit(at, { ...stored, tries: stored.tries + 1 });
    return this.#score(order, { at, unit, stored, run });
  }

  async #score(
    order: EvaluationOrder,
    { at, unit, stored, run }: { at: number; unit: Unit; stored: StoredUnit; run: EndedRun },
  ): Promise<"judged" | "ended"> {
    const { of } = unit;
    const plain = scorePlain(of, run);
    const judges = of.scorers.filter((one) => one.type === "judge");
    const judge = judges[stored.judged.length];
    const base = {
      run_id: stored.run_id,
      run_status: run.status,
      latency_ms: run.latency_ms,
      cost_usd: run.cost_usd + stored.judged_usd,
    };
    if (judge !== undefined) {
      const answer = await this.#deps.judge(order, {
        scorer: judge,
        of,
        value: valueFor(judge, run),
        spent_usd: this.#sumJudged(planUnits(planCases(order.suites)).length),
      });
      const judged_usd = stored.judged_usd + answer.cost_usd;
      if (answer.kind === "scored") {
        const judged = [...stored.judged, scoreOf(judge, answer)];
        this.#storage.putUnit(at, { ...stored, tries: 0, judged, judged_usd });
        return "judged";
      }
      const scores = [...plain.map(({ score }) => score), ...stored.judged];
      const cost_usd = run.cost_usd + judged_usd;
      const sample: Sample = {
        ...base,
        cost_usd,
        outcome: "error",
        score: 0,
        scores,
        reason: answer.message,
      };
      this.#storage.putUnit(at, { ...stored, judged_usd, sample });
      return "ended";
    }
    const byJudges = judges.flatMap(({ weight }, index) => {
      const score = stored.judged[index];
      return score === undefined ? [] : [{ score, weight }];
    });
    const all = [...plain, ...byJudges];
    const { passed, score } = sumScores(all, of.passScore);
    const outcome = passed ? "passed" : "failed";
    const scores = all.map((one) => one.score);
    this.#storage.putUnit(at, { ...stored, sample: { ...base, outcome, score, scores, reason: null } });
    return "ended";
  }

  async #end(
    order: EvaluationOrder,
    { cases, units }: { cases: readonly PlannedCase[]; units: readonly Unit[] },
    how: "completed" | "cancelled",
  ): Promise<void> {
    if (how === "cancelled") await this.#cancelRuns(units);
    const results = await Promise.all(
      cases.map(async (of, caseAt): Promise<CaseResult> => {
        const samples = units.flatMap((unit, at) =>
          unit.caseAt === caseAt ? (this.#storage.unit(at)?.sample ?? []) : [],
        );
        const digest = await sha256Hex(canonicalJson(factsOf(of)));
        const passed = samples.filter(({ outcome }) => outcome === "passed").length;
        const sum = samples.reduce((all, { score }) => all + score, 0);
        return {
          name: of.name,
          digest,
          passed,
          samples,
          score: samples.length > 0 ? sum / samples.length : 0,
        };
      }),
    );
    await this.#deps.finish(order, results, { how, judged_usd: this.#sumJudged(units.length) });
    this.#storage.putHead({ phase: "ended", next_at: null, changed_at: this.#deps.clock() });
  }

  #sumJudged(units: number): number {
    let sum = 0;
    for (let at = 0; at < units; at++) sum += this.#storage.unit(at)?.judged_usd ?? 0;
    return sum;
  }

  async #cancelRuns(units: readonly Unit[]): Promise<void> {
    for (const at of units.keys()) {
      const stored = this.#storage.unit(at);
      if (stored?.run_id && stored.sample === null) await this.#deps.cancelRun(stored.run_id);
    }
  }
}

function scorePlain(of: PlannedCase, run: EndedRun): { score: Score; weight: number }[] {
  return of.scorers.flatMap((scorer) =>
    scorer.type === "judge"
      ? []
      : [{ score: scoreRun(scorer, { run, expected: of.expected }), weight: scorer.weight }],
  );
}

function valueFor({ field }: Scorer & { type: "judge" }, { outputs }: EndedRun): Json {
  return field === undefined ? outputs : (outputs[field] ?? null);
}

function scoreOf(
  judge: Scorer & { type: "judge" },
  { score, reason }: { score: number; reason: string },
): Score {
  return {
    scorer: judge.name ?? judge.type,
    required: judge.required,
    score,
    passed: score >= judge.at_least,
    reason,
  };
}

const unscored = (run_id: RunId | null, outcome: "failed" | "error", reason: string): Sample => ({
  run_id,
  run_status: null,
  outcome,
  score: 0,
  scores: [],
  reason,
  latency_ms: null,
  cost_usd: 0,
});

/** A run that failed through its own fault is wrong; of one that we have lost nobody knows. */
function ofFailedRun(runId: RunId, { status, failure, latency_ms, cost_usd }: EndedRun): Sample {
  const outcome = failure?.kind === "platform" ? "error" : "failed";
  const reason = `Its run is ${status}: ${failure?.message ?? "it gave no reason"}`.slice(0, 500);
  return { ...unscored(runId, outcome, reason), run_status: status, latency_ms, cost_usd };
}
