// Owns what a workspace shows to strangers: the public page of each worker, and links to workers, runs and files.
// Never keeps a link's token: its SHA-256 alone; what a page's password is only its hash says.
// Writes apps and shares.
import type { Principal } from "#contract/access/access";
import type { ArtifactId, ContextId, RunId, WorkerId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type {
  App,
  CreatedShare,
  CreateFileShare,
  CreateRunShare,
  CreateWorkerShare,
  SetApp,
  ShareLink,
  ShareSummary,
} from "#contract/shares/share";
import { hiddenWorkers } from "../access/policy.ts";
import { actorOf } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import type { WorkerRow } from "../catalog/store.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { newId } from "../platform/ids.ts";
import { requireRun } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { usualBounds } from "./app-settings.ts";
import { readApp } from "./page-service.ts";
import { buildShareToken } from "./share-token.ts";
import {
  deleteRunLinks,
  deleteShareRow,
  deleteWorkerLinks,
  findApp,
  findShareRow,
  forgetEndedShares,
  listShareRows,
  putApp,
  putShare,
} from "./store.ts";
import type { AppRow, ShareRow } from "./store.ts";

export interface ShareDeps extends ReadDeps {
  db: Db;
  clock: Clock;
  /** Origin that links begin with. */
  linkOrigin: string;
  /** Slow to compute, and different each time, for what somebody chose to remember. */
  hashPassword: (password: string) => Promise<string>;
  /** A context that the principal sees, by its name, with what may be shown of a file of it; throws `not_found`. */
  findContextFile: (
    principal: Principal,
    of: { name: string; path: string },
  ) => Promise<{ id: ContextId; sensitive: boolean }>;
}

const DAY_MS = 86_400_000;
const CHANCE_BYTES = 64;

function mintShareToken(): string {
  for (;;) {
    const token = buildShareToken(crypto.getRandomValues(new Uint8Array(CHANCE_BYTES)));
    if (token !== null) return token;
  }
}

function describeApp({ linkOrigin }: ShareDeps, worker: WorkerRow, app: AppRow): App {
  const { slug, state, run_cap, run_count, runs_per_hour, visitor_runs_per_hour } = app;
  const { untouched: _untouched, ...settings } = app.settings;
  return {
    worker: worker.name,
    state,
    slug,
    url: `${linkOrigin}/a/${slug}`,
    embed_url: `${linkOrigin}/embed/${slug}`,
    has_password: app.password_hash !== null,
    ...settings,
    expires_at: app.expires_at === null ? null : toIso(app.expires_at),
    run_cap,
    runs_per_hour,
    visitor_runs_per_hour,
    run_count,
  };
}

/** Throws `not_found`. */
export async function getApp(deps: ShareDeps, principal: Principal, name: string): Promise<App> {
  const { worker } = await requireWorker(deps, principal, { name });
  return describeApp(deps, worker, await readApp(deps, worker));
}

/** Changes a worker's page. Throws `not_found`, `slug_taken`, `app_incomplete`. */
export async function setApp(
  deps: ShareDeps,
  principal: Principal,
  { name, change }: { name: string; change: SetApp },
): Promise<App> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const before = await readApp(deps, worker);
  const { password, expires_at, state, slug } = change;
  const { settings } = before;
  const app: AppRow = {
    ...before,
    ...changeBounds(change, before),
    state: given(state, before.state),
    slug: given(slug, before.slug),
    ...(expires_at === undefined ? {} : { expires_at: expires_at === null ? null : Date.parse(expires_at) }),
    ...(password === undefined ? {} : { password_hash: await deps.hashPassword(password) }),
    settings: {
      invited: given(change.invited, settings.invited),
      embed_origins: given(change.embed_origins, settings.embed_origins),
      theme: given(change.theme, settings.theme),
      actions: given(change.actions, settings.actions),
      untouched: false,
    },
    updated_at: deps.clock(),
  };
  if (app.state === "password" && app.password_hash === null)
    throw new AppError("app_incomplete", "A page that is open by a password needs one: send password.");
  if (!(await putApp(deps.db, app))) throw new AppError("slug_taken", `Another page is at /a/${app.slug}.`);
  return describeApp(deps, worker, app);
}

/** What was given, and what is kept where nothing was: null is something. */
function given<T>(value: T | undefined, kept: T): T {
  return value === undefined ? kept : value;
}

type Bounds = Pick<ShareRow, "run_cap" | "runs_per_hour" | "visitor_runs_per_hour">;

/** How much may be started, as it is to be. */
function changeBounds(change: { [Name in keyof Bounds]?: Bounds[Name] | undefined }, kept: Bounds): Bounds {
  return {
    run_cap: given(change.run_cap, kept.run_cap),
    runs_per_hour: given(change.runs_per_hour, kept.runs_per_hour),
    visitor_runs_per_hour: given(change.visitor_runs_per_hour, kept.visitor_runs_per_hour),
  };
}

interface Wanted extends Pick<ShareRow, "kind"> {
  name?: string | undefined;
  expires_in_days?: number | undefined;
  worker_id?: WorkerId | null;
  run_id?: RunId | null;
  artifact_id?: ArtifactId | null;
  context_id?: ContextId | null;
  path?: string | null;
  allow_copy?: boolean;
  bounds?: Pick<CreateWorkerShare, "actions" | "run_cap" | "runs_per_hour" | "visitor_runs_per_hour">;
  /** Name of the worker, as the answer says it. */
  worker: string | null;
}

/** Writes a link down and answers it, this once. Throws `too_many_shares`. */
async function makeShare(deps: ShareDeps, principal: Principal, wanted: Wanted): Promise<CreatedShare> {
  const now = deps.clock();
  const token = mintShareToken();
  const { bounds = {}, worker } = wanted;
  const row: ShareRow = {
    id: newId("shr", now),
    workspace_id: principal.workspace_id,
    kind: wanted.kind,
    hash: await sha256Hex(token),
    name: wanted.name ?? null,
    worker_id: wanted.worker_id ?? null,
    run_id: wanted.run_id ?? null,
    artifact_id: wanted.artifact_id ?? null,
    context_id: wanted.context_id ?? null,
    path: wanted.path ?? null,
    allow_copy: wanted.allow_copy ?? false,
    expires_at: now + (wanted.expires_in_days ?? limits.share_days_default.value) * DAY_MS,
    actions: given(bounds.actions, null),
    ...changeBounds(bounds, usualBounds),
    run_count: 0,
    created_at: now,
    created_by: actorOf(principal),
  };
  await forgetEndedShares(deps.db, principal.workspace_id, now - DAY_MS);
  if (!(await putShare(deps.db, row))) {
    throw new AppError(
      "too_many_shares",
      `A workspace has at most ${formatLimit("workspace_shares")} as shared links.`,
    );
  }
  return { ...describeShare(row, worker), token, url: `${deps.linkOrigin}/s/${token}` };
}

function describeShare(row: ShareRow, worker: string | null): ShareSummary {
  const { workspace_id: _whose, hash: _hash, worker_id: _worker, context_id, path, ...shown } = row;
  return {
    ...shown,
    worker,
    context: context_id,
    file: path,
    expires_at: toIso(row.expires_at),
    created_at: toIso(row.created_at),
  };
}

/** Opens a page that nobody has set to links. Throws `slug_taken` where another took its address at the same moment. */
async function openToLinks(deps: ShareDeps, worker: WorkerRow): Promise<void> {
  const { settings, ...page } = await readApp(deps, worker);
  const app: AppRow = { ...page, state: "link", settings: { ...settings, untouched: false } };
  if (!(await putApp(deps.db, app))) throw new AppError("slug_taken", `Another page is at /a/${app.slug}.`);
}

/**
 * Makes a link to a worker. A worker whose page nobody has set is then open by its links. Throws `not_found`,
 * `app_is_private`, `slug_taken`, `too_many_shares`.
 */
export async function createWorkerShare(
  deps: ShareDeps,
  principal: Principal,
  { worker: name, wish }: { worker: string; wish: CreateWorkerShare },
): Promise<CreatedShare> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const known = await findApp(deps.db, worker.id);
  const isUntouched = known === undefined || known.settings.untouched;
  if (known?.state === "private" && !isUntouched)
    throw new AppError("app_is_private", `${worker.name} was made private: none of its links answers.`);
  if (isUntouched) await openToLinks(deps, worker);
  const { name: purpose, expires_in_days, allow_copy, ...bounds } = wish;
  return makeShare(deps, principal, {
    kind: "worker",
    name: purpose,
    expires_in_days,
    allow_copy,
    bounds,
    worker_id: worker.id,
    worker: worker.name,
  });
}

/** Makes a link to a run's results, or to one file of it. Throws `not_found`, `too_many_shares`. */
export async function createRunShare(
  deps: ShareDeps,
  principal: Principal,
  { run, wish }: { run: string; wish: CreateRunShare },
): Promise<CreatedShare> {
  const { detail } = await requireRun(deps, principal, run);
  const { artifact, ...more } = wish;
  if (artifact !== undefined && !detail.artifacts.some(({ id }) => id === artifact))
    throw notFound("artifact");
  return makeShare(deps, principal, {
    ...more,
    kind: artifact === undefined ? "run" : "artifact",
    run_id: detail.id,
    artifact_id: artifact ?? null,
    worker_id: detail.worker_uid,
    worker: detail.worker_id,
  });
}

/** Makes a link to a file of a context. Throws `not_found`, `not_shareable`, `too_many_shares`. */
export async function createFileShare(
  deps: ShareDeps,
  principal: Principal,
  { context, wish }: { context: string; wish: CreateFileShare },
): Promise<CreatedShare> {
  const { file: path, ...more } = wish;
  const { id, sensitive } = await deps.findContextFile(principal, { name: context, path });
  if (sensitive)
    throw new AppError("not_shareable", `${context} is marked as sensitive: its contents stay out of links.`);
  return makeShare(deps, principal, { ...more, kind: "file", context_id: id, path, worker: null });
}

/** The links of the workspace, or those to one worker, newest first. Throws `not_found`. */
export async function listShares(
  deps: ShareDeps,
  principal: Principal,
  named: string | undefined,
): Promise<ShareSummary[]> {
  const only =
    named === undefined ? null : (await requireWorker(deps, principal, { name: named })).worker.name;
  const hidden = hiddenWorkers(principal);
  const rows = await listShareRows(deps.db, principal.workspace_id);
  return rows
    .filter(({ worker }) => only === null || worker === only)
    .filter(({ worker }) => worker === null || !hidden.includes(worker))
    .map(({ share, worker }) => describeShare(share, worker));
}

/** Ends a link, and those to results that its visitors made: they open nothing from then on. Throws `not_found`. */
export async function deleteShare(deps: ShareDeps, principal: Principal, id: string): Promise<void> {
  const row = await findShareRow(deps.db, principal.workspace_id, id);
  if (row === undefined || (row.worker !== null && hiddenWorkers(principal).includes(row.worker)))
    throw notFound("share");
  await deleteShareRow(deps.db, principal.workspace_id, row.share.id);
}

const toLink = ({ id, token, url }: CreatedShare): ShareLink => ({ id, token, url });

/** A link to a worker as the first Floom's clients ask for one. Throws as `createWorkerShare` does. */
export async function createWorkerShareLink(
  deps: ShareDeps,
  principal: Principal,
  { worker: name, regenerate }: { worker: string; regenerate: boolean },
): Promise<ShareLink> {
  if (regenerate) await deleteWorkerShareLink(deps, principal, name);
  return toLink(await createWorkerShare(deps, principal, { worker: name, wish: { allow_copy: true } }));
}

export async function deleteWorkerShareLink(
  deps: ShareDeps,
  principal: Principal,
  name: string,
): Promise<void> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  await deleteWorkerLinks(deps.db, worker.id);
}

export async function createRunShareLink(
  deps: ShareDeps,
  principal: Principal,
  { run, regenerate }: { run: string; regenerate: boolean },
): Promise<ShareLink> {
  const { detail } = await requireRun(deps, principal, run);
  if (regenerate) await deleteRunLinks(deps.db, principal.workspace_id, detail.id);
  return toLink(await createRunShare(deps, principal, { run, wish: {} }));
}

export async function deleteRunShareLink(deps: ShareDeps, principal: Principal, run: string): Promise<void> {
  const { detail } = await requireRun(deps, principal, run);
  await deleteRunLinks(deps.db, principal.workspace_id, detail.id);
}
