import { expect, it } from "vitest";
import { runSummarySchema } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import { numberedId } from "../../test/support/numbered-id.ts";
import { verifies } from "../../test/verifies.ts";
import { formatLoadReport } from "./format.ts";
import { readLoadOptions } from "./options.ts";
import { planLoad } from "./plan-load.ts";
import { buildLoadReport } from "./report.ts";
import type { LoadFacts, SentRequest } from "./report.ts";

const id = (number: number) => numberedId("run", number);

function shown(number: number, status: RunSummary["status"]): RunSummary {
  const ended = status !== "running" && status !== "queued";
  return runSummarySchema.parse({
    id: id(number),
    run_id: id(number),
    worker: "load-1",
    worker_id: "load-1",
    worker_name: "load-1",
    worker_title: "Load",
    version: 1,
    status,
    trigger_source: "manual",
    created_at: "2026-01-01T00:00:00.000Z",
    started_at: status === "queued" ? null : "2026-01-01T00:00:00.100Z",
    completed_at: ended ? "2026-01-01T00:00:00.300Z" : null,
    duration_ms: ended ? 200 : null,
    error: null,
    error_code: null,
    attempt: 1,
  });
}

const sent = (kind: SentRequest["kind"], runId: string | null): SentRequest => ({
  kind,
  acceptMs: 5,
  runId,
  refusal: runId === null ? "load-1 has 10000 runs waiting." : null,
});

const facts: LoadFacts = {
  options: { rate: 2, seconds: 2, workers: 1 },
  sent: [
    sent("start", id(1)),
    sent("webhook", id(2)),
    sent("schedule", id(3)),
    sent("start", id(4)),
    sent("start", null),
  ],
  runs: [shown(1, "completed"), shown(2, "failed"), shown(3, "running"), shown(9, "completed")],
  rows: [12, 14],
  cpuMs: 100,
  tookMs: 1000,
};

it("what was accepted and has not ended is lost, also where no list has it, and what was refused is not", () => {
  verifies("e2e:load:command");
  const report = buildLoadReport(facts);
  expect(report).toMatchObject({
    accepted: 4,
    refused: 1,
    started: 3,
    finished: 2,
    failed: 1,
    lost: 2,
    rows_per_run: 13,
    cpu_ms_per_run: 50,
    start_ms: { p50: 100 },
    finish_ms: { p99: 300 },
  });
  expect(formatLoadReport(report).split("\n").at(-1)).toBe("4 accepted, 2 finished, 2 lost");
});

it("a load of which nothing was accepted has no times, and loses nothing", () => {
  const report = buildLoadReport({
    ...facts,
    sent: [sent("start", null)],
    runs: [],
    rows: null,
    cpuMs: null,
  });
  expect(report).toMatchObject({ accepted: 0, lost: 0, rows_per_run: null, accept_ms: { p50: null } });
  expect(formatLoadReport(report)).toContain("refused     1: load-1 has 10000 runs waiting.");
});

it("requests are spread evenly over the time and the workers, and every ten of them have the same kinds", () => {
  const plan = planLoad({ rate: 20, seconds: 5, workers: 10 });
  expect(plan).toHaveLength(100);
  expect(plan[20]?.atMs).toBe(1000);
  const count = (key: "kind" | "worker", value: string | number) =>
    plan.filter((one) => one[key] === value).length;
  expect([count("kind", "start"), count("kind", "webhook"), count("kind", "schedule")]).toEqual([50, 40, 10]);
  expect(Array.from({ length: 10 }, (_, worker) => count("worker", worker))).toEqual(Array(10).fill(10));
  const kindsOfFirst = new Set(plan.filter(({ worker }) => worker === 0).map(({ kind }) => kind));
  expect(kindsOfFirst.size).toBe(3);
});

it("options that cannot be meant are told apart", () => {
  const given = { rate: "5", seconds: "2", workers: "1", drain: "60" };
  expect(readLoadOptions(given)).toEqual({ rate: 5, seconds: 2, workers: 1, drainSeconds: 60, target: null });
  expect(readLoadOptions({ ...given, workers: "0" })).toContain("--workers");
  expect(readLoadOptions({ ...given, url: "http://x" })).toBe("--url and --token go together.");
});
