// Owns the list of what waits for a person, over all workers. Never shows a worker that the reader may not see.
// Writes nothing.
import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import { versionIdSchema } from "#contract/ids";
import type { pageQuerySchema } from "#contract/page";
import type { waitingPageSchema } from "#contract/versions/review";
import { hiddenWorkers } from "../../access/policy.ts";
import type { Db } from "../../platform/db/client.ts";
import { readPlace, takePage } from "../../platform/page.ts";
import { describeVersion } from "../describe-worker.ts";
import { listWaitingRows } from "./review-store.ts";

/** A page of the versions that wait in quarantine, newest first. Throws `invalid_request` for a cursor that is none. */
export async function listQuarantine(
  { db }: { db: Db },
  principal: Principal,
  { limit, cursor }: z.output<typeof pageQuerySchema>,
): Promise<z.output<typeof waitingPageSchema>> {
  const rows = await listWaitingRows(db, {
    workspaceId: principal.workspace_id,
    hidden: hiddenWorkers(principal),
    before: readPlace(versionIdSchema, cursor),
    limit: limit + 1,
  });
  const { page, next_cursor } = takePage(rows, limit);
  return {
    versions: page.map(({ worker, version }) => ({
      worker: worker.name,
      title: version.manifest.title,
      version: describeVersion(version, worker.active_version),
    })),
    next_cursor,
  };
}
