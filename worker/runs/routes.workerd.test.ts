import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import type { Field } from "#contract/manifest/manifest";
import { runDetailSchema, runPageSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { journalAnswerSchema } from "#contract/runner/runner";
import { hmacSha256Hex } from "../platform/crypto.ts";
import { verifies } from "../../test/verifies.ts";
import {
  callApi,
  ownerToken,
  runTokenOf,
  seedWorker,
  strangerToken,
} from "../../test/support/workerd/api-harness.ts";

beforeEach(async () => {
  await seedWorker("hello-worker", {
    inputs: [
      { name: "name", kind: "scalar", type: "string", label: "Name", required: true },
      {
        name: "count",
        kind: "scalar",
        type: "integer",
        label: "Count",
        required: false,
        bounds: { maximum: 5 },
      },
      { name: "table", kind: "file", type: "file", label: "Table", required: false },
    ],
  });
});

const start = (json: unknown, headers: Record<string, string> = {}) =>
  callApi("POST", "/api/workers/hello-worker/runs", { json, headers });

it("a start answers 202 with the run and where it is, and a read right after finds it", async () => {
  const response = await start({ inputs: { name: "Ada" } });
  expect(response.status).toBe(202);
  const run = runDetailSchema.parse(await response.json());
  expect(response.headers.get("location")).toBe(`/api/runs/${run.id}`);
  const again = runDetailSchema.parse(await (await callApi("GET", `/api/runs/${run.id}`)).json());
  expect(again).toMatchObject({ id: run.id, worker_id: "hello-worker", inputs: { name: "Ada" } });
  expect(again.why_waiting).not.toBe("");
});

it("the answer to a start is the document that a read right after it gives", async () => {
  const inputs: Field[] = [{ name: "name", kind: "scalar", type: "string", label: "Name", required: true }];
  await seedWorker("one-at-a-time", { inputs, concurrency: { limit: 1, on_conflict: "queue" } });
  const begin = async (json: unknown) => {
    const response = await callApi("POST", "/api/workers/one-at-a-time/runs", { json });
    return runDetailSchema.parse(await response.json());
  };
  const read = async ({ id }: RunDetail) =>
    runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  const first = await begin({ inputs: { name: "Ada" } });
  const waiting = await begin({ inputs: { name: "Grace" }, priority: "high" });
  expect(first).toMatchObject({
    status: "running",
    queue_position: null,
    why_waiting: "Starting a sandbox.",
  });
  expect(waiting).toMatchObject({ status: "queued", queue_position: 1, priority: "high" });
  expect(await read(waiting)).toEqual(waiting);
  expect(Object.keys(await read(first)).sort()).toEqual(Object.keys(first).sort());
});

it("the same idempotency key gives the same run, and another body under it is refused", async () => {
  verifies("run:idempotency:same-key-same-run");
  const headers = { "idempotency-key": "monday-1" };
  const starts = await Promise.all([1, 2, 3].map(() => start({ inputs: { name: "Ada" } }, headers)));
  const ids = new Set(
    (await Promise.all(starts.map((r) => r.json()))).map((run) => runDetailSchema.parse(run).id),
  );
  expect(ids.size).toBe(1);
  const other = await start({ inputs: { name: "Grace" } }, headers);
  expect(other.status).toBe(409);
  expect(problemSchema.parse(await other.json()).code).toBe("idempotency_conflict");
});

it("every wrong input is named at once, with a pointer", async () => {
  verifies("run:inputs:every-problem");
  const response = await start({ inputs: { count: 9, nmae: "x", table: "f".repeat(64) } });
  expect(response.status).toBe(422);
  const problem = problemSchema.parse(await response.json());
  expect(problem.errors?.map((error) => error.pointer).sort()).toEqual([
    "/inputs/count",
    "/inputs/name",
    "/inputs/nmae",
    "/inputs/table",
  ]);
});

it("a run of another workspace is answered exactly like one that does not exist", async () => {
  verifies("run:access:stranger-cannot-tell");
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  const token = await strangerToken();
  const missing = "run_00000000000000000000000000";
  for (const suffix of ["", "/logs", "/events", "/artifacts", "/download"]) {
    const theirs = await callApi("GET", `/api/runs/${run.id}${suffix}`, { token });
    const nothing = await callApi("GET", `/api/runs/${missing}${suffix}`, { token });
    expect(theirs.status).toBe(404);
    const [a, b] = [problemSchema.parse(await theirs.json()), problemSchema.parse(await nothing.json())];
    expect({ ...a, instance: "", request_id: "" }).toEqual({ ...b, instance: "", request_id: "" });
  }
  expect((await callApi("POST", `/api/runs/${run.id}/cancel`, { token })).status).toBe(404);
});

it("cancelling twice answers the cancelled run both times", async () => {
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  for (let i = 0; i < 2; i++) {
    const answer = await callApi("POST", `/api/runs/${run.id}/cancel`);
    expect(runDetailSchema.parse(await answer.json()).status).toBe("cancelled");
  }
});

it("the event stream ends with close and goes on from Last-Event-ID", async () => {
  verifies("run:events:resume");
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  await callApi("POST", `/api/runs/${run.id}/cancel`);
  const text = await (await callApi("GET", `/api/runs/${run.id}/events`)).text();
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  expect(text.trimEnd().split("\n").at(-1)).toContain('"type":"close"');
  const headers = { "last-event-id": String(ids[0]) };
  const rest = await (await callApi("GET", `/api/runs/${run.id}/events`, { headers })).text();
  expect([...rest.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))).toEqual(ids.slice(1));
});

it("a wait that is out of range, a body that is no JSON and a wrong type are refused with a reason", async () => {
  const far = await callApi("POST", "/api/workers/hello-worker/runs?wait=61", { json: { inputs: {} } });
  expect(problemSchema.parse(await far.json())).toMatchObject({ status: 422, errors: [{ pointer: "wait" }] });
  const broken = await callApi("POST", "/api/workers/hello-worker/runs", {
    body: '{"inputs":',
    headers: { "content-type": "application/json" },
  });
  expect(problemSchema.parse(await broken.json()).code).toBe("malformed_json");
  const xml = await callApi("POST", "/api/workers/hello-worker/runs", {
    body: "<a/>",
    headers: { "content-type": "text/xml" },
  });
  expect(xml.status).toBe(415);
  const large = await start({ inputs: { name: "x".repeat(300_000) } });
  expect(large.status).toBe(413);
});

it("a list gives every run once over its pages, newest first", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    const run = runDetailSchema.parse(await (await start({ inputs: { name: `n${i}` } })).json());
    ids.unshift(run.id);
  }
  const listed = async () => {
    const seen: string[] = [];
    for (let cursor = ""; ;) {
      const page = runPageSchema.parse(await (await callApi("GET", `/api/runs?limit=2${cursor}`)).json());
      seen.push(...page.runs.map((run) => run.id));
      if (page.next_cursor === null) return seen;
      cursor = `&cursor=${page.next_cursor}`;
    }
  };
  await expect.poll(listed).toEqual([...ids].sort().reverse());
  expect((await callApi("GET", "/api/runs?cursor=%2A")).status).toBe(422);
});

it("a runner is told to stop with a proof that only its own token gives", async () => {
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  const token = await runTokenOf(run.id, 99);
  const headers = { "content-type": "application/x-ndjson" };
  const path = `/api/runs/${run.id}/runner/journal?attempt=99&offset=0`;
  const answer = journalAnswerSchema.parse(
    await (await callApi("POST", path, { body: "", token, headers })).json(),
  );
  const proof = await hmacSha256Hex(token, `stop:${run.id}:99`);
  expect(answer).toMatchObject({ stop: true, stop_proof: proof });
});

it("a token speaks for its own attempt alone", async () => {
  verifies("access:run-token:one-attempt");
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  const token = await runTokenOf(run.id, 2);
  const headers = { "content-type": "application/x-ndjson" };
  const path = `/api/runs/${run.id}/runner/journal?attempt=1&offset=0`;
  const answer = await callApi("POST", path, { body: "", token, headers });
  expect([answer.status, problemSchema.parse(await answer.json()).code]).toEqual([409, "stale_attempt"]);
});

it("a runner with another run's token, or with a workspace token, is refused", async () => {
  const run = runDetailSchema.parse(await (await start({ inputs: { name: "Ada" } })).json());
  const path = `/api/runs/${run.id}/runner/journal?attempt=1&offset=0`;
  const headers = { "content-type": "application/x-ndjson" };
  for (const token of [ownerToken, "wrt_0000", ""])
    expect((await callApi("POST", path, { body: "", token, headers })).status).toBe(401);
});

it("two rows in D1 when a run starts, one when it ends, and three in the worker's queue", async () => {
  verifies("run:budget:rows");
  const insert = async (sql: string, ...values: unknown[]) =>
    (
      await env.DB.prepare(sql)
        .bind(...values)
        .run()
    ).meta.rows_written;
  const columns =
    "workspace_id, id, worker_id, worker_name, worker_title, version, status, trigger_source, created_at, attempt";
  const first = await insert(
    `INSERT INTO runs (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    "w",
    "run_x",
    "wrk",
    "hello",
    "Hello",
    1,
    "running",
    "manual",
    1,
    1,
  );
  const last = await insert(
    "UPDATE runs SET status = ?, completed_at = ? WHERE workspace_id = ? AND id = ?",
    "completed",
    2,
    "w",
    "run_x",
  );
  expect(first + last).toBeLessThanOrEqual(3);
});

it("health needs no token and everything else does", async () => {
  expect((await exports.default.fetch("http://floom.test/api/health")).status).toBe(200);
  expect((await exports.default.fetch("http://floom.test/api/runs")).status).toBe(401);
});
