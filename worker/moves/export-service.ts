// Owns how a workspace is written down as one archive, while it is sent.
// Never holds more of it than one piece, and never writes down a secret's value, or what the caller does not see.
// Writes nothing.
import type { Principal } from "#contract/access/access";
import type { RunId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { ArchivedTable, ExportWorkspaceQuery } from "#contract/moves/move";
import { hiddenWorkers } from "../access/policy.ts";
import { listAlerts } from "../alerts/service.ts";
import { listVisibleWorkers } from "../catalog/require-worker.ts";
import type { WorkerRow } from "../catalog/store.ts";
import { listContextsToMove, openContent, readContextToMove } from "../contexts/move-service.ts";
import type { ContextToMove } from "../contexts/move-service.ts";
import { listVersionsToMove } from "../deploys/versions.ts";
import type { VersionFacts } from "../deploys/versions.ts";
import { AppError } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import { listRunRows } from "../runs/record/store.ts";
import { exportKeys, exportTable } from "../store/move-service.ts";
import type { StoreApi } from "../store/store-api.ts";
import { listTemplates } from "../templates/service.ts";
import { listTriggersToMove } from "../triggers/move-service.ts";
import {
  archiveDocument,
  archivePaths,
  contextDocument,
  countEntries,
  isTooMany,
  workerDocument,
} from "./archive-document.ts";
import type { Archive, ArchivedContext } from "./archive-document.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import type { MoveDeps } from "./move-deps.ts";
import { exportScopes, requireScopes } from "./require-scopes.ts";

const RUNS_AT_ONCE = 500;

interface StorePlan {
  worker: string | null;
  store: StoreApi;
  tables: ArchivedTable[];
}

/** All that goes into an archive, before any of it is read. */
interface ExportPlan {
  workers: { worker: WorkerRow; versions: VersionFacts[] }[];
  contexts: ContextToMove[];
  stores: StorePlan[];
  leftOut: Archive["left_out"];
}

/** An archive that is to be written. `name` is the workspace's. */
export interface OpenedExport {
  name: string;
  write: (sink: WritableStream<Uint8Array>) => Promise<void>;
}

/** Finds what is to be written down. Throws `insufficient_scope` and `workspace_too_large`, before anything is sent. */
export async function openExport(
  deps: MoveDeps,
  principal: Principal,
  query: ExportWorkspaceQuery,
): Promise<OpenedExport> {
  requireScopes(principal, exportScopes);
  const plan = await planExport(deps, principal, query);
  const entries = countEntries({
    versions: plan.workers.map(({ versions }) => versions.length),
    contents: plan.contexts.map(({ files }) => new Set(files.map(({ sha256 }) => sha256)).size),
    tables: plan.stores.map(({ tables }) => tables.length),
  });
  if (isTooMany(entries)) {
    const most = formatLimit("workspace_archive_entries");
    const detail = `The archive would have ${entries} files; at most ${most} are possible. Ask for fewer versions.`;
    throw new AppError("workspace_too_large", detail);
  }
  const name = await deps.findWorkspaceName(principal);
  return { name, write: (sink) => writeArchive(deps, principal, { plan, query, name, sink }) };
}

async function planExport(
  deps: MoveDeps,
  principal: Principal,
  { versions: most, sensitive }: ExportWorkspaceQuery,
): Promise<ExportPlan> {
  const leftOut: Archive["left_out"] = [];
  const hidden = hiddenWorkers(principal).length;
  if (hidden > 0) leftOut.push({ what: `${hidden} private workers`, why: "They are somebody else's." });
  const workers: ExportPlan["workers"] = [];
  for (const { worker } of await listVisibleWorkers(deps, principal))
    workers.push({ worker, versions: await listVersionsToMove(deps, worker, most) });
  const contexts: ContextToMove[] = [];
  const all = await listContextsToMove(deps, principal);
  const unseen = all.filter(({ seen }) => !seen).length;
  if (unseen > 0) leftOut.push({ what: `${unseen} private contexts`, why: "They are somebody else's." });
  for (const { row } of all.filter(({ seen }) => seen)) {
    if (row.sensitive && !sensitive)
      leftOut.push({ what: `context ${row.name}`, why: "It is marked sensitive: ask with sensitive=true." });
    else contexts.push(await readContextToMove(deps, row, Math.min(most, limits.context_versions.value)));
  }
  return { workers, contexts, stores: await planStores(deps, principal, workers), leftOut };
}

/** The workspace's own store first; one that was never written to is in no archive. */
async function planStores(
  deps: MoveDeps,
  principal: Principal,
  workers: ExportPlan["workers"],
): Promise<StorePlan[]> {
  const own = { worker: null, place: { kind: "workspace" as const, workspace_id: principal.workspace_id } };
  const theirs = workers.map(({ worker }) => ({
    worker: worker.name,
    place: { kind: "worker" as const, worker_id: worker.id },
  }));
  const plans: StorePlan[] = [];
  for (const { worker, place } of [own, ...theirs]) {
    const store = deps.store.openStore(place);
    const tables = await store.listTables();
    const { entries } = await store.list({ prefix: "", after: null, limit: 1 }, { staged: null });
    if (tables.length + entries.length > 0) plans.push({ worker, store, tables });
  }
  return plans;
}

interface Writing {
  plan: ExportPlan;
  query: ExportWorkspaceQuery;
  name: string;
  sink: WritableStream<Uint8Array>;
}

async function writeArchive(deps: MoveDeps, principal: Principal, of: Writing): Promise<void> {
  const { plan, query, name, sink } = of;
  const zip = new ArchiveWriter(sink);
  for (const one of plan.workers) await writeWorker(deps, principal, { zip, ...one });
  for (const context of plan.contexts) await writeContext(deps, zip, context);
  for (const [index, { store, tables }] of plan.stores.entries()) {
    await zip.content(archivePaths.keys(index), await exportKeys(store));
    for (const [at, table] of tables.entries())
      await zip.content(archivePaths.table(index, at), await exportTable(store, table.name));
  }
  const runs = { written: 0 };
  if (query.runs) await zip.content(archivePaths.runs, streamRuns(deps, principal, runs));
  const [settings, members, templates, secrets] = await Promise.all([
    deps.getSettings(principal),
    deps.listMembers(principal),
    listTemplates(deps.templates, principal),
    deps.listSecrets(principal),
  ]);
  const archive: Archive = {
    kind: "floom.workspace",
    exported_at: toIso(deps.clock()),
    workspace: { id: principal.workspace_id, name },
    settings,
    members,
    templates: templates.map(toTemplate),
    contexts: plan.contexts.map(({ row, versions }) => ({
      name: row.name,
      versions: versions.map(({ number }) => number),
    })),
    workers: plan.workers.map(({ worker, versions }) => ({
      name: worker.name,
      versions: versions.map(({ number }) => number),
    })),
    stores: plan.stores.map(({ worker, tables }) => ({ worker, tables })),
    secrets: secrets.map(({ name: secret, workers }) => ({ name: secret, workers })),
    left_out: plan.leftOut,
    runs: runs.written,
  };
  // Last: it says how much of everything was written.
  await zip.document(archivePaths.archive, archiveDocument.write(archive));
  await zip.close();
}

type Template = Awaited<ReturnType<typeof listTemplates>>[number];

function toTemplate(template: Template): Archive["templates"][number] {
  const {
    name,
    provider_name: _provider,
    updated_at: _updated,
    start_command,
    ready_command,
    cpu_count,
    memory_mb,
    ...packages
  } = template;
  const commands = {
    ...(start_command === null ? {} : { start_command }),
    ...(ready_command === null ? {} : { ready_command }),
    ...(cpu_count === null ? {} : { cpu_count }),
    ...(memory_mb === null ? {} : { memory_mb }),
  };
  return { name, spec: { ...packages, ...commands } };
}

async function writeWorker(
  deps: MoveDeps,
  principal: Principal,
  { zip, worker, versions }: ExportPlan["workers"][number] & { zip: ArchiveWriter },
): Promise<void> {
  const triggers = await listTriggersToMove(deps, principal, worker.name);
  const alerts = await listAlerts(deps.alerts, principal, worker.name);
  const document = workerDocument.write({
    name: worker.name,
    active_version: worker.active_version,
    paused: worker.paused_at !== null,
    archived: worker.archived_at !== null,
    archive_reason: worker.archive_reason,
    visibility: worker.visibility,
    folder: worker.folder,
    versions: versions.map(({ number, digest, created_at }) => ({
      number,
      digest,
      created_at: toIso(created_at),
    })),
    triggers: triggers.map(({ origin, trigger }) => ({ origin, trigger })),
    alerts: alerts
      .filter(({ origin }) => origin === "api")
      .map(({ url, email_to, on, description }) => ({ url, email_to, on, description })),
  });
  await zip.document(archivePaths.worker(worker.name), document);
  for (const { number, digest } of versions) {
    const bundle = await deps.files.getBundle(digest);
    if (bundle === null) throw new Error(`The bundle of version ${number} of ${worker.name} is not stored.`);
    await zip.content(archivePaths.version(worker.name, number), bundle.body, { packed: true });
  }
}

async function writeContext(deps: MoveDeps, zip: ArchiveWriter, context: ContextToMove): Promise<void> {
  const { row, versions, files } = context;
  const { name, kind, description, category, visibility, sensitive, writeable } = row;
  const document: ArchivedContext = {
    name,
    kind,
    description,
    category,
    visibility,
    sensitive,
    writeable,
    versions: versions.map(({ number, digest, message, created_at }) => ({
      number,
      digest,
      message,
      created_at: toIso(created_at),
    })),
    files: files.map(({ path, sha256, size, since, until }) => ({
      path,
      sha256,
      size,
      since,
      until,
    })),
  };
  await zip.document(archivePaths.context(name), contextDocument.write(document));
  for (const sha256 of new Set(files.map((file) => file.sha256))) {
    const content = await openContent(deps, row, sha256);
    await zip.content(archivePaths.content(name, sha256), content.body);
  }
}

/** The records of runs, newest first, a line each; as many as an archive holds. */
function streamRuns(
  deps: MoveDeps,
  principal: Principal,
  count: { written: number },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const of = { workspaceId: principal.workspace_id, hidden: hiddenWorkers(principal), limit: RUNS_AT_ONCE };
  let before: RunId | null | undefined;
  return new ReadableStream({
    async pull(controller) {
      while (before !== null && count.written < limits.workspace_archive_runs.value) {
        const { rows, rest } = await listRunRows(deps.db, { ...of, before });
        before = rows.length < RUNS_AT_ONCE ? rest : (rows.at(-1)?.id ?? null);
        if (rows.length === 0) continue;
        count.written += rows.length;
        return controller.enqueue(encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join("")));
      }
      controller.close();
    },
  });
}
