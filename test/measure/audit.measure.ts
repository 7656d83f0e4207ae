import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { sha256Hex } from "../../worker/platform/crypto.ts";
import type { AuditRow } from "../../worker/audit/describe-call.ts";
import { callApi, ownerWorkspace } from "../support/workerd/api-harness.ts";
import { auditStubOf } from "../support/workerd/housekeeping.ts";
import { sampleAuditRow } from "../support/workerd/audit-samples.ts";

declare module "vitest" {
  export interface TaskMeta {
    /** What was measured, as the reporter of JSON passes it on. */
    audit_figures?: unknown;
  }
}

/** So many are appended by one call. */
const BATCH = 500;
const THOUSAND = 1000;
const ROUNDS = 20;
const WORKERS = 50;
const RARE_EVERY = 10_000;
/** Of the past, so that nothing of it is a copy that is still to come. */
const START = Date.now() - 300 * 86_400_000;

const workspace = workspaceIdSchema.parse(ownerWorkspace);

/** The n-th entry: a call as the gate tells it, of one of many workers; now and then one that was refused. */
function entryOf(n: number): AuditRow {
  const at = START + n * 10;
  const isRare = n % RARE_EVERY === 0;
  return sampleAuditRow(ownerWorkspace, at, {
    action: isRare ? "trust_violation" : "tool_call",
    outcome: isRare ? "refused" : "done",
    code: isRare ? "tier_forbids" : null,
    actor_kind: "run",
    actor_id: `run_${Math.floor(n / 20)}`,
    resource_kind: "tool",
    resource_id: `tool-${n % 7}`,
    request_id: `call_${n}`,
    details: {
      worker_id: `wrk_${n % WORKERS}`,
      source: "http",
      effect: "read",
      parameters: { city: "Bern", n },
    },
    worker: `worker-${n % WORKERS}`,
  });
}

async function time(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

/** Goes through the whole chain; answers how many entries there are, and how long each part took. */
async function verifyAll(): Promise<{ entries: number; parts: number[] }> {
  const stub = auditStubOf(ownerWorkspace);
  const parts: number[] = [];
  let entries = 0;
  let from: Parameters<typeof stub.judge>[1] = null;
  do {
    const startedAt = performance.now();
    const part = await stub.judge(workspace, from);
    parts.push(performance.now() - startedAt);
    expect(part.broken).toBeNull();
    entries += part.entries;
    from = part.next;
  } while (from !== null);
  return { entries, parts };
}

/** Hashes as many texts one after the other, and writes as many rows without an index: less nobody can do. */
function floorOfAppend(): Promise<number> {
  return runInDurableObject(auditStubOf(ownerWorkspace), async (_object, { storage: { sql } }) => {
    sql.exec("CREATE TABLE IF NOT EXISTS floor_rows (n INTEGER PRIMARY KEY, entry TEXT NOT NULL)");
    const text = JSON.stringify(entryOf(1));
    return time(async () => {
      for (let n = 0; n < THOUSAND; n += 1) {
        await sha256Hex(text);
        sql.exec("INSERT INTO floor_rows (entry) VALUES (?)", text).toArray();
      }
      sql.exec("DELETE FROM floor_rows").toArray();
    });
  });
}

const filters = [
  "worker=worker-7",
  "event=trust_violation",
  "outcome=refused",
  "run=run_1234",
  "tool=tool-3&worker=worker-7",
  `since=${new Date(START + 1000).toISOString()}&until=${new Date(START + 60_000).toISOString()}`,
];

it("appends, verifies and finds so many entries", { timeout: 0 }, async ({ task }) => {
  await callApi("GET", "/api/workspace/info");
  const total = Number(Reflect.get(env, "TEST_AUDIT_ENTRIES"));
  const stub = auditStubOf(ownerWorkspace);
  const appended: number[] = [];
  const floor: number[] = [];
  for (let n = 0; n < total; n += THOUSAND) {
    const halves = [0, BATCH].map((at) => Array.from({ length: BATCH }, (_, i) => entryOf(n + at + i)));
    appended.push(
      await time(async () => {
        for (const rows of halves) await stub.appendAll(rows);
      }),
    );
    if (n % (total / ROUNDS) === 0) floor.push(await floorOfAppend());
  }
  const { entries, parts } = await verifyAll();
  expect(entries).toBe(total);
  const queries: Record<string, number[]> = {};
  const points: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const filter of filters) {
      const ms = await time(async () => {
        const answer = await callApi("GET", `/api/audit?${filter}&limit=50`);
        expect(answer.status).toBe(200);
        await answer.text();
      });
      (queries[filter] ??= []).push(ms);
    }
    points.push(await time(async () => (await callApi("GET", "/api/workspace/info")).text()));
  }
  const found = await env.DB.prepare("SELECT count(*) AS n FROM audit_events WHERE workspace_id = ?")
    .bind(ownerWorkspace)
    .first<{ n: number }>();
  expect(found?.n).toBe(total);
  task.meta.audit_figures = { total, appended, floor, parts, queries, points };
});
