// Owns what is known of how good a worker's versions are: evaluations, baselines, comparisons, and whether the gate lets
// a version in. Never starts a run itself and never says pass of what could not be judged.
// Writes baselines in D1; an evaluation's rows are written by its object alone.
import type { Principal } from "#contract/access/access";
import { evaluationIdSchema } from "#contract/ids";
import type { EvaluationId, WorkerId } from "#contract/ids";
import type {
  Comparison,
  EvaluationDetail,
  EvaluationSummary,
  StartEvaluation,
  Tournament,
} from "#contract/evaluations/evaluation";
import { limits } from "#contract/limits";
import { requireDecider } from "../access/policy.ts";
import { actorOf } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { requireReleased } from "../catalog/sign-version.ts";
import type { VersionRow, WorkerRow } from "../catalog/store.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { readPlace, takePage } from "../platform/page.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { readSuites } from "../registry/evals/parse-suites.ts";
import { checkKey } from "./check-key.ts";
import { compareEvaluations } from "./compare-evaluations.ts";
import type { EvaluationApi } from "./evaluation-api.ts";
import { findReasons } from "./judge-evaluation.ts";
import { rankEvaluations } from "./rank-evaluations.ts";
import {
  countRunning,
  findBaseline,
  findEvaluationByKey,
  findEvaluationRow,
  findNewestWhole,
  listCases,
  listEvaluationRows,
  putBaseline,
} from "./store.ts";
import type { EvaluationRow } from "./store.ts";

export interface EvaluationServiceDeps extends SigningKeys {
  db: Db;
  clock: Clock;
  newId: () => EvaluationId;
  readFiles: (version: VersionRow) => Promise<BundleFile[]>;
  evaluation: (id: EvaluationId) => EvaluationApi;
}

interface Wish extends StartEvaluation {
  worker: string;
  /** Whether the version is activated when it passes, unless another one is by then. */
  activates?: boolean;
}

interface Place {
  worker: string;
  evaluation: string;
}

/**
 * Begins an evaluation, or finds the one that its key has begun. Throws `not_found`, `version_not_released`,
 * `no_evaluations`, `too_many_evaluations` and `idempotency_conflict`.
 */
export async function startEvaluation(
  deps: EvaluationServiceDeps,
  principal: Principal,
  { worker: name, version: number, suites: wanted, key, activates = false }: Wish,
): Promise<EvaluationSummary> {
  const want = { name, version: number ?? null, scope: "runs:write" } as const;
  const { worker, version } = await requireWorker(deps, principal, want);
  const earlier =
    key === undefined ? undefined : await findEvaluationByKey(deps.db, { workerId: worker.id, key });
  if (earlier !== undefined) {
    checkKey(earlier, { version: number, suites: wanted });
    return describe(deps, worker, earlier);
  }
  await requireReleased(deps, version);
  const { suites: all } = await readSuites(await deps.readFiles(version));
  const suites = wanted === undefined ? all : all.filter((one) => wanted.includes(one.name));
  const missing = (wanted ?? []).filter((one) => !all.some((suite) => suite.name === one));
  if (suites.length === 0 || missing.length > 0) throw noSuites(version, missing);
  const most = limits.evaluations_at_once.value;
  if ((await countRunning(deps.db, worker.id)) >= most) {
    throw new AppError(
      "too_many_evaluations",
      `${name} has ${most} evaluations under way, which is the most.`,
    );
  }
  const id = deps.newId();
  const order = {
    id,
    key: key ?? id,
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    worker_name: worker.name,
    version: version.number,
    bundle_digest: version.digest,
    whole: suites.length === all.length,
    suites,
    activates_over: activates ? worker.active_version : null,
    requested_by: actorOf(principal),
    created_at: deps.clock(),
  };
  await deps.evaluation(id).begin(order);
  const row = await findEvaluationByKey(deps.db, { workerId: worker.id, key: order.key });
  if (row === undefined)
    throw new AppError("unavailable", "The evaluation was begun and cannot be read yet.");
  return describe(deps, worker, row);
}

function noSuites({ number }: VersionRow, missing: readonly string[]): AppError {
  const what = missing.length > 0 ? `no evals/${missing.join(".yml, no evals/")}.yml` : "no file in evals/";
  return new AppError("no_evaluations", `Version ${number} has ${what}.`);
}

/** Throws `not_found`. */
export async function listEvaluations(
  deps: EvaluationServiceDeps,
  principal: Principal,
  of: { worker: string; limit: number; cursor?: string | undefined },
): Promise<{ evaluations: EvaluationSummary[]; next_cursor: string | null }> {
  const { worker } = await requireWorker(deps, principal, { name: of.worker });
  const before = readPlace(evaluationIdSchema, of.cursor);
  const rows = await listEvaluationRows(deps.db, worker.id, { before, limit: of.limit + 1 });
  const { page, next_cursor } = takePage(rows, of.limit);
  return { evaluations: await Promise.all(page.map((row) => describe(deps, worker, row))), next_cursor };
}

/** Throws `not_found`. */
async function requireEvaluation(
  deps: Pick<EvaluationServiceDeps, "db">,
  principal: Principal,
  { worker: name, evaluation, scope }: Place & { scope?: "runs:write" | "workers:write" },
): Promise<{ worker: WorkerRow; row: EvaluationRow; gated: boolean }> {
  const { worker, version } = await requireWorker(deps, principal, {
    name,
    ...(scope === undefined ? {} : { scope }),
  });
  const row = await findEvaluationRow(deps.db, { workerId: worker.id, id: evaluation });
  if (row === undefined) throw notFound("evaluation");
  return { worker, row, gated: version.manifest.deploy?.gate === "evals" };
}

/** Throws `not_found`. */
export async function getEvaluation(
  deps: EvaluationServiceDeps,
  principal: Principal,
  place: Place,
): Promise<EvaluationDetail> {
  const { worker, row } = await requireEvaluation(deps, principal, place);
  const cases = row.status === "running" ? [] : await listCases(deps.db, row.id);
  return { ...(await describe(deps, worker, row)), cases };
}

/** Throws `not_found`. */
export async function cancelEvaluation(
  deps: EvaluationServiceDeps,
  principal: Principal,
  place: Place,
): Promise<EvaluationSummary> {
  const { worker, row } = await requireEvaluation(deps, principal, { ...place, scope: "runs:write" });
  if (row.status === "running") await deps.evaluation(row.id).cancel();
  return describe(deps, worker, row);
}

async function openCompared(deps: Pick<EvaluationServiceDeps, "db">, row: EvaluationRow) {
  if (row.status !== "completed")
    throw new AppError("evaluation_not_over", `The evaluation ${row.id} is ${row.status}.`);
  return { id: row.id, cases: await listCases(deps.db, row.id) };
}

/** From `to`, or the baseline, to the evaluation. Throws `not_found`, `evaluation_not_over` and `baseline_missing`. */
export async function compareTo(
  deps: EvaluationServiceDeps,
  principal: Principal,
  place: Place & { to: EvaluationId | undefined },
): Promise<Comparison> {
  const { worker, row } = await requireEvaluation(deps, principal, place);
  const id = place.to ?? (await findBaseline(deps.db, worker.id));
  if (id === null) throw new AppError("baseline_missing", `${worker.name} has no baseline.`);
  const before = await findEvaluationRow(deps.db, { workerId: worker.id, id });
  if (before === undefined) throw notFound("evaluation");
  return compareEvaluations(await openCompared(deps, before), await openCompared(deps, row));
}

/**
 * Throws `not_found`, `evaluation_not_over` and `evaluation_failed_before`. The baseline of a worker whose gate is
 * evaluations is set by those alone who may promote versions.
 */
export async function setBaseline(
  deps: EvaluationServiceDeps,
  principal: Principal,
  place: Place,
): Promise<EvaluationSummary> {
  const { worker, row, gated } = await requireEvaluation(deps, principal, {
    ...place,
    scope: "workers:write",
  });
  // Who says what later versions are held to could else let each of them in.
  if (gated) requireDecider(principal);
  if (row.status !== "completed")
    throw new AppError("evaluation_not_over", `The evaluation ${row.id} is ${row.status}.`);
  const isBelow = row.result?.suites.some(({ met }) => !met) ?? true;
  if (isBelow || !row.whole) {
    const why = row.whole ? "is below a threshold" : "is of some of the suites alone";
    throw new AppError("evaluation_failed_before", `The evaluation ${row.id} ${why}.`);
  }
  await putBaseline(deps.db, {
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    evaluation_id: row.id,
    set_by: actorOf(principal),
    set_at: deps.clock(),
  });
  return describe(deps, worker, { ...row, is_baseline: true });
}

/** Throws `not_found` and `evaluation_not_over`. */
export async function holdTournament(
  deps: EvaluationServiceDeps,
  principal: Principal,
  { worker: name, evaluations: ids }: { worker: string; evaluations: readonly EvaluationId[] },
): Promise<Tournament> {
  const { worker } = await requireWorker(deps, principal, { name });
  const players = await Promise.all(
    ids.map(async (id) => {
      const row = await findEvaluationRow(deps.db, { workerId: worker.id, id });
      if (row === undefined) throw notFound("evaluation");
      return { ...(await openCompared(deps, row)), version: row.version, cost_usd: row.cost_usd };
    }),
  );
  return rankEvaluations(players);
}

/** Why the gate does not let a version be activated; null where it does. */
export async function judgeGate(
  { db }: { db: Db },
  { workerId, version }: { workerId: WorkerId; version: number },
): Promise<string | null> {
  const row = await findNewestWhole(db, { workerId, version });
  if (row === undefined) return `No evaluation of version ${version} is over: evaluate it first.`;
  const cases = await listCases(db, row.id);
  const baseline = await findBaseline(db, workerId);
  // The baseline of now: it may be another one than that of its end.
  const comparison =
    baseline === null || baseline === row.id
      ? null
      : compareEvaluations({ id: baseline, cases: await listCases(db, baseline) }, { id: row.id, cases });
  const reasons = findReasons(row.result?.suites ?? [], cases, comparison);
  return reasons.length === 0 ? null : [`The evaluation ${row.id} does not pass.`, ...reasons].join(" ");
}

async function describe(
  deps: Pick<EvaluationServiceDeps, "evaluation">,
  worker: WorkerRow,
  row: EvaluationRow,
): Promise<EvaluationSummary> {
  const { result } = row;
  return {
    id: row.id,
    worker: worker.name,
    version: row.version,
    status: row.status,
    verdict: row.verdict,
    reasons: result?.reasons ?? [],
    suites: result?.suites ?? [],
    whole: row.whole,
    runs: row.runs,
    runs_done: result?.runs_done ?? (await deps.evaluation(row.id).countDone()),
    pass_rate: result?.pass_rate ?? null,
    score: result?.score ?? null,
    cost_usd: row.cost_usd,
    baseline: result?.baseline ?? null,
    against_baseline: result?.against_baseline ?? null,
    is_baseline: row.is_baseline,
    activation: result?.activation ?? null,
    requested_by: row.requested_by,
    created_at: toIso(row.created_at),
    ended_at: toIsoOrNull(row.ended_at),
  };
}
