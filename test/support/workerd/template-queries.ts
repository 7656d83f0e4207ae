import * as templates from "../../../worker/templates/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import type { WorkspaceId } from "#contract/ids";

/** Each function of the store of templates, called once; `now` in epoch milliseconds. */
export function templateQueries(
  workspaceId: WorkspaceId,
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  return {
    listTemplateRows: (db) => templates.listTemplateRows(db, workspaceId),
    findTemplateRow: (db) => templates.findTemplateRow(db, workspaceId, "t"),
    countTemplates: (db) => templates.countTemplates(db, workspaceId),
    putTemplateRow: (db) =>
      templates.putTemplateRow(db, {
        workspace_id: workspaceId,
        name: "t",
        spec: {} as never,
        updated_at: now,
      }),
    deleteTemplateRow: (db) => templates.deleteTemplateRow(db, workspaceId, "t"),
    deleteAllTemplates: (db) => templates.deleteAllTemplates(db, workspaceId),
  };
}
