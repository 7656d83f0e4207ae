import type { RunSummary } from "#contract/runs/run";
import type { VersionSummary, WorkerSummary } from "#contract/workers/worker";
import { toIso } from "../platform/clock.ts";
import { isPausedByManifest } from "../catalog/is-paused.ts";
import type { VersionRow, WorkerRow } from "../catalog/store.ts";

/** What else a list shows of a worker. */
export interface WorkerActivity {
  lastRun: RunSummary | null;
  isMissingSecrets: boolean;
}

export function describeWorker(
  worker: WorkerRow,
  version: VersionRow,
  activity: WorkerActivity,
): WorkerSummary {
  const { manifest } = version;
  return {
    id: worker.name,
    uid: worker.id,
    name: manifest.title,
    description: manifest.description,
    is_example: manifest.is_example,
    system: manifest.system_worker,
    archived: worker.archived_at !== null,
    paused: worker.paused_at !== null || isPausedByManifest({ worker, version }),
    archive_reason: worker.archive_reason,
    stage: manifest.stage ?? "live",
    tags: manifest.tags,
    ...describeFolder(worker.folder, manifest.folder),
    status: statusOf(activity),
    trigger_type: manifest.triggers[0]?.type ?? "manual",
    runner: manifest.exec.runner,
    runtime: manifest.exec.runtime,
    mode: manifest.exec.mode,
    version: version.number,
    digest: version.digest,
    last_run: activity.lastRun,
    inputs: manifest.exec.inputs,
    triggers_spec: manifest.triggers,
    visibility: worker.visibility,
    created_at: toIso(worker.created_at),
    updated_at: toIso(worker.updated_at),
  };
}

/** What people have chosen goes before what worker.yml says; empty is a choice as well. Pure. */
function describeFolder(
  chosen: string | null,
  declared: string | undefined,
): Pick<WorkerSummary, "folder" | "folder_source"> {
  if (chosen !== null) return { folder: chosen === "" ? null : chosen, folder_source: "workspace" };
  return { folder: declared ?? null, folder_source: declared === undefined ? null : "manifest" };
}

/** A worker that never ran is ready; after that its last run decides. */
function statusOf({ lastRun, isMissingSecrets }: WorkerActivity): WorkerSummary["status"] {
  if (isMissingSecrets) return "missing_secret";
  if (lastRun === null) return "ready";
  return lastRun.status === "failed" ? "needs_attention" : "healthy";
}

export function describeVersion(
  version: VersionRow,
  activeNumber: number,
  /** Why the gate has not let it in. */
  note?: string,
): VersionSummary {
  return {
    id: version.id,
    number: version.number,
    digest: version.digest,
    active: version.number === activeNumber,
    manifest_version: version.manifest.version,
    file_count: version.file_count,
    size_bytes: version.size_bytes,
    created_at: toIso(version.created_at),
    pushed_by: version.pushed_by,
    state: version.state,
    decided_by: version.decided_by,
    decision_reason: version.decision_reason,
    ...(note === undefined || version.number === activeNumber ? {} : { not_activated: note }),
  };
}
