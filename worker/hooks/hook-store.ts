import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { TriggerId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { WebhookSpec } from "#contract/hooks/webhook";
import { atPlace, onProfile, onVersion, onWorkspace, startable } from "../catalog/store.ts";
import type { toWorkerVersion, WorkerPlace } from "../catalog/store.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs, isAfter } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";
import { templates } from "../platform/db/schema/templates.ts";
import { triggers } from "../platform/db/schema/triggers.ts";
import { webhookSpecDocument } from "./webhook-spec.ts";

/** A webhook trigger with what letting a delivery in needs to know of its worker. */
export interface Hook {
  trigger_id: TriggerId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  name: string;
  spec: WebhookSpec;
  paused: boolean;
  secret_box: string | null;
  /** The tokens of who made it, and of who last changed what it starts. */
  made_by: string | null;
  changed_by: string | null;
  /** The tokens that let in at the worker's own address, sealed; null where none was ever asked for. */
  token_box: string | null;
  /**
   * What its runs start, as the rows hold it: nothing of it is read before somebody was let in, for that would take
   * longer than finding nothing. Null for what only lets in and starts nothing.
   */
  target: Parameters<typeof toWorkerVersion>[0] | null;
}

/** So many webhooks of a worker are asked whether they let a delivery in at the worker's address. */
export const MOST_PER_WORKER = 10;

/** The webhook triggers of a worker, or the trigger of this id. */
type HookPlace = { triggerId: string } | WorkerPlace;

/** So many triggers of one workspace are asked whether an app's event is theirs. */
const MOST_OF_APPS = 200;

/** The triggers of a workspace that events of apps start. */
export async function findAppHooks(db: Db, workspaceId: string): Promise<Hook[]> {
  const number = sql`coalesce(${triggers.pinned_version}, ${workers.active_version})`;
  const rows = await db
    .select({ trigger: triggers, ...startable })
    .from(triggers)
    .innerJoin(workers, eq(workers.id, triggers.worker_id))
    .innerJoin(versions, onVersion(number))
    .leftJoin(templates, onProfile())
    .leftJoin(workspaces, onWorkspace())
    .where(
      and(
        idIs(triggers.workspace_id, workspaceId),
        eq(triggers.type, "webhook"),
        sql`json_extract(${triggers.spec}, '$.app_event') IS NOT NULL`,
      ),
    )
    .orderBy(asc(triggers.worker_name), asc(triggers.name))
    .limit(MOST_OF_APPS);
  return rows.map(({ trigger, ...target }) => toHook(trigger, target.worker.hook_token_box, target));
}

/**
 * The webhook triggers that are meant, in the order of their names; none when there is no such trigger or worker. One
 * read, whatever is found.
 */
export async function findHooks(db: Db, of: HookPlace): Promise<Hook[]> {
  const number = sql`coalesce(${triggers.pinned_version}, ${workers.active_version})`;
  const rows = await db
    .select({ trigger: triggers, ...startable })
    .from(workers)
    .innerJoin(triggers, and(eq(triggers.worker_id, workers.id), eq(triggers.type, "webhook")))
    .innerJoin(versions, onVersion(number))
    .leftJoin(templates, onProfile())
    .leftJoin(workspaces, onWorkspace())
    .where("triggerId" in of ? idIs(triggers.id, of.triggerId) : atPlace(of))
    .orderBy(asc(triggers.name))
    .limit(MOST_PER_WORKER);
  return rows.map(({ trigger, ...target }) => toHook(trigger, target.worker.hook_token_box, target));
}

/** A worker with its webhooks, for what needs no version of it. One read, whatever is found. */
export async function findHookedWorker(
  db: Db,
  of: WorkerPlace,
): Promise<{ worker: typeof workers.$inferSelect; hooks: Hook[] } | null> {
  const rows = await db
    .select({ trigger: triggers, worker: workers })
    .from(workers)
    .leftJoin(triggers, and(eq(triggers.worker_id, workers.id), eq(triggers.type, "webhook")))
    .where(atPlace(of))
    .orderBy(asc(triggers.name))
    .limit(MOST_PER_WORKER);
  const [first] = rows;
  if (!first) return null;
  const { worker } = first;
  const found = rows.flatMap(({ trigger }) => trigger ?? []);
  return { worker, hooks: found.map((trigger) => toHook(trigger, worker.hook_token_box, null)) };
}

/** A trigger's row as a hook. Pure. */
export function toHook(
  trigger: typeof triggers.$inferSelect,
  tokenBox: string | null,
  target: Hook["target"],
): Hook {
  return {
    trigger_id: trigger.id,
    workspace_id: trigger.workspace_id,
    worker_id: trigger.worker_id,
    worker_name: trigger.worker_name,
    name: trigger.name,
    spec: webhookSpecDocument.read(trigger.spec),
    paused: trigger.paused,
    secret_box: trigger.secret_box,
    made_by: trigger.made_by,
    changed_by: trigger.changed_by,
    token_box: tokenBox,
    target,
  };
}

/** Puts a trigger's secrets in place of those it had; false when somebody else changed them meanwhile. */
export async function putSecretBox(
  db: Db,
  triggerId: string,
  change: { from: string | null; to: string; now: number },
): Promise<boolean> {
  const changed = await db
    .update(triggers)
    .set({ secret_box: change.to, updated_at: change.now })
    .where(and(idIs(triggers.id, triggerId), sql`${triggers.secret_box} IS ${change.from}`))
    .returning({ id: triggers.id });
  return changed.length === 1;
}

/** Puts a worker's tokens in place of those it had; false when somebody else changed them meanwhile. */
export async function putTokenBox(
  db: Db,
  workerId: string,
  change: { from: string | null; to: string },
): Promise<boolean> {
  const changed = await db
    .update(workers)
    .set({ hook_token_box: change.to })
    .where(and(idIs(workers.id, workerId), sql`${workers.hook_token_box} IS ${change.from}`))
    .returning({ id: workers.id });
  return changed.length === 1;
}

/** The sealed secrets of all webhooks that have some, a page from behind `after` on. */
export async function listSecretBoxes(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; text: string }[]> {
  const rows = await db
    .select({ id: triggers.id, text: triggers.secret_box })
    .from(triggers)
    .where(and(isAfter(triggers.id, after), isNotNull(triggers.secret_box)))
    .orderBy(asc(triggers.id))
    .limit(limit);
  return rows.flatMap(({ id, text }) => (text === null ? [] : [{ id, text }]));
}

/** The sealed tokens of all workers that have some, a page from behind `after` on. */
export async function listTokenBoxes(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; text: string }[]> {
  const rows = await db
    .select({ id: workers.id, text: workers.hook_token_box })
    .from(workers)
    .where(and(isAfter(workers.id, after), isNotNull(workers.hook_token_box)))
    .orderBy(asc(workers.id))
    .limit(limit);
  return rows.flatMap(({ id, text }) => (text === null ? [] : [{ id, text }]));
}
