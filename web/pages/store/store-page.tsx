import { useState } from "react";
import { storeRoutes } from "#contract/store/routes";
import type { StoreEntry, StoreUsage } from "#contract/store/store";
import { workerRoutes } from "#contract/workers/routes";
import { formatBytes, formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead, useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ChoiceField, TextField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { StoreTables } from "./store-tables.tsx";

const kindWords: Record<StoreEntry["kind"], string> = { json: "JSON", bytes: "Bytes" };

/** What workers remember between runs: keys and tables, of one worker or of the workspace. */
export function StorePage() {
  const filters = useFilters();
  const api = useApi();
  const may = useMay()("store:write");
  const [open, setOpen] = useState<string | null>(null);
  const workers = useRead(workerRoutes.listWorkers);
  const worker = filters.get("worker");
  const place = worker === "" ? {} : { worker };
  const query = { ...place, prefix: filters.get("prefix") };
  const entries = useReadPages([storeRoutes.listStore.id, query], (client, { from, signal }) =>
    client.call(storeRoutes.listStore, { query: { ...query, ...from }, signal }),
  );
  return (
    <>
      <div className="head-row">
        <PageHeading title="Store" />
        <div className="actions">
          {may && (
            <button type="button" className="primary" onClick={() => setOpen("")}>
              Set a key
            </button>
          )}
          <SaveButton
            filename="store.ndjson"
            fetchFile={() => api.open(storeRoutes.exportStore, { query: place })}
          >
            Export
          </SaveButton>
        </div>
      </div>
      <search className="filters">
        <ChoiceField
          label="Store of"
          value={worker}
          choices={[
            ["", "The workspace"],
            ...(workers.data ?? []).map(({ id, name }) => [id, name] as const),
          ]}
          onChange={(event) => filters.set({ worker: event.currentTarget.value })}
        />
        <TextField
          label="Keys that begin with"
          type="search"
          value={filters.get("prefix")}
          onChange={(event) => filters.set({ prefix: event.currentTarget.value })}
        />
      </search>
      <Loaded query={entries} what="the keys" rows={8}>
        {({ pages }) => (
          <>
            <Usage usage={pages[0]?.usage} />
            <Entries
              entries={pages.flatMap(({ items }) => items)}
              isFiltered={filters.get("prefix") !== ""}
              worker={worker}
              onOpen={setOpen}
            />
          </>
        )}
      </Loaded>
      <More pages={entries} />
      <StoreTables key={worker} place={place} />
      {open !== null && <EntryDialog place={place} entry={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Usage({ usage }: { usage: StoreUsage | undefined }) {
  if (usage === undefined) return null;
  return (
    <p className="muted">
      {formatCount(usage.entries, "key")} of {usage.entries_limit.toLocaleString("en-US")},{" "}
      {formatBytes(usage.bytes)} of {formatBytes(usage.bytes_limit)}
    </p>
  );
}

interface EntriesProps {
  entries: readonly StoreEntry[];
  isFiltered: boolean;
  worker: string;
  onOpen: (key: string) => void;
}

function Entries({ entries, isFiltered, worker, onOpen }: EntriesProps) {
  const api = useApi();
  const may = useMay()("store:write");
  if (entries.length === 0) {
    return isFiltered ? (
      <p className="card muted">No key begins like that.</p>
    ) : (
      <Empty
        title="It holds nothing"
        command={
          worker === "" ? "npx floom store set rate 1.25" : `npx floom store set rate 1.25 --worker ${worker}`
        }
      >
        A script keeps a value by <code>floom.store.set(…)</code>, and its next run finds it. Set one here, or
        at the terminal:
      </Empty>
    );
  }
  const place = worker === "" ? {} : { worker };
  return (
    <ListTable
      caption="Keys"
      rows={entries}
      keyOf={({ key }) => key}
      columns={[
        {
          head: "Key",
          cell: ({ key }) => (
            <button type="button" className="small" onClick={() => onOpen(key)}>
              <code>{key}</code>
            </button>
          ),
        },
        { head: "Kind", cell: ({ kind }) => kindWords[kind] },
        { head: "Size", cell: ({ size_bytes: bytes }) => formatBytes(bytes), isNumber: true },
        { head: "Written", cell: ({ updated_at: at }) => <Moment iso={at} /> },
        { head: "Ends", cell: ({ expires_at: at }) => (at === null ? "" : <Moment iso={at} />) },
        {
          head: "",
          cell: ({ key, version }) =>
            may ? (
              <div className="actions">
                <ConfirmButton
                  label="Delete"
                  name={`Delete ${key}`}
                  title={`Delete ${key}?`}
                  said={`${key} is deleted.`}
                  onConfirm={() =>
                    api.call(storeRoutes.deleteStoreValue, { query: { ...place, key, if_version: version } })
                  }
                >
                  <p>Its value cannot be brought back.</p>
                </ConfirmButton>
              </div>
            ) : null,
        },
      ]}
    />
  );
}
