import type { ApprovalId } from "#contract/ids";
import { and, asc, count, desc, eq, gt, lt, sql } from "drizzle-orm";
import { approvalRecordSchema, voteSchema } from "#contract/approvals/approval";
import type { ApprovalRecord, ApprovalStatus } from "#contract/approvals/approval";
import type { Db } from "../platform/db/client.ts";
import { idIs, isNoneOf } from "../platform/db/id-is.ts";
import { approvals } from "../platform/db/schema/approvals.ts";
import { packApproval, unpackApproval } from "../runs/record/build-approval.ts";
import * as z from "zod";
import { defineDocument, storedJsonSchema, storedValuesSchema } from "../platform/objects/stored-document.ts";

/** `request` holds the approval as its run's object wrote it; status and times are columns to search by. */
type Row = typeof approvals.$inferSelect;

// Spelled as the partial index has it, so that the planner takes it.
const isApproval = sql`kind = 'approval'`;

/**
 * Writes an approval as its run's object knows it. Repeatable. A row that is decided is final: a late writer must not
 * turn it back. Answers the rows written.
 */
export async function putApprovalRow(db: Db, approval: ApprovalRecord): Promise<number> {
  const { decided_at: decidedAt } = approval;
  const changing = {
    status: approval.status,
    request: approvalDocument.write(packApproval(approval)),
    decision: decidedAt === null ? null : { reason: approval.reason },
    follow_up_run_id: approval.follow_up_run_id,
    decided_at: decidedAt === null ? null : Date.parse(decidedAt),
  };
  const row: typeof approvals.$inferInsert = {
    workspace_id: approval.owner_id,
    id: approval.id,
    run_id: approval.run_id,
    worker_name: approval.worker_id,
    label: approval.label,
    created_at: Date.parse(approval.created_at),
    expires_at: Date.parse(approval.expires_at),
    ...changing,
  };
  const { meta } = await db
    .insert(approvals)
    .values(row)
    .onConflictDoUpdate({
      target: [approvals.workspace_id, approvals.id],
      set: changing,
      setWhere: eq(approvals.status, "pending"),
    });
  return meta.rows_written;
}

/** What people and scripts gave is not judged again; see storedJsonSchema. */
const keptRecordSchema = approvalRecordSchema.extend({
  inputs: storedValuesSchema,
  outputs: storedValuesSchema,
  edited_output: storedValuesSchema.nullable(),
  preview_payload: storedJsonSchema,
  annotations: storedJsonSchema,
  votes: z.array(
    voteSchema.extend({ edited_output: storedValuesSchema.nullable(), annotations: storedJsonSchema }),
  ),
});

const approvalDocument = defineDocument<ApprovalRecord>("approval", keptRecordSchema);

const toRecord = (row: Row): ApprovalRecord => unpackApproval(approvalDocument.read(row.request));

export interface ApprovalFilter {
  workspaceId: string;
  /** Names of workers whose approvals are left out. */
  hidden?: readonly string[];
  status: ApprovalStatus | undefined;
  /** The worker whose approvals alone are meant, as somebody named it. */
  workerName: string | undefined;
  /** Only approvals before this one in the list, newest first. */
  before: ApprovalId | undefined;
  limit: number;
}

/** What people are asked, newest first; waits for something outside are nobody's to decide and not among them. */
export async function listApprovalRows(db: Db, filter: ApprovalFilter): Promise<ApprovalRecord[]> {
  const rows = await db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.workspace_id, filter.workspaceId),
        isApproval,
        isNoneOf(approvals.worker_name, filter.hidden ?? []),
        filter.status === undefined ? undefined : eq(approvals.status, filter.status),
        filter.workerName === undefined ? undefined : eq(approvals.worker_name, filter.workerName),
        filter.before === undefined ? undefined : lt(approvals.id, filter.before),
      ),
    )
    .orderBy(desc(approvals.id))
    .limit(filter.limit);
  return rows.map(toRecord);
}

/** How many wait for a decision and have time left. */
export async function countPendingRows(
  db: Db,
  of: { workspaceId: string; hidden?: readonly string[] },
  now: number,
): Promise<number> {
  const [row] = await db
    .select({ pending: count() })
    .from(approvals)
    .where(
      and(
        eq(approvals.workspace_id, of.workspaceId),
        isNoneOf(approvals.worker_name, of.hidden ?? []),
        eq(approvals.status, "pending"),
        isApproval,
        sql`${approvals.expires_at} > ${now}`,
      ),
    );
  return row?.pending ?? 0;
}

/** The run that asks `approvalId`; undefined when the workspace has no such approval. */
export async function findApprovalRow(
  db: Db,
  workspaceId: string,
  approvalId: ApprovalId,
): Promise<ApprovalRecord | undefined> {
  const [row] = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.workspace_id, workspaceId), eq(approvals.id, approvalId)))
    .limit(1);
  return row && toRecord(row);
}

/**
 * Runs of a worker that wait for `key` from outside and have time left, the one that has waited longest first: at most
 * `limit` after the approval `after`, or only the one run that is meant.
 */
export async function findAwaitingRuns(
  db: Db,
  place: { workspaceId: string; workerName: string },
  wanted: { key: string; runId: string | undefined; after: ApprovalId | null; now: number; limit: number },
): Promise<{ id: ApprovalId; run_id: string }[]> {
  return db
    .select({ id: approvals.id, run_id: approvals.run_id })
    .from(approvals)
    .where(
      and(
        eq(approvals.workspace_id, place.workspaceId),
        eq(approvals.worker_name, place.workerName),
        // Spelled as the partial index has it, so that the planner takes it.
        sql`status = 'pending' AND kind = 'await_external'`,
        eq(approvals.key, wanted.key),
        gt(approvals.expires_at, wanted.now),
        wanted.runId === undefined ? undefined : idIs(approvals.run_id, wanted.runId),
        wanted.after === null ? undefined : gt(approvals.id, wanted.after),
      ),
    )
    .orderBy(asc(approvals.id))
    .limit(wanted.limit);
}
