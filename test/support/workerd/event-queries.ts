import { workerIdSchema } from "#contract/ids";
import type { WorkspaceId } from "#contract/ids";
import * as access from "../../../worker/access/store.ts";
import * as subscriptions from "../../../worker/alerts/listeners/store.ts";
import * as missed from "../../../worker/triggers/missed-store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const eventStores: readonly object[] = [subscriptions, missed];

/** Each function of the stores of what is listened for, called once for each of its plans; `now` in epoch milliseconds. */
export function eventQueries(
  workspace: WorkspaceId,
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const workerId = workerIdSchema.parse(newId("wrk", now));
  const row = {
    id: "sub_1",
    workspace_id: workspace,
    worker_id: workerId,
    principal_id: "tok_1",
    event: "run.failed",
    url: "https://a.example/",
    secret_box: "x",
    created_at: now,
    expires_at: now,
  } as never;
  const id = newId("mis", now);
  const all = { workspaceId: workspace, hidden: [], workerName: undefined, id: undefined, before: undefined };
  const page = { ...all, limit: 50 };
  const facts = { name: "a", code: "b", reason: "c", due_at: now, noted_at: now };
  return {
    putMissedStart: (db) =>
      missed.putMissedStart(db, id, { worker_id: workerId, trigger_id: newId("trg", now), ...facts }),
    listMissedRows: (db) => missed.listMissedRows(db, { ...page, hidden: ["a"], before: id }),
    "listMissedRows by worker": (db) => missed.listMissedRows(db, { ...page, workerName: "a", before: id }),
    "listMissedRows of a day": (db) => missed.listMissedRows(db, { ...page, hidden: ["a"], from: id }),
    "listMissedRows by id": (db) => missed.listMissedRows(db, { ...page, id }),
    forgetMissedStarts: (db) => missed.forgetMissedStarts(db, { workspaceId: workspace, before: id }),
    findTokenById: (db) => access.findTokenById(db, newId("tok", now)),
    findSubscription: (db) => subscriptions.findSubscription(db, "sub_1", now),
    listWorkerSubscriptions: (db) => subscriptions.listWorkerSubscriptions(db, workerId, now),
    listSubscriptions: (db) => subscriptions.listSubscriptions(db, workspace, now),
    countSubscriptions: (db) => subscriptions.countSubscriptions(db, workspace, now),
    putSubscription: (db) => subscriptions.putSubscription(db, row, now),
    deleteSubscription: (db) => subscriptions.deleteSubscription(db, "sub_1"),
    listSubscriptionBoxes: (db) => subscriptions.listSubscriptionBoxes(db, "sub_", 10),
    replaceSubscriptionBox: (db) =>
      subscriptions.replaceSubscriptionBox(db, { id: "sub_1", from: "a", to: "b" }),
  };
}
