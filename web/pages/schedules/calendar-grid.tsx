import { Link } from "wouter";
import type { CalendarSchedule, CalendarSlot } from "#contract/triggers/calendar";
import { writeDay } from "./calendar-days.ts";
import type { CalendarDay, DayEntry } from "./calendar-days.ts";
import { lookOf, tellMany, tellSlot, worstOf } from "./slot-words.ts";

const MOST_ENTRIES = 6;
/** More times of one schedule on a day are one line. */
const MOST_TIMES = 2;

interface CalendarGridProps {
  days: readonly CalendarDay[];
  schedules: ReadonlyMap<string, CalendarSchedule>;
  /** The month that is looked at; null for all days alike. */
  month: number | null;
  today: Date;
  /** Where all of one day is seen. */
  linkToDay: (day: string) => string;
}

/** Days in columns of the week, Monday first; on a narrow screen one below the other, and those without anything left out. */
export function CalendarGrid({ days, schedules, month, today, linkToDay }: CalendarGridProps) {
  return (
    <ol className="calendar">
      {days.map((day) => {
        const { date, entries } = day;
        const isToday = writeDay(date) === writeDay(today);
        const classes = [
          month !== null && date.getMonth() !== month ? "calendar-other" : "",
          entries.length === 0 && !isToday ? "calendar-empty" : "",
        ];
        return (
          <li
            key={writeDay(date)}
            className={classes.join(" ").trim()}
            aria-current={isToday ? "date" : undefined}
          >
            <h3>
              <Link to={linkToDay(writeDay(date))}>{nameOf(date)}</Link>
            </h3>
            <Entries day={day} schedules={schedules} to={linkToDay(writeDay(date))} />
          </li>
        );
      })}
    </ol>
  );
}

const nameOf = (date: Date): string =>
  date.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });

interface EntriesProps {
  day: CalendarDay;
  schedules: ReadonlyMap<string, CalendarSchedule>;
  to: string;
}

function Entries({ day, schedules, to }: EntriesProps) {
  const shown = day.entries.slice(0, MOST_ENTRIES);
  const more = day.entries.length - shown.length;
  return (
    <ul>
      {shown.flatMap((entry) => {
        const name = nameIn(schedules, entry);
        return entry.slots.length > MOST_TIMES
          ? [<Many key={entry.trigger} name={name} slots={entry.slots} to={to} />]
          : entry.slots.map((slot) => (
              <One key={`${entry.trigger} ${slot.due_at}`} name={name} slot={slot} to={to} />
            ));
      })}
      {more > 0 && (
        <li>
          <Link to={to}>and {more} more</Link>
        </li>
      )}
    </ul>
  );
}

function nameIn(schedules: ReadonlyMap<string, CalendarSchedule>, { trigger }: DayEntry): string {
  return schedules.get(trigger)?.worker_id ?? trigger;
}

interface OneProps {
  name: string;
  slot: CalendarSlot;
  to: string;
}

/** One time: leads to its run, or to the day where there is none. */
function One({ name, slot, to }: OneProps) {
  const at = new Date(slot.due_at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  return (
    <li>
      <Link to={slot.run_id === null ? to : `/runs/${slot.run_id}`} title={tellSlot(slot)} className="slot">
        <Sign slot={slot} />
        <span>
          <time dateTime={slot.due_at}>{at}</time> {name}
          <span className="visually-hidden">, {tellSlot(slot)}</span>
          {slot.is_late && (
            <span className="late" aria-hidden="true">
              {" "}
              late
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}

interface ManyProps {
  name: string;
  slots: readonly CalendarSlot[];
  to: string;
}

/** Many times of one schedule on one day, by what they came to. */
function Many({ name, slots, to }: ManyProps) {
  const worst = worstOf(slots);
  return (
    <li>
      <Link to={to} className="slot">
        {worst !== undefined && <Sign slot={worst} />}
        <span>
          {slots.length} × {name}
          <span className="slot-counts">{tellMany(slots)}</span>
        </span>
      </Link>
    </li>
  );
}

function Sign({ slot }: { slot: CalendarSlot }) {
  const { sign, tone } = lookOf(slot);
  return (
    <span className={`sign tone-${tone}`} aria-hidden="true">
      {sign}
    </span>
  );
}
