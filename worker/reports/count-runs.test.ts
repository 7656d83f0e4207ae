import { describe, expect, it } from "vitest";
import { runIdSchema, workerNameSchema } from "#contract/ids";
import { numberedId } from "../../test/support/numbered-id.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";
import { buildRecentStats, buildTimeseries, buildWorkerStats, DAY_MS, firstDay } from "./count-runs.ts";

const now = Date.parse("2026-03-10T15:00:00Z");
let number = 0;

function outcome(change: Partial<RunOutcome> = {}): RunOutcome {
  return {
    id: runIdSchema.parse(numberedId("run", (number += 1))),
    worker_name: workerNameSchema.parse("hello"),
    status: "completed",
    created_at: now,
    completed_at: now,
    duration_ms: 100,
    error: null,
    error_code: null,
    ...change,
  };
}
const failed = (code: string | null, change: Partial<RunOutcome> = {}) =>
  outcome({ status: "failed", error_code: code, error: "Broke.", ...change });
const counted = (runs: RunOutcome[], limit = 1000) => ({ runs, since: now - 30 * DAY_MS, limit });

describe("a worker's statistics", () => {
  it("durations are those of completed runs, by nearest rank", () => {
    const runs = [1, 2, 3, 4, 100].map((ms) => outcome({ duration_ms: ms }));
    const stats = buildWorkerStats("hello", counted([failed("timeout", { duration_ms: 9_999 }), ...runs]));
    expect(stats).toMatchObject({ avg_duration_ms: 22, median_duration_ms: 3, p95_duration_ms: 100 });
  });

  it("failures are counted by kind, a script's own codes as unknown", () => {
    const runs = [failed("timeout"), failed("execution_error"), failed("mine"), failed(null)];
    const cancelled = outcome({ status: "cancelled", error_code: "user_cancel" });
    const stats = buildWorkerStats("hello", counted([...runs, cancelled]));
    expect(stats.failures_by_category).toMatchObject({ timeout: 1, crash: 1, unknown: 2, cancelled: 1 });
    expect(stats).toMatchObject({
      runs_30d: 5,
      failed_30d: 4,
      last_error: "Broke.",
      last_error_code: "timeout",
    });
  });

  it("a worker that never ran has no rates and no durations", () => {
    expect(buildWorkerStats("hello", counted([]))).toMatchObject({
      runs_30d: 0,
      success_rate_30d: null,
      avg_duration_ms: null,
      median_duration_ms: null,
      last_run_at: null,
      complete: true,
    });
  });

  it("where not all runs were read it says so, and from when on they are counted", () => {
    const oldest = outcome({ created_at: now - 3 * DAY_MS });
    const stats = buildWorkerStats("hello", counted([outcome(), oldest], 2));
    expect(stats).toMatchObject({ complete: false, since: "2026-03-07T15:00:00.000Z" });
  });
});

it("days are told one by one in UTC, also those without a run, today last", () => {
  const since = firstDay(now, 3);
  const runs = [outcome(), failed("timeout", { created_at: since }), outcome({ created_at: since })];
  const { days } = buildTimeseries({ runs, since, limit: 10 }, 3);
  expect(days).toEqual([
    { date: "2026-03-08", total: 2, completed: 1, failed: 1 },
    { date: "2026-03-09", total: 0, completed: 0, failed: 0 },
    { date: "2026-03-10", total: 1, completed: 1, failed: 0 },
  ]);
});

it("the last week is held against the one before it", () => {
  const before = now - 8 * DAY_MS;
  const runs = [outcome(), failed("timeout"), outcome({ created_at: before })];
  expect(buildRecentStats(runs, now)).toEqual({
    last_run_at: "2026-03-10T15:00:00.000Z",
    runs_7d: 2,
    success_rate_7d: 0.5,
    success_rate_change_7d: -0.5,
  });
  expect(buildRecentStats([], now)).toMatchObject({ success_rate_7d: null, success_rate_change_7d: null });
});
