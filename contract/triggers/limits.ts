import type { Limit } from "../limit.ts";

/** The limits of triggers and schedules. */
export const triggerLimits = {
  triggers_per_worker: { value: 100, unit: "items", what: "the triggers of one worker" },
  occurrences_kept: { value: 200, unit: "items", what: "the times kept on record of one schedule" },
  catch_up_runs: {
    value: 100,
    unit: "runs",
    what: "runs a schedule with missed: all makes up for at once; older ones are left out",
  },
  catch_up_seconds: {
    value: 7 * 86_400,
    unit: "seconds",
    what: "how far back a schedule makes up for missed times",
  },
  schedule_late_seconds: {
    value: 60,
    unit: "seconds",
    what: "how late a schedule may start before its time counts as missed",
  },
  schedule_alert_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long a due schedule may go without starting before an alert is sent",
  },
  missed_kept_seconds: {
    value: 30 * 86_400,
    unit: "seconds",
    what: "how long a missed start is on the list of those",
  },
  calendar_seconds: {
    value: 62 * 86_400,
    unit: "seconds",
    what: "the time that one calendar of schedules shows",
  },
  calendar_expected: {
    value: 500,
    unit: "items",
    what: "the times ahead that a calendar lists of one schedule",
  },
} as const satisfies Record<string, Limit>;
