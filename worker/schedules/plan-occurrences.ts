import { limits } from "#contract/limits";
import type { MissedRule } from "#contract/manifest/manifest";
import type { CronExpression } from "../registry/cron/parse-cron.ts";
import { nextFire } from "./next-fire.ts";

export interface DueSchedule {
  cron: CronExpression;
  timezone: string;
  missed: MissedRule;
  /** The first time that has not been dealt with. */
  nextAt: number;
}

/** What becomes of the times that have passed. Each list is oldest first. */
export interface OccurrencePlan {
  start: number[];
  skip: number[];
  /** Times beyond the reach of catching up: they are not even listed. */
  forgotten: boolean;
  nextAt: number | null;
}

const LATE_MS = limits.schedule_late_seconds.value * 1000;
const REACH_MS = limits.catch_up_seconds.value * 1000;

/**
 * Sorts the times from `nextAt` to now. One that is at most a minute old starts; older ones were missed, and the
 * schedule's rule decides: `skip` leaves them out, `once` starts the newest unless one is on time anyway, `all` starts
 * as many of the newest as the limit allows. The next time lies after now, whatever the clock did.
 */
export function planOccurrences(schedule: DueSchedule, now: number): OccurrencePlan {
  const { cron, timezone, nextAt } = schedule;
  if (nextAt > now) return { start: [], skip: [], forgotten: false, nextAt };
  const forgotten = nextAt < now - REACH_MS;
  const passed: number[] = [];
  let at: number | null = forgotten ? nextFire(cron, timezone, now - REACH_MS) : nextAt;
  while (at !== null && at <= now) {
    passed.push(at);
    at = nextFire(cron, timezone, at);
  }
  const start = choose(schedule.missed, passed, now);
  const skip = passed.filter((due) => !start.includes(due)).slice(-limits.occurrences_kept.value);
  return { start, skip, forgotten, nextAt: at };
}

function choose(missed: MissedRule, passed: readonly number[], now: number): number[] {
  const onTime = passed.filter((due) => now - due <= LATE_MS);
  if (missed === "all") return passed.slice(-limits.catch_up_runs.value);
  if (missed === "once" && onTime.length === 0) return passed.slice(-1);
  return onTime;
}
