import { expect, it } from "vitest";
import { runIdSchema, workerNameSchema } from "#contract/ids";
import { numberedId } from "../../test/support/numbered-id.ts";
import { sampleWorkerDetail } from "../../test/support/sample-records.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";
import { findAlerts } from "./find-alerts.ts";

const name = workerNameSchema.parse("hello-worker");

/** A worker as far as alerts look at it. */
function workerOf(change: { archived_at?: number; paused_at?: number } = {}): WorkerVersion {
  const manifest = sampleWorkerDetail().config;
  const worker = { name, archived_at: null, paused_at: null, ...change };
  return { worker, version: { manifest } } as unknown as WorkerVersion;
}

const run = (status: RunOutcome["status"], at: number): RunOutcome => ({
  id: runIdSchema.parse(numberedId("run", at)),
  worker_name: name,
  status,
  created_at: at,
  completed_at: at,
  duration_ms: 1,
  error: status === "failed" ? "Broke." : null,
  error_code: null,
});

it("three failures in a row since the last success want attention, two do not", () => {
  const three = [
    run("failed", 4),
    run("running", 3),
    run("failed", 2),
    run("failed", 1),
    run("completed", 0),
  ];
  expect(findAlerts([workerOf()], { runs: three, missed: [] })).toMatchObject([
    { type: "failure_cluster", worker_id: "hello-worker", since: "1970-01-01T00:00:00.001Z" },
  ]);
  expect(findAlerts([workerOf()], { runs: three.slice(2), missed: [] })).toEqual([]);
});

const none = { runs: [], missed: [] };
const missed = [20, 10].map((due_at) => ({
  worker_name: "hello-worker",
  due_at,
  reason: "Nothing could start.",
}));

it("a paused worker is told of, an archived one is not", () => {
  expect(findAlerts([workerOf({ paused_at: 5 })], none)).toMatchObject([{ type: "worker_disabled" }]);
  expect(findAlerts([workerOf({ paused_at: 5, archived_at: 6 })], none)).toEqual([]);
});

it("starts that a schedule missed are told of by their worker, until it has completed a run that was made after them", () => {
  expect(findAlerts([workerOf()], { runs: [run("completed", 15), run("failed", 25)], missed })).toMatchObject(
    [
      {
        type: "schedule_missed",
        worker_id: "hello-worker",
        detail: "Due 1970-01-01 00:00 UTC. Nothing could start. 1 more in the last day.",
        since: "1970-01-01T00:00:00.010Z",
      },
    ],
  );
  expect(findAlerts([workerOf()], { runs: [run("completed", 21)], missed })).toEqual([]);
  const others = missed.map((one) => ({ ...one, worker_name: "another" }));
  expect(findAlerts([workerOf()], { runs: [], missed: others })).toEqual([]);
});

it("a paused worker starts nothing, so that what its schedules missed is not told beside that", () => {
  const alerts = findAlerts([workerOf({ paused_at: 5 })], { runs: [], missed });
  expect(alerts.map(({ type }) => type)).toEqual(["worker_disabled"]);
});
