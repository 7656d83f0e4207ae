import type { UserId, WorkspaceId } from "#contract/ids";
import * as approvals from "../../../worker/approvals/store.ts";
import * as reviews from "../../../worker/deploys/review/review-store.ts";
import * as deploys from "../../../worker/deploys/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";
import * as preferences from "../../../worker/preferences/store.ts";

/** Stores of what pages list over all workers, and of what people arrange for themselves. */
export const arrangedStores = [preferences, reviews];

/** Each function of those stores, called once; `now` in epoch milliseconds. */
export function arrangedQueries(
  of: { workspaceId: WorkspaceId; userId: UserId },
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const { workspaceId } = of;
  const place = { workspaceId, actor: of.userId };
  const version = {
    id: newId("ver", now),
    workspace_id: workspaceId,
    manifest: { name: "planned" } as never,
    worker_id: newId("wrk", now),
    number: 2,
    digest: "d",
    state: "quarantined",
    signature: "s",
  } as const;
  const decision = {
    to: "rejected",
    reason: null,
    activates: false,
    decided_by: null,
    decided_at: null,
    signature: "t",
  } as const;
  const waiting = { workspaceId, hidden: ["a"], before: newId("ver", now), limit: 50 };
  return {
    findPreferences: (db) => preferences.findPreferences(db, place),
    patchPreferences: (db) => preferences.patchPreferences(db, place, { change: { starred: [] }, now }),
    deleteAllPreferences: (db) => preferences.deleteAllPreferences(db, workspaceId),
    setFolder: (db) => deploys.setFolder(db, version.worker_id, { folder: "shop", updated_at: now }),
    decideRow: (db) => reviews.decideRow(db, { version, activeVersion: 1 }, decision),
    listWaitingRows: (db) => reviews.listWaitingRows(db, waiting),
    "listApprovalRows of a worker": (db) =>
      approvals.listApprovalRows(db, {
        workspaceId,
        status: undefined,
        workerName: "planned",
        before: undefined,
        limit: 50,
      }),
  };
}
