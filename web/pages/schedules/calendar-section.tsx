import { useState } from "react";
import { Link } from "wouter";
import type { ScheduleCalendar } from "#contract/triggers/calendar";
import { triggerRoutes } from "#contract/triggers/routes";
import { isTrouble } from "#contract/triggers/slot-trouble";
import type { Trigger } from "#contract/triggers/trigger";
import { useRead } from "../../api/use-read.ts";
import { AsTable } from "../../charts/as-table.tsx";
import { CheckField, ChoiceField } from "../../parts/labelled.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import type { Filters } from "../../parts/use-filters.ts";
import { CalendarGrid } from "./calendar-grid.tsx";
import { addDays, daysOf, readDay, sortIntoDays, step, writeDay } from "./calendar-days.ts";
import type { CalendarView } from "./calendar-days.ts";
import { SlotTable } from "./slot-table.tsx";
import { legend } from "./slot-words.ts";

const REFRESH_MS = 30_000;

const views = [
  ["week", "Week"],
  ["month", "Month"],
  ["day", "Day"],
] as const;

function readView(text: string): CalendarView {
  return views.find(([view]) => view === text)?.[0] ?? "week";
}

/** What schedules expected, and what became of it: a month, a week or a day, which stands in the address. */
export function CalendarSection({ schedules }: { schedules: readonly Trigger[] }) {
  const filters = useFilters();
  const [today] = useState(() => new Date());
  const view = readView(filters.get("view"));
  const on = readDay(filters.get("on"), today);
  const days = daysOf(view, on);
  const [first = on, last = on] = [days[0], days.at(-1)];
  const calendar = useRead(triggerRoutes.getScheduleCalendar, {
    query: { since: first.toISOString(), until: addDays(last, 1).toISOString() },
    refreshMs: () => REFRESH_MS,
  });
  return (
    <section aria-labelledby="calendar-heading">
      <div className="head-row">
        <h2 id="calendar-heading" aria-live="polite">
          {titleOf(view, on, { first, last })}
        </h2>
        <Steps filters={filters} view={view} on={on} />
      </div>
      <Choices filters={filters} view={view} schedules={schedules} />
      <Loaded query={calendar} what="the calendar" rows={8}>
        {(data) => <Shown calendar={data} filters={filters} view={view} days={days} on={on} today={today} />}
      </Loaded>
    </section>
  );
}

function titleOf(view: CalendarView, on: Date, { first, last }: { first: Date; last: Date }): string {
  const day = { day: "numeric", month: "long", year: "numeric" } as const;
  if (view === "month") return on.toLocaleDateString(undefined, { month: "long", year: "numeric" });
  if (view === "day") return on.toLocaleDateString(undefined, { weekday: "long", ...day });
  return new Intl.DateTimeFormat(undefined, day).formatRange(first, last);
}

interface StepsProps {
  filters: Filters;
  view: CalendarView;
  on: Date;
}

function Steps({ filters, view, on }: StepsProps) {
  const to = (date: Date) => filters.linkTo({ on: writeDay(date) });
  return (
    <nav className="actions" aria-label="Time shown">
      <Link to={to(step(view, on, -1))} className="button small">
        <span aria-hidden="true">‹&nbsp;</span>Earlier<span className="visually-hidden"> {view}</span>
      </Link>
      <Link to={filters.linkTo({ on: "" })} className="button small">
        Today
      </Link>
      <Link to={to(step(view, on, 1))} className="button small">
        Later<span className="visually-hidden"> {view}</span>
        <span aria-hidden="true">&nbsp;›</span>
      </Link>
    </nav>
  );
}

interface ChoicesProps {
  filters: Filters;
  view: CalendarView;
  schedules: readonly Trigger[];
}

function Choices({ filters, view, schedules }: ChoicesProps) {
  return (
    <div className="filters">
      <ChoiceField
        label="Show a"
        value={view}
        choices={views}
        onChange={(event) => filters.set({ view: event.currentTarget.value })}
      />
      <ChoiceField
        label="Schedule"
        value={filters.get("schedule")}
        choices={[
          ["", "All"],
          ...schedules.map(({ id, worker_id: worker, name }) => [id, `${worker}, ${name}`] as const),
        ]}
        onChange={(event) => filters.set({ schedule: event.currentTarget.value })}
      />
      <CheckField
        label="Only what went wrong"
        checked={filters.get("trouble") === "yes"}
        onChange={(event) => filters.set({ trouble: event.currentTarget.checked ? "yes" : "" })}
      />
    </div>
  );
}

interface ShownProps extends StepsProps {
  calendar: ScheduleCalendar;
  days: readonly Date[];
  today: Date;
}

function Shown({ calendar, filters, view, days, on, today }: ShownProps) {
  const only = filters.get("schedule");
  const schedules = new Map(calendar.schedules.map((schedule) => [String(schedule.trigger_id), schedule]));
  const slots = calendar.slots.filter(
    (slot) =>
      (only === "" || slot.trigger_id === only) && (filters.get("trouble") !== "yes" || isTrouble(slot)),
  );
  const table = (
    <SlotTable caption="Times of the schedules, oldest first" slots={slots} schedules={schedules} />
  );
  if (view === "day") return table;
  return (
    <>
      <CalendarGrid
        days={sortIntoDays(days, slots)}
        schedules={schedules}
        month={view === "month" ? on.getMonth() : null}
        today={today}
        linkToDay={(day) => filters.linkTo({ view: "day", on: day })}
      />
      {slots.length === 0 && (
        <p className="muted">Nothing of that kind in this time. What comes is under Later.</p>
      )}
      <Legend />
      <Cuts calendar={calendar} only={only} />
      <AsTable>{table}</AsTable>
    </>
  );
}

function Legend() {
  return (
    <ul className="calendar-legend" aria-label="Signs">
      {legend.map(({ sign, tone, words }) => (
        <li key={words}>
          <span className={`sign tone-${tone}`} aria-hidden="true">
            {sign}
          </span>{" "}
          {words}
        </li>
      ))}
    </ul>
  );
}

/** Of which schedules not all is shown that lies in the time. */
function Cuts({ calendar, only }: { calendar: ScheduleCalendar; only: string }) {
  const chosen = calendar.schedules.filter(({ trigger_id: id }) => only === "" || id === only);
  const young = chosen.filter(({ known_from: from }) => from !== null && from > calendar.since);
  const long = chosen.filter(({ known_until: until }) => until !== null);
  return (
    <>
      {young.map(({ trigger_id: id, worker_id: worker, name, known_from: from }) => (
        <p key={id} className="muted">
          Of {worker}, {name}, nothing is on record before <Moment iso={from} />.
        </p>
      ))}
      {long.map(({ trigger_id: id, worker_id: worker, name, known_until: until }) => (
        <p key={id} className="muted">
          {worker}, {name} starts so often that its times are listed up to <Moment iso={until} />.
        </p>
      ))}
    </>
  );
}
