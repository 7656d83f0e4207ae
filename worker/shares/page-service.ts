// Owns the address of each worker's page, and what the page is while nobody has set anything of it.
// Never opens a page to anybody.
// Writes apps.
import { AppError } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { WorkerRow } from "../catalog/store.ts";
import { usualBounds, usualSettings } from "./app-settings.ts";
import { findApp, findSlugOwner, putApp } from "./store.ts";
import type { AppRow } from "./store.ts";

export interface PageAddressDeps {
  db: Db;
  clock: Clock;
}

const SLUG_TAIL = 6;

/** Its name where that is free, else with the end of its id. */
async function chooseSlug(db: Db, { id, name }: WorkerRow): Promise<string> {
  const owner = await findSlugOwner(db, name);
  return owner === undefined || owner === id ? name : slugWithTail({ id, name });
}

const slugWithTail = ({ id, name }: Pick<WorkerRow, "id" | "name">) =>
  `${name.slice(0, 50)}-${id.slice(-SLUG_TAIL)}`;

/** A worker's page as it is, or as it would be: of one that nobody has set, nothing is written. */
export async function readApp({ db, clock }: PageAddressDeps, worker: WorkerRow): Promise<AppRow> {
  const known = await findApp(db, worker.id);
  if (known !== undefined) return known;
  const now = clock();
  return {
    worker_id: worker.id,
    workspace_id: worker.workspace_id,
    slug: await chooseSlug(db, worker),
    state: "private",
    password_hash: null,
    settings: usualSettings,
    expires_at: null,
    ...usualBounds,
    run_count: 0,
    created_at: now,
    updated_at: now,
  };
}

/**
 * Keeps an address for a worker's page, which stays private, so that what was told of it stays true; the address. Where
 * somebody else takes the same one at the same moment, the worker gets the other. Throws `slug_taken` where both are.
 */
export async function reservePage(deps: PageAddressDeps, worker: WorkerRow): Promise<string> {
  const known = await findApp(deps.db, worker.id);
  if (known !== undefined) return known.slug;
  const page = await readApp(deps, worker);
  for (const slug of new Set([page.slug, slugWithTail(worker)])) {
    if (await putApp(deps.db, { ...page, slug, settings: { ...page.settings, untouched: true } }))
      return slug;
  }
  throw new AppError("slug_taken", `Other pages are at the addresses that ${worker.name} could have.`);
}
