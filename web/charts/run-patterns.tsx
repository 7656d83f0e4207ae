import { lazy, Suspense } from "react";
import type { DurationRange, RunPatterns } from "#contract/patterns/patterns";
import { patternRoutes } from "#contract/patterns/routes";
import { useRead } from "../api/use-read.ts";
import { AsTable } from "./as-table.tsx";
import { ListTable } from "../parts/list-table.tsx";
import { Loaded } from "../parts/loaded.tsx";
import {
  describeDurations,
  describeHours,
  tellHour,
  tellRange,
  tellShortRange,
  weekdays,
} from "./pattern-words.ts";

const HeatMap = lazy(async () => ({ default: (await import("./heat-map.tsx")).HeatMap }));
const Bars = lazy(async () => ({ default: (await import("./bars.tsx")).Bars }));

const DAYS = 30;
const REFRESH_MS = 60_000;
const shortDays = weekdays.map((day) => day.slice(0, 3));

/** When runs are made and how long they take, over 30 days: of one worker, or of all. */
export function RunPatternsView({ worker }: { worker?: string }) {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  const patterns = useRead(patternRoutes.getRunPatterns, {
    query: { days: DAYS, zone, ...(worker === undefined ? {} : { worker }) },
    refreshMs: () => REFRESH_MS,
  });
  return (
    <Loaded query={patterns} what="when runs are made" rows={4}>
      {(data) => <Patterns patterns={data} />}
    </Loaded>
  );
}

function Patterns({ patterns }: { patterns: RunPatterns }) {
  if (patterns.total === 0) return null;
  return (
    <div className="two-columns even">
      <section className="card" aria-labelledby="hours-heading-week">
        <h2 id="hours-heading-week">When they ran</h2>
        <Suspense fallback={<div className="chart-heat" aria-busy="true" />}>
          <HeatMap label={describeHours(patterns)} hours={patterns.hours} weekdays={shortDays} />
        </Suspense>
        <p className="muted">
          The last {DAYS} days, by the clock of {patterns.zone}
          {patterns.complete ? "" : "; only the newest runs are counted"}.
        </p>
        <AsTable>
          <ListTable
            caption="Runs by hour and weekday"
            rows={patterns.hours}
            keyOf={(hour) => tellHour(hour)}
            columns={[
              { head: "Hour", cell: (hour) => tellHour(hour) },
              { head: "Runs", cell: ({ total }) => total, isNumber: true },
              { head: "Failed", cell: ({ failed }) => failed, isNumber: true },
            ]}
          />
        </AsTable>
      </section>
      <Durations durations={patterns.durations} />
    </div>
  );
}

function Durations({ durations }: { durations: readonly DurationRange[] }) {
  const bars = durations.map(({ runs }, at) => ({ at, total: runs, failed: 0 }));
  const names = durations.map(tellShortRange);
  return (
    <section className="card" aria-labelledby="durations-heading">
      <h2 id="durations-heading">How long they took</h2>
      {durations.length === 0 ? (
        <p className="muted">None completed.</p>
      ) : (
        <>
          <Suspense fallback={<div className="chart-bars" aria-busy="true" />}>
            <Bars label={describeDurations(durations)} bars={bars} names={names} />
          </Suspense>
          <AsTable>
            <ListTable
              caption="Completed runs by how long they took"
              rows={durations}
              keyOf={tellRange}
              columns={[
                { head: "Took", cell: tellRange },
                { head: "Runs", cell: ({ runs }) => runs, isNumber: true },
              ]}
            />
          </AsTable>
        </>
      )}
    </section>
  );
}
