import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import type { MemberCaps, SpendGroup } from "#contract/spend/spend";
import { readSettings } from "../catalog/workspace-settings.ts";
import type { StoredSettings } from "../catalog/workspace-settings.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { members, workspaces } from "../platform/db/schema/access.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { spend } from "../platform/db/schema/spend.ts";
import type { SpendSums } from "./judge-caps.ts";
import type { SpendPeriods } from "./spend-period.ts";

/** Whose spending is asked for; `userId` is empty for what nobody's account asked. */
export interface SpenderPlace {
  workspaceId: string;
  workerId: string;
  userId: string;
}

const capColumns = {
  daily_spend_cap_usd: members.daily_spend_cap_usd,
  monthly_spend_cap_usd: members.monthly_spend_cap_usd,
};

/** What a workspace has set, and what of it for one of its people; `member` is null for whoever is none. */
export async function findCapSettings(
  db: Db,
  { workspaceId, userId }: Pick<SpenderPlace, "workspaceId" | "userId">,
): Promise<{ settings: StoredSettings; member: MemberCaps | null }> {
  const [row] = await db
    .select({ settings: workspaces.settings, user_id: members.user_id, ...capColumns })
    .from(workspaces)
    .leftJoin(members, and(eq(members.workspace_id, workspaces.id), idIs(members.user_id, userId)))
    .where(idIs(workspaces.id, workspaceId))
    .limit(1);
  const { settings, user_id, daily_spend_cap_usd = null, monthly_spend_cap_usd = null } = row ?? {};
  const member = user_id ? { daily_spend_cap_usd, monthly_spend_cap_usd } : null;
  return { settings: readSettings(settings), member };
}

const cost = sql<number>`${spend.sandbox_nano_usd} + ${spend.model_nano_usd}`;

/** What was spent this day and month: the rows of one month of one workspace are read, however many runs there were. */
export async function sumSpend(db: Db, of: SpenderPlace, periods: SpendPeriods): Promise<SpendSums> {
  const isDay = sql`${spend.day} = ${periods.day}`;
  const isUser = sql`${spend.user_id} = ${of.userId}`;
  const sumWhere = (condition: ReturnType<typeof sql>) =>
    sql<number>`coalesce(sum(CASE WHEN ${condition} THEN ${cost} ELSE 0 END), 0)`;
  const [row] = await db
    .select({
      workspaceDay: sumWhere(isDay),
      workspaceMonth: sql<number>`coalesce(sum(${cost}), 0)`,
      userDay: sumWhere(sql`${isDay} AND ${isUser}`),
      userMonth: sumWhere(isUser),
      workerMonth: sumWhere(sql`${spend.worker_id} = ${of.workerId}`),
    })
    .from(spend)
    .where(inDays(of.workspaceId, { from: periods.monthFrom, to: periods.monthTo }));
  return row ?? { workspaceDay: 0, workspaceMonth: 0, userDay: 0, userMonth: 0, workerMonth: 0 };
}

function inDays(workspaceId: string, { from, to }: { from: number; to: number }) {
  return and(idIs(spend.workspace_id, workspaceId), gte(spend.day, from), lt(spend.day, to));
}

/** What one worker has cost on each day of a span that has a row; the rows of these days of its workspace are read. */
export async function listWorkerDays(
  db: Db,
  { workspaceId, workerId }: Pick<SpenderPlace, "workspaceId" | "workerId">,
  days: { from: number; to: number },
): Promise<{ day: number; nanoUsd: number }[]> {
  return db
    .select({ day: spend.day, nanoUsd: sql<number>`sum(${cost})` })
    .from(spend)
    .where(and(inDays(workspaceId, days), eq(spend.worker_id, workerId)))
    .groupBy(spend.day);
}

export interface SpendSumRow {
  key: string | number;
  /** The worker's name or the person's address; null where it is not known any more, and for days. */
  name: string | null;
  runs: number;
  sandbox: number;
  model: number;
}

/** What was spent from one day until before another, put together: a row for each worker, person or day that spent. */
export async function listSpend(
  db: Db,
  { workspaceId, by, days }: { workspaceId: WorkspaceId; by: SpendGroup; days: { from: number; to: number } },
): Promise<SpendSumRow[]> {
  const column = { worker: spend.worker_id, user: spend.user_id, day: spend.day }[by];
  const name = {
    worker: sql<
      string | null
    >`(SELECT ${workers.name} FROM ${workers} WHERE ${workers.id} = ${spend.worker_id})`,
    user: sql<
      string | null
    >`(SELECT ${members.email} FROM ${members} WHERE ${members.workspace_id} = ${workspaceId} AND ${members.user_id} = ${spend.user_id})`,
    day: sql<null>`NULL`,
  }[by];
  return db
    .select({
      key: column,
      name,
      runs: sql<number>`sum(${spend.runs})`,
      sandbox: sql<number>`sum(${spend.sandbox_nano_usd})`,
      model: sql<number>`sum(${spend.model_nano_usd})`,
    })
    .from(spend)
    .where(inDays(workspaceId, days))
    .groupBy(column);
}

/** The caps of one member; undefined where there is no such member. */
export async function findMemberCaps(
  db: Db,
  { workspaceId, userId }: Pick<SpenderPlace, "workspaceId" | "userId">,
): Promise<MemberCaps | undefined> {
  const [row] = await db
    .select(capColumns)
    .from(members)
    .where(and(idIs(members.workspace_id, workspaceId), idIs(members.user_id, userId)))
    .limit(1);
  return row;
}

/** Sets the caps of one member; false where there is no such member. */
export async function setMemberCapsRow(
  db: Db,
  { workspaceId, userId }: Pick<SpenderPlace, "workspaceId" | "userId">,
  caps: MemberCaps,
): Promise<boolean> {
  const { meta } = await db
    .update(members)
    .set(caps)
    .where(and(idIs(members.workspace_id, workspaceId), idIs(members.user_id, userId)));
  return meta.rows_written > 0;
}

/** Forgets what a workspace that goes has spent. */
export async function deleteAllSpend(db: Db, workspaceId: string): Promise<void> {
  await db.delete(spend).where(idIs(spend.workspace_id, workspaceId));
}
