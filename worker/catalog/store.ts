import { and, asc, eq, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { VersionId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import type { VersionState } from "#contract/trust/version-state";
import { DEFAULT_TEMPLATE } from "#contract/templates/template";
import type { TemplateSpec } from "#contract/templates/template";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";
import { templates } from "../platform/db/schema/templates.ts";
import { readVersionDocuments, templateDocument } from "./prepared-version.ts";

export interface WorkerRow {
  id: WorkerId;
  workspace_id: WorkspaceId;
  name: WorkerName;
  active_version: number;
  latest_version: number;
  archived_at: number | null;
  archive_reason: string | null;
  paused_at: number | null;
  /** The version whose `paused: true` was lifted by a resume. */
  resumed_version: number | null;
  /** The tokens of its `?token=`, sealed; null until the first one was asked for. */
  hook_token_box: string | null;
  visibility: "private" | "workspace";
  /** The person who made it, or the token that is nobody's; null for one that is older than this is kept. */
  made_by: string | null;
  /** The folder that people have put it into, empty for none; null where worker.yml decides. */
  folder: string | null;
  created_at: number;
  updated_at: number;
}

export interface VersionRow {
  id: VersionId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  number: number;
  digest: string;
  manifest: Manifest;
  file_count: number;
  size_bytes: number;
  created_at: number;
  /** The token that pushed it. */
  pushed_by: string | null;
  /** What its own template.yml says; null without one. */
  template: TemplateSpec | null;
  state: VersionState;
  /** The server's over the whole of it; see sign-version. */
  signature: string;
  /** Who let it in, refused it or took it out of use; null where nobody did. */
  decided_by: string | null;
  decided_at: number | null;
  decision_reason: string | null;
  /** Its documents as they are stored, which is how they are signed; undefined for one that is not stored yet. */
  stored?: { manifest: unknown; template: unknown };
}

/** A worker and one of its versions. */
export interface WorkerVersion {
  worker: WorkerRow;
  version: VersionRow;
  /**
   * What the workspace's template says that the manifest names, or its default one: null for none, undefined where it was
   * not looked for.
   */
  profile?: TemplateSpec | null;
  /** What the workspace has set, as its row holds it; undefined where it was not looked for. */
  settings?: unknown;
}

/** A worker by its uid, or by its name in a workspace. */
export type WorkerPlace = { workerId: string } | { workspaceId: string; workerName: string };

/** A row of `versions` with its documents as what they are. */
export function toVersionRow(row: typeof versions.$inferSelect): VersionRow {
  const { manifest, template } = row;
  return { ...row, ...readVersionDocuments(row), stored: { manifest, template } };
}

/** What a query over `workers` and `versions` has found, as everybody speaks of it. */
export function toWorkerVersion({
  worker,
  version,
  profile,
  settings,
}: {
  worker: typeof workers.$inferSelect;
  version: typeof versions.$inferSelect;
  profile?: unknown;
  settings?: unknown;
}): WorkerVersion {
  const found = { worker, version: toVersionRow(version), ...(settings === undefined ? {} : { settings }) };
  if (profile === undefined) return found;
  return { ...found, profile: profile === null ? null : templateDocument.read(profile) };
}

/** The workspace's template that a version's manifest names, beside it in a query: see `profile` of WorkerVersion. */
export function onProfile() {
  const named = sql`coalesce(json_extract(${versions.manifest}, '$.exec.template_profile'), ${DEFAULT_TEMPLATE})`;
  return and(eq(templates.workspace_id, workers.workspace_id), eq(templates.name, named));
}

/** The workspace of the worker, beside it in a query: what it has set is known with every start, for no query more. */
export function onWorkspace() {
  return eq(workspaces.id, workers.workspace_id);
}

/** All that a start asks of the catalog. */
export const startable = {
  worker: workers,
  version: versions,
  profile: templates.spec,
  settings: workspaces.settings,
};

/** Workers with all that a start asks of them, of their active versions or of those with this number; `where` is to follow. */
export function queryStartable(db: Db, number?: number | SQL) {
  return db
    .select(startable)
    .from(workers)
    .innerJoin(versions, onVersion(number))
    .leftJoin(templates, onProfile())
    .leftJoin(workspaces, onWorkspace());
}

/** The one join of workers and versions: the worker's version of this number, its active one unless told otherwise. */
export function onVersion(number: number | SQL | typeof workers.active_version = workers.active_version) {
  return and(eq(versions.worker_id, workers.id), eq(versions.number, number));
}

/** The worker that is meant. */
export function atPlace(of: WorkerPlace) {
  return "workerId" in of
    ? idIs(workers.id, of.workerId)
    : and(idIs(workers.workspace_id, of.workspaceId), idIs(workers.name, of.workerName));
}

/** One worker as a start asks for it, written down once; which one and which of its versions is said each time. */
const prepareStartable = (of: SQL, number?: SQL) =>
  prepareOnce((db) => queryStartable(db, number).where(of).limit(1).prepare());

const isOfId = sql`${workers.id} = ${sql.placeholder("workerId")}`;
const isOfName = sql`${workers.workspace_id} = ${sql.placeholder("workspaceId")} AND ${workers.name} = ${sql.placeholder("workerName")}`;
const ofNumber = sql`${sql.placeholder("number")}`;
const queries = {
  active: { byId: prepareStartable(isOfId), byName: prepareStartable(isOfName) },
  numbered: { byId: prepareStartable(isOfId, ofNumber), byName: prepareStartable(isOfName, ofNumber) },
};

/**
 * The worker with its active version, or with the one of this number; archived and paused workers too. Undefined when
 * there is no such worker, or not that version of it.
 */
export async function findWorkerVersion(
  db: Db,
  of: WorkerPlace,
  number: number | null = null,
): Promise<WorkerVersion | undefined> {
  const { byId, byName } = number === null ? queries.active : queries.numbered;
  const query = "workerId" in of ? byId(db) : byName(db);
  const [row] = await query.all({ ...of, ...(number === null ? {} : { number }) });
  return row && toWorkerVersion(row);
}

/** A worker by its name, and which of its versions is active. */
export type WorkerNameRow = Pick<WorkerRow, "id" | "name" | "archived_at"> & { version_id: VersionId };

const workerNames = prepareOnce((db) =>
  db
    .select({
      id: workers.id,
      name: workers.name,
      archived_at: workers.archived_at,
      version_id: versions.id,
    })
    .from(workers)
    .innerJoin(versions, onVersion())
    .where(eq(workers.workspace_id, sql.placeholder("workspaceId")))
    .orderBy(asc(workers.name))
    .prepare(),
);

/** All workers of the workspace, by name, without what their versions say. */
export async function listWorkerNames(db: Db, workspaceId: WorkspaceId): Promise<WorkerNameRow[]> {
  return workerNames(db).all({ workspaceId });
}

const activeVersions = prepareOnce((db) =>
  db
    .select({ worker: workers, version: versions, mark: workspaces.catalog_mark })
    .from(workers)
    .innerJoin(versions, onVersion())
    .leftJoin(workspaces, onWorkspace())
    .where(eq(workers.workspace_id, sql.placeholder("workspaceId")))
    .orderBy(asc(workers.name))
    .prepare(),
);

/**
 * All workers of the workspace with their active versions, by name, and what its catalog is marked with at that moment
 * (`readCatalogMark`); null where there are none.
 */
export async function listActiveVersions(
  db: Db,
  workspaceId: WorkspaceId,
): Promise<{ all: WorkerVersion[]; mark: number | null }> {
  const rows = await activeVersions(db).all({ workspaceId });
  return { all: rows.map(toWorkerVersion), mark: rows[0]?.mark ?? null };
}
