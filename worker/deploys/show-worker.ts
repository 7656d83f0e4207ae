import type { Principal } from "#contract/access/access";
import type { Trigger } from "#contract/triggers/trigger";
import type { WorkerDetail } from "#contract/workers/worker";
import { can } from "../access/policy.ts";
import { actorOf } from "../access/principal.ts";
import { asResource, requireWorker } from "../catalog/require-worker.ts";
import type { WorkerRow } from "../catalog/store.ts";
import { declaredSecrets } from "../registry/declared.ts";
import { describeFiles, textOf } from "./describe-files.ts";
import { describeVersion } from "./describe-worker.ts";
import { readFiles, summarize } from "./service.ts";
import type { DeployDeps } from "./service.ts";
import { listVersionRows } from "./store.ts";

const RECENT = 10;

/** A worker with its files, last runs and newest versions, and what starts it. */
export async function getWorker(deps: DeployDeps, principal: Principal, name: string): Promise<WorkerDetail> {
  const found = await requireWorker(deps, principal, { name });
  const { worker, version } = found;
  const { exec, triggers } = version.manifest;
  const secrets = declaredSecrets(version.manifest);
  const place = { workspaceId: worker.workspace_id, workerName: worker.name };
  const [summary, files, recentRuns, versions, recentStats, started, [missing = []]] = await Promise.all([
    summarize(deps, found),
    readFiles(deps, version),
    deps.listRecentRuns(worker.workspace_id, worker.name, RECENT),
    listVersionRows(deps.db, worker.id, RECENT),
    deps.findRecentStats(place),
    deps.listTriggers(principal, worker.name),
    secrets.length === 0
      ? []
      : deps.findMissingSecrets(worker.workspace_id, [{ workerId: worker.id, names: secrets }]),
  ]);
  return {
    ...summary,
    ...describeStarts(started, can(principal, "workers:write", asResource(worker))),
    enabled: worker.archived_at === null && !summary.paused,
    secrets,
    missing_secrets: missing,
    permissions: describePermissions(principal, worker),
    recent_stats: recentStats,
    input_values: triggers.find(({ inputs }) => inputs !== undefined)?.inputs ?? {},
    config: version.manifest,
    manifest_yaml: (await textOf(files, "worker.yml")) ?? "",
    run_py: await textOf(files, exec.entry.endsWith(".py") ? exec.entry : "run.py"),
    skill_md_content: await textOf(files, exec.mode === "agent" ? exec.entry : "SKILL.md"),
    files: await describeFiles(files),
    outputs: exec.outputs,
    recent_runs: recentRuns,
    versions: versions.map((row) => describeVersion(row, worker.active_version)),
  };
}

/** When the worker's triggers start it next, and where its first webhook takes events, for those who may change it. Pure. */
function describeStarts(
  triggers: readonly Trigger[],
  mayChange: boolean,
): Pick<WorkerDetail, "next_run_at" | "last_fired_at" | "webhook_url"> {
  // Times of one form sort as text.
  const next = triggers.flatMap(({ next_at: at }) => at ?? []).toSorted();
  const last = triggers.flatMap(({ last_due_at: at }) => at ?? []).toSorted();
  const hook = triggers.flatMap(({ webhook }) => webhook ?? [])[0];
  return {
    next_run_at: next[0] ?? null,
    last_fired_at: last.at(-1) ?? null,
    webhook_url: mayChange ? (hook?.worker_url ?? null) : null,
  };
}

function describePermissions(principal: Principal, worker: WorkerRow): WorkerDetail["permissions"] {
  const mayChange = can(principal, "workers:write", asResource(worker));
  return {
    is_owner:
      worker.made_by === null
        ? principal.kind === "token" && principal.owner
        : worker.made_by === actorOf(principal),
    can_view: can(principal, "workers:read", asResource(worker)),
    can_edit: mayChange,
    can_run: can(principal, "runs:write", asResource(worker)),
    can_delete: mayChange,
    can_share: false,
  };
}
