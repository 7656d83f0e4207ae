import { runIdSchema, workerIdSchema, workspaceIdSchema } from "#contract/ids";
import * as memory from "../../../worker/memory/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const memoryStores: readonly object[] = [memory];

/** Each function of the store of memories, called once; `now` in epoch milliseconds. */
export function memoryQueries(
  of: { workspaceId: string; workerId: string; runId: string },
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const { workerId } = of;
  const row = {
    workspace_id: workspaceIdSchema.parse(of.workspaceId),
    worker_id: workerIdSchema.parse(workerId),
    created_at: now,
  };
  const learning = newId("lrn", now);
  const feedback = newId("wfb", now);
  const by = { id: "tok_1", now };
  return {
    insertLearning: (db) =>
      memory.insertLearning(
        db,
        {
          ...row,
          id: learning,
          run_id: runIdSchema.parse(of.runId),
          call_key: "a",
          learning: "a",
          source: null,
          why_waiting: null,
        },
        9,
      ),
    listLearningRows: (db) =>
      memory.listLearningRows(db, workerId, { state: "kept", before: learning, limit: 9 }),
    "listLearningRows of all": (db) => memory.listLearningRows(db, workerId, { limit: 9 }),
    findLearningRow: (db) => memory.findLearningRow(db, { workerId, id: learning }),
    keepLearning: (db) => memory.keepLearning(db, learning, by),
    deleteLearning: (db) => memory.deleteLearning(db, learning),
    insertFeedback: (db) =>
      memory.insertFeedback(db, { ...row, id: feedback, text: "a", created_by: "tok_1" }, 9),
    listFeedbackRows: (db) => memory.listFeedbackRows(db, workerId, { active: true, limit: 9 }),
    findFeedbackRow: (db) => memory.findFeedbackRow(db, { workerId, id: feedback }),
    resolveFeedbackRow: (db) => memory.resolveFeedbackRow(db, feedback, by),
    deleteAllMemory: (db) => memory.deleteAllMemory(db, of.workspaceId),
    deleteMemoryOfWorker: (db) => memory.deleteMemoryOfWorker(db, workerId),
  };
}
