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
import { usePreferences } from "../../preferences/use-preferences.ts";
import { Pill } from "../../parts/pill.tsx";
import { StatusPill } from "../../run-parts/status-pill.tsx";
import { workerHealth } from "../worker/worker-words.ts";

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

/** The starred ones first, in the order of the others. Pure. */
export function putStarredFirst(
  workers: readonly WorkerSummary[],
  starred: ReadonlySet<string>,
): WorkerSummary[] {
  return [...workers.filter(({ id }) => starred.has(id)), ...workers.filter(({ id }) => !starred.has(id))];
}

/** The workers that a word and a tag leave. Pure. */
export function findWorkers(workers: readonly WorkerSummary[], word: string, tag: string): WorkerSummary[] {
  const wanted = word.trim().toLowerCase();
  return workers.filter(
    ({ id, name, description, tags, folder }) =>
      (tag === "" || tags.includes(tag) || folder === tag) &&
      `${id} ${name} ${description} ${tags.join(" ")}`.toLowerCase().includes(wanted),
  );
}

function Workers({ workers, filters }: { workers: WorkerSummary[]; filters: Filters }) {
  const { preferences } = usePreferences();
  const starred = new Set(preferences.starred);
  const isArchived = filters.get("archived") === "yes";
  if (workers.length === 0 && !isArchived) return <NoWorkers />;
  const found = findWorkers(workers, filters.get("q"), filters.get("tag"));
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
      <Tags workers={workers} filters={filters} />
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

/** Tags and folders, the ones that most workers have first. */
function Tags({ workers, filters }: { workers: readonly WorkerSummary[]; filters: Filters }) {
  const counts = new Map<string, number>();
  for (const { tags, folder } of workers) {
    for (const tag of new Set(folder === null ? tags : [...tags, folder]))
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  if (counts.size === 0) return null;
  const all = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const chosen = filters.get("tag");
  return (
    <nav className="tags" aria-label="Tags and folders">
      {all.map(([tag, count]) => (
        <Link
          key={tag}
          to={filters.linkTo({ tag: tag === chosen ? "" : tag })}
          className="tag"
          aria-current={tag === chosen ? "true" : undefined}
        >
          {tag} {count}
        </Link>
      ))}
    </nav>
  );
}

function WorkerCard({ worker }: { worker: WorkerSummary }) {
  const { id, name, description, last_run: last, tags } = worker;
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
