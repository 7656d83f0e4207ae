// Owns how a worker arrives: version by version, paused until all of it is there.
// Never touches a worker that holds anything which is not in the archive, or one that is at work.
// Writes by the rooms' own services alone.
import type { ImportItem } from "#contract/moves/move";
import { limits } from "#contract/limits";
import { activationGuardSchema } from "#contract/versions/version";
import { createAlert, listAlerts } from "../alerts/service.ts";
import type { WorkerRow } from "../catalog/store.ts";
import { setWorkerFolder } from "../deploys/folders/set-worker-folder.ts";
import { activateVersion, findArrived, isActivatedByHand, judgeArrival } from "../deploys/versions.ts";
import type { VersionFacts } from "../deploys/versions.ts";
import { archiveWorker, putWorkerBundle, setWorkerPaused } from "../deploys/service.ts";
import { rotateSecret } from "../hooks/delivery-service.ts";
import { attempt } from "../platform/attempt.ts";
import { changeTrigger, createTrigger, listWorkerTriggers } from "../triggers/service.ts";
import { archivePaths, workerDocument } from "./archive-document.ts";
import type { ArchivedWorker } from "./archive-document.ts";
import { item } from "./import-run.ts";
import type { ImportRun } from "./import-run.ts";
import { judgeArrivingVersion } from "./plan-import.ts";

const OTHER = "A worker of this name is there already, with other versions. It was left alone.";

interface Arrived {
  worker: WorkerRow;
  versions: VersionFacts[];
}

/** The worker as it is archived, and what of it is here. */
async function lookUp(
  { deps, principal, reader }: ImportRun,
  name: string,
): Promise<{ archived: ArchivedWorker; arrived: Arrived | null }> {
  const [archived, arrived] = await Promise.all([
    reader.document(archivePaths.worker(name), workerDocument),
    findArrived(deps, principal, name),
  ]);
  return { archived, arrived };
}

/** Whether all that a worker holds came from the archive. Pure. */
function isOfArchive(archived: ArchivedWorker, { versions }: Arrived): boolean {
  return versions.every(({ digest }) => archived.versions.some((one) => one.digest === digest));
}

/** Takes a version over behind those before it. */
export async function importVersion(
  run: ImportRun,
  { worker: name, version: number }: { worker: string; version: number },
): Promise<ImportItem[]> {
  const { deps, principal, options, reader } = run;
  const { archived, arrived } = await lookUp(run, name);
  const index = archived.versions.findIndex((one) => one.number === number);
  const said = `${name} version ${number}`;
  const digests = archived.versions.map(({ digest }) => digest);
  const there = arrived && arrived.versions.map(({ digest }) => digest);
  const arrival = judgeArrivingVersion(digests, index, there);
  if (arrival === "there") return [item("version", said, { outcome: "there" })];
  if (arrival === "other") return [item("version", said, { outcome: "refused", detail: OTHER })];
  if (arrived !== null && arrived.worker.paused_at === null) {
    const detail =
      "The worker is at work with an earlier version. Pause it, and import again to have this one.";
    return [item("version", said, { outcome: "refused", detail })];
  }
  const zip = await reader.bytes(archivePaths.version(name, number), limits.bundle_zip_bytes.value);
  const judged = await judgeArrival(deps.deploys, principal.workspace_id, zip);
  if (judged.name !== name || judged.digest !== digests[index]) {
    return [
      item("version", said, {
        outcome: "refused",
        detail: "Its files are not those that the archive names.",
      }),
    ];
  }
  if (!options.dry_run) {
    const baseVersion = arrived?.worker.active_version ?? 0;
    await putWorkerBundle(deps.deploys, principal, {
      zip,
      target: { moved: true, workerName: name, baseVersion, paused: true },
    });
    // Its queue is told as well, whatever came between: a repeat changes nothing.
    await setWorkerPaused(deps.deploys, principal, { name, paused: true });
  }
  return [item("version", said, { outcome: "made" })];
}

/** Whether what belongs to a worker may be put beside it: all of it came from the archive, and it is not at work. */
export async function judgeBelongings(
  run: ImportRun,
  name: string,
): Promise<{ outcome: "made" } | { outcome: "there" | "refused"; detail: string }> {
  const { archived, arrived } = await lookUp(run, name);
  if (arrived === null) {
    return run.options.dry_run
      ? { outcome: "made" }
      : { outcome: "refused", detail: "Its worker was not taken over." };
  }
  if (!isOfArchive(archived, arrived)) return { outcome: "refused", detail: OTHER };
  if (arrived.worker.paused_at === null)
    return { outcome: "there", detail: "The worker is at work: what it has is left alone." };
  return { outcome: "made" };
}

/** Makes of the versions that have arrived the worker that was archived, and lets it go if that is wished. */
export async function finishWorker(
  run: ImportRun,
  { worker: name }: { worker: string },
): Promise<ImportItem[]> {
  const { deps, principal, options } = run;
  const judged = await judgeBelongings(run, name);
  if (judged.outcome !== "made") return [item("worker", name, judged)];
  const { archived, arrived } = await lookUp(run, name);
  if (options.dry_run || arrived === null) return [item("worker", name, { outcome: "made", detail: null })];
  const active = await activateArchived(run, archived, arrived);
  if (archived.visibility !== arrived.worker.visibility)
    await deps.setVisibility(principal, { worker: name, visibility: archived.visibility });
  if (archived.folder !== arrived.worker.folder)
    await setWorkerFolder(deps.deploys, principal, { name, folder: archived.folder });
  const items = [...(await importTriggers(run, archived)), ...(await importAlerts(run, archived))];
  if (archived.archived && arrived.worker.archived_at === null)
    await archiveWorker(deps.deploys, principal, { name, reason: archived.archive_reason ?? undefined });
  const isLive = options.live && !archived.paused;
  if (isLive) await setWorkerPaused(deps.deploys, principal, { name, paused: false });
  const detail = isLive
    ? active
    : [active, `It is paused: floom workers resume ${name} lets it start.`].join(" ").trim();
  return [...items, item("worker", name, { outcome: "made", detail: detail === "" ? null : detail })];
}

/** Makes that version active which was, unless somebody has chosen one here. Answers what is to be said of it. */
async function activateArchived(run: ImportRun, archived: ArchivedWorker, arrived: Arrived): Promise<string> {
  const { deps, principal } = run;
  const digest = archived.versions.find(({ number }) => number === archived.active_version)?.digest;
  const target = arrived.versions.findLast((version) => version.digest === digest);
  if (target === undefined)
    return `Its active version ${archived.active_version} was refused: the newest of the others is active.`;
  if (target.number === arrived.worker.active_version) return "";
  if (await isActivatedByHand(deps, arrived.worker.id))
    return "Another version was made active here: it stays.";
  const { name } = archived;
  const force = activationGuardSchema.options;
  await activateVersion(deps.deploys, principal, { name, number: String(target.number), force });
  return "";
}

async function importTriggers(run: ImportRun, { name, triggers }: ArchivedWorker): Promise<ImportItem[]> {
  const { deps, principal } = run;
  const items: ImportItem[] = [];
  const there = await listWorkerTriggers(deps.triggers, principal, name);
  for (const { origin, trigger } of triggers) {
    const said = `${name}/${trigger.name}`;
    const known = there.find((one) => one.name === trigger.name);
    if (known === undefined && origin === "manifest") continue;
    if (known === undefined) {
      const made = await attempt(() =>
        createTrigger(deps.triggers, principal, { workerName: name, request: trigger }),
      );
      items.push(
        made.ok
          ? item("trigger", said, { outcome: "made", secret: made.value.secret })
          : item("trigger", said, { outcome: "refused", detail: made.refusal.message }),
      );
      continue;
    }
    if (trigger.paused && !known.paused)
      await changeTrigger(deps.triggers, principal, { id: known.id, change: { paused: true } });
    // worker.yml has made it, without a secret that anybody knows.
    if (known.webhook?.secret_set === false && known.webhook.signature.scheme !== "none") {
      const of = { hook: { triggerId: known.id }, overlapSeconds: 0, secret: undefined };
      const { secret } = await rotateSecret(deps.triggers, principal, of);
      items.push(item("trigger", said, { outcome: "made", secret }));
    } else items.push(item("trigger", said, { outcome: "there" }));
  }
  return items;
}

async function importAlerts(run: ImportRun, { name, alerts }: ArchivedWorker): Promise<ImportItem[]> {
  const { deps, principal } = run;
  const items: ImportItem[] = [];
  const there = await listAlerts(deps.alerts, principal, name);
  const describe = (alert: ArchivedWorker["alerts"][number]) =>
    JSON.stringify([alert.url, alert.email_to, alert.on, alert.description]);
  for (const alert of alerts) {
    const said = `${name}: ${alert.description || (alert.url ?? alert.email_to.join(", "))}`;
    if (there.some((one) => describe(one) === describe(alert))) {
      items.push(item("alert", said, { outcome: "there" }));
      continue;
    }
    const request = { ...alert, worker: name, url: alert.url ?? undefined };
    const made = await attempt(() => createAlert(deps.alerts, principal, request));
    items.push(
      made.ok
        ? item("alert", said, { outcome: "made", secret: made.value.secret })
        : item("alert", said, { outcome: "refused", detail: made.refusal.message }),
    );
  }
  return items;
}
