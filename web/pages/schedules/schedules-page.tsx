import { useState } from "react";
import { Link } from "wouter";
import { triggerRoutes } from "#contract/triggers/routes";
import type { Occurrence, Trigger } from "#contract/triggers/trigger";
import { formatDuration } from "#contract/words";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { Moment, viewerZone } from "../../parts/moment.tsx";
import { RunLink } from "../../run-parts/run-link.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { WeekCalendar } from "./week-calendar.tsx";
import { occurrenceWords, TriggerTable } from "../triggers/trigger-table.tsx";

const REFRESH_MS = 30_000;

/** What starts by itself: the week ahead, every schedule, and what was expected beside what happened. */
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
      <WeekCalendar schedules={schedules} />
      <section aria-labelledby="all-heading">
        <h2 id="all-heading">All schedules</h2>
        <TriggerTable triggers={schedules} withWorker />
      </section>
      <History schedules={schedules} />
    </>
  );
}

const tones: Record<Occurrence["status"], Tone> = {
  due: "wait",
  started: "good",
  skipped: "plain",
  failed: "bad",
};

/** Of one schedule: when it was to start, and when it did. */
function History({ schedules }: { schedules: readonly Trigger[] }) {
  const [chosen, setChosen] = useState<string>(schedules[0]?.id ?? "");
  const times = useRead(triggerRoutes.listOccurrences, { params: { trigger: chosen } });
  return (
    <section aria-labelledby="history-heading">
      <h2 id="history-heading">Expected and what happened</h2>
      <div className="filters">
        <ChoiceField
          label="Schedule"
          value={chosen}
          choices={schedules.map(({ id, worker_id: worker, name }) => [id, `${worker}, ${name}`] as const)}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      </div>
      <Loaded query={times} what="its times">
        {(all) =>
          all.length === 0 ? (
            <p className="card muted">It has not come due yet.</p>
          ) : (
            <ListTable
              caption="Times of the schedule, newest first"
              rows={all}
              keyOf={({ due_at: at }) => at}
              columns={[
                { head: "Was to start", cell: ({ due_at: at }) => <Moment iso={at} /> },
                {
                  head: "What happened",
                  cell: ({ status }) => <Pill tone={tones[status]}>{occurrenceWords[status]}</Pill>,
                },
                {
                  head: "After its time",
                  cell: ({ late_ms: ms }) => (ms === null ? "" : formatDuration(ms)),
                  isNumber: true,
                },
                { head: "Why", cell: ({ reason }) => reason ?? "" },
                { head: "Run", cell: ({ run_id: run }) => <RunLink run={run} /> },
              ]}
            />
          )
        }
      </Loaded>
    </section>
  );
}
