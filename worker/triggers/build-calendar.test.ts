import { expect, it } from "vitest";
import {
  runIdSchema,
  triggerIdSchema,
  workerIdSchema,
  workerNameSchema,
  workspaceIdSchema,
} from "#contract/ids";
import { limits } from "#contract/limits";
import { toIso } from "../platform/clock.ts";
import type { OccurrenceRecord } from "../schedules/schedule-api.ts";
import { verifies } from "../../test/verifies.ts";
import { buildCalendar, listStartedRuns } from "./build-calendar.ts";
import type { ScheduleHistory } from "./build-calendar.ts";

const HOUR_MS = 3_600_000;
const noon = Date.UTC(2026, 0, 5, 12);
const trigger = triggerIdSchema.parse(`trg_${"0".repeat(26)}`);
const run = runIdSchema.parse(`run_${"0".repeat(26)}`);

function record(dueAt: number, more: Partial<OccurrenceRecord> = {}): OccurrenceRecord {
  const none = { run_id: null, started_at: null, code: null, reason: null };
  return { trigger_id: trigger, due_at: dueAt, status: "skipped", ...none, ...more };
}

/** An hourly schedule in UTC, whose times before noon have been dealt with. */
function history(more: Partial<ScheduleHistory> & { cron?: string; paused?: boolean } = {}): ScheduleHistory {
  const { cron = "0 * * * *", paused = false, ...rest } = more;
  const row = {
    id: trigger,
    workspace_id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
    worker_id: workerIdSchema.parse(`wrk_${"0".repeat(26)}`),
    worker_name: workerNameSchema.parse("digest"),
    name: "hourly",
    type: "schedule" as const,
    origin: "manifest" as const,
    spec: { cron, timezone: "UTC", missed: "once", inputs: {} },
    paused,
    pinned_version: null,
    secret_box: null,
    made_by: null,
    changed_by: null,
    created_at: noon - 100 * HOUR_MS,
    updated_at: noon,
  };
  return { row, records: [], nextAt: noon + HOUR_MS, ...rest };
}

const span = { since: noon - 4 * HOUR_MS, until: noon + 3 * HOUR_MS, now: noon + 60_000 };
const none = new Map();

it("each time of the past is told by what became of it, and those ahead are expected", () => {
  verifies("schedule:calendar:expected-beside-actual");
  const records = [
    record(noon, { status: "due" }),
    record(noon - HOUR_MS, { status: "started", run_id: run, started_at: noon - HOUR_MS + 61_000 }),
    record(noon - 2 * HOUR_MS, { code: "missed", reason: "Nothing could start." }),
    record(noon - 3 * HOUR_MS, { status: "failed", code: "missing_secrets" }),
    record(noon - 4 * HOUR_MS, { code: "trigger_paused" }),
    record(noon - 5 * HOUR_MS, { status: "started", run_id: run, started_at: noon }),
  ];
  const { slots } = buildCalendar(history({ records }), span, new Map([[run, "failed"]]));
  expect(slots.map((slot) => [slot.due_at, slot.state, slot.run_status, slot.late_ms, slot.is_late])).toEqual(
    [
      [toIso(noon - 4 * HOUR_MS), "skipped", null, null, false],
      [toIso(noon - 3 * HOUR_MS), "refused", null, null, false],
      [toIso(noon - 2 * HOUR_MS), "missed", null, null, false],
      [toIso(noon - HOUR_MS), "started", "failed", 61_000, true],
      [toIso(noon), "waiting", null, 60_000, false],
      [toIso(noon + HOUR_MS), "expected", null, null, false],
      [toIso(noon + 2 * HOUR_MS), "expected", null, null, false],
    ],
  );
  // Outside of what is shown, no run is looked up.
  expect(listStartedRuns([history({ records })], span)).toEqual([run]);
});

it("a time that has passed and that nobody has looked at yet waits, and is not left out", () => {
  verifies("schedule:calendar:expected-beside-actual");
  const asleep = history({ nextAt: noon - 2 * HOUR_MS });
  const { slots } = buildCalendar(asleep, { ...span, until: noon + 1 }, none);
  expect(slots.map(({ due_at: at, state }) => [at, state])).toEqual([
    [toIso(noon - 2 * HOUR_MS), "waiting"],
    [toIso(noon - HOUR_MS), "waiting"],
    [toIso(noon), "waiting"],
  ]);
  expect(slots[0]).toMatchObject({ late_ms: 2 * HOUR_MS + 60_000, is_late: true });
});

it("a paused schedule expects nothing, and what became of its times stays", () => {
  const records = [record(noon - HOUR_MS, { status: "started", run_id: run, started_at: noon - HOUR_MS })];
  const { slots, schedule } = buildCalendar(history({ paused: true, records, nextAt: null }), span, none);
  expect(slots.map(({ state, run_status: status }) => [state, status])).toEqual([["started", null]]);
  expect(schedule).toMatchObject({ paused: true, known_until: null });
});

it("what is said of a schedule that starts every minute has an end, which is named", () => {
  const wide = { ...span, until: noon + 60 * 24 * HOUR_MS };
  const { slots, schedule } = buildCalendar(history({ cron: "* * * * *" }), wide, none);
  expect(slots).toHaveLength(limits.calendar_expected.value);
  expect(schedule.known_until).toBe(slots.at(-1)?.due_at);
});

it("what is kept of the past has a beginning, which is named once there was more", () => {
  expect(buildCalendar(history(), span, none).schedule.known_from).toBeNull();
  const kept = limits.occurrences_kept.value;
  const records = Array.from({ length: kept }, (_, n) => record(noon - n * 60_000));
  const { known_from: from } = buildCalendar(history({ records }), span, none).schedule;
  expect(from).toBe(toIso(noon - (kept - 1) * 60_000));
});
