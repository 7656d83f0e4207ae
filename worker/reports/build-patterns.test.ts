import { expect, it } from "vitest";
import { runIdSchema, workerNameSchema } from "#contract/ids";
import { runPatternsSchema } from "#contract/patterns/patterns";
import { numberedId } from "../../test/support/numbered-id.ts";
import { verifies } from "../../test/verifies.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";
import { buildPatterns } from "./build-patterns.ts";

let number = 0;
const outcome = (iso: string, change: Partial<RunOutcome> = {}): RunOutcome => ({
  id: runIdSchema.parse(numberedId("run", (number += 1))),
  worker_name: workerNameSchema.parse("hello"),
  status: "completed",
  created_at: Date.parse(iso),
  completed_at: null,
  duration_ms: 700,
  error: null,
  error_code: null,
  ...change,
});
const build = (runs: RunOutcome[], zone = "UTC") =>
  runPatternsSchema.parse(
    buildPatterns({ runs, since: Date.parse("2026-03-01T00:00:00Z"), limit: 1000 }, zone),
  );

it("runs are counted by hour and weekday of the zone, also across midnight and a change of the clock", () => {
  verifies("reports:patterns:hours-and-durations");
  const sunday = outcome("2026-03-08T23:30:00Z");
  const monday = outcome("2026-03-09T23:59:59Z", { status: "failed" });
  expect(build([sunday, monday]).hours).toEqual([
    { weekday: 1, hour: 23, total: 1, failed: 1 },
    { weekday: 7, hour: 23, total: 1, failed: 0 },
  ]);
  expect(build([sunday, monday], "Europe/Zurich").hours).toEqual([
    { weekday: 1, hour: 0, total: 1, failed: 0 },
    { weekday: 2, hour: 0, total: 1, failed: 1 },
  ]);
  // 08:00 in New York before and after the clock goes forward on the 8th of March.
  const both = [outcome("2026-03-06T13:00:00Z"), outcome("2026-03-13T12:00:00Z")];
  expect(build(both, "America/New_York").hours).toEqual([{ weekday: 5, hour: 8, total: 2, failed: 0 }]);
});

it("durations are counted in ranges without gaps, those of completed runs alone", () => {
  verifies("reports:patterns:hours-and-durations");
  const took = (duration_ms: number | null, status: RunOutcome["status"] = "completed") =>
    outcome("2026-03-08T12:00:00Z", { duration_ms, status });
  const runs = [took(500), took(999), took(2_500), took(null), took(5, "failed"), took(60, "running")];
  expect(build(runs).durations).toEqual([
    { from_ms: 500, to_ms: 1_000, runs: 2 },
    { from_ms: 1_000, to_ms: 2_500, runs: 0 },
    { from_ms: 2_500, to_ms: 5_000, runs: 1 },
  ]);
  expect(build([took(99_999_999)]).durations).toEqual([{ from_ms: 14_400_000, to_ms: null, runs: 1 }]);
});

it("where nothing ran there is nothing", () => {
  expect(build([])).toMatchObject({ total: 0, success_rate: null, hours: [], durations: [], complete: true });
});
