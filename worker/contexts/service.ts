// Owns what a context is besides its files: its name, who sees it, whether workers may write it.
// Never touches a context of another workspace, or a private one of somebody else: to them there is none.
// Writes contexts in D1; deletes their contents in R2 before the rows that name them.
import type { Principal } from "#contract/access/access";
import type { ContextKind, ContextSummary } from "#contract/contexts/context-bundle";
import { contextNameSchema } from "#contract/contexts/context-bundle";
import type { ContextId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import { listActiveWorkers } from "../catalog/active-workers.ts";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files } from "../platform/files.ts";
import type { ContextPlace } from "../platform/storage/context-files.ts";
import { listMounts } from "../registry/context-mounts.ts";
import { describeContext, maySee, ownerOf } from "./describe-context.ts";
import {
  changeContext,
  countContexts,
  deleteContextRows,
  findContextRow,
  insertContext,
  listContextRows,
} from "./store.ts";
import type { ContextRow, ContextSettings } from "./store.ts";

export interface ContextDeps extends MarkTaker {
  db: Db;
  files: Files;
  clock: Clock;
  newContextId: (nowMs: number) => ContextId;
}

/** Names of the workers that mount contexts, by the contexts' names. */
async function listUses(
  deps: Pick<ContextDeps, "db">,
  principal: Principal,
  mark: number | null = null,
): Promise<Map<string, string[]>> {
  const uses = new Map<string, string[]>();
  for (const { worker, version } of await listActiveWorkers(deps, principal.workspace_id, mark)) {
    if (worker.archived_at !== null) continue;
    for (const { name } of listMounts(version.manifest))
      uses.set(name, [...(uses.get(name) ?? []), worker.name]);
  }
  return uses;
}

/** What is known of a context, with the workers that mount it. */
export async function summarize(
  deps: Pick<ContextDeps, "db">,
  principal: Principal,
  row: ContextRow,
): Promise<ContextSummary> {
  return describeContext(row, (await listUses(deps, principal)).get(row.name) ?? []);
}

/** Where a context's contents lie. */
export const placeOf = ({ workspace_id, id }: ContextRow): ContextPlace => ({
  workspaceId: workspace_id,
  contextId: id,
});

/** The context of that name, if they may know of it. Throws `not_found`. */
export async function requireContext(
  { db }: Pick<ContextDeps, "db">,
  principal: Principal,
  name: string,
): Promise<ContextRow> {
  const row = await findContextRow(db, principal.workspace_id, name);
  if (row === undefined || !maySee(principal, row)) throw notFound("context");
  return row;
}

/** The contexts that they may know of, by name. */
export async function listContexts(deps: ContextDeps, principal: Principal): Promise<ContextSummary[]> {
  const mark = deps.takeMark?.(principal.workspace_id) ?? null;
  const [rows, uses] = await Promise.all([
    listContextRows(deps.db, principal.workspace_id),
    listUses(deps, principal, mark),
  ]);
  return rows
    .filter((row) => maySee(principal, row))
    .map((row) => describeContext(row, uses.get(row.name) ?? []));
}

/** What `POST /api/contexts/{context}` asks for. */
export interface CreateContext {
  name: string;
  kind: ContextKind;
  description: string;
  category: string | null;
  visibility: "private" | "workspace";
  sensitive: boolean;
  writeable: boolean;
}

function exists(name: string): AppError {
  return new AppError("context_exists", `The workspace has a context of the name ${name}.`);
}

/** Makes a context without files. Throws `invalid_context`, `context_exists`, `context_full`. */
export async function createContext(
  deps: ContextDeps,
  principal: Principal,
  given: CreateContext,
): Promise<ContextSummary> {
  const named = contextNameSchema.safeParse(given.name);
  if (!named.success) {
    const detail = named.error.issues[0]?.message ?? "It cannot be a name.";
    throw new AppError("invalid_context", `The name cannot be a context's: ${detail}`, {
      errors: [{ pointer: "/name", detail }],
    });
  }
  if ((await countContexts(deps.db, principal.workspace_id)) >= limits.workspace_contexts.value) {
    const most = formatLimit("workspace_contexts");
    throw new AppError("context_full", `A workspace has at most ${most} as contexts. Delete one first.`);
  }
  const now = deps.clock();
  const row: ContextRow = {
    ...given,
    id: deps.newContextId(now),
    workspace_id: principal.workspace_id,
    owner_id: ownerOf(principal),
    version: 0,
    digest: null,
    file_count: 0,
    total_bytes: 0,
    last_change: "",
    created_at: now,
    updated_at: now,
  };
  if (!(await insertContext(deps.db, row))) throw exists(given.name);
  return summarize(deps, principal, row);
}

async function change(
  deps: ContextDeps,
  principal: Principal,
  { row, settings }: { row: ContextRow; settings: ContextSettings },
): Promise<ContextSummary> {
  if (!(await changeContext(deps.db, row.id, { ...settings, now: deps.clock() }))) {
    if (settings.name !== undefined) throw exists(settings.name);
    throw notFound("context");
  }
  return summarize(deps, principal, await requireContext(deps, principal, settings.name ?? row.name));
}

/** Says of a context what people can say besides its name. Throws `not_found`. */
export async function setContext(
  deps: ContextDeps,
  principal: Principal,
  { name, ...settings }: Omit<ContextSettings, "name"> & { name: string },
): Promise<ContextSummary> {
  return change(deps, principal, { row: await requireContext(deps, principal, name), settings });
}

async function refuseInUse(
  deps: ContextDeps,
  principal: Principal,
  { name, force, what }: { name: string; force: boolean; what: string },
): Promise<void> {
  const users = force ? [] : ((await listUses(deps, principal)).get(name) ?? []);
  if (users.length === 0) return;
  throw new AppError(
    "context_in_use",
    `${name} was not ${what}: ${users.join(", ")} would not run without it. With force=true it is.`,
    { errors: users.map((worker) => ({ pointer: "", detail: `mounts it: ${worker}` })) },
  );
}

/** Throws `not_found`, `context_exists`, `context_in_use`. */
export async function renameContext(
  deps: ContextDeps,
  principal: Principal,
  { name, to, force }: { name: string; to: string; force: boolean },
): Promise<ContextSummary> {
  const row = await requireContext(deps, principal, name);
  if (to === name) return summarize(deps, principal, row);
  await refuseInUse(deps, principal, { name, force, what: "renamed" });
  return change(deps, principal, { row, settings: { name: to } });
}

/** Deletes a context with all its versions. Throws `not_found`, `context_in_use`. */
export async function deleteContext(
  deps: ContextDeps,
  principal: Principal,
  { name, force }: { name: string; force: boolean },
): Promise<void> {
  const row = await requireContext(deps, principal, name);
  await refuseInUse(deps, principal, { name, force, what: "deleted" });
  // While its row is there a deletion that broke off can be asked for again. What came meanwhile, no row names.
  await deps.files.deleteContext(placeOf(row));
  await deleteContextRows(deps.db, row.id);
  await deps.files.deleteContext(placeOf(row));
}
