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

/** More of the newest times than this make no difference to what is started or listed; two may be on time. */
const NEWEST = limits.occurrences_kept.value + limits.catch_up_runs.value + 2;
const MINUTE_MS = 60_000;
const WIDER = 4;

/**
 * Sorts the times from `nextAt` to now. One that is at most a minute old starts; older ones were missed, and the
 * schedule's rule decides: `skip` leaves them out, `once` starts the newest unless one is on time anyway, `all` starts
 * as many of the newest as the limit allows. The next time lies after now, whatever the clock did.
 */
export function planOccurrences(schedule: DueSchedule, now: number, next = nextFire): OccurrencePlan {
  const { nextAt } = schedule;
  if (nextAt > now) return { start: [], skip: [], forgotten: false, nextAt };
  const forgotten = nextAt < now - REACH_MS;
  const { passed, at } = listNewest(schedule, now, next);
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

/**
 * The newest times up to now and the one that follows them. A week of a schedule that is due every minute has ten
 * thousand, which together cost more than a wake-up may take: it is looked back only until there are enough.
 */
function listNewest(
  { cron, timezone, nextAt }: DueSchedule,
  now: number,
  next: typeof nextFire,
): { passed: number[]; at: number | null } {
  for (let reach = NEWEST * MINUTE_MS; ; reach *= WIDER) {
    const since = now - Math.min(reach, REACH_MS);
    const isAll = nextAt >= since;
    const passed: number[] = [];
    let at = isAll ? nextAt : next(cron, timezone, since);
    while (at !== null && at <= now) {
      passed.push(at);
      at = next(cron, timezone, at);
    }
    if (isAll || passed.length >= NEWEST || reach >= REACH_MS) return { passed, at };
  }
}
