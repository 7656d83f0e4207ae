import type { SystemAlert } from "#contract/reports/report";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import { isPaused } from "./build-overview.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";

/** So many failures in a row are no accident. */
const CLUSTER_RUNS = 3;

/** A start that a schedule has missed, as far as it wants attention. */
export interface Missed {
  worker_name: string;
  /** Epoch milliseconds. */
  due_at: number;
  reason: string;
}

/**
 * What wants attention, by worker: those whose newest runs all failed, whose schedules missed starts and nothing ran since, and
 * paused ones. Archived workers are left out. Runs and missed starts come newest first. Pure.
 */
export function findAlerts(
  workers: readonly WorkerVersion[],
  lately: { runs: readonly RunOutcome[]; missed: readonly Missed[] },
): SystemAlert[] {
  return workers
    .filter(({ worker }) => worker.archived_at === null)
    .flatMap((one) => {
      const isOfIt = ({ worker_name: name }: { worker_name: string }) => name === one.worker.name;
      const ended = lately.runs.filter(
        (run) => isOfIt(run) && (run.status === "completed" || run.status === "failed"),
      );
      const missed = lately.missed.filter(isOfIt);
      return isPaused(one)
        ? [...alertOfFailures(one, ended), alertOfPause(one)]
        : [...alertOfFailures(one, ended), ...alertOfMissed(one, missed, ended)];
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

/** Nothing where it has completed a run that was made after the last of them was due: that has made up for them. */
function alertOfMissed(
  one: WorkerVersion,
  missed: readonly Missed[],
  ended: readonly RunOutcome[],
): SystemAlert[] {
  const [last] = missed;
  if (last === undefined) return [];
  if (ended.some(({ status, created_at: at }) => status === "completed" && at > last.due_at)) return [];
  const { title } = one.version.manifest;
  const more = missed.length - 1;
  const alert: SystemAlert = {
    type: "schedule_missed",
    severity: "warning",
    ...about(one),
    title: `${title} was not started when it was due`,
    detail: `Due ${minuteOf(last.due_at)}. ${last.reason}${more > 0 ? ` ${more} more in the last day.` : ""}`,
    since: toIsoOrNull(missed.at(-1)?.due_at ?? null),
    suggested_actions: ["Run it now, if what it missed is still wanted.", "Look at the schedules' calendar."],
  };
  return [alert];
}

/** As people read it. Pure. */
const minuteOf = (ms: number) => `${toIso(ms).slice(0, 16).replace("T", " ")} UTC`;

function alertOfPause(one: WorkerVersion): SystemAlert {
  const { worker, version } = one;
  return {
    type: "worker_disabled",
    severity: "info",
    ...about(one),
    title: `${version.manifest.title} is paused`,
    detail: "It takes no new runs, and those that wait go on waiting.",
    since: worker.paused_at === null ? null : toIso(worker.paused_at),
    suggested_actions: ["Resume the worker, or archive it."],
  };
}
