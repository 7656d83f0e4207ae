import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import budgets from "../../bench/budgets.json";
import { testHost } from "../../test/support/workerd/api-harness.ts";
import { buildTestSpec, resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { putToSleep } from "../../test/support/workerd/eviction.ts";
import { createFakeExecutor, toJournal } from "../../test/support/workerd/fake-driver.ts";
import { runStubOf, statusOf, workerStubOf } from "../../test/support/workerd/housekeeping.ts";
import { ringFor, watchEnds } from "../../test/support/workerd/budgets.ts";
import { verifies } from "../../test/verifies.ts";
import { newId } from "../platform/ids.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { E2bDriver } from "../sandboxes/e2b-driver.ts";
import type { Lease } from "../sandboxes/places.ts";

/*
 * What a run costs that waits for room, counted in the true objects with a date that the test moves on: their alarms are
 * rung in order, each at its time. They stay in memory, for what they count is there. Only the provider of sandboxes is
 * not there.
 */

const TEN_MINUTES_MS = 600_000;
const LAST_SECOND_MS = 1000;
const PLACES = 1000;

const gate = env.CAPACITY_OBJECT.get(env.CAPACITY_OBJECT.idFromName("sandboxes"));
let alive: Lease[] = [];

beforeEach(async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
  const fake = createFakeExecutor();
  const { prototype } = E2bDriver;
  vi.spyOn(prototype, "launch").mockImplementation((request) => fake.launch(request));
  vi.spyOn(prototype, "kill").mockResolvedValue(true);
  vi.spyOn(prototype, "killAttempt").mockResolvedValue(true);
  vi.spyOn(prototype, "listRunning").mockImplementation(async () => alive);
});

afterEach(() => {
  alive = [];
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("a run that waits ten minutes for room writes at most fifteen rows for that, and reads no file meanwhile", async ({
  task,
}) => {
  verifies("queue:budget:waiting");
  const short = await countRows(async (spec) => {
    await expect.poll(() => statusOf(spec.run_id)).toBe("running");
  });
  const reads = vi.spyOn(Object.getPrototypeOf(env.FILES) as R2Bucket, "get");
  const heads = vi.spyOn(Object.getPrototypeOf(env.FILES) as R2Bucket, "head");
  const waited = await countRows(async (spec) => {
    await expect.poll(() => statusOf(spec.run_id)).toBe("queued");
    await passTime(spec, TEN_MINUTES_MS - LAST_SECOND_MS);
    expect(await whyOf(spec)).toBe(
      "Waiting for a sandbox: 1000 of 1000 sandboxes of the provider are in use.",
    );
    expect(reads).not.toHaveBeenCalled();
    expect(heads).not.toHaveBeenCalled();
    alive = [];
    // Nobody says so: the gate finds it by its own alarm.
    await passTime(spec, 2 * LAST_SECOND_MS);
    await expect.poll(() => statusOf(spec.run_id)).toBe("running");
  });
  task.meta.measured = { name: "waiting_rows", value: waited - short };
  expect(waited - short).toBeLessThanOrEqual(budgets.waiting_rows.max);
});

/** The rows of a run from its admission to its end, everywhere; `live` is what happens until its script runs. */
async function countRows(live: (spec: RunSpec) => Promise<void>): Promise<number> {
  const now = Date.now();
  const change = { run_id: newId("run", now), worker_id: newId("wrk", now), created_at: now };
  const spec = buildTestSpec({ ...change, queue_ttl_seconds: 86_400 });
  const costs = watchEnds();
  const concurrency = { key: "", limit: 1, total: 1, on_conflict: "queue" as const };
  await testHost.worker(spec.worker_id).queue.admit({ run: spec, idempotency: null, concurrency });
  await live(spec);
  await testHost
    .run(spec.run_id)
    .takeJournal({ attempt: 1, launch: 1, offset: 0, body: toJournal([resultEntry()]) });
  await expect.poll(() => costs.get(spec.run_id)).toBeDefined();
  await fillUp();
  return costs.get(spec.run_id) ?? Infinity;
}

/** From now on there is no room. */
async function fillUp(): Promise<void> {
  const until = Date.now() + 10 * TEN_MINUTES_MS;
  alive = Array.from({ length: PLACES }, (_, i) => ({
    run_id: `other${i}`,
    workspace_id: `wsp_${i}`,
    worker_id: "",
    since: 0,
    until,
  }));
  await putToSleep(gate);
}

async function whyOf(spec: RunSpec): Promise<string | null | undefined> {
  return (await testHost.run(spec.run_id).read())?.detail.why_waiting;
}

/** Lets time pass for a run and whoever it has to do with; answers how many alarms rang. */
function passTime({ run_id, worker_id }: RunSpec, ms: number): Promise<number> {
  return ringFor([runStubOf(run_id), workerStubOf(worker_id), gate], ms);
}
