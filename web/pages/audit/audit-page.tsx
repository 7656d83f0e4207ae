import { useState } from "react";
import { Link } from "wouter";
import { auditRoutes } from "#contract/audit/routes";
import { auditEventKindSchema } from "#contract/audit/audit";
import type { AuditEvent } from "#contract/audit/audit";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import type { Filters } from "../../parts/use-filters.ts";
import { SavedViews } from "../../preferences/saved-views.tsx";
import { eventWords, outcomeWords, readableAction } from "./audit-words.ts";
import { EventDialog } from "./event-dialog.tsx";
import { VerifyBadge } from "./verify-badge.tsx";

/** What the address's filters ask for. Pure. */
export function readAuditFilters(get: (name: string) => string) {
  const event = auditEventKindSchema.options.find((kind) => kind === get("event"));
  const outcome = (["refused", "failed"] as const).find((word) => word === get("outcome"));
  const text = (name: string) => (get(name) === "" ? {} : { [name]: get(name) });
  return {
    ...(event === undefined ? {} : { event }),
    ...(outcome === undefined ? {} : { outcome }),
    ...text("worker"),
    ...text("actor"),
    ...text("run"),
    ...(/^[a-z_]+\/.+$/.test(get("resource")) ? text("resource") : {}),
  };
}

/** The record of changes: who did what, whether it is still what was written, and taking it away. */
export function AuditPage() {
  const filters = useFilters();
  const api = useApi();
  const query = readAuditFilters(filters.get);
  const events = useReadPages([auditRoutes.listAuditEvents.id, query], (client, { from, signal }) =>
    client.call(auditRoutes.listAuditEvents, { query: { ...query, ...from }, signal }),
  );
  return (
    <>
      <div className="head-row">
        <PageHeading title="Audit" />
        <div className="actions">
          <SaveButton filename="audit.ndjson" fetchFile={() => api.open(auditRoutes.exportAudit)}>
            Export with its proof
          </SaveButton>
        </div>
      </div>
      <VerifyBadge />
      <AuditFilters filters={filters} />
      <SavedViews list="audit" />
      <Loaded query={events} what="the record of changes" rows={8}>
        {({ pages }) => (
          <Events
            events={pages.flatMap((page) => page.events)}
            isFiltered={!filters.isEmpty}
            hasMore={events.hasNextPage}
          />
        )}
      </Loaded>
      <More pages={events} />
    </>
  );
}

function AuditFilters({ filters }: { filters: Filters }) {
  const field = (name: string, label: string, placeholder: string) => (
    <TextField
      label={label}
      type="search"
      value={filters.get(name)}
      placeholder={placeholder}
      onChange={(event) => filters.set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <search className="filters">
      <ChoiceField
        label="What"
        value={filters.get("event")}
        choices={[["", "Everything"], ...Object.entries(eventWords)]}
        onChange={(event) => filters.set({ event: event.currentTarget.value })}
      />
      <ChoiceField
        label="How it ended"
        value={filters.get("outcome")}
        choices={[
          ["", "Either way"],
          ["refused", outcomeWords.refused.words],
          ["failed", outcomeWords.failed.words],
        ]}
        onChange={(event) => filters.set({ outcome: event.currentTarget.value })}
      />
      {field("worker", "Calls of the worker", "hello-worker")}
      {field("resource", "Done to", "worker/hello-worker")}
      {field("actor", "By", "tok_… or usr_…")}
      {!filters.isEmpty && (
        <Link to="/audit" className="button small quiet">
          Clear
        </Link>
      )}
    </search>
  );
}

interface EventsProps {
  events: readonly AuditEvent[];
  isFiltered: boolean;
  hasMore: boolean;
}

function Events({ events, isFiltered, hasMore }: EventsProps) {
  const [shown, setShown] = useState<AuditEvent | null>(null);
  if (events.length === 0) {
    if (isFiltered)
      return <p className="card muted">{hasMore ? "None among the newest." : "No event is like that."}</p>;
    return (
      <Empty title="Nothing has been changed yet">Every change and every call of a tool stands here.</Empty>
    );
  }
  return (
    <>
      <p className="visually-hidden">{formatCount(events.length, "event")}</p>
      <ListTable
        caption="Events, newest first"
        rows={events}
        keyOf={({ id }) => id}
        columns={[
          { head: "When", cell: ({ at }) => <Moment iso={at} /> },
          {
            head: "What",
            cell: (event) => (
              <button type="button" className="small" onClick={() => setShown(event)}>
                {event.tool ?? readableAction(event.action)}
                <span className="visually-hidden">, show {event.id}</span>
              </button>
            ),
          },
          {
            head: "Ended",
            cell: ({ outcome }) => (
              <Pill tone={outcomeWords[outcome].tone}>{outcomeWords[outcome].words}</Pill>
            ),
          },
          {
            head: "To",
            cell: ({ resource, worker }) =>
              resource === null ? (worker ?? "") : `${resource.kind} ${resource.id}`,
          },
          { head: "By", cell: ({ actor }) => <code>{actor.user_id ?? actor.id}</code> },
          { head: "From", cell: ({ address }) => address },
        ]}
      />
      {shown !== null && <EventDialog event={shown} onClose={() => setShown(null)} />}
    </>
  );
}
