import type { AnomalyKind } from "#contract/anomalies/anomaly";
import { limits } from "#contract/limits";
import type { WatchedCall } from "./watched-call.ts";

/** What is known of a worker's earlier calls. */
export interface Baseline {
  /** How many were made, counted until the warm-up is over. */
  calls: number;
  /** How many were refused since one was made. */
  denials: number;
  /** It has used this call's tool before. */
  knowsTool: boolean;
}

/** Something unusual about a worker. `subject` is what it is about: the same of the same is told of once in a while. */
export interface Anomaly {
  kind: AnomalyKind;
  workspace_id: string;
  worker: { id: string; name: string };
  run_id: string;
  tool: string | null;
  subject: string;
  /** The event that showed it, or what else stands for it once and for ever. */
  cause: string;
  /** Epoch milliseconds. */
  at: number;
  message: string;
}

/** Refusals that say that a worker wants what it may not; those that people or chance make do not count. */
const DENIALS: ReadonlySet<string> = new Set([
  "tier_forbids",
  "tool_unknown",
  "credential_denied",
  "tool_changed",
  "tool_outside_declared_connections",
  "tool_outside_connection_scope",
  "tool_blocked_by_read_only_policy",
]);

/** What is unusual about one call beside those before it, and what is known of the worker with it. Pure. */
export function findAnomalies(
  call: WatchedCall,
  known: Baseline,
): { anomalies: Anomaly[]; baseline: Baseline } {
  const isDenied = call.code !== null && DENIALS.has(call.code);
  const isMade = call.outcome !== "refused" && !isDenied;
  const { value: warmUp } = limits.anomaly_warm_up_calls;
  const { value: most } = limits.anomaly_denials;
  const denials = isDenied ? known.denials + 1 : isMade ? 0 : known.denials;
  const tell = (kind: AnomalyKind, subject: string, message: string): Anomaly => ({
    kind,
    workspace_id: call.workspace_id,
    worker: call.worker,
    run_id: call.run_id,
    tool: call.tool,
    subject,
    cause: call.event_id,
    at: call.at,
    message,
  });
  const { name } = call.worker;
  const anomalies = [
    isMade &&
      !known.knowsTool &&
      known.calls >= warmUp &&
      tell(
        "novel_tool",
        call.tool,
        `${name} has used the tool ${call.tool} for the first time, after ${warmUp} calls or more.`,
      ),
    isDenied &&
      denials >= most &&
      tell(
        "denial_streak",
        "",
        `${denials} calls of ${name} in a row were refused, the last one of ${call.tool} (${call.code}).`,
      ),
    call.code === "rate_limited" &&
      tell("rate_breach", call.tool, `${name} has called ${call.tool} more often than it may.`),
  ].filter((anomaly) => anomaly !== false);
  const baseline = {
    calls: isMade ? Math.min(known.calls + 1, warmUp) : known.calls,
    denials,
    knowsTool: known.knowsTool || isMade,
  };
  return { anomalies, baseline };
}
