import { lazy, Suspense, useState } from "react";
import { triggerRoutes } from "#contract/triggers/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { TriggerTable } from "../triggers/trigger-table.tsx";
import { WebhookDialog } from "../triggers/webhook-dialog.tsx";

/** Fields of every kind are a lot of script that is wanted only then. */
const ScheduleDialog = lazy(async () => ({
  default: (await import("../triggers/schedule-dialog.tsx")).ScheduleDialog,
}));

/** What starts a worker besides people, and how to add to it. */
export function TriggersTab({ worker }: { worker: WorkerDetail }) {
  const may = useMay();
  const [adding, setAdding] = useState<"schedule" | "webhook" | null>(null);
  const triggers = useRead(triggerRoutes.listWorkerTriggers, { params: { worker: worker.id } });
  return (
    <>
      {may("workers:write") && (
        <p className="actions">
          <button type="button" onClick={() => setAdding("schedule")}>
            Add a schedule
          </button>
          <button type="button" onClick={() => setAdding("webhook")}>
            Add a webhook
          </button>
        </p>
      )}
      <Loaded query={triggers} what="its triggers">
        {(all) =>
          all.length === 0 ? (
            <Empty title="People alone start it">
              A schedule starts it at set times, a webhook when another service tells of something.
            </Empty>
          ) : (
            <>
              <TriggerTable triggers={all} />
              {all.flatMap(({ id, webhook }) =>
                webhook === null
                  ? []
                  : [<WebhookAddress key={id} url={webhook.url} warning={webhook.warning} />],
              )}
            </>
          )
        }
      </Loaded>
      {adding === "schedule" && (
        <Suspense fallback={null}>
          <ScheduleDialog worker={worker.id} onClose={() => setAdding(null)} />
        </Suspense>
      )}
      {adding === "webhook" && <WebhookDialog worker={worker.id} onClose={() => setAdding(null)} />}
    </>
  );
}

function WebhookAddress({ url, warning }: { url: string; warning: string | null }) {
  return (
    <section className="card" aria-label="A webhook’s address">
      <h2>Events are posted to</h2>
      <CopyCommand command={url} />
      {warning !== null && <p className="field-error">{warning}</p>}
    </section>
  );
}
