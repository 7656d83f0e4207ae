import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { runComparisonSchema } from "#contract/replay/replay";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const required = { kind: "scalar", type: "string", label: "Name", required: true } as const;

beforeEach(async () => {
  const table = { name: "table", kind: "file", type: "file", label: "Table", required: false } as const;
  await seedWorker("replayed", { inputs: [{ name: "name", ...required }, table] });
});

/** A run that has ended, because it was cancelled. */
async function endRun(inputs: Record<string, string>): Promise<RunDetail> {
  const started = await callApi("POST", "/api/workers/replayed/runs", { json: { inputs } });
  const { id } = runDetailSchema.parse(await started.json());
  return runDetailSchema.parse(await (await callApi("POST", `/api/runs/${id}/cancel`)).json());
}

const replay = (id: string, json: unknown = {}, headers: Record<string, string> = {}) =>
  callApi("POST", `/api/runs/${id}/replay`, { json, headers });

it("a replay has the recorded inputs, names the run it replays, and repeats harmlessly under a key", async () => {
  verifies("replay:same:version-and-inputs");
  const first = await endRun({ name: "Ada" });
  const response = await replay(first.id, {}, { "idempotency-key": "again" });
  expect(response.status).toBe(202);
  const second = runDetailSchema.parse(await response.json());
  expect(second).toMatchObject({
    inputs: { name: "Ada" },
    replay_of: first.id,
    version: 1,
    trigger_source: "manual",
    dry: false,
  });
  const repeat = await replay(first.id, {}, { "idempotency-key": "again" });
  expect(runDetailSchema.parse(await repeat.json()).id).toBe(second.id);
  const other = await replay(first.id, { dry: true }, { "idempotency-key": "again" });
  expect(problemSchema.parse(await other.json()).code).toBe("idempotency_conflict");
  const byWorker = await callApi("POST", `/api/workers/replayed/runs/${first.id}/replay`);
  expect(byWorker.status).toBe(202);
  await seedWorker("another");
  expect((await callApi("POST", `/api/workers/another/runs/${first.id}/replay`)).status).toBe(404);
});

it("on the active version its schema judges the inputs, edited ones too", async () => {
  verifies("replay:same:version-and-inputs", "replay:inputs:edited-and-checked");
  const first = await endRun({ name: "Ada" });
  const { results } = await env.DB.prepare(
    "SELECT id, worker_id, workspace_id, manifest FROM versions WHERE worker_id = ?",
  )
    .bind(first.worker_uid)
    .all<{ workspace_id: string; manifest: string }>();
  const manifest = JSON.parse(results[0]?.manifest ?? "{}");
  manifest.exec.inputs = [{ name: "email", ...required }];
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO versions (id, workspace_id, worker_id, number, digest, manifest, file_count, size_bytes, created_at) VALUES (?, ?, ?, 2, ?, ?, 1, 3, 0)",
    ).bind(
      `ver_${first.worker_uid}`.slice(0, 30),
      results[0]?.workspace_id,
      first.worker_uid,
      "d".repeat(64),
      JSON.stringify(manifest),
    ),
    env.DB.prepare("UPDATE workers SET active_version = 2, latest_version = 2 WHERE id = ?").bind(
      first.worker_uid,
    ),
  ]);
  expect(runDetailSchema.parse(await (await replay(first.id)).json()).version).toBe(1);
  const refused = problemSchema.parse(await (await replay(first.id, { version: "active" })).json());
  expect(refused.errors?.map(({ pointer }) => pointer).sort()).toEqual(["/inputs/email", "/inputs/name"]);
  const edited = { version: "active", inputs: { name: null, email: "a@example.org" } };
  const problem = await (await replay(first.id, edited)).json();
  expect(problem).toMatchObject({ version: 2, inputs: { email: "a@example.org" } });
});

it("a run that goes on is not replayed, nor one of another workspace", async () => {
  verifies("replay:refused:not-ended");
  const started = await callApi("POST", "/api/workers/replayed/runs", { json: { inputs: { name: "Ada" } } });
  const { id } = runDetailSchema.parse(await started.json());
  expect(problemSchema.parse(await (await replay(id)).json())).toMatchObject({
    status: 409,
    code: "run_not_ended",
  });
  const token = await strangerToken();
  const stranger = await callApi("POST", `/api/runs/${id}/replay`, { json: {}, token });
  expect(problemSchema.parse(await stranger.json()).code).toBe("not_found");
});

it("a file that is gone is named", async () => {
  verifies("replay:files:missing-named");
  const body = new FormData();
  body.append("file", new File(["a,b"], "t.csv", { type: "text/csv" }));
  const uploaded = await callApi("POST", "/api/uploads", { body });
  const { id: table } = await uploaded.json<{ id: string }>();
  const first = await endRun({ name: "Ada", table });
  await env.DB.prepare("DELETE FROM uploads WHERE sha256 = ?").bind(table).run();
  const problem = problemSchema.parse(await (await replay(first.id)).json());
  expect(problem).toMatchObject({ code: "invalid_inputs", errors: [{ pointer: "/inputs/table" }] });
  expect(problem.detail).toContain(table);
});

it("two runs are compared by inputs, status and timing", async () => {
  verifies("replay:compare:side-by-side");
  const [a, b] = [await endRun({ name: "Ada" }), await endRun({ name: "Grace" })];
  const answer = await callApi("GET", `/api/runs/${a.id}/compare/${b.id}`);
  expect(runComparisonSchema.parse(await answer.json())).toMatchObject({
    a: { id: a.id },
    b: { id: b.id },
    same_version: true,
    status: { same: true },
    inputs: [
      {
        name: "name",
        change: "changed",
        a: "Ada",
        b: "Grace",
      },
    ],
    log: {
      diff: "",
      truncated: false,
    },
  });
});
