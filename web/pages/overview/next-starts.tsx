import { Link } from "wouter";
import { triggerRoutes } from "#contract/triggers/routes";
import type { Trigger } from "#contract/triggers/trigger";
import { useRead } from "../../api/use-read.ts";
import { Moment } from "../../parts/moment.tsx";

const SHOWN = 6;

/** The next times at which schedules start runs, the soonest first. Pure. */
export function soonest(triggers: readonly Trigger[], count: number): { trigger: Trigger; at: string }[] {
  return triggers
    .flatMap((trigger) => trigger.next.map((at) => ({ trigger, at })))
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(0, count);
}

/** What starts next by itself. */
export function NextStarts() {
  const triggers = useRead(triggerRoutes.listTriggers);
  const next = soonest(triggers.data ?? [], SHOWN);
  return (
    <section aria-labelledby="next-heading">
      <div className="head-row">
        <h2 id="next-heading">Starts next</h2>
        <Link to="/schedules">All schedules</Link>
      </div>
      {next.length === 0 ? (
        <p className="card muted">
          Nothing is scheduled. A worker’s page, under Triggers, gives it a schedule.
        </p>
      ) : (
        <ul className="card rows">
          {next.map(({ trigger, at }) => (
            <li key={`${trigger.id} ${at}`} className="row">
              <Link to={`/workers/${encodeURIComponent(trigger.worker_id)}/triggers`} className="row-main">
                {trigger.worker_id}
              </Link>
              <span className="muted row-side">
                <Moment iso={at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
