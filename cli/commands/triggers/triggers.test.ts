import { afterEach, expect, it } from "vitest";
import { missedStartIdSchema, triggerIdSchema, workerNameSchema } from "#contract/ids";
import type { Occurrence, Trigger } from "#contract/triggers/trigger";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleRunId } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

const id = triggerIdSchema.parse(`trg_${"0".repeat(26)}`);
const schedule: Trigger = {
  id,
  worker_id: workerNameSchema.parse("digest"),
  name: "schedule-1",
  type: "schedule",
  origin: "manifest",
  paused: false,
  pinned_version: null,
  action: null,
  inputs: {},
  cron: "30 8 * * 1-5",
  timezone: "Europe/Berlin",
  missed: "once",
  next_at: "2026-01-02T07:30:00.000Z",
  next: ["2026-01-02T07:30:00.000Z"],
  webhook: null,
  last_due_at: "2026-01-01T07:30:00.000Z",
  last_run_id: sampleRunId,
  last_status: "started",
  last_reason: null,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};
const missed: Occurrence = {
  trigger_id: id,
  due_at: "2025-12-31T07:30:00.000Z",
  status: "skipped",
  run_id: null,
  started_at: null,
  late_ms: null,
  code: "missed",
  reason: "Nothing could start at that time.",
};

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});
async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

it("lists schedules with their next start, and shows what became of past ones", async () => {
  verifies("schedule:cli:look-and-change");
  const opened = await openEdge({
    listTriggers: () => [schedule],
    listWorkerTriggers: () => [schedule],
    listOccurrences: () => [missed],
  });
  const list = await callCli(["schedules", "list"], { edge: opened });
  expect(list.stdout).toMatch(/digest\/schedule-1 +30 8 \* \* 1-5 Europe\/Berlin +2026-01-02T07:30/);
  const shown = await callCli(["triggers", "show", "digest/schedule-1"], { edge: opened });
  expect(shown.stdout).toContain("skipped: Nothing could start at that time.");
  const json = await callCli(["triggers", "show", "digest/schedule-1", "--json"], { edge: opened });
  expect(JSON.parse(json.stdout)).toMatchObject({ id, occurrences: [{ code: "missed" }] });
});

it("lists the starts that schedules have missed, as many as are asked for", async () => {
  const start = (number: number) => ({
    id: missedStartIdSchema.parse(`mis_${String(number).padStart(26, "0")}`),
    worker_id: schedule.worker_id,
    trigger_id: id,
    name: "schedule-1",
    due_at: `2026-01-0${number}T08:30:00.000Z`,
    noted_at: `2026-01-0${number}T09:00:00.000Z`,
    code: "missing_secrets",
    reason: "A secret is not set.",
  });
  const asked: unknown[] = [];
  const opened = await openEdge({
    listMissedStarts: ({ query }) => {
      asked.push(query);
      const isFirst = !("cursor" in (query as object));
      return isFirst
        ? { missed: [start(3), start(2)], next_cursor: "more" }
        : { missed: [start(1)], next_cursor: null };
    },
  });
  const list = await callCli(["schedules", "missed", "digest"], { edge: opened });
  expect(list.stdout).toMatch(/2026-01-03T08:30:00.000Z +digest\/schedule-1 +missing_secrets +A secret/);
  expect(list.stdout).toContain("2026-01-01T08:30");
  expect(asked).toMatchObject([{ worker_id: "digest" }, { worker_id: "digest", cursor: "more" }]);
  const json = await callCli(["schedules", "missed", "--limit", "2", "--json"], { edge: opened });
  expect(JSON.parse(json.stdout)).toMatchObject({ missed: [{ id: start(3).id }, {}], next_cursor: "more" });
});

it("shows a calendar of what was expected, and on demand what went wrong alone", async () => {
  verifies("schedule:calendar:expected-beside-actual");
  const none = { run_id: null, run_status: null, late_ms: null, is_late: false, code: null, reason: null };
  const slot = { trigger_id: id, ...none };
  const opened = await openEdge({
    getScheduleCalendar: () => ({
      since: "2026-01-01T00:00:00.000Z",
      until: "2026-01-08T00:00:00.000Z",
      now: "2026-01-03T00:00:00.000Z",
      schedules: [
        {
          trigger_id: id,
          worker_id: schedule.worker_id,
          name: "schedule-1",
          cron: "30 8 * * *",
          timezone: "UTC",
          paused: false,
          known_from: null,
          known_until: "2026-01-05T08:30:00.000Z",
        },
      ],
      slots: [
        {
          ...slot,
          due_at: "2026-01-01T08:30:00.000Z",
          state: "missed" as const,
          reason: "Nothing could start.",
        },
        {
          ...slot,
          due_at: "2026-01-02T08:30:00.000Z",
          state: "started" as const,
          run_id: sampleRunId,
          run_status: "completed" as const,
          late_ms: 120_000,
        },
        { ...slot, due_at: "2026-01-04T08:30:00.000Z", state: "expected" as const },
      ],
    }),
  });
  const all = await callCli(["schedules", "calendar"], { edge: opened });
  expect(all.stdout).toMatch(/2026-01-01T08:30:00.000Z +digest\/schedule-1 +missed: Nothing could start\./);
  expect(all.stdout).toMatch(/completed .*run_/);
  expect(all.stdout).toContain("expected");
  expect(all.stderr).toContain("listed up to 2026-01-05T08:30:00.000Z");
  const trouble = await callCli(["schedules", "calendar", "digest", "--trouble", "--json"], { edge: opened });
  expect(JSON.parse(trouble.stdout)).toMatchObject({ slots: [{ state: "missed" }] });
});

it("a trigger that is not there is named, with those that are", async () => {
  const opened = await openEdge({ listWorkerTriggers: () => [schedule] });
  const { stderr, exitCode } = await callCli(["triggers", "pause", "digest/other"], { edge: opened });
  expect(exitCode).toBe(4);
  expect(stderr).toContain("schedule-1");
  expect((await callCli(["triggers", "pause", "other"], { edge: opened })).exitCode).toBe(2);
});

it("finds the deliveries of a webhook that is named by its worker and name", async () => {
  verifies("webhooks:cli:deliveries");
  const opened = await openEdge({
    listWorkerTriggers: () => [schedule, { ...schedule, name: "webhook-1" }],
    listDeliveries: () => ({ deliveries: [], next_cursor: null }),
  });
  const { stderr } = await callCli(["deliveries", "list", "digest/webhook-1"], { edge: opened });
  expect(stderr).toContain("Nothing has come in");
  expect(opened.requests.at(-1)?.params).toEqual({ trigger: id });
});

it("pauses, resumes, tests and deletes by id", async () => {
  verifies("schedule:cli:look-and-change");
  const opened = await openEdge({
    getTrigger: () => schedule,
    pauseTrigger: () => ({ ...schedule, paused: true }),
    resumeTrigger: () => schedule,
    testTrigger: () => ({ run_id: sampleRunId, trigger_id: id }),
    deleteTrigger: () => undefined,
  });
  expect((await callCli(["triggers", "pause", id], { edge: opened })).stdout).toContain("is paused");
  expect((await callCli(["triggers", "resume", id], { edge: opened })).stdout).toContain("is on again");
  expect((await callCli(["triggers", "test", id], { edge: opened })).stdout).toBe(`${sampleRunId}\n`);
  expect((await callCli(["triggers", "delete", id], { edge: opened })).exitCode).toBe(2);
  expect((await callCli(["triggers", "delete", id, "--yes"], { edge: opened })).exitCode).toBe(0);
});

it("sets a schedule: makes it the first time, changes it the second", async () => {
  verifies("schedule:cli:look-and-change");
  const made: Trigger[] = [];
  const main: Trigger = { ...schedule, name: "main", origin: "api" };
  const opened = await openEdge({
    listWorkerTriggers: () => made,
    createTrigger: () => {
      made.push(main);
      return { ...main, secret: null };
    },
    changeTrigger: () => main,
  });
  const set = () =>
    callCli(["schedules", "set", "digest", "30 8 * * 1-5", "-z", "Europe/Berlin"], { edge: opened });
  expect((await set()).stdout).toContain("Next: 2026-01-02T07:30");
  expect((await set()).exitCode).toBe(0);
  const sent = opened.requests.filter(({ body }) => body.length > 0);
  expect(sent.map(({ routeId, json }) => [routeId, json()])).toEqual([
    ["createTrigger", { cron: "30 8 * * 1-5", timezone: "Europe/Berlin", name: "main", type: "schedule" }],
    ["changeTrigger", { cron: "30 8 * * 1-5", timezone: "Europe/Berlin" }],
  ]);
});

it("shows the next times in the zone they are meant in, and why an expression is none", async () => {
  const opened = await openEdge({
    previewSchedule: ({ query }) => {
      if (query["cron"] === "x") throw new FakeProblem("invalid_request", "cron has 1 fields instead of 5.");
      return { cron: "0 9 * * *", timezone: "Asia/Tokyo", next: ["2026-01-02T00:00:00.000Z"] };
    },
  });
  const { stdout } = await callCli(["schedules", "next", "0 9 * * *", "-z", "Asia/Tokyo"], { edge: opened });
  expect(stdout).toMatch(/Friday.* 2 January 2026.* 09:00 Asia\/Tokyo/);
  const refused = await callCli(["schedules", "next", "x"], { edge: opened });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("instead of 5");
});
