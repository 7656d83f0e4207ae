import type { SystemAlert } from "#contract/reports/report";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";

/** So many failures in a row are no accident. */
const CLUSTER_RUNS = 3;

/** What wants attention, by worker: those whose newest runs all failed, and paused ones. Archived workers are left out. Pure. */
export function findAlerts(workers: readonly WorkerVersion[], runs: readonly RunOutcome[]): SystemAlert[] {
  return workers
    .filter(({ worker }) => worker.archived_at === null)
    .flatMap((one) => {
      const ended = runs.filter(
        ({ worker_name: name, status }) =>
          name === one.worker.name && (status === "completed" || status === "failed"),
      );
      return [...alertOfFailures(one, ended), ...alertOfPause(one)];
    });
}

const about = ({ worker, version }: WorkerVersion) => ({
  worker_id: worker.name,
  worker_name: version.manifest.title,
});

function alertOfFailures(one: WorkerVersion, ended: readonly RunOutcome[]): SystemAlert[] {
  const completed = ended.findIndex(({ status }) => status === "completed");
  const failed = completed === -1 ? ended : ended.slice(0, completed);
  if (failed.length < CLUSTER_RUNS) return [];
  const alert: SystemAlert = {
    type: "failure_cluster",
    severity: "warning",
    ...about(one),
    title: `${one.version.manifest.title} keeps failing`,
    detail: `Its last ${failed.length} runs failed. The newest: ${failed[0]?.error ?? "no reason was given"}`,
    since: toIsoOrNull(failed.at(-1)?.created_at ?? null),
    suggested_actions: ["Read the log of the newest run.", "Roll back to a version that worked."],
  };
  return [alert];
}

function alertOfPause(one: WorkerVersion): SystemAlert[] {
  const { worker, version } = one;
  if (worker.paused_at === null && !version.manifest.paused) return [];
  const alert: SystemAlert = {
    type: "worker_disabled",
    severity: "info",
    ...about(one),
    title: `${version.manifest.title} is paused`,
    detail: "It takes no new runs, and those that wait go on waiting.",
    since: worker.paused_at === null ? null : toIso(worker.paused_at),
    suggested_actions: ["Resume the worker, or archive it."],
  };
  return [alert];
}
