import { expect, it } from "vitest";
import { createDb } from "../platform/db/client.ts";
import { env } from "cloudflare:workers";
import { workerIdSchema } from "#contract/ids";
import {
  systemOverviewSchema,
  systemStatsSchema,
  timeseriesSchema,
  workerLogsSchema,
  workerStatsSchema,
} from "#contract/reports/report";
import { runPatternsSchema } from "#contract/patterns/patterns";
import type { RunSummary } from "#contract/runs/run";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
} from "../../test/support/workerd/api-harness.ts";
import { addSchedule, missStart } from "../../test/support/workerd/miss-start.ts";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";
import { toIso } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { putRunRow } from "../runs/record/row-store.ts";

const HOUR_MS = 3_600_000;

/** Writes a run's row as its object would have. */
async function seedRun(
  workerId: string,
  hoursAgo: number,
  change: Partial<RunSummary> = {},
): Promise<RunSummary> {
  const at = Date.now() - hoursAgo * HOUR_MS;
  const id = newId("run", at);
  const time = toIso(at);
  const run = sampleRunSummary({
    id,
    run_id: id,
    status: "completed",
    created_at: time,
    completed_at: time,
    duration_ms: 1000,
    ...change,
  });
  await putRunRow(createDb(env.DB), { workspaceId: ownerWorkspace, workerId, eventSeq: 1 }, run);
  return run;
}
const broke = { status: "failed", error: '=HYPERLINK("http://evil")', error_code: "timeout" } as const;

async function seed() {
  const workerId = workerIdSchema.parse(await seedWorker("hello-worker"));
  await seedRun(workerId, 40 * 24);
  await seedRun(workerId, 30);
  const runs = [
    await seedRun(workerId, 3, broke),
    await seedRun(workerId, 2, broke),
    await seedRun(workerId, 1, broke),
  ];
  return { workerId, runs };
}
const read = async (path: string) => (await callApi("GET", path)).json();

it("a worker's runs of 30 days are counted, and by day", async () => {
  await seed();
  const stats = workerStatsSchema.parse(await read("/api/workers/hello-worker/stats"));
  expect(stats).toMatchObject({ runs_30d: 4, failed_30d: 3, success_rate_30d: 0.25, complete: true });
  expect(stats.failures_by_category.timeout).toBe(3);
  const series = timeseriesSchema.parse(await read("/api/workers/hello-worker/runs/timeseries?days=3"));
  expect(series.days.length).toBe(3);
  expect(series.days.reduce((sum, { total }) => sum + total, 0)).toBe(4);
  expect((await callApi("GET", "/api/workers/hello-worker/runs/timeseries?days=91")).status).toBe(422);
});

it("a start that a schedule missed wants attention, of those who may see its worker, and is told by the overview as well", async () => {
  const workerId = await seedWorker("digest");
  await addSchedule("digest");
  await missStart(workerId);
  const alerts = await read("/api/system/alerts");
  expect(alerts).toMatchObject([{ type: "schedule_missed", severity: "warning", worker_id: "digest" }]);
  expect(systemOverviewSchema.parse(await read("/api/system/overview")).attention).toEqual(alerts);
  const answer = await callApi("GET", "/api/system/alerts", { token: await strangerToken() });
  expect(await answer.json()).toEqual([]);
});

it("the workspace is told in numbers, with what wants attention", async () => {
  await seed();
  const overview = systemOverviewSchema.parse(await read("/api/system/overview"));
  expect(overview).toMatchObject({
    workers: { total: 1, active: 1 },
    runs_24h: { total: 3, failed: 3 },
    runs_7d: { total: 4, completed: 1 },
    attention: [{ type: "failure_cluster", worker_id: "hello-worker" }],
  });
  expect(overview.recent_runs.length).toBe(5);
  expect(overview.hourly_24h.length).toBe(24);
  const { attention, hourly_24h: _hours, recent_runs: _runs, ...numbers } = overview;
  const any = { ...numbers, since: expect.any(String) };
  for (const path of ["/api/stats", "/api/system/metrics"])
    expect(systemStatsSchema.parse(await read(path))).toMatchObject(any);
  expect(await read("/api/system/alerts")).toEqual(attention);
});

it("Prometheus is given its own format, below /api and without, and nothing without a token", async () => {
  verifies("reports:metrics:prometheus");
  await seed();
  for (const path of ["/api/metrics", "/metrics"]) {
    const response = await callApi("GET", path);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain('floom_runs_24h{status="failed"} 3\n');
    expect((await callApi("GET", path, { token: "" })).status).toBe(401);
  }
});

it("runs are exported as a table that no spreadsheet calculates", async () => {
  verifies("reports:export:safe-csv");
  const { runs } = await seed();
  const response = await callApi("GET", "/api/runs/export.csv?status=error&worker_id=hello-worker");
  expect(response.headers.get("content-disposition")).toContain("attachment");
  const lines = (await response.text()).split("\r\n").slice(1, -1);
  expect(lines.map((line) => line.split(",")[0])).toEqual(runs.map(({ id }) => id).toReversed());
  expect(lines[0]?.endsWith(`timeout,"'=HYPERLINK(""http://evil"")"`)).toBe(true);
  const several = await (await callApi("GET", "/api/runs/export.csv?status=success,failed")).text();
  expect(several.split("\r\n").length).toBe(7);
});

it("named runs are exported; those of others and those that are not there are left out", async () => {
  const { runs } = await seed();
  const ids = [...runs.map(({ id }) => id), newId("run", 5)];
  const ask = async (token?: string) => {
    const call = { json: { run_ids: ids }, ...(token === undefined ? {} : { token }) };
    return (await (await callApi("POST", "/api/runs/export", call)).text()).split("\r\n").length - 2;
  };
  expect([await ask(), await ask(await strangerToken())]).toEqual([3, 0]);
});

it("a worker's log is empty where its runs are gone, and another workspace's is not there", async () => {
  await seed();
  const log = workerLogsSchema.parse(await read("/api/workers/hello-worker/logs?level=error&limit=5"));
  expect(log).toEqual({ logs: [], runs_read: 5 });
  const stranger = await strangerToken();
  for (const path of ["logs", "stats", "runs/timeseries"])
    expect((await callApi("GET", `/api/workers/hello-worker/${path}`, { token: stranger })).status).toBe(404);
});

it("several statuses are one list, in order, and a word that is none is refused with those there are", async () => {
  await seed();
  const page = (await read("/api/runs?status=success,failed&limit=2")) as {
    runs: RunSummary[];
    next_cursor: string;
  };
  expect(page.runs.map(({ status }) => status)).toEqual(["failed", "failed"]);
  const rest = (await read(`/api/runs?status=success,failed&cursor=${page.next_cursor}`)) as {
    runs: RunSummary[];
  };
  expect(rest.runs.map(({ status }) => status)).toEqual(["failed", "completed", "completed"]);
  const refused = await callApi("GET", "/api/runs?status=done");
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining("there are queued, running"),
  ]);
});

it("tells when runs are made and how long they take: of one worker, or of all that somebody sees", async () => {
  verifies("reports:patterns:hours-and-durations");
  await seed();
  await seedWorker("quiet");
  const read = async (query: string, token?: string) => {
    const answer = await callApi(
      "GET",
      `/api/reports/patterns${query}`,
      token === undefined ? {} : { token },
    );
    expect(answer.status).toBe(200);
    return runPatternsSchema.parse(await answer.json());
  };
  const all = await read("?zone=Asia/Kathmandu");
  expect(all).toMatchObject({ zone: "Asia/Kathmandu", total: 4, success_rate: 0.25, complete: true });
  expect(all.hours.reduce((sum, { failed }) => sum + failed, 0)).toBe(3);
  expect(all.durations).toEqual([{ from_ms: 1000, to_ms: 2500, runs: 1 }]);
  expect((await read("?worker=quiet")).total).toBe(0);
  expect((await read("?worker=hello-worker&days=1")).total).toBe(3);
  expect((await read("", await strangerToken())).total).toBe(0);
  const refused = async (query: string) => (await callApi("GET", `/api/reports/patterns${query}`)).status;
  expect([
    await refused("?zone=Mars/Olympus"),
    await refused("?zone="),
    await refused("?zone=Z"),
    await refused("?zone=%2B99:99"),
    await refused("?worker=none"),
    await refused("?days=400"),
  ]).toEqual([422, 422, 422, 422, 404, 422]);
});
