import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import budgets from "../../bench/budgets.json";
import { testHost } from "../../test/support/workerd/api-harness.ts";
import { buildTestSpec, logEntry, resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { createFakeExecutor, toJournal } from "../../test/support/workerd/fake-driver.ts";
import type { FakeExecutor } from "../../test/support/workerd/fake-driver.ts";
import { runStubOf, workerStubOf } from "../../test/support/workerd/housekeeping.ts";
import { ringFor, watchEnds } from "../../test/support/workerd/budgets.ts";
import { verifies } from "../../test/verifies.ts";
import { newId } from "../platform/ids.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { E2bDriver } from "../sandboxes/e2b-driver.ts";

/*
 * What costs by the hour and by the day, counted in the true objects with a date that the test moves on: their alarms are
 * rung in order, each at its time. Only the provider of sandboxes is not there.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeEach(async () => {
  // Waits between tries are never longer than this way, so that no run wakes more often than is counted.
  vi.spyOn(Math, "random").mockReturnValue(0);
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("a run that says nothing for an hour writes few more rows than a short one", async ({ task }) => {
  verifies("run:budget:silent-hour");
  standInForProvider();
  const spec = await startRun();
  const stub = runStubOf(spec.run_id);
  const first = await stub.takeJournal({
    attempt: 1,
    launch: 1,
    offset: 0,
    body: toJournal([logEntry("begun")]),
  });
  await passTime(spec, HOUR_MS);
  const costs = watchEnds();
  const offset = first.kind === "answer" ? first.answer.next_offset : 0;
  await stub.takeJournal({
    attempt: 1,
    launch: 1,
    offset,
    body: toJournal([logEntry("done"), resultEntry()]),
  });
  await expect.poll(() => costs.get(spec.run_id)).toBeDefined();
  const value = costs.get(spec.run_id) ?? Infinity;
  task.meta.measured = { name: "silent_hour_rows", value };
  expect(value).toBeLessThanOrEqual(budgets.silent_hour_rows.max);
});

it("a run that is owed a kill for a day wakes seldom for it", async ({ task }) => {
  verifies("run:budget:owed-kill");
  const provider = standInForProvider();
  let refused = 0;
  provider.kill = async () => false;
  provider.killAttempt = async () => {
    refused += 1;
    return false;
  };
  const spec = await startRun({ timeout_seconds: (2 * DAY_MS) / 1000 });
  await testHost.run(spec.run_id).cancel();
  const value = await passTime(spec, DAY_MS);
  expect(refused).toBeGreaterThan(DAY_MS / HOUR_MS);
  task.meta.measured = { name: "owed_kill_alarms", value };
  expect(value).toBeLessThanOrEqual(budgets.owed_kill_alarms.max);
});

/** Everything that the objects ask of the provider is answered by a fake. */
function standInForProvider(): FakeExecutor {
  const fake = createFakeExecutor();
  const { prototype } = E2bDriver;
  vi.spyOn(prototype, "launch").mockImplementation((request) => fake.launch(request));
  vi.spyOn(prototype, "readJournal").mockImplementation((...look) => fake.readJournal(...look));
  vi.spyOn(prototype, "kill").mockImplementation((sandboxId) => fake.kill(sandboxId));
  vi.spyOn(prototype, "killAttempt").mockImplementation((...attempt) => fake.killAttempt(...attempt));
  vi.spyOn(prototype, "listRunning").mockResolvedValue([]);
  return fake;
}

/** Starts a run through its worker's queue, and waits until its script runs. */
async function startRun(change: Partial<RunSpec> = {}): Promise<RunSpec> {
  const now = Date.now();
  const spec = buildTestSpec({
    run_id: newId("run", now),
    worker_id: newId("wrk", now),
    created_at: now,
    timeout_seconds: (2 * HOUR_MS) / 1000,
    ...change,
  });
  const concurrency = { key: "", limit: 1, total: 1, on_conflict: "queue" as const };
  await workerStubOf(spec.worker_id).admit({ run: spec, idempotency: null, concurrency });
  const phase = async () => (await testHost.run(spec.run_id).read())?.detail.why_waiting;
  await expect.poll(phase).toBe("Waiting for the script to end.");
  return spec;
}

/** Lets time pass for a run and whoever it has to do with; answers how many alarms rang. */
function passTime({ run_id, worker_id }: RunSpec, ms: number): Promise<number> {
  return ringFor([runStubOf(run_id), workerStubOf(worker_id)], ms);
}
