import { useState } from "react";
import { Link, useLocation } from "wouter";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { DeliverySummary, DeliveryVerdict } from "#contract/hooks/delivery";
import { triggerRoutes } from "#contract/triggers/routes";
import type { Trigger } from "#contract/triggers/trigger";
import { formatBytes } from "#contract/words";
import { useMay } from "../../api/use-may.ts";
import { useRead, useReadPages } from "../../api/use-read.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { RunLink } from "../../run-parts/run-link.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { DeliveryDialog } from "./delivery-dialog.tsx";
import { RedeliverMany } from "./redeliver-many.tsx";
import { verdictWords } from "./verdict-words.ts";

const verdicts = Object.entries(verdictWords).map(([verdict, { words }]) => [verdict, words] as const);

/** What services have told: every delivery with what became of it, to look into and to take once more. */
export function HooksPage({ params }: { params: { trigger?: string | undefined } }) {
  const [, navigate] = useLocation();
  const triggers = useRead(triggerRoutes.listTriggers);
  return (
    <>
      <PageHeading title="Webhooks" />
      <Loaded query={triggers} what="the webhooks">
        {(all) => {
          const hooks = all.filter(({ type }) => type === "webhook");
          const [first] = hooks;
          const shown = params.trigger === undefined ? first : hooks.find(({ id }) => id === params.trigger);
          if (first === undefined) {
            return (
              <Empty title="No webhook is there">
                Open <Link to="/workers">a worker</Link> and add a webhook under Triggers: other services then
                start its runs.
              </Empty>
            );
          }
          return (
            <>
              <div className="filters">
                <ChoiceField
                  label="Webhook"
                  value={shown?.id ?? ""}
                  choices={[
                    ...(shown === undefined ? [["", "Choose one"] as const] : []),
                    ...hooks.map(({ id, worker_id: worker, name }) => [id, `${worker}, ${name}`] as const),
                  ]}
                  onChange={(event) => navigate(`/inbox/${event.currentTarget.value}`)}
                />
              </div>
              {shown === undefined ? (
                <p className="card notice" role="alert">
                  There is no such webhook, or not any more. Choose another one.
                </p>
              ) : (
                <Inbox key={shown.id} trigger={shown} />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Inbox({ trigger }: { trigger: Trigger }) {
  const filters = useFilters();
  const verdict = readVerdict(filters.get("verdict"));
  const query = verdict === undefined ? {} : { verdict };
  const deliveries = useReadPages(
    [deliveryRoutes.listDeliveries.id, trigger.id, verdict],
    (api, { from, signal }) =>
      api.call(deliveryRoutes.listDeliveries, {
        params: { trigger: trigger.id },
        query: { ...query, ...from },
        signal,
      }),
  );
  return (
    <>
      {trigger.webhook !== null && <CopyCommand command={trigger.webhook.url} />}
      {trigger.webhook?.secret_set === false && (
        <p className="card notice">
          Nothing is let in until it has a secret: give it one under{" "}
          <Link to={`/workers/${encodeURIComponent(trigger.worker_id)}/triggers`}>the worker’s triggers</Link>
          .
        </p>
      )}
      <div className="filters">
        <ChoiceField
          label="What became of it"
          value={verdict ?? ""}
          choices={[["", "Anything"], ...verdicts]}
          onChange={(event) => filters.set({ verdict: event.currentTarget.value })}
        />
      </div>
      <Loaded query={deliveries} what="the deliveries" rows={8}>
        {({ pages }) => (
          <Deliveries
            trigger={trigger}
            deliveries={pages.flatMap((page) => page.deliveries)}
            isFiltered={verdict !== undefined}
          />
        )}
      </Loaded>
      <More pages={deliveries} />
    </>
  );
}

function readVerdict(word: string): DeliveryVerdict | undefined {
  const known: readonly DeliveryVerdict[] = [
    "accepted",
    "duplicate",
    "bad_signature",
    "invalid_inputs",
    "refused",
  ];
  return known.find((verdict) => verdict === word);
}

interface DeliveriesProps {
  trigger: Trigger;
  deliveries: readonly DeliverySummary[];
  isFiltered: boolean;
}

function Deliveries({ trigger, deliveries, isFiltered }: DeliveriesProps) {
  const may = useMay()("runs:write");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<string | null>(null);
  if (deliveries.length === 0) {
    return isFiltered ? (
      <p className="card muted">No delivery is like that.</p>
    ) : (
      <Empty title="Nothing has come in">
        Deliveries of the last seven days stand here, with what became of each. Give the address above to the
        service that sends, or send a sample by “Start now” at the worker’s triggers.
      </Empty>
    );
  }
  return (
    <>
      <ListTable
        caption="Deliveries, newest first"
        rows={deliveries}
        keyOf={({ id }) => id}
        columns={[
          {
            head: "What became of it",
            cell: ({ verdict }) => (
              <Pill tone={verdictWords[verdict].tone}>{verdictWords[verdict].words}</Pill>
            ),
          },
          {
            head: "Delivery",
            cell: ({ id, method, size_bytes: bytes }) => (
              <button type="button" className="small" onClick={() => setShown(id)}>
                {method}, {formatBytes(bytes)}
                <span className="visually-hidden">: show {id}</span>
              </button>
            ),
          },
          { head: "Why", cell: ({ reason }) => reason ?? "" },
          { head: "Run", cell: ({ run_id: run }) => <RunLink run={run} /> },
          { head: "Came", cell: ({ received_at: at }) => <Moment iso={at} /> },
        ]}
        {...(may
          ? { selection: { chosen, onChange: setChosen, nameOf: (id: string) => `the delivery ${id}` } }
          : {})}
      />
      <RedeliverMany
        trigger={trigger.id}
        chosen={deliveries.filter(({ id }) => chosen.has(id))}
        onDone={() => setChosen(new Set())}
      />
      {shown !== null && (
        <DeliveryDialog trigger={trigger.id} delivery={shown} onClose={() => setShown(null)} />
      )}
    </>
  );
}
