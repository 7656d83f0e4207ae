import { Link, useLocation } from "wouter";
import { triggerRoutes } from "#contract/triggers/routes";
import type { OccurrenceStatus, Trigger } from "#contract/triggers/trigger";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { describeCron } from "./cron-words.ts";
import { RotateSecret } from "./rotate-secret.tsx";

/** What became of a time that a schedule came due, in words. */
export const occurrenceWords: Record<OccurrenceStatus, string> = {
  due: "Is being started",
  started: "Started",
  skipped: "Left out",
  failed: "Was refused",
};

/** Triggers with what they do next and what can be done with them. */
export function TriggerTable({
  triggers,
  withWorker = false,
}: {
  triggers: readonly Trigger[];
  withWorker?: boolean;
}) {
  const worker = {
    head: "Worker",
    cell: ({ worker_id: name }: Trigger) => (
      <Link to={`/workers/${encodeURIComponent(name)}/triggers`}>{name}</Link>
    ),
  };
  return (
    <ListTable
      caption="Triggers"
      rows={triggers}
      keyOf={({ id }) => id}
      columns={[
        ...(withWorker ? [worker] : []),
        { head: "Trigger", cell: (trigger) => <TriggerName trigger={trigger} /> },
        { head: "Starts it", cell: (trigger) => <When trigger={trigger} /> },
        { head: "Next", cell: (trigger) => <Next trigger={trigger} /> },
        { head: "Last time", cell: (trigger) => <Last trigger={trigger} /> },
        { head: "", cell: (trigger) => <TriggerActions trigger={trigger} /> },
      ]}
    />
  );
}

function TriggerName({ trigger }: { trigger: Trigger }) {
  return (
    <>
      {trigger.name} {trigger.paused && <Pill tone="wait">Paused</Pill>}
      {trigger.pinned_version !== null && <Pill>Version {trigger.pinned_version}</Pill>}
    </>
  );
}

function When({ trigger }: { trigger: Trigger }) {
  if (trigger.type === "webhook") {
    return (
      <Link to={`/inbox/${trigger.id}`}>
        When a service tells of something<span className="visually-hidden"> to {trigger.name}</span>
      </Link>
    );
  }
  return (
    <span title={trigger.cron ?? ""}>
      {describeCron(trigger.cron ?? "")} <span className="muted">{trigger.timezone}</span>
    </span>
  );
}

function Next({ trigger }: { trigger: Trigger }) {
  if (trigger.next_at === null) return null;
  return <Moment iso={trigger.next_at} />;
}

function Last({ trigger }: { trigger: Trigger }) {
  const { last_status: status, last_due_at: at, last_run_id: run, last_reason: reason } = trigger;
  if (status === null) return <span className="muted">{trigger.type === "schedule" ? "not yet" : ""}</span>;
  const words = occurrenceWords[status];
  return (
    <span title={reason ?? undefined}>
      {run === null ? words : <Link to={`/runs/${run}`}>{words}</Link>} {at !== null && <Moment iso={at} />}
    </span>
  );
}

function TriggerActions({ trigger }: { trigger: Trigger }) {
  const api = useApi();
  const may = useMay();
  const [, navigate] = useLocation();
  const { id, name, paused } = trigger;
  const params = { trigger: id };
  return (
    <div className="actions">
      {may("runs:write") && (
        <ChangeButton
          label="Start now"
          name={`Start now: ${name}`}
          said="It is started."
          onPress={async () => {
            const { run_id: run } = await api.call(triggerRoutes.testTrigger, { params });
            navigate(`/runs/${run}`);
          }}
        />
      )}
      {may("workers:write") && (
        <>
          <ChangeButton
            label={paused ? "Resume" : "Pause"}
            name={`${paused ? "Resume" : "Pause"} ${name}`}
            said={paused ? `${name} goes on.` : `${name} is paused.`}
            onPress={() =>
              api.call(paused ? triggerRoutes.resumeTrigger : triggerRoutes.pauseTrigger, { params })
            }
          />
          {trigger.type === "webhook" && <RotateSecret trigger={trigger} />}
          {trigger.origin === "api" && (
            <ConfirmButton
              label="Delete"
              name={`Delete the trigger ${name}`}
              title={`Delete the trigger ${name}?`}
              said={`${name} is deleted.`}
              onConfirm={() => api.call(triggerRoutes.deleteTrigger, { params })}
            >
              <p>It starts nothing any more. Runs that it has started stay on the record.</p>
            </ConfirmButton>
          )}
        </>
      )}
    </div>
  );
}
