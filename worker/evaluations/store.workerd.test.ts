import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { workerIdSchema, workspaceIdSchema } from "#contract/ids";
import { verifies } from "../../test/verifies.ts";
import { createDb } from "../platform/db/client.ts";
import { newId } from "../platform/ids.ts";
import { sampleResult } from "../../test/support/workerd/sample-evaluation.ts";
import { finishEvaluation, GATE_KEY, insertEvaluation, listGateNotes } from "./store.ts";

it("what judges have cost is counted once to the worker and the person, whatever is written again", async () => {
  verifies("evals:judge:counted");
  const db = createDb(env.DB);
  const now = Date.parse("2026-03-02T09:00:00Z");
  const workspace_id = workspaceIdSchema.parse(newId("wsp", now));
  const worker_id = workerIdSchema.parse(newId("wrk", now));
  const rows = async () =>
    (await env.DB.prepare("SELECT * FROM spend WHERE workspace_id = ?").bind(workspace_id).all()).results;
  const finish = async (how: "completed" | "cancelled") => {
    const id = newId("evl", now);
    const row = { id, workspace_id, worker_id, version: 1, key: id, whole: true, runs: 1 };
    await insertEvaluation(db, { ...row, requested_by: null, created_at: now });
    const done = {
      id,
      workspace_id,
      worker_id,
      status: how,
      verdict: null,
      cost_usd: 0,
      cases: [],
      ended_at: now,
      judged: { nano_usd: 300, user_id: "usr_1" },
      becomesBaseline: false,
      result: sampleResult,
    };
    await finishEvaluation(db, done);
    await finishEvaluation(db, done);
  };
  await finish("completed");
  const day = Math.floor(now / 86_400_000);
  const counted = { workspace_id, day, worker_id, user_id: "usr_1", runs: 0, sandbox_nano_usd: 0 };
  expect(await rows()).toEqual([{ ...counted, model_nano_usd: 300 }]);
  await finish("cancelled");
  expect(await rows()).toEqual([{ ...counted, model_nano_usd: 600 }]);
});

it("why versions were not let in is told of the newest, however many there have been", async () => {
  verifies("evals:gate:tells-why");
  const db = createDb(env.DB);
  const now = Date.parse("2026-03-02T09:00:00Z");
  const place = {
    workspace_id: workspaceIdSchema.parse(newId("wsp", now)),
    worker_id: workerIdSchema.parse(newId("wrk", now)),
  };
  const newest = 103;
  for (let version = 1; version <= newest; version++) {
    const id = newId("evl", now + version);
    const of = { ...place, id };
    const row = { ...of, version, key: `${GATE_KEY}${version}`, whole: true, runs: 1, requested_by: null };
    await insertEvaluation(db, { ...row, created_at: now });
    await finishEvaluation(db, {
      ...of,
      status: "completed",
      verdict: "fail",
      cost_usd: 0,
      cases: [],
      ended_at: now,
      judged: { nano_usd: 0, user_id: "" },
      becomesBaseline: false,
      result: { ...sampleResult, reasons: [`Of ${version}.`] },
    });
  }
  const notes = await listGateNotes(db, place.worker_id);
  expect(notes.get(newest)).toContain("Of 103.");
  expect(notes.size).toBe(100);
});
