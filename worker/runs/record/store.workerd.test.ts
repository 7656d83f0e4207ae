import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { sampleRunSummary } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { createDb } from "../../platform/db/client.ts";
import { putGivenUpRow, putRunRow } from "./row-store.ts";
import { findRunRows } from "./store.ts";

it("a row that says already what is to be written costs none, and an ended run's is final", async () => {
  verifies("run:budget:rows");
  const db = createDb(env.DB);
  const place = { workspaceId: "wsp_store_test", workerId: "wrk_store_test", eventSeq: 1 };
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  expect(await putRunRow(db, place, running)).toBeGreaterThan(0);
  expect(await putRunRow(db, place, running)).toBe(0);
  expect(await putRunRow(db, place, { ...running, error: "so far", error_code: "timeout" })).toBeGreaterThan(
    0,
  );
  expect(
    await putRunRow(db, place, { ...running, status: "completed", completed_at: running.created_at }),
  ).toBeGreaterThan(0);
  expect(await putRunRow(db, place, running)).toBe(0);
});

it("a row that comes late overwrites no newer one, though the newer one says what was there before", async () => {
  verifies("run:lists:newest-row");
  const db = createDb(env.DB);
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  const queued = { ...running, status: "queued" as const };
  const write = (eventSeq: number, run: typeof running | typeof queued) =>
    putRunRow(db, { workspaceId: "wsp_late_test", workerId: "wrk_store_test", eventSeq }, run);
  const status = async () => (await findRunRows(db, "wsp_late_test", [running.id])).get(running.id)?.status;
  await write(1, queued);
  await write(3, queued);
  expect(await write(2, running)).toBe(0);
  expect(await status()).toBe("queued");
  expect(await write(3, queued)).toBe(0);
  const of = { workspaceId: "wsp_late_test", workerId: "wrk_store_test" };
  const failed = { ...running, status: "failed" as const, completed_at: running.created_at };
  expect(await putGivenUpRow(db, of, failed)).toBe(true);
  expect(await status()).toBe("failed");
});

it("a run that has ended, or asks people, is not called failed because its object is not heard any more", async () => {
  verifies("queue:given-up:begins-no-more");
  const db = createDb(env.DB);
  const of = { workspaceId: "wsp_heard_test", workerId: "wrk_store_test" };
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  const failed = { ...running, status: "failed" as const, completed_at: running.created_at };
  const isCalledFailed = () => putGivenUpRow(db, of, failed);
  await putRunRow(db, { ...of, eventSeq: 2 }, { ...running, status: "pending_approval" });
  expect(await isCalledFailed()).toBe(false);
  await putRunRow(
    db,
    { ...of, eventSeq: 3 },
    { ...running, status: "completed", completed_at: running.created_at },
  );
  expect(await isCalledFailed()).toBe(false);
  expect((await findRunRows(db, of.workspaceId, [running.id])).get(running.id)?.status).toBe("completed");
});

it("what a run has cost is counted once for its worker, person and day, whatever is written again, and in one row", async () => {
  verifies("spend:count:once");
  const db = createDb(env.DB);
  const at = Date.parse("2026-03-02T09:00:00Z");
  const of = { workspaceId: "wsp_spend_test", workerId: "wrk_spend_test" };
  const userId = "usr_spend_test";
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  const done = { ...running, status: "completed" as const, completed_at: running.created_at };
  const end = { ...of, eventSeq: 2, spend: { nanoUsd: 700, userId, at } };
  await putRunRow(db, { ...of, eventSeq: 1 }, running);
  const plain = await putRunRow(db, { ...of, workspaceId: "wsp_other", eventSeq: 1 }, running).then(() =>
    putRunRow(db, { ...of, workspaceId: "wsp_other", eventSeq: 2 }, done),
  );
  expect(await putRunRow(db, end, done)).toBe(plain + 1);
  expect(await putRunRow(db, end, done)).toBe(0);
  const rows = async () =>
    (await env.DB.prepare("SELECT * FROM spend WHERE workspace_id = ?").bind(of.workspaceId).all()).results;
  const row = { workspace_id: of.workspaceId, worker_id: of.workerId, user_id: userId, model_nano_usd: 0 };
  const day = Math.floor(at / 86_400_000);
  expect(await rows()).toEqual([{ ...row, day, runs: 1, sandbox_nano_usd: 700 }]);
  // Another run of the same person and worker on that day is added to it.
  const other = { ...done, id: numberedId("run", 8), run_id: numberedId("run", 8) };
  await putRunRow(db, { ...end, eventSeq: 1 }, other);
  expect(await rows()).toEqual([{ ...row, day, runs: 2, sandbox_nano_usd: 1400 }]);
});

it("what a run that was given up has cost all the same is counted, and its row stays as it is", async () => {
  verifies("spend:count:once");
  const db = createDb(env.DB);
  const of = { workspaceId: "wsp_spend_lost", workerId: "wrk_spend_test" };
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  const failed = { ...running, status: "failed" as const, completed_at: running.created_at };
  await putGivenUpRow(db, of, failed);
  const end = { ...of, eventSeq: 2, spend: { nanoUsd: 5, userId: "", at: 0 } };
  const completed = { ...failed, status: "completed" as const };
  await putRunRow(db, end, completed);
  await putRunRow(db, end, completed);
  expect((await findRunRows(db, of.workspaceId, [running.id])).get(running.id)?.status).toBe("failed");
  const { results } = await env.DB.prepare("SELECT runs, sandbox_nano_usd FROM spend WHERE workspace_id = ?")
    .bind(of.workspaceId)
    .all();
  expect(results).toEqual([{ runs: 1, sandbox_nano_usd: 5 }]);
});
