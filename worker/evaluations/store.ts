import { and, asc, count, desc, eq, like, sql } from "drizzle-orm";
import * as z from "zod";
import type { EvaluationId, WorkerId, WorkspaceId } from "#contract/ids";
import {
  caseResultSchema,
  comparisonVerdictSchema,
  evaluationSummarySchema,
  suiteResultSchema,
} from "#contract/evaluations/evaluation";
import type { CaseResult } from "#contract/evaluations/evaluation";
import { evaluationIdSchema } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs, isBefore } from "../platform/db/id-is.ts";
import { evaluationBaselines, evaluationCases, evaluations } from "../platform/db/schema/deploys.ts";
import { spend } from "../platform/db/schema/spend.ts";
import { defineDocument } from "../platform/objects/stored-document.ts";

const resultSchema = z.object({
  suites: z.array(suiteResultSchema),
  reasons: z.array(z.string()),
  pass_rate: z.number(),
  score: z.number(),
  runs_done: z.int(),
  baseline: evaluationIdSchema.nullable(),
  against_baseline: comparisonVerdictSchema.nullable(),
  /** What became of the version that waited for it. */
  activation: evaluationSummarySchema.shape.activation.default(null),
});
export type EvaluationResult = z.infer<typeof resultSchema>;
const resultDocument = defineDocument<EvaluationResult>("result of an evaluation", resultSchema);
const caseDocument = defineDocument<CaseResult>("case of an evaluation", caseResultSchema);

type StoredRow = typeof evaluations.$inferSelect;
export interface EvaluationRow extends Omit<StoredRow, "result"> {
  /** Null while it is under way. */
  result: EvaluationResult | null;
  is_baseline: boolean;
}

export type NewEvaluation = Pick<
  StoredRow,
  "id" | "workspace_id" | "worker_id" | "version" | "key" | "whole" | "runs" | "requested_by" | "created_at"
>;

/** Writes the row of an evaluation that begins; false where its worker has another one of its key. Repeatable. */
export async function insertEvaluation(db: Db, row: NewEvaluation): Promise<boolean> {
  const insert = db
    .insert(evaluations)
    .values({ ...row, status: "running", verdict: null, cost_usd: 0, result: null, ended_at: null })
    .onConflictDoNothing();
  const there = db.select({ id: evaluations.id }).from(evaluations).where(eq(evaluations.id, row.id));
  const [, found] = await db.batch([insert, there]);
  return found.length > 0;
}

function queryRows(db: Db) {
  return db
    .select({ row: evaluations, baseline: evaluationBaselines.evaluation_id })
    .from(evaluations)
    .leftJoin(evaluationBaselines, eq(evaluationBaselines.worker_id, evaluations.worker_id));
}

function toRow({ row, baseline }: { row: StoredRow; baseline: EvaluationId | null }): EvaluationRow {
  const result = row.result === null ? null : resultDocument.readText(row.result);
  return { ...row, result, is_baseline: baseline === row.id };
}

/** A worker's evaluations, newest first; those before an id where one is named. */
export async function listEvaluationRows(
  db: Db,
  workerId: WorkerId,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<EvaluationRow[]> {
  const rows = await queryRows(db)
    .where(
      and(
        eq(evaluations.worker_id, workerId),
        before === undefined ? undefined : isBefore(evaluations.id, before),
      ),
    )
    .orderBy(desc(evaluations.id))
    .limit(limit);
  return rows.map(toRow);
}

export async function findEvaluationRow(
  db: Db,
  { workerId, id }: { workerId: WorkerId; id: string },
): Promise<EvaluationRow | undefined> {
  const [found] = await queryRows(db)
    .where(and(idIs(evaluations.id, id), eq(evaluations.worker_id, workerId)))
    .limit(1);
  return found && toRow(found);
}

export async function findEvaluationByKey(
  db: Db,
  { workerId, key }: { workerId: WorkerId; key: string },
): Promise<EvaluationRow | undefined> {
  const [found] = await queryRows(db)
    .where(and(eq(evaluations.worker_id, workerId), eq(evaluations.key, key)))
    .limit(1);
  return found && toRow(found);
}

/** How many of a worker's newest evaluations are under way. */
export async function countRunning(db: Db, workerId: WorkerId): Promise<number> {
  const [found] = await db
    .select({ running: count() })
    .from(evaluations)
    .where(and(eq(evaluations.worker_id, workerId), eq(evaluations.status, "running")));
  return found?.running ?? 0;
}

/** The newest evaluation of all suites of a version that is over; undefined where there is none. */
export async function findNewestWhole(
  db: Db,
  { workerId, version }: { workerId: WorkerId; version: number },
): Promise<EvaluationRow | undefined> {
  const [found] = await queryRows(db)
    .where(
      and(
        eq(evaluations.worker_id, workerId),
        eq(evaluations.version, version),
        eq(evaluations.whole, true),
        eq(evaluations.status, "completed"),
      ),
    )
    .orderBy(desc(evaluations.id))
    .limit(1);
  return found && toRow(found);
}

/** The cases of an evaluation, in their order; none while it is under way. */
export async function listCases(db: Db, id: EvaluationId): Promise<CaseResult[]> {
  const rows = await db
    .select({ result: evaluationCases.result })
    .from(evaluationCases)
    .where(eq(evaluationCases.evaluation_id, id))
    .orderBy(asc(evaluationCases.position));
  return rows.map(({ result }) => caseDocument.readText(result));
}

/** What a worker's evaluations are compared with; null for nothing. */
export async function findBaseline(db: Db, workerId: WorkerId): Promise<EvaluationId | null> {
  const [found] = await db
    .select({ id: evaluationBaselines.evaluation_id })
    .from(evaluationBaselines)
    .where(eq(evaluationBaselines.worker_id, workerId))
    .limit(1);
  return found?.id ?? null;
}

export interface Baseline {
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  evaluation_id: EvaluationId;
  set_by: string | null;
  set_at: number;
}

export async function putBaseline(db: Db, baseline: Baseline): Promise<void> {
  const { evaluation_id, set_by, set_at } = baseline;
  await db.insert(evaluationBaselines).values(baseline).onConflictDoUpdate({
    target: evaluationBaselines.worker_id,
    set: { evaluation_id, set_by, set_at },
  });
}

/** So many cases are written at once. */
const CASES_AT_ONCE = 20;

export interface FinishedEvaluation {
  id: EvaluationId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  status: "completed" | "cancelled";
  verdict: "pass" | "fail" | null;
  cost_usd: number;
  result: EvaluationResult;
  cases: readonly CaseResult[];
  ended_at: number;
  /** What its judges have asked, in billionths of a dollar, and whose money it is; empty where no account asked. */
  judged: { nano_usd: number; user_id: string };
  /** Makes it the baseline where there is none. */
  becomesBaseline: boolean;
}

const DAY_MS = 86_400_000;

/** Adds what judges have cost to what the worker has spent that day, as long as the evaluation is not over. */
function addJudged(db: Db, { id, workspace_id, worker_id, ended_at, judged }: FinishedEvaluation) {
  const isRunning = sql`EXISTS (SELECT 1 FROM evaluations WHERE id = ${id} AND status = 'running')`;
  const day = Math.floor(ended_at / DAY_MS);
  // The columns as the table has them.
  return db
    .insert(spend)
    .select(
      sql`SELECT ${workspace_id}, ${day}, ${worker_id}, ${judged.user_id}, 0, 0, ${judged.nano_usd}
        WHERE ${judged.nano_usd} > 0 AND ${isRunning}`,
    )
    .onConflictDoUpdate({
      target: [spend.workspace_id, spend.day, spend.worker_id, spend.user_id],
      set: { model_nano_usd: sql`${spend.model_nano_usd} + excluded.model_nano_usd` },
    });
}

/**
 * Writes what an evaluation came to: first its cases, then at once that it is over and what its judges have cost, which is
 * so counted once. Repeatable.
 */
export async function finishEvaluation(db: Db, done: FinishedEvaluation): Promise<void> {
  const { id, workspace_id, worker_id } = done;
  // Of a worker that is gone meanwhile nothing is written any more.
  const isThere = sql`EXISTS (SELECT 1 FROM evaluations WHERE id = ${id})`;
  const insertOne = (one: CaseResult, position: number) => {
    const result = JSON.stringify(caseDocument.write(one));
    // In the order of the table's columns.
    return db
      .insert(evaluationCases)
      .select(sql`SELECT ${id}, ${workspace_id}, ${worker_id}, ${position}, ${result} WHERE ${isThere}`)
      .onConflictDoNothing();
  };
  for (let at = 0; at < done.cases.length; at += CASES_AT_ONCE) {
    const some = done.cases.slice(at, at + CASES_AT_ONCE);
    const [first, ...rest] = some.map((one, index) => insertOne(one, at + index));
    if (first !== undefined) await db.batch([first, ...rest]);
  }
  const { status, verdict, cost_usd, ended_at } = done;
  const result = JSON.stringify(resultDocument.write(done.result));
  const end = db
    .update(evaluations)
    .set({ status, verdict, cost_usd, ended_at, result })
    .where(and(eq(evaluations.id, id), eq(evaluations.status, "running")));
  const count = addJudged(db, done);
  if (!done.becomesBaseline) {
    await db.batch([count, end]);
    return;
  }
  const first = db
    .insert(evaluationBaselines)
    .select(sql`SELECT ${worker_id}, ${workspace_id}, ${id}, NULL, ${ended_at} WHERE ${isThere}`)
    .onConflictDoNothing();
  await db.batch([count, end, first]);
}

/** Writes down what became of the version that waited for an evaluation. Repeatable. */
export async function noteActivation(
  db: Db,
  { workerId, id }: { workerId: WorkerId; id: EvaluationId },
  activation: NonNullable<EvaluationResult["activation"]>,
): Promise<void> {
  const row = await findEvaluationRow(db, { workerId, id });
  if (row === undefined || row.result === null) return;
  const result = JSON.stringify(resultDocument.write({ ...row.result, activation }));
  await db.update(evaluations).set({ result }).where(eq(evaluations.id, id));
}

/** How many of the newest evaluations the notes go back. */
const NOTED_VERSIONS = 100;

/** Why versions that the gate has evaluated were not activated then, by their numbers. */
export async function listGateNotes(db: Db, workerId: WorkerId): Promise<Map<number, string>> {
  const rows = await queryRows(db)
    .where(
      and(
        eq(evaluations.worker_id, workerId),
        like(evaluations.key, `${GATE_KEY}%`),
        eq(evaluations.status, "completed"),
      ),
    )
    .orderBy(desc(evaluations.id))
    .limit(NOTED_VERSIONS);
  return new Map(
    rows.map(toRow).flatMap(({ id, version, verdict, result }) => {
      const reasons = verdict === "fail" ? result?.reasons : [result?.activation?.reason ?? ""];
      const why = (reasons ?? []).join(" ");
      return why === "" ? [] : [[version, `${why} (${id})`] as const];
    }),
  );
}

/** How the keys of evaluations begin for which a version waits. */
export const GATE_KEY = "gate:";

/** Deletes all evaluations of a worker. */
export async function deleteEvaluationsOfWorker(db: Db, workerId: string): Promise<void> {
  await db.batch([
    db.delete(evaluationBaselines).where(idIs(evaluationBaselines.worker_id, workerId)),
    db.delete(evaluationCases).where(idIs(evaluationCases.worker_id, workerId)),
    db.delete(evaluations).where(idIs(evaluations.worker_id, workerId)),
  ]);
}

/** Deletes all evaluations of a workspace. */
export async function deleteAllEvaluations(db: Db, workspaceId: string): Promise<void> {
  await db.batch([
    db.delete(evaluationBaselines).where(idIs(evaluationBaselines.workspace_id, workspaceId)),
    db.delete(evaluationCases).where(idIs(evaluationCases.workspace_id, workspaceId)),
    db.delete(evaluations).where(idIs(evaluations.workspace_id, workspaceId)),
  ]);
}
