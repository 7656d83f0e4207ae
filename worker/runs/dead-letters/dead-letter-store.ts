import { and, asc, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { RunId } from "#contract/ids";
import { failureKinds } from "#contract/runs/lists";
import type { RunSummary } from "#contract/runs/run";
import { failureKindOf } from "#contract/runs/run-failure";
import type { FailureKind } from "#contract/runs/run-failure";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf, isNoneOf } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { firstIdAt } from "../../platform/ids.ts";
import { columns, PROMISED_MS, toSummary } from "../record/store.ts";

export interface DeadLetterFilter {
  workerName: string | undefined;
  code: string | undefined;
  kind: FailureKind | undefined;
  since: number | undefined;
  /** Names of workers whose runs are left out. */
  hidden?: readonly string[];
}

/** Written out as the partial indexes have it, so that the planner takes one of them. */
const isDead = sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`;

function matches(workspaceId: string, filter: DeadLetterFilter): (SQL | undefined)[] {
  const { workerName, code, kind, since, hidden = [] } = filter;
  return [
    isNoneOf(runs.worker_name, hidden),
    eq(runs.workspace_id, workspaceId),
    isDead,
    workerName === undefined ? undefined : idIs(runs.worker_name, workerName),
    code === undefined ? undefined : eq(runs.error_code, code),
    kind === undefined ? undefined : eq(runs.error_kind, kind),
    since === undefined ? undefined : gte(runs.id, firstIdAt("run", since - PROMISED_MS)),
    since === undefined ? undefined : gte(runs.created_at, since),
  ];
}

const runsBy = (index: string): SQL => sql`${runs} INDEXED BY ${sql.identifier(index)}`;

/**
 * The filter as filters that each have an index in the order of ids, so that what is rare is found without going through
 * all others: by code, or by kind, of the workspace or of one worker. A code of one worker is looked for among what the
 * worker has of the code's kind. The planner is told, as it would rather sort.
 */
function split(filter: DeadLetterFilter): { filters: DeadLetterFilter[]; from: SQL } {
  const { workerName, code, kind } = filter;
  const kinds = code === undefined ? failureKinds : [failureKindOf(code)];
  const wanted = kinds.filter((one) => kind === undefined || kind === one);
  const byKind = wanted.map((one) => ({ ...filter, kind: one }));
  if (workerName !== undefined) return { filters: byKind, from: runsBy("runs_dead_by_worker") };
  if (code === undefined) return { filters: byKind, from: runsBy("runs_dead") };
  return { filters: byKind.map((one) => ({ ...one, kind: undefined })), from: runsBy("runs_dead_by_code") };
}

/** Dead letters, newest first, only those before `before`. */
export async function listDeadRows(
  db: Db,
  workspaceId: string,
  page: { filter: DeadLetterFilter; before: RunId | undefined; limit: number },
): Promise<RunSummary[]> {
  const before = page.before === undefined ? undefined : lt(runs.id, page.before);
  const { filters, from } = split(page.filter);
  const queries = filters.map((filter) =>
    db
      .select(columns)
      .from(from)
      .where(and(...matches(workspaceId, filter), before))
      .orderBy(desc(runs.id))
      .limit(page.limit),
  );
  const [first, ...rest] = queries;
  if (!first) return [];
  const found = (await db.batch([first, ...rest])).flat();
  return found
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, page.limit)
    .map(toSummary);
}

/** Ids of the oldest dead letters that the filter matches. */
export async function listOldestDeadIds(
  db: Db,
  workspaceId: string,
  { filter, limit }: { filter: DeadLetterFilter; limit: number },
): Promise<string[]> {
  const { filters, from } = split(filter);
  const queries = filters.map((one) =>
    db
      .select({ id: columns.id })
      .from(from)
      .where(and(...matches(workspaceId, one)))
      .orderBy(asc(runs.id))
      .limit(limit),
  );
  const [first, ...rest] = queries;
  if (!first) return [];
  const found = (await db.batch([first, ...rest])).flat().map(({ id }) => id);
  return found.sort().slice(0, limit);
}

/** What is known of these runs as dead letters; a run that is not in the workspace is left out. */
export async function findDeadLetters(
  db: Db,
  workspaceId: string,
  of: { ids: readonly string[]; hidden?: readonly string[] },
) {
  return db
    .select({ id: runs.id, status: runs.status, redriven_by: runs.redriven_by })
    .from(runs)
    .where(
      and(
        eq(runs.workspace_id, workspaceId),
        idIsOneOf(runs.id, of.ids),
        isNoneOf(runs.worker_name, of.hidden ?? []),
      ),
    );
}

/** Notes the run that was started in its stead. The first one stays. */
export async function markRedriven(
  db: Db,
  place: { workspaceId: string; id: string },
  runId: RunId,
): Promise<void> {
  await db
    .update(runs)
    .set({ redriven_by: runId })
    .where(and(eq(runs.workspace_id, place.workspaceId), idIs(runs.id, place.id), isNull(runs.redriven_by)));
}

/** Takes dead letters off the list; answers those that were on it. */
export async function markDismissed(
  db: Db,
  workspaceId: string,
  dismissal: { ids: readonly string[]; hidden?: readonly string[]; now: number },
): Promise<string[]> {
  const rows = await db
    .update(runs)
    .set({ dismissed_at: dismissal.now })
    .where(
      and(
        eq(runs.workspace_id, workspaceId),
        idIsOneOf(runs.id, dismissal.ids),
        isNoneOf(runs.worker_name, dismissal.hidden ?? []),
        isDead,
      ),
    )
    .returning({ id: runs.id });
  return rows.map((row) => row.id);
}
