import { Link } from "wouter";
import { triggerRoutes } from "#contract/triggers/routes";
import type { Trigger } from "#contract/triggers/trigger";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { viewerZone } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { TriggerTable } from "../triggers/trigger-table.tsx";
import { CalendarSection } from "./calendar-section.tsx";
import "../../styles/calendar.css";

const REFRESH_MS = 30_000;

/** What starts by itself: a calendar of what was expected beside what happened, and every schedule. */
export function SchedulesPage() {
  const triggers = useRead(triggerRoutes.listTriggers, { refreshMs: () => REFRESH_MS });
  return (
    <>
      <PageHeading title="Schedules" />
      <p className="lead">Times are shown in your zone, {viewerZone()}; each schedule counts in its own.</p>
      <Loaded query={triggers} what="the schedules">
        {(all) => <Schedules schedules={all.filter(({ type }) => type === "schedule")} />}
      </Loaded>
    </>
  );
}

function Schedules({ schedules }: { schedules: readonly Trigger[] }) {
  if (schedules.length === 0) {
    return (
      <Empty title="Nothing starts by itself" command={'npx floom schedules set hello-worker "0 8 * * 1-5"'}>
        Open <Link to="/workers">a worker</Link> and add a schedule under Triggers, or at the terminal:
      </Empty>
    );
  }
  return (
    <>
      <CalendarSection schedules={schedules} />
      <section aria-labelledby="all-heading">
        <h2 id="all-heading">All schedules</h2>
        <TriggerTable triggers={schedules} withWorker />
      </section>
    </>
  );
}
