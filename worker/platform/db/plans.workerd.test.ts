import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, it } from "vitest";
import { runIdSchema, workerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { auditSamples } from "../../../test/support/workerd/audit-samples.ts";
import { connectionQueries, connectionStores } from "../../../test/support/workerd/connection-queries.ts";
import { evaluationQueries, evaluationStores } from "../../../test/support/workerd/evaluation-queries.ts";
import { arrangedQueries, arrangedStores } from "../../../test/support/workerd/arranged-queries.ts";
import { memoryQueries, memoryStores } from "../../../test/support/workerd/memory-queries.ts";
import { sessionQueries, sessionStores } from "../../../test/support/workerd/session-queries.ts";
import { templateQueries } from "../../../test/support/workerd/template-queries.ts";
import { contextQueries, contextStores } from "../../../test/support/workerd/context-queries.ts";
import { eventQueries, eventStores } from "../../../test/support/workerd/event-queries.ts";
import { peopleQueries, peopleStores } from "../../../test/support/workerd/people-queries.ts";
import { quotaQueries, quotaStores } from "../../../test/support/workerd/quota-queries.ts";
import { spendQueries, spendStores } from "../../../test/support/workerd/spend-queries.ts";
import { tokenQueries, tokenStores } from "../../../test/support/workerd/token-queries.ts";
import { verifies } from "../../../test/verifies.ts";
import * as exactRates from "../../access/rate/store.ts";
import * as access from "../../access/store.ts";
import * as alerts from "../../alerts/store.ts";
import * as oldApprovals from "../../approvals/expiry-store.ts";
import * as approvals from "../../approvals/store.ts";
import * as audit from "../../audit/store.ts";
import * as catalog from "../../catalog/store.ts";
import * as activations from "../../deploys/activation-store.ts";
import * as oldVersions from "../../deploys/expiry-store.ts";
import * as deploys from "../../deploys/store.ts";
import * as hooks from "../../hooks/hook-store.ts";
import type { DeadLetterFilter } from "../../runs/dead-letters/dead-letter-store.ts";
import * as deadLetters from "../../runs/dead-letters/dead-letter-store.ts";
import * as retention from "../../retention/store.ts";
import * as oldRuns from "../../runs/record/expiry-store.ts";
import * as outcomes from "../../runs/record/outcome-store.ts";
import * as runs from "../../runs/record/store.ts";
import * as uploadsOfRuns from "../../runs/start/upload-store.ts";
import * as secrets from "../../secrets/store.ts";
import * as triggers from "../../triggers/store.ts";
import * as oldUploads from "../../uploads/expiry-store.ts";
import * as uploads from "../../uploads/store.ts";
import { newId } from "../ids.ts";
import type { Db } from "./client.ts";

const RUNS = 9000;
/** What one query may read however large the workspace is: two looks at the newest runs. */
const MOST_ROWS = 4500;
const now = Date.parse("2026-03-02T09:00:00Z");
const workspace = numberedId("wsp", 77);
const run = numberedId("run", 5);
const user = newId("usr", now);
const inWorkspace = { workspaceId: workspaceIdSchema.parse(workspace), userId: user };
const newWorkspace = { id: newId("wsp", now), name: "N", created_at: now };
const newMember = { user_id: user, email: "a@b.example", name: null };
const trigger = numberedId("trg", 1);
const workerName = workerNameSchema.parse("planned");
const workerId = workerIdSchema.parse(newId("wrk", now));
const place = { workspaceId: workspace, workerName };
const approval = newId("apr", now);
const secret = { workspaceId: workspace, name: "A" };
const list = { workspaceId: workspace, limit: 50 };
const anyApproval = { status: undefined, workerName: undefined, before: undefined };
const noFilter = { workerName: undefined, code: undefined, kind: undefined, since: undefined };
const rareCode = { ...noFilter, code: "disk_full" };
const rareKind = { ...noFilter, kind: "limit" as const };
const ofWorker = { ...noFilter, workerName };
const { auditRow, auditFilters, auditSpan } = auditSamples(workspace, now);
const version = {
  id: newId("ver", now),
  workspace_id: workspace,
  worker_id: workerId,
  number: 9,
  digest: "d",
  manifest: { name: "planned" } as never,
  file_count: 1,
  size_bytes: 1,
  created_at: now,
  pushed_by: null,
  template: null,
  state: "active" as const,
  signature: "older",
  decided_by: null,
  decided_at: null,
  decision_reason: null,
};

/** Each function of the stores that asks the database. A new one is to be added here: see the last test. */
const calls: Record<string, (db: Db) => Promise<unknown>> = {
  findToken: (db) => access.findToken(db, "h"),
  ...tokenQueries(workspace, now),
  ...peopleQueries({ ...inWorkspace, workerId, now }),
  ...contextQueries({ workspaceId: workspace, runId: run, now }),
  ...connectionQueries(workspace, now),
  ...evaluationQueries({ workspaceId: workspace, workerId }, now),
  ...memoryQueries({ workspaceId: workspace, workerId, runId: run }, now),
  ...sessionQueries({ workspaceId: workspace, runId: run }, now),
  findMembership: (db) => access.findMembership(db, user, workspace),
  "findMembership the first": (db) => access.findMembership(db, user, null),
  putFirstWorkspace: (db) => access.putFirstWorkspace(db, newWorkspace, newMember),
  putWorkspace: (db) => access.putWorkspace(db, newWorkspace, newMember),
  beginDeletion: (db) => access.beginDeletion(db, workspaceIdSchema.parse(workspace), now),
  findDeletion: (db) => access.findDeletion(db, workspace),
  deleteWorkspaceRow: (db) => access.deleteWorkspaceRow(db, workspace),
  findWorkspace: (db) => access.findWorkspace(db, workspace),
  ...templateQueries(workspace, now),
  ...arrangedQueries(inWorkspace, now),
  listSecretRows: (db) => secrets.listSecretRows(db, workspace),
  findSecretRow: (db) => secrets.findSecretRow(db, secret),
  findGrants: (db) => secrets.findGrants(db, workspace, ["A"]),
  countSecrets: (db) => secrets.countSecrets(db, workspace),
  findSealed: (db) => secrets.findSealed(db, workspace, ["A"]),
  findKeptValues: (db) => secrets.findKeptValues(db, { workspaceId: workspace, names: ["A"], since: now }),
  findWorkspaceKey: (db) => secrets.findWorkspaceKey(db, workspace),
  keepWorkspaceKey: (db) =>
    secrets.keepWorkspaceKey(db, { workspaceId: workspaceIdSchema.parse(workspace), wrapped: "w", now }),
  putSecretRow: (db) =>
    secrets.putSecretRow(db, {
      workspaceId: workspaceIdSchema.parse(workspace),
      name: "A",
      box: "b",
      granted_to: null,
      bound_to: null,
      by: "t",
      now,
    }),
  replaceLostKey: (db) =>
    secrets.replaceLostKey(db, { workspaceId: workspace, lost: "w", wrapped: "v", now }),
  putGrants: (db) => secrets.putGrants(db, secret, null),
  deleteSecretRow: (db) => secrets.deleteSecretRow(db, secret, now),
  wipeRetired: (db) => secrets.wipeRetired(db, workspace, now),
  listVersionRowsOf: (db) => secrets.listVersionRowsOf(db, secret, 10),
  noteUse: (db) =>
    secrets.noteUse(db, { workspaceId: workspace, names: ["A"], runId: run, now, before: now }),
  noteCheck: (db) => secrets.noteCheck(db, secret, { status: "valid", now }),
  listWorkspaceKeys: (db) => secrets.listWorkspaceKeys(db, "wsp_", 10),
  replaceWorkspaceKey: (db) => secrets.replaceWorkspaceKey(db, { id: workspace, from: "a", to: "b" }),
  deleteAllSecrets: (db) => secrets.deleteAllSecrets(db, workspace),
  listAlertBoxes: (db) => alerts.listAlertBoxes(db, "alt_", 10),
  replaceAlertBox: (db) => alerts.replaceAlertBox(db, { id: newId("alt", now), from: "a", to: "b" }),
  listSecretBoxes: (db) => hooks.listSecretBoxes(db, "trg_", 10),
  listTokenBoxes: (db) => hooks.listTokenBoxes(db, "wrk_", 10),
  listAlertRows: (db) => alerts.listAlertRows(db, workspace, workerId),
  updateAlertRow: (db) => alerts.updateAlertRow(db, { id: newId("alt", now), email_to: [] } as never),
  deleteAlertRow: (db) => alerts.deleteAlertRow(db, newId("alt", now)),
  listApprovalRows: (db) =>
    approvals.listApprovalRows(db, { ...list, ...anyApproval, before: newId("apr", now) }),
  "listApprovalRows by status": (db) =>
    approvals.listApprovalRows(db, { ...list, ...anyApproval, status: "expired" }),
  countPendingRows: (db) => approvals.countPendingRows(db, { workspaceId: workspace }, now),
  findApprovalRow: (db) => approvals.findApprovalRow(db, workspace, approval),
  findAwaitingRuns: (db) =>
    approvals.findAwaitingRuns(db, place, { key: "k", runId: undefined, after: approval, now, limit: 50 }),
  "findAwaitingRuns by run": (db) =>
    approvals.findAwaitingRuns(db, place, { key: "k", runId: run, after: null, now, limit: 50 }),
  findWorkerVersion: (db) => catalog.findWorkerVersion(db, place),
  "findWorkerVersion by number": (db) => catalog.findWorkerVersion(db, { workerId }, 3),
  listWorkerNames: (db) => catalog.listWorkerNames(db, workspace),
  listActiveVersions: (db) => catalog.listActiveVersions(db, workspace),
  activateRow: (db) =>
    activations.activateRow(
      db,
      {
        workspace_id: workspace,
        worker_id: workerId,
        from_version: 1,
        to_version: 2,
        by_token: "t",
        at: now,
        forced: [],
        claims: { workspaceId: workspace, names: ["a", "b"], but: "c" },
      },
      null,
    ),
  listActivationRows: (db) => activations.listActivationRows(db, workerId, 10),
  listVersionDigests: (db) => deploys.listVersionDigests(db, workerId),
  listVersionRows: (db) => deploys.listVersionRows(db, workerId, 10),
  findVersion: (db) => deploys.findVersion(db, workerId, 1),
  findVersionById: (db) => deploys.findVersionById(db, workerId, "ver_1"),
  insertVersion: (db) => deploys.insertVersion(db, version, { archivedAt: null, isLive: true }),
  setArchived: (db) =>
    deploys.setArchived(db, workerId, { archived_at: now, archive_reason: null, updated_at: now }),
  setPause: (db) => deploys.setPause(db, workerId, { paused_at: now, resumed_version: null }),
  removeWorker: (db) => deploys.removeWorker(db, workerId),
  findHooks: (db) => hooks.findHooks(db, place),
  "findHooks by trigger": (db) => hooks.findHooks(db, { triggerId: trigger }),
  findHookedWorker: (db) => hooks.findHookedWorker(db, place),
  findAppHooks: (db) => hooks.findAppHooks(db, workspace),
  putTokenBox: (db) => hooks.putTokenBox(db, workerId, { from: null, to: "x" }),
  putSecretBox: (db) => hooks.putSecretBox(db, trigger, { from: null, to: "x", now }),
  listDeadRows: (db) => deadLetters.listDeadRows(db, workspace, { filter: noFilter, before: run, limit: 50 }),
  "listDeadRows by code": (db) =>
    deadLetters.listDeadRows(db, workspace, { filter: rareCode, before: run, limit: 50 }),
  "listDeadRows by kind": (db) =>
    deadLetters.listDeadRows(db, workspace, { filter: rareKind, before: undefined, limit: 50 }),
  "listDeadRows by worker": (db) =>
    deadLetters.listDeadRows(db, workspace, { filter: ofWorker, before: run, limit: 50 }),
  "listDeadRows by worker and kind": (db) =>
    deadLetters.listDeadRows(db, workspace, {
      filter: { ...ofWorker, kind: "worker" },
      before: run,
      limit: 50,
    }),
  "listOldestDeadIds by code": (db) =>
    deadLetters.listOldestDeadIds(db, workspace, { filter: rareCode, limit: 50 }),
  listOldestDeadIds: (db) => deadLetters.listOldestDeadIds(db, workspace, { filter: noFilter, limit: 50 }),
  findDeadLetters: (db) => deadLetters.findDeadLetters(db, workspace, { ids: [run] }),
  markRedriven: (db) => deadLetters.markRedriven(db, { workspaceId: workspace, id: run }, run),
  markDismissed: (db) => deadLetters.markDismissed(db, workspace, { ids: [run], now }),
  listRunRows: (db) => runs.listRunRows(db, list),
  "listRunRows by worker": (db) => runs.listRunRows(db, { ...list, workerName, before: run }),
  "listRunRows newest by worker": (db) => runs.listRunRows(db, { ...list, workerName: "other" }),
  "listRunRows by time": (db) => runs.listRunRows(db, { ...list, since: now - 1000, until: now }),
  ...Object.fromEntries(
    (["queued", "running", "pending_approval", "completed", "failed", "cancelled"] as const).flatMap(
      (status) => [
        [`listRunRows ${status}`, (db: Db) => runs.listRunRows(db, { ...list, status })],
        [
          `listRunRows ${status} by worker`,
          (db: Db) => runs.listRunRows(db, { ...list, status, workerName }),
        ],
      ],
    ),
  ),
  listOutcomes: (db) => outcomes.listOutcomes(db, { workspaceId: workspace, since: 0, limit: 1000 }),
  "listOutcomes by worker": (db) =>
    outcomes.listOutcomes(db, { workspaceId: workspace, workerName, since: 0, limit: 1000 }),
  "countWaitingRuns queued": (db) =>
    outcomes.countWaitingRuns(db, { workspaceId: workspace, status: "queued", most: 4000 }),
  "countWaitingRuns pending_approval": (db) =>
    outcomes.countWaitingRuns(db, { workspaceId: workspace, status: "pending_approval", most: 4000 }),
  findLastRunRows: (db) => runs.findLastRunRows(db, workspace, [workerName, "other"]),
  findRunRows: (db) => runs.findRunRows(db, workspace, [run]),
  findRunWorker: (db) => runs.findRunWorker(db, workspace, run),
  useUploads: (db) => uploadsOfRuns.useUploads(db, { workspaceId: workspace, ids: ["a"], now }),
  keepEventUpload: (db) =>
    uploadsOfRuns.keepEventUpload(db, { workspaceId: workspace, sha256: "b", size: 1, now }),
  findRetentionDays: (db) => retention.findRetentionDays(db, workspace),
  setRetentionDays: (db) => retention.setRetentionDays(db, workspace, 7),
  listRunFacts: (db) => oldRuns.listRunFacts(db, { workspaceId: workspace, below: run, limit: 1000 }),
  "listRunFacts by worker": (db) =>
    oldRuns.listRunFacts(db, { workspaceId: workspace, workerName, below: "run_z", limit: 1000 }),
  findOldestRunTime: (db) => oldRuns.findOldestRunTime(db, workspace),
  listHeldRuns: (db) => oldRuns.listHeldRuns(db, workspace, workerId),
  findOpenRuns: (db) => oldRuns.findOpenRuns(db, workspace, [run]),
  deleteRunRows: (db) => oldRuns.deleteRunRows(db, workspace, [run]),
  countRuns: (db) => oldRuns.countRuns(db, workspace, 4000),
  listAwaitedAskers: (db) => oldApprovals.listAwaitedAskers(db, workspace, [run]),
  deleteApprovalsOf: (db) => oldApprovals.deleteApprovalsOf(db, workspace, [run]),
  deleteAllApprovals: (db) => oldApprovals.deleteAllApprovals(db, workspace),
  archiveWorkers: (db) => oldVersions.archiveWorkers(db, workspaceIdSchema.parse(workspace), now),
  listWorkersAfter: (db) =>
    oldVersions.listWorkersAfter(db, { workspaceId: workspace, after: "a", limit: 5 }),
  isWorkerThere: (db) => oldVersions.isWorkerThere(db, workerId),
  loadVersionTimes: (db) => oldVersions.loadVersionTimes(db, workerId),
  findDigest: (db) => oldVersions.findDigest(db, workerId, 1),
  listDigests: (db) => oldVersions.listDigests(db, workerId),
  deleteIdleVersion: (db) => oldVersions.deleteIdleVersion(db, workerId, 1),
  findBundleUse: (db) => oldVersions.findBundleUse(db, { workerId, digest: "d" }),
  deleteLeftovers: (db) => oldVersions.deleteLeftovers(db, workerId),
  listVersionSizes: (db) => oldVersions.listVersionSizes(db, workspace, 4000),
  listUnusedUploads: (db) =>
    oldUploads.listUnusedUploads(db, { workspaceId: workspace, usedBefore: now, limit: 10 }),
  deleteUnusedUpload: (db) =>
    oldUploads.deleteUnusedUpload(db, { workspaceId: workspace, sha256: "a", usedBefore: now }),
  deleteAllUploads: (db) => oldUploads.deleteAllUploads(db, workspace),
  listUploadSizes: (db) => oldUploads.listUploadSizes(db, workspace, 4000),
  listTriggerRows: (db) => triggers.listTriggerRows(db, { workspaceId: workspace }),
  "listTriggerRows by worker": (db) => triggers.listTriggerRows(db, { workspaceId: workspace, workerId }),
  findTriggerRow: (db) => triggers.findTriggerRow(db, trigger),
  updateTrigger: (db) => triggers.updateTrigger(db, trigger, { updated_at: now }),
  removeTrigger: (db) => triggers.removeTrigger(db, trigger),
  removeTriggersOf: (db) => triggers.removeTriggersOf(db, workerId),
  applyPlan: (db) =>
    triggers.applyPlan(
      db,
      { insert: [], update: [{ id: trigger, spec: {} }], remove: [trigger] },
      { now, by: null, insert: [] },
    ),
  ...quotaQueries(workspace, now),
  ...eventQueries(workspace, now),
  ...spendQueries({ workspaceId: workspaceIdSchema.parse(workspace), userId: user, workerId, now }),
  takeTurnExactly: (db) =>
    exactRates.takeTurnExactly(db, "k", { pace: { requests: 1, windowMs: 1000 }, now }),
  forgetOldCounters: (db) => exactRates.forgetOldCounters(db, now),
  insertEvents: (db) => audit.insertEvents(db, [auditRow]),
  findEvents: (db) => audit.findEvents(db, workspace, [auditRow.id]),
  countEvents: (db) => audit.countEvents(db, workspace, { from: auditRow.id, before: auditRow.id }),
  listEventIds: (db) => audit.listEventIds(db, workspace, { fromId: auditRow.id, limit: 50 }),
  ...Object.fromEntries(
    auditFilters.map((filter) => [
      `listEvents ${filter.by}`,
      (db: Db) => audit.listEvents(db, { ...list, filters: [filter], ...auditSpan }),
    ]),
  ),
  "listEvents by several": (db) => audit.listEvents(db, { ...list, filters: auditFilters, ...auditSpan }),
  deleteOldEvents: (db) =>
    audit.deleteOldEvents(db, { workspaceId: workspace, before: auditRow.id, limit: 50 }),
  findUpload: (db) => uploads.findUpload(db, workspace, "a"),
};

/** What a plan may not do: go through a table from end to end, or sort what it has found. */
const growing = /^(?:SCAN (?!json_each|CONSTANT ROW|\(subquery)|USE TEMP B-TREE FOR ORDER BY)/;

/** One large workspace: runs of which few are queued, and waits of which none is for people. */
async function fill(count = RUNS): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
       INSERT INTO runs (workspace_id, id, worker_id, worker_name, worker_title, version, status, trigger_source, created_at, attempt, error_code, error_kind)
       SELECT ?, 'run_' || printf('%026d', i), ?, ?, 'P', 1, CASE WHEN i = 3 THEN 'running' WHEN i % 2 THEN 'failed' ELSE 'cancelled' END, 'manual', i, 1, IIF(i % 2, 'internal_error', NULL), IIF(i % 2, 'platform', NULL) FROM n`,
    ).bind(workspace, workerId, workerName),
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
       INSERT INTO approvals (workspace_id, id, run_id, worker_name, status, label, request, created_at, expires_at)
       SELECT ?, 'apr_' || printf('%026d', i), 'run_' || i, ?, CASE WHEN i % 2 THEN 'approved' ELSE 'pending' END, 'L', '{"kind":"await_external","key":"k' || i || '"}', i, 9e15 FROM n`,
    ).bind(workspace, workerName),
  ]);
}

it("every query finds what it wants by an index, however much the workspace holds", async () => {
  verifies("edge:queries:no-growing-scan");
  await fill();
  const faults: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const queries: Query[] = [];
    await call(drizzle(listenTo(queries))).catch(() => undefined);
    expect(queries.length, name).toBeGreaterThan(0);
    for (const query of queries) faults.push(...(await judge(query)).map((fault) => `${name}: ${fault}`));
  }
  expect(faults, faults.join("\n")).toEqual([]);
});

interface Query {
  sql: string;
  params: unknown[];
}

/** The database, with all that is asked of it written down. */
function listenTo(queries: Query[]): D1Database {
  return new Proxy(env.DB, {
    get(target, key) {
      if (key !== "prepare") return (...args: unknown[]) => Reflect.get(target, key).apply(target, args);
      return (sql: string) => {
        const statement = target.prepare(sql);
        const bind = (...params: unknown[]) => {
          queries.push({ sql, params });
          return statement.bind(...params);
        };
        return { bind };
      };
    },
  });
}

async function judge({ sql, params }: Query): Promise<string[]> {
  const ask = <Row>(text: string) =>
    env.DB.prepare(text)
      .bind(...params)
      .all<Row>();
  const plan = (await ask<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)).results.map(
    ({ detail }) => detail,
  );
  const faults = plan.filter((detail) => growing.test(detail));
  // Whoever writes has been here already, and must not do it twice.
  const { meta } = sql.startsWith("select") ? await ask(sql) : { meta: { rows_read: 0 } };
  if (meta.rows_read > MOST_ROWS) faults.push(`reads ${meta.rows_read} rows: ${plan.join("; ")}`);
  return faults;
}

it.each<[string, Partial<DeadLetterFilter>]>([
  ["with a rare code", { code: "own_code" }],
  ["of a rare kind", { kind: "worker" }],
  ["with a rare code of its kind", { kind: "worker", code: "own_code" }],
  ["of a worker that fails seldom", { workerName: "seldom" }],
  ["of a worker's rare kind", { workerName: "seldom", kind: "worker" }],
  ["with a worker's rare code", { workerName: "seldom", code: "own_code" }],
])("dead letters %s are found without going through all others", async (_what, change) => {
  verifies("edge:queries:no-growing-scan");
  await fill();
  await env.DB.prepare(
    `UPDATE runs SET error_code = 'own_code', error_kind = 'worker', worker_name = 'seldom'
     WHERE workspace_id = ? AND created_at = 5`,
  )
    .bind(workspace)
    .run();
  const filter = { ...noFilter, ...change };
  const queries: Query[] = [];
  const db = drizzle(listenTo(queries));
  const page = { filter, before: undefined, limit: 50 };
  await deadLetters.listDeadRows(db, workspace, page).catch(() => undefined);
  await deadLetters.listOldestDeadIds(db, workspace, page).catch(() => undefined);
  const rows = await deadLetters.listDeadRows(drizzle(env.DB), workspace, page);
  expect(rows.map(({ id }) => id)).toEqual([run]);
  expect(await deadLetters.listOldestDeadIds(drizzle(env.DB), workspace, page)).toEqual([run]);
  const costs = await Promise.all(queries.map(countRead));
  expect(costs.length).toBeGreaterThan(1);
  expect(costs.reduce((sum, read) => sum + read, 0)).toBeLessThan(30);
});

async function countRead({ sql, params }: Query): Promise<number> {
  const answer = await env.DB.prepare(sql)
    .bind(...params)
    .all();
  return answer.meta.rows_read;
}

it("the dead letters of all kinds are one list in the order of their runs", async () => {
  await fill();
  await env.DB.prepare(
    "UPDATE runs SET error_kind = CASE created_at % 3 WHEN 0 THEN 'worker' WHEN 1 THEN 'limit' ELSE 'platform' END WHERE status = 'failed'",
  ).run();
  const newest = Array.from({ length: 50 }, (_, index) => numberedId("run", RUNS - 1 - 2 * index));
  const page = { filter: noFilter, before: undefined, limit: 50 };
  const rows = await deadLetters.listDeadRows(drizzle(env.DB), workspace, page);
  expect(rows.map(({ id }) => id)).toEqual(newest);
});

it("a page finds what is rare behind thousands of other runs, at once", async () => {
  verifies("run:lists:full-pages");
  await fill();
  await env.DB.prepare(
    "UPDATE runs SET status = 'completed' WHERE created_at IN (1, 2000, 2001, 8999)",
  ).run();
  const page = (change: Partial<Parameters<typeof runs.listRunRows>[1]>) =>
    runs.listRunRows(drizzle(env.DB), { ...list, ...change });
  expect(await page({ status: "running" })).toMatchObject({
    rows: [{ id: numberedId("run", 3) }],
    rest: null,
  });
  const completed = (await page({ status: "completed", workerName, limit: 3 })).rows.map(({ id }) => id);
  expect(completed).toEqual([8999, 2001, 2000].map((number) => numberedId("run", number)));
  const [last] = (await page({ status: "completed", before: runIdSchema.parse(completed.at(-1)) })).rows;
  expect(last?.id).toBe(numberedId("run", 1));
});

it("a list that looked through only so much says where to go on, and comes to the end in the end", async () => {
  await fill(25_000);
  expect((await runs.listRunRows(drizzle(env.DB), { ...list, status: "running" })).rest).not.toBeNull();
  const db = drizzle(env.DB);
  const found: string[] = [];
  let before: Parameters<typeof runs.listRunRows>[1]["before"];
  for (let page = 0; page < 20; page++) {
    const { rows, rest } = await runs.listRunRows(db, { ...list, status: "running", before });
    found.push(...rows.map(({ id }) => id));
    if (rest === null) break;
    before = rest;
  }
  expect(found).toEqual([numberedId("run", 3)]);
});

it("every function of a store that reads or changes rows is among those whose plan is looked at", () => {
  const stores = [
    access,
    ...tokenStores,
    ...spendStores,
    ...quotaStores,
    ...eventStores,
    ...peopleStores,
    alerts,
    approvals,
    catalog,
    activations,
    deploys,
    hooks,
    deadLetters,
    runs,
    outcomes,
    uploadsOfRuns,
    triggers,
    uploads,
    retention,
    oldRuns,
    oldApprovals,
    oldVersions,
    oldUploads,
    secrets,
    ...contextStores,
    ...connectionStores,
    ...memoryStores,
    ...evaluationStores,
    ...sessionStores,
    ...arrangedStores,
  ];
  // Inserts of whole rows, and what asks nothing.
  const plain =
    /^(?:insert(?:Alert|Context|Trigger|Worker)|putOwner|putUpload|putApprovalRow|to[A-Z]\w+|readReach|selectReach|selectMark|isHeld|onVersion|onProfile|onWorkspace|queryStartable|atPlace)$/;
  const named = new Set(Object.keys(calls).map((name) => name.split(" ")[0]));
  const missing = stores
    .flatMap((store) => Object.entries(store))
    .filter(([name, value]) => typeof value === "function" && !plain.test(name) && !named.has(name))
    .map(([name]) => name);
  expect(missing).toEqual([]);
});
