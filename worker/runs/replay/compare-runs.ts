import type { Principal } from "#contract/access/access";
import { limits } from "#contract/limits";
import type { RunComparison } from "#contract/replay/replay";
import { runSummarySchema } from "#contract/runs/run";
import type { LogLine, RunDetail } from "#contract/runs/run";
import { unifiedDiff } from "../../platform/text-diff.ts";
import { compareValues } from "./compare-values.ts";
import { readLog } from "../read/read-log.ts";
import { getRun } from "../read/read-run.ts";
import type { ReadDeps } from "../read/read-run.ts";

interface LogPart {
  lines: string[];
  more: boolean;
}

/** The first lines of what the script itself printed; the platform's own lines differ from run to run. */
async function readLines(deps: ReadDeps, runId: string): Promise<LogPart> {
  const limit = limits.compared_log_lines.value;
  const { logs, next_after } = await readLog(deps, { runId, after: 0, limit, level: undefined });
  const own = logs.filter(({ stream }: LogLine) => stream !== "system").map(({ message }) => message);
  return { lines: own.slice(0, limit), more: next_after !== null || own.length > limit };
}

const textOf = ({ lines }: LogPart) => lines.map((line) => `${line}\n`).join("");

function deltaMs(a: RunDetail, b: RunDetail): number | null {
  return a.duration_ms === null || b.duration_ms === null ? null : b.duration_ms - a.duration_ms;
}

/** Two runs of the workspace side by side; `a` is the older look, `b` the newer. */
export async function compareRuns(
  deps: ReadDeps,
  principal: Principal,
  ids: { a: string; b: string },
): Promise<RunComparison> {
  const [a, b] = await Promise.all([getRun(deps, principal, ids.a), getRun(deps, principal, ids.b)]);
  const [logA, logB] = await Promise.all([readLines(deps, a.id), readLines(deps, b.id)]);
  return {
    a: runSummarySchema.parse(a),
    b: runSummarySchema.parse(b),
    same_worker: a.worker_uid === b.worker_uid,
    same_version: a.version_id === b.version_id,
    status: { a: a.status, b: b.status, same: a.status === b.status },
    inputs: compareValues(a.inputs, b.inputs),
    outputs: compareValues(a.outputs, b.outputs),
    timing: { a_ms: a.duration_ms, b_ms: b.duration_ms, delta_ms: deltaMs(a, b) },
    log: {
      a_lines: logA.lines.length,
      b_lines: logB.lines.length,
      diff: unifiedDiff("log", textOf(logA), textOf(logB)),
      truncated: logA.more || logB.more,
    },
  };
}
