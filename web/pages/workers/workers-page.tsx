import { useState } from "react";
import { Link } from "wouter";
import { workerRoutes } from "#contract/workers/routes";
import type { WorkerSummary } from "#contract/workers/worker";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { useFilters } from "../../parts/use-filters.ts";
import type { Filters } from "../../parts/use-filters.ts";
import { Ago } from "../../parts/ago.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { NoWorkers } from "../../parts/no-workers.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { StarButton } from "../../preferences/star-button.tsx";
import { SavedViews } from "../../preferences/saved-views.tsx";
import { usePreferences } from "../../preferences/use-preferences.ts";
import { Pill } from "../../parts/pill.tsx";
import { StatusPill } from "../../run-parts/status-pill.tsx";
import { workerHealth } from "../worker/worker-words.ts";
import { FolderDialog } from "./folder-dialog.tsx";
import { countFolders, countNames, findWorkers, NO_FOLDER, putStarredFirst } from "./sort-workers.ts";

const REFRESH_MS = 15_000;

/** All workers, found by word, tag and folder; what is chosen stands in the address. */
export function WorkersPage() {
  const filters = useFilters();
  const may = useMay();
  const isArchived = filters.get("archived") === "yes";
  const workers = useRead(workerRoutes.listWorkers, {
    query: { include_archived: isArchived ? "true" : "false" },
    refreshMs: () => REFRESH_MS,
  });
  return (
    <>
      <div className="head-row">
        <PageHeading title="Workers" />
        {may("workers:write") && (
          <div className="actions">
            <Link to="/new-worker" className="button primary">
              New worker
            </Link>
          </div>
        )}
      </div>
      <Loaded query={workers} what="the workers" rows={8}>
        {(all) => <Workers workers={all} filters={filters} />}
      </Loaded>
    </>
  );
}

function Workers({ workers, filters }: { workers: WorkerSummary[]; filters: Filters }) {
  const { preferences } = usePreferences();
  const starred = new Set(preferences.starred);
  const isArchived = filters.get("archived") === "yes";
  if (workers.length === 0 && !isArchived) return <NoWorkers />;
  const found = findWorkers(workers, {
    word: filters.get("q"),
    tag: filters.get("tag"),
    folder: filters.get("folder"),
  });
  const isStarred = filters.get("starred") === "yes";
  const shown = putStarredFirst(found, starred).filter(({ id }) => !isStarred || starred.has(id));
  return (
    <>
      <search className="filters">
        <TextField
          label="Find"
          type="search"
          value={filters.get("q")}
          placeholder="Name, tag or what it does"
          onChange={(event) => filters.set({ q: event.currentTarget.value })}
        />
        <CheckField
          label="Starred ones only"
          checked={isStarred}
          onChange={() => filters.set({ starred: isStarred ? "" : "yes" })}
        />
        <CheckField
          label="Archived ones too"
          checked={isArchived}
          onChange={() => filters.set({ archived: isArchived ? "" : "yes" })}
        />
      </search>
      <SavedViews list="workers" />
      <div className="sorts">
        <div>
          <Folders workers={workers} filters={filters} />
          <Tags workers={workers} filters={filters} />
        </div>
        <PutIntoFolder workers={workers} shown={shown} />
      </div>
      <output className="visually-hidden">{shown.length} shown</output>
      {shown.length === 0 ? (
        <p className="card muted">No worker is like that.</p>
      ) : (
        <ul className="cards">
          {shown.map((worker) => (
            <WorkerCard key={worker.id} worker={worker} />
          ))}
        </ul>
      )}
    </>
  );
}

interface SortProps {
  workers: readonly WorkerSummary[];
  filters: Filters;
}

/** The folders; what is in none of them stands last. */
function Folders({ workers, filters }: SortProps) {
  const folders = countFolders(workers);
  const loose = workers.filter(({ folder }) => folder === null).length;
  const all: [string, string, number][] = folders.map(([name, count]) => [name, name, count]);
  if (folders.length > 0 && loose > 0) all.push([NO_FOLDER, "In no folder", loose]);
  return <Choices label="Folders" name="folder" choices={all} filters={filters} />;
}

interface PutIntoFolderProps {
  workers: readonly WorkerSummary[];
  shown: readonly WorkerSummary[];
}

/** Puts workers that are shown into a folder; nothing for who may not, and where none is shown. */
function PutIntoFolder({ workers, shown }: PutIntoFolderProps) {
  const may = useMay()("workers:write");
  const [isOpen, setOpen] = useState(false);
  if (!may || shown.length === 0) return null;
  return (
    <>
      <button type="button" className="small" onClick={() => setOpen(true)}>
        Put into a folder …
      </button>
      {isOpen && (
        <FolderDialog
          workers={shown}
          folders={countFolders(workers).map(([name]) => name)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** Tags, the ones that most workers have first. */
function Tags({ workers, filters }: SortProps) {
  const tags = countNames(workers.flatMap(({ tags: own }) => [...new Set(own)]));
  return (
    <Choices
      label="Tags"
      name="tag"
      choices={tags.map(([tag, count]) => [tag, tag, count])}
      filters={filters}
    />
  );
}

interface ChoicesProps {
  label: string;
  /** The filter in the address. */
  name: string;
  choices: readonly (readonly [value: string, words: string, count: number])[];
  filters: Filters;
}

/** Links of which one at most is chosen; the chosen one leads back to all. */
function Choices({ label, name, choices, filters }: ChoicesProps) {
  if (choices.length === 0) return null;
  const chosen = filters.get(name);
  return (
    <nav className="tags" aria-label={label}>
      {choices.map(([value, words, count]) => (
        <Link
          key={value}
          to={filters.linkTo({ [name]: value === chosen ? "" : value })}
          className="tag"
          aria-current={value === chosen ? "true" : undefined}
        >
          {words} {count}
        </Link>
      ))}
    </nav>
  );
}

function WorkerCard({ worker }: { worker: WorkerSummary }) {
  const { id, name, description, last_run: last, tags, folder } = worker;
  const health = workerHealth(worker);
  const path = `/workers/${encodeURIComponent(id)}`;
  return (
    <li className="card worker-card">
      <div className="head-row">
        <h2>
          <Link to={path}>{name}</Link>
        </h2>
        <span className="card-side">
          {health !== null && <Pill tone={health.tone}>{health.words}</Pill>}
          <StarButton worker={id} name={name} />
        </span>
      </div>
      {folder !== null && <p className="muted worker-folder">In {folder}</p>}
      <p>{description}</p>
      {tags.length > 0 && (
        <ul className="tags" aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag} className="tag">
              {tag}
            </li>
          ))}
        </ul>
      )}
      <div className="card-foot">
        {last === null ? (
          <span className="muted">Never run</span>
        ) : (
          <Link to={`/runs/${last.id}`} className="last-run">
            <StatusPill status={last.status} />
            <Ago iso={last.created_at} />
          </Link>
        )}
        <Link to={`${path}/run`} className="button small">
          Run<span className="visually-hidden"> {name}</span>
        </Link>
      </div>
    </li>
  );
}
