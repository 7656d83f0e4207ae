import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import { runIdSchema } from "#contract/ids";
import type { listRunsQuerySchema, runPageSchema } from "#contract/runs/run";
import { AppError } from "../../platform/app-error.ts";
import { decodeCursor, encodeCursor } from "../../platform/cursor.ts";
import type { Db } from "../../platform/db/client.ts";
import { listRunRows } from "../record/store.ts";

/** The run a cursor stands at. */
export function readPlace(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const place = runIdSchema.safeParse(decodeCursor(cursor));
  if (place.success) return place.data;
  throw new AppError("invalid_request", "The cursor is not one this API gave out.", {
    errors: [{ pointer: "cursor", detail: "Take the cursor from next_cursor of the last page." }],
  });
}

/** A page of the workspace's runs, newest first. */
export async function listRuns(
  deps: { db: Db },
  principal: Principal,
  query: z.output<typeof listRunsQuerySchema>,
): Promise<z.output<typeof runPageSchema>> {
  const rows = await listRunRows(deps.db, {
    workspaceId: principal.workspace_id,
    workerName: query.worker_id,
    status: query.status,
    since: query.since === undefined ? undefined : Date.parse(query.since),
    until: query.until === undefined ? undefined : Date.parse(query.until),
    before: readPlace(query.cursor),
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return { runs: page, next_cursor: rows.length > query.limit && last ? encodeCursor(last.id) : null };
}
