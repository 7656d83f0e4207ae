import { sql } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { runs } from "../platform/db/schema/runs.ts";

/** Runs of one worker that came in one way. */
export interface RunSum {
  worker: string;
  source: string;
  count: number;
  last: number;
}

interface Look {
  workspaceId: string;
  worker: string | undefined;
  /** How many of the newest are looked at. */
  limit: number;
}

/** The newest runs, put together by worker and way in. */
export async function sumRuns(db: Db, { workspaceId, worker, limit }: Look): Promise<RunSum[]> {
  const ofWorker = worker === undefined ? sql`` : sql`AND worker_name = ${worker}`;
  return db.all<RunSum>(sql`SELECT worker_name AS worker, trigger_source AS source, count(*) AS count, max(created_at) AS last
    FROM (SELECT worker_name, trigger_source, created_at FROM ${runs}
      WHERE workspace_id = ${workspaceId} ${ofWorker} ORDER BY id DESC LIMIT ${limit})
    GROUP BY worker_name, trigger_source`);
}
