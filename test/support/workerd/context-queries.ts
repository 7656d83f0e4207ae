import * as contextChanges from "../../../worker/contexts/change-store.ts";
import * as contexts from "../../../worker/contexts/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const contextStores: readonly object[] = [contexts, contextChanges];

/** Each function of the stores of contexts, called once; `now` in epoch milliseconds. */
export function contextQueries({
  workspaceId,
  runId,
  now,
}: {
  workspaceId: string;
  runId: string;
  now: number;
}): Record<string, (db: Db) => Promise<unknown>> {
  const context = newId("ctx", now);
  return {
    listContextRows: (db) => contexts.listContextRows(db, workspaceId),
    findContextRows: (db) => contexts.findContextRows(db, workspaceId, ["a"]),
    findContextsById: (db) => contexts.findContextsById(db, workspaceId, [context]),
    findContextRow: (db) => contexts.findContextRow(db, workspaceId, "a"),
    countContexts: (db) => contexts.countContexts(db, workspaceId),
    changeContext: (db) => contexts.changeContext(db, context, { name: "b", now }),
    deleteContextRows: (db) => contexts.deleteContextRows(db, context),
    deleteAllContexts: (db) => contexts.deleteAllContexts(db, workspaceId),
    listFileRows: (db) => contexts.listFileRows(db, context, 3),
    listAllFileRows: (db) => contexts.listAllFileRows(db, context),
    findFileRow: (db) => contexts.findFileRow(db, context, { path: "a", version: 3 }),
    listFileHistory: (db) => contexts.listFileHistory(db, context, "a"),
    listContextVersionRows: (db) => contexts.listContextVersionRows(db, context, 10),
    putChanges: (db) =>
      contextChanges.putChanges(
        db,
        [
          {
            id: context,
            base: 1,
            digest: "d",
            fileCount: 1,
            totalBytes: 1,
            puts: [{ path: "a", sha256: "s", size: 1, warned: false }],
            removes: ["b"],
          },
        ],
        { changeId: "c", message: "m", madeBy: "t", run: null, restoredFrom: null, now },
      ),
    listRunVersions: (db) => contextChanges.listRunVersions(db, runId, 1),
    measureStored: (db) => contextChanges.measureStored(db, context),
    forgetVersions: (db) => contextChanges.forgetVersions(db, context, 2),
  };
}
