import { limits } from "#contract/limits";
import type { LogLine } from "#contract/runs/run";
import type { WorkerLogLine } from "#contract/reports/report";
import type { RunId } from "#contract/ids";

interface LogRequest {
  level: LogLine["level"] | undefined;
  /** Epoch milliseconds; lines before it are left out. */
  since: number | undefined;
  /** How many lines at most. */
  limit: number;
}

const severity = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 } as const;

/**
 * The newest log lines of some runs, which are given newest first: read run by run until there are enough, of so many
 * runs at most. `readTail` answers the last lines of one run. Answered oldest first.
 */
export async function readWorkerLog(
  readTail: (runId: RunId) => Promise<readonly LogLine[]>,
  runIds: readonly RunId[],
  { level, since, limit }: LogRequest,
): Promise<{ logs: WorkerLogLine[]; runs_read: number }> {
  const least = severity[level ?? "debug"];
  const isAsked = (line: LogLine) =>
    severity[line.level] >= least && (since === undefined || Date.parse(line.timestamp) >= since);
  let logs: WorkerLogLine[] = [];
  let read = 0;
  for (const runId of runIds.slice(0, limits.worker_log_runs.value)) {
    const lines = (await readTail(runId)).filter(isAsked);
    read += 1;
    logs = [...lines.map((line) => ({ ...line, run_id: runId })), ...logs].slice(-limit);
    if (logs.length >= limit) break;
  }
  return { logs, runs_read: read };
}
