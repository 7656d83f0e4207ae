import { useState } from "react";
import { Link } from "wouter";
import type { CalendarSchedule, CalendarSlot } from "#contract/triggers/calendar";
import { formatDuration } from "#contract/words";
import { ListTable } from "../../parts/list-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { RunLink } from "../../run-parts/run-link.tsx";
import { lookOf } from "./slot-words.ts";

const AT_ONCE = 200;

interface SlotTableProps {
  caption: string;
  slots: readonly CalendarSlot[];
  schedules: ReadonlyMap<string, CalendarSchedule>;
}

/** The times of a calendar as rows, oldest first. */
export function SlotTable({ caption, slots, schedules }: SlotTableProps) {
  const [most, setMost] = useState(AT_ONCE);
  if (slots.length === 0) return <p className="card muted">Nothing was, or is, to start in this time.</p>;
  return (
    <>
      <ListTable
        caption={caption}
        rows={slots.slice(0, most)}
        keyOf={({ trigger_id: trigger, due_at: at }) => `${trigger} ${at}`}
        columns={[
          { head: "Was or is to start", cell: ({ due_at: at }) => <Moment iso={at} /> },
          {
            head: "Schedule",
            cell: ({ trigger_id: id }) => <ScheduleName schedule={schedules.get(id)} />,
          },
          {
            head: "What happened",
            cell: (slot) => <Pill tone={lookOf(slot).tone}>{lookOf(slot).words}</Pill>,
          },
          {
            head: "After its time",
            cell: ({ late_ms: ms, is_late: isLate }) =>
              ms === null ? "" : <span className={isLate ? "late" : ""}>{formatDuration(ms)}</span>,
            isNumber: true,
          },
          { head: "Why", cell: ({ reason }) => reason ?? "" },
          { head: "Run", cell: ({ run_id: run }) => <RunLink run={run} /> },
        ]}
      />
      {slots.length > most && (
        <p>
          <button type="button" onClick={() => setMost(most + AT_ONCE)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

function ScheduleName({ schedule }: { schedule: CalendarSchedule | undefined }) {
  if (schedule === undefined) return null;
  return (
    <Link to={`/workers/${encodeURIComponent(schedule.worker_id)}/triggers`}>
      {schedule.worker_id}, {schedule.name}
    </Link>
  );
}
