// Owns how an archive of a workspace is taken over, some things with each request, in the same order every time.
// Never puts anything in the place of something else: what is there stays, and is reported.
// Writes the archive in R2 while it is imported; all else by the rooms' own services.
import type { Principal } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import type { ImportAnswer, ImportItem, ImportOptions } from "#contract/moves/move";
import { problems } from "#contract/problem-registry";
import { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { findTemplate, putTemplate } from "../templates/service.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { archiveDocument, archivePaths } from "./archive-document.ts";
import { ArchiveReader } from "./archive-reader.ts";
import { importContext, importContextVersion } from "./import-context-service.ts";
import { item } from "./import-run.ts";
import type { ImportRun } from "./import-run.ts";
import { importKeys, importTable } from "./import-store-service.ts";
import { finishWorker, importVersion } from "./import-worker-service.ts";
import type { MoveDeps } from "./move-deps.ts";
import { planImport } from "./plan-import.ts";
import type { ImportStep } from "./plan-import.ts";
import { importScopes, requireScopes } from "./require-scopes.ts";

/**
 * Keeps an archive as it comes, and takes its first things over. Throws `insufficient_scope`, `body_too_large`,
 * `invalid_archive`.
 */
export async function beginImport(
  deps: MoveDeps,
  principal: Principal,
  { body, options }: { body: AsyncIterable<Uint8Array>; options: ImportOptions },
): Promise<ImportAnswer> {
  requireScopes(principal, importScopes);
  const archive = await deps.files.putImport(principal.workspace_id, async (sink) => {
    const writer = sink.getWriter();
    let size = 0;
    for await (const part of body) {
      size += part.byteLength;
      if (size > limits.workspace_archive_bytes.value) {
        const most = formatLimit("workspace_archive_bytes");
        throw new AppError(
          "body_too_large",
          `The limit for ${limits.workspace_archive_bytes.what} is ${most}.`,
        );
      }
      await writer.write(part);
    }
    await writer.close();
  });
  return takeSteps(deps, principal, { archive, from: 0, options });
}

/** Takes the next things of an archive over. Throws `insufficient_scope`, `invalid_archive`, `import_replaced`. */
export async function continueImport(
  deps: MoveDeps,
  principal: Principal,
  of: { archive: string; from: number; options: ImportOptions },
): Promise<ImportAnswer> {
  requireScopes(principal, importScopes);
  return takeSteps(deps, principal, of);
}

async function takeSteps(
  deps: MoveDeps,
  principal: Principal,
  { archive: knownBy, from, options }: { archive: string; from: number; options: ImportOptions },
): Promise<ImportAnswer> {
  const workspaceId = principal.workspace_id;
  const kept = await deps.files.openImport(workspaceId, knownBy);
  if (kept === null) {
    throw new AppError(
      "import_replaced",
      "Another archive was sent since, or this one was let go. Send it again.",
    );
  }
  const reader = await ArchiveReader.open(kept);
  const archive = await reader.document(archivePaths.archive, archiveDocument);
  const steps = planImport(archive);
  const run: ImportRun = { deps, principal, options, archive, reader };
  const items: ImportItem[] = [];
  let at = from;
  for (; at < Math.min(steps.length, from + limits.import_steps.value); at++) {
    const step = steps[at];
    const came = step && (await attempt(() => takeStep(run, step)));
    if (came === undefined) break;
    if (came.ok) items.push(...came.value);
    // What may pass is no answer about a thing: the caller comes again for it.
    else if (problems[came.refusal.code].retryable) {
      if (at === from) throw came.refusal;
      break;
    } else if (step)
      items.push(item(...nameStep(archive, step), { outcome: "refused", detail: came.refusal.message }));
  }
  const isOver = at >= steps.length;
  if (isOver) await deps.files.deleteImport(workspaceId, Number.POSITIVE_INFINITY);
  return {
    archive: knownBy,
    dry_run: options.dry_run,
    exported_at: archive.exported_at,
    workspace: archive.workspace.name,
    items,
    done: Math.min(at, steps.length),
    total: steps.length,
    next: isOver ? null : at,
  };
}

function takeStep(run: ImportRun, step: ImportStep): Promise<ImportItem[]> {
  switch (step.kind) {
    case "settings":
      return importSettings(run);
    case "template":
      return importTemplate(run, step.index);
    case "context":
      return importContext(run, step);
    case "context_version":
      return importContextVersion(run, step);
    case "version":
      return importVersion(run, step);
    case "worker":
      return finishWorker(run, step);
    case "keys":
      return importKeys(run, step);
    case "table":
      return importTable(run, step);
    case "secrets":
      return listMissing(run);
  }
}

/** How a step is called whose thing was refused. Pure. */
function nameStep(archive: ImportRun["archive"], step: ImportStep): [ImportItem["kind"], string] {
  switch (step.kind) {
    case "settings":
      return ["settings", "settings"];
    case "template":
      return ["template", archive.templates[step.index]?.name ?? ""];
    case "context":
      return ["context", step.name];
    case "context_version":
      return ["context", `${step.name} version ${step.version}`];
    case "version":
      return ["version", `${step.worker} version ${step.version}`];
    case "worker":
      return ["worker", step.worker];
    case "keys":
      return ["keys", archive.stores[step.store]?.worker ?? "the workspace"];
    case "table":
      return ["table", archive.stores[step.store]?.tables[step.table]?.name ?? ""];
    case "secrets":
      return ["secret", "secrets"];
  }
}

/** Settings are taken over where nobody has set anything here. */
async function importSettings({ deps, principal, options, archive }: ImportRun): Promise<ImportItem[]> {
  const here = await deps.getSettings(principal);
  const { retention_days } = archive.settings;
  if (here.retention_days === retention_days)
    return [item("settings", "retention_days", { outcome: "there" })];
  if (here.retention_days !== limits.retention_days_default.value) {
    const detail = `Here it is ${here.retention_days ?? "for ever"}, there it was ${retention_days ?? "for ever"}: it stays.`;
    return [item("settings", "retention_days", { outcome: "refused", detail })];
  }
  if (!options.dry_run) await deps.changeSettings(principal, { retention_days });
  return [item("settings", "retention_days", { outcome: "made" })];
}

async function importTemplate(
  { deps, principal, options, archive }: ImportRun,
  index: number,
): Promise<ImportItem[]> {
  const template = archive.templates[index];
  if (template === undefined) return [];
  const { name, spec } = template;
  const here = await findTemplate(deps.db, principal.workspace_id, name);
  if (here !== null) {
    if (canonicalJson(here) === canonicalJson(spec)) return [item("template", name, { outcome: "there" })];
    const detail = "A template of this name is there already, and says something else. It was left alone.";
    return [item("template", name, { outcome: "refused", detail })];
  }
  // JSON is YAML as well: it passes what a person's own file passes.
  if (!options.dry_run) await putTemplate(deps.templates, principal, { name, source: JSON.stringify(spec) });
  return [item("template", name, { outcome: "made" })];
}

/** The secrets that were set or declared there, and are not set here. */
async function listMissing({ deps, principal, archive }: ImportRun): Promise<ImportItem[]> {
  const here = await deps.listSecrets(principal);
  return archive.secrets.map(({ name, workers }) => {
    if (here.some((one) => one.name === name && one.set)) return item("secret", name, { outcome: "there" });
    const users = workers.length === 0 ? "No worker declares it" : `Declared by ${workers.join(", ")}`;
    return item("secret", name, {
      outcome: "missing",
      detail: `${users}. floom secrets set ${name} sets it.`,
    });
  });
}
