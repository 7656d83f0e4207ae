import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import {
  syncCheckSchema,
  workSessionDetailSchema,
  workSessionPageSchema,
} from "#contract/work-sessions/work-session";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { lapsesAt, statusOf } from "./status-of.ts";

async function ask(method: string, path: string, json?: unknown) {
  const answer = await callApi(method, path, json === undefined ? {} : { json });
  expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  return workSessionDetailSchema.parse(await answer.json());
}

async function refusal(method: string, path: string, call: Parameters<typeof callApi>[2] = {}) {
  const { status, code } = problemSchema.parse(await (await callApi(method, path, call)).json());
  return [status, code];
}

it("is a record that is found again by its key, takes notes, and ends once", async () => {
  verifies("sessions:durable");
  const begun = await ask("POST", "/api/sessions", { name: "Refactoring", key: "k-1" });
  expect(begun).toMatchObject({
    name: "Refactoring",
    status: "active",
    notes: [],
    runs: [],
    lapse_seconds: 1800,
  });
  expect((await ask("POST", "/api/sessions", { name: "Another", key: "k-1" })).id).toBe(begun.id);
  const path = `/api/sessions/${begun.id}`;
  await ask("POST", `${path}/notes`, { note: "First." });
  expect((await ask("POST", `${path}/notes`, { note: "Second." })).notes).toMatchObject([
    { number: 1, note: "First." },
    { number: 2, note: "Second." },
  ]);
  const ended = await ask("POST", `${path}/end`, { message: "All done." });
  expect(ended).toMatchObject({ status: "ended", end_message: "All done.", lapses_at: null });
  expect(await ask("POST", `${path}/end`, { message: "Again." })).toEqual(ended);
  expect(await refusal("POST", `${path}/notes`, { json: { note: "Late." } })).toEqual([409, "session_ended"]);
  expect(await refusal("POST", `${path}/heartbeat`)).toEqual([409, "session_ended"]);
  expect((await callApi("DELETE", path)).status).toBe(204);
  expect(await refusal("GET", path)).toEqual([404, "not_found"]);
});

it("has runs of the workspace, each once, with what became of them", async () => {
  verifies("sessions:durable");
  await seedWorker("session-worker");
  const { id: run } = await startRun("session-worker");
  const { id } = await ask("POST", "/api/sessions");
  await ask("PUT", `/api/sessions/${id}/runs/${run}`);
  const { runs } = await ask("PUT", `/api/sessions/${id}/runs/${run}`);
  expect(runs).toMatchObject([{ run_id: run, worker: "session-worker" }]);
  const missing = testHost.newId("run", 0);
  expect(await refusal("PUT", `/api/sessions/${id}/runs/${missing}`)).toEqual([404, "not_found"]);
});

async function startRun(worker: string): Promise<{ id: string }> {
  const answer = await callApi("POST", `/api/workers/${worker}/runs`, { json: {} });
  return (await answer.json()) as { id: string };
}

it("lapses when nothing is heard of it, and a heartbeat brings it back", async () => {
  verifies("sessions:told-by-reading");
  const life = { last_seen_at: 1000, lapse_seconds: 60, ended_at: null };
  expect([statusOf(life, lapsesAt(life) - 1), statusOf(life, lapsesAt(life))]).toEqual(["active", "lapsed"]);
  expect(statusOf({ ...life, ended_at: 2000 }, 3000)).toBe("ended");
  const { id } = await ask("POST", "/api/sessions", { lapse_seconds: 60 });
  await env.DB.prepare("UPDATE work_sessions SET last_seen_at = 0 WHERE id = ?").bind(id).run();
  expect((await ask("GET", `/api/sessions/${id}`)).status).toBe("lapsed");
  expect((await ask("POST", `/api/sessions/${id}/heartbeat`)).status).toBe("active");
});

it("says what has changed since it began, and sends nothing anywhere", async () => {
  verifies("sessions:nothing-pushed");
  const { id } = await ask("POST", "/api/sessions");
  const worker_yml =
    'schema_version: "0.3"\nname: changed-worker\ntitle: T\nversion: 0.1.0\nexec: {entry: run.py}\n';
  const pushed = await callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)" } });
  expect(pushed.status).toBeLessThan(300);
  const check = syncCheckSchema.parse(await (await callApi("GET", `/api/sessions/${id}/sync-check`)).json());
  expect(check).toMatchObject({ status: "no_remote", truncated: false });
  expect(check.changed.map(({ worker }) => worker)).toContain("changed-worker");
  expect(await refusal("POST", `/api/sessions/${id}/sync`)).toEqual([409, "no_remote"]);
});

it("is listed newest first, a page at a time, and strangers see none of it", async () => {
  const first = await ask("POST", "/api/sessions");
  const second = await ask("POST", "/api/sessions");
  const page = workSessionPageSchema.parse(await (await callApi("GET", "/api/sessions?limit=1")).json());
  expect(page.sessions.map(({ id }) => id)).toEqual([second.id]);
  const cursor = encodeURIComponent(page.next_cursor ?? "");
  const next = workSessionPageSchema.parse(
    await (await callApi("GET", `/api/sessions?limit=1&cursor=${cursor}`)).json(),
  );
  expect(next.sessions.map(({ id }) => id)).toEqual([first.id]);
  const token = await strangerToken();
  for (const [method, end] of [
    ["GET", ""],
    ["POST", "/end"],
    ["POST", "/heartbeat"],
    ["DELETE", ""],
  ] as const)
    expect(await refusal(method, `/api/sessions/${first.id}${end}`, { token })).toEqual([404, "not_found"]);
  expect(await refusal("GET", "/api/sessions/..%2Fx")).toEqual([404, "not_found"]);
});

it("takes no more notes than it may, and says so", async () => {
  const { id } = await ask("POST", "/api/sessions");
  await env.DB.prepare(
    "INSERT INTO work_session_notes (session_id, number, workspace_id, note, created_by, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT ?, i, ?, 'n', 't', 0 FROM n",
  )
    .bind(id, ownerWorkspace)
    .run();
  expect(await refusal("POST", `/api/sessions/${id}/notes`, { json: { note: "One more." } })).toEqual([
    409,
    "session_full",
  ]);
});
