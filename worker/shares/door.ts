import type { WorkerVersion } from "../catalog/store.ts";
import type { AppRow, ShareRow } from "./store.ts";

/** How much may be started through a door. */
export interface DoorBounds {
  run_cap: number | null;
  run_count: number;
  runs_per_hour: number;
  visitor_runs_per_hour: number;
  /** Names of the actions that may be started; null for all. */
  actions: readonly string[] | null;
}

/** A way in to a worker for somebody who is nobody here: a link, or the worker's own public page. */
export interface Door extends DoorBounds {
  /** What runs that came through it name: the link, or the worker whose page it is. */
  id: string;
  kind: "link" | "page";
  found: WorkerVersion;
  app: AppRow | null;
  allow_copy: boolean;
}

/** What a link's row and what it leads to were found as; a link to what is gone opens nothing. */
export interface FoundLink {
  share: ShareRow;
  found: WorkerVersion | null;
  app: AppRow | null;
}

/** The door that a link to a worker is; null where it opens nothing: the worker is gone or put away, or its app is private. Pure. */
export function doorOfLink({ share, found, app }: FoundLink): Door | null {
  if (share.kind !== "worker" || found === null || found.worker.archived_at !== null) return null;
  if (app?.state === "private") return null;
  const { id, run_cap, run_count, runs_per_hour, visitor_runs_per_hour, actions, allow_copy } = share;
  return {
    id,
    kind: "link",
    run_cap,
    run_count,
    runs_per_hour,
    visitor_runs_per_hour,
    actions,
    found,
    app,
    allow_copy,
  };
}

/** The door that a worker's page is; null where there is none for anybody. Pure. */
export function doorOfPage({ app, found }: { app: AppRow; found: WorkerVersion }): Door | null {
  if (app.state === "private" || app.state === "link" || found.worker.archived_at !== null) return null;
  const { run_cap, run_count, runs_per_hour, visitor_runs_per_hour } = app;
  return {
    id: app.worker_id,
    kind: "page",
    run_cap,
    run_count,
    runs_per_hour,
    visitor_runs_per_hour,
    actions: app.settings.actions,
    found,
    app,
    allow_copy: false,
  };
}

/** Whether as many runs were started through it as it is good for. Pure. */
export function isSpent({ run_cap, run_count }: DoorBounds): boolean {
  return run_cap !== null && run_count >= run_cap;
}
