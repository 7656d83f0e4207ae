// Owns the list of starts that schedules have missed, as people and clients read it. Reads alone: a row is written by its
// worker's object.
import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import { missedStartIdSchema } from "#contract/ids";
import type {
  listMissedStartsQuerySchema,
  MissedStart,
  missedStartPageSchema,
} from "#contract/triggers/missed-start";
import { hiddenWorkers } from "../access/policy.ts";
import { toIso } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { listMissedRows } from "./missed-store.ts";
import type { MissedStartRow } from "./missed-store.ts";

/** A page of a workspace's missed starts; of workers that are hidden from whoever asks, nothing. */
export async function listMissedStarts(
  { db }: { db: Db },
  principal: Principal,
  query: z.output<typeof listMissedStartsQuerySchema>,
): Promise<z.output<typeof missedStartPageSchema>> {
  const rows = await listMissedRows(db, {
    workspaceId: principal.workspace_id,
    hidden: hiddenWorkers(principal),
    workerName: query.worker_id,
    id: query.id,
    before: readPlace(missedStartIdSchema, query.cursor),
    limit: query.limit + 1,
  });
  const { page, next_cursor } = takePage(rows, query.limit);
  return { missed: page.map(describe), next_cursor };
}

function describe({ id, trigger_id, name, code, reason, ...row }: MissedStartRow): MissedStart {
  const times = { due_at: toIso(row.due_at), noted_at: toIso(row.noted_at) };
  return { id, worker_id: row.worker_name, trigger_id, name, ...times, code, reason };
}
