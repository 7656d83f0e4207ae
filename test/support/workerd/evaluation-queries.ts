import { workerIdSchema, workspaceIdSchema } from "#contract/ids";
import * as evaluations from "../../../worker/evaluations/store.ts";
import { sampleResult } from "./sample-evaluation.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const evaluationStores: readonly object[] = [evaluations];

/** Each function of the store of evaluations, called once; `now` in epoch milliseconds. */
export function evaluationQueries(
  of: { workspaceId: string; workerId: string },
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const workerId = workerIdSchema.parse(of.workerId);
  const place = { workspace_id: workspaceIdSchema.parse(of.workspaceId), worker_id: workerId };
  const id = newId("evl", now);
  const row = {
    ...place,
    id,
    version: 1,
    key: "k",
    whole: true,
    runs: 1,
    requested_by: null,
    created_at: now,
  };
  const one = { name: "s/a", digest: "d", passed: 0, samples: [], score: 0 };
  return {
    insertEvaluation: (db) => evaluations.insertEvaluation(db, row),
    listEvaluationRows: (db) => evaluations.listEvaluationRows(db, workerId, { before: id, limit: 9 }),
    findEvaluationRow: (db) => evaluations.findEvaluationRow(db, { workerId, id }),
    findEvaluationByKey: (db) => evaluations.findEvaluationByKey(db, { workerId, key: "k" }),
    countRunning: (db) => evaluations.countRunning(db, workerId),
    findNewestWhole: (db) => evaluations.findNewestWhole(db, { workerId, version: 1 }),
    listCases: (db) => evaluations.listCases(db, id),
    findBaseline: (db) => evaluations.findBaseline(db, workerId),
    putBaseline: (db) =>
      evaluations.putBaseline(db, { ...place, evaluation_id: id, set_by: null, set_at: now }),
    finishEvaluation: (db) =>
      evaluations.finishEvaluation(db, {
        ...place,
        id,
        status: "completed",
        verdict: "pass",
        cost_usd: 0,
        cases: [one],
        ended_at: now,
        judged: { nano_usd: 5, user_id: "" },
        becomesBaseline: true,
        result: sampleResult,
      }),
    noteActivation: (db) =>
      evaluations.noteActivation(db, { workerId, id }, { outcome: "activated", reason: null }),
    listGateNotes: (db) => evaluations.listGateNotes(db, workerId),
    deleteEvaluationsOfWorker: (db) => evaluations.deleteEvaluationsOfWorker(db, workerId),
    deleteAllEvaluations: (db) => evaluations.deleteAllEvaluations(db, of.workspaceId),
  };
}
