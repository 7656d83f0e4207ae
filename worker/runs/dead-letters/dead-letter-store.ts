import { and, asc, desc, eq, gte, isNull, lt, not, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { RunId } from "#contract/ids";
import type { RunSummary } from "#contract/runs/run";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { firstIdAt } from "../../platform/ids.ts";
import { columns, PROMISED_MS, toSummary } from "../record/store.ts";

export interface DeadLetterFilter {
  workerName: string | undefined;
  code: string | undefined;
  /** Codes of the wanted kind, or of all other kinds when `except` is set: the worker's kind takes unknown codes too. */
  codes: { except: boolean; names: readonly string[] } | undefined;
  since: number | undefined;
}

/** Written out as the partial index `runs_dead` has it, so that the planner takes the index. */
const isDead = sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`;

function matches(workspaceId: string, filter: DeadLetterFilter): (SQL | undefined)[] {
  const { workerName, code, codes, since } = filter;
  const among = codes && idIsOneOf(runs.error_code, codes.names);
  return [
    eq(runs.workspace_id, workspaceId),
    isDead,
    workerName === undefined ? undefined : idIs(runs.worker_name, workerName),
    code === undefined ? undefined : eq(runs.error_code, code),
    codes?.except && among ? or(isNull(runs.error_code), not(among)) : among,
    since === undefined ? undefined : gte(runs.id, firstIdAt("run", since - PROMISED_MS)),
    since === undefined ? undefined : gte(runs.created_at, since),
  ];
}

/**
 * The filter as filters for one code each, by the index of codes, so that a rare one is found without going through all
 * others; or as it is, for the order of ids. The planner is told, as it would rather sort.
 */
function split(filter: DeadLetterFilter): { filters: DeadLetterFilter[]; from: SQL } {
  const { code, codes } = filter;
  const names = code === undefined ? (codes?.except === false ? codes.names : null) : [code];
  if (names === null) return { filters: [filter], from: sql`${runs} INDEXED BY "runs_dead"` };
  const wanted = codes && code !== undefined ? names.filter((name) => fits(name, codes)) : names;
  return {
    filters: wanted.map((name) => ({ ...filter, code: name, codes: undefined })),
    from: sql`${runs} INDEXED BY "runs_dead_by_code"`,
  };
}

const fits = (name: string, { except, names }: NonNullable<DeadLetterFilter["codes"]>): boolean =>
  names.includes(name) !== except;

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
export async function findDeadLetters(db: Db, workspaceId: string, ids: readonly string[]) {
  return db
    .select({ id: runs.id, status: runs.status, redriven_by: runs.redriven_by })
    .from(runs)
    .where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, ids)));
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
  dismissal: { ids: readonly string[]; now: number },
): Promise<string[]> {
  const rows = await db
    .update(runs)
    .set({ dismissed_at: dismissal.now })
    .where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, dismissal.ids), isDead))
    .returning({ id: runs.id });
  return rows.map((row) => row.id);
}
