import { useState } from "react";
import { Link } from "wouter";
import type { Trigger } from "#contract/triggers/trigger";

const DAYS = 7;
const MOST_A_DAY = 8;

interface Start {
  at: string;
  trigger: Trigger;
}

export interface CalendarDay {
  date: Date;
  starts: Start[];
}

/** The next days in the viewer's zone, each with what starts then, as far as schedules tell ahead. Pure. */
export function weekOf(schedules: readonly Trigger[], now: Date): CalendarDay[] {
  const starts = schedules
    .flatMap((trigger) => trigger.next.map((at) => ({ at, trigger })))
    .sort((a, b) => a.at.localeCompare(b.at));
  return Array.from({ length: DAYS }, (_, step) => {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + step);
    const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + step + 1);
    const within = starts.filter(({ at }) => new Date(at) >= date && new Date(at) < next);
    return { date, starts: within };
  });
}

/** The week ahead, a column a day. */
export function WeekCalendar({ schedules }: { schedules: readonly Trigger[] }) {
  const [now] = useState(() => new Date());
  const days = weekOf(schedules, now);
  return (
    <section aria-labelledby="week-heading">
      <h2 id="week-heading">The next seven days</h2>
      <p className="muted">Of each schedule the next five times are known.</p>
      <ol className="week">
        {days.map(({ date, starts }) => (
          <li key={date.toISOString()}>
            <h3>
              {date.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" })}
            </h3>
            {starts.length === 0 && <p className="muted">–</p>}
            <ul>
              {starts.slice(0, MOST_A_DAY).map(({ at, trigger }) => (
                <li key={`${trigger.id} ${at}`}>
                  <Link to={`/workers/${encodeURIComponent(trigger.worker_id)}/triggers`}>
                    <time dateTime={at}>
                      {new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}
                    </time>{" "}
                    {trigger.worker_id}
                  </Link>
                </li>
              ))}
            </ul>
            {starts.length > MOST_A_DAY && <p className="muted">and {starts.length - MOST_A_DAY} more</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
