import type { WorkerId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import { isTerminal } from "#contract/runs/run";
import type { RunStatus } from "#contract/runs/run";
import type { Caller } from "../spec/run-origin.ts";

/** Why a run may not call a worker, as a sentence; null when it may. Pure; floom.md section 2.5. */
export function judgeCall(
  caller: Caller,
  target: { worker_id: WorkerId; worker_name: string },
  now: number,
): string | null {
  const name = target.worker_name;
  if (target.worker_id === caller.worker_id) return `${name} may not call itself.`;
  if (caller.callers.includes(target.worker_id))
    return `${name} is among the callers of this run; a worker may not be called in a circle.`;

  if (caller.depth >= limits.call_depth_runs.value)
    return `This run is ${caller.depth} calls deep; the limit is ${formatLimit("call_depth_runs")} one below the other.`;

  if (now >= caller.deadline_at) return "The time of the calling run is over.";
  return null;
}

/** The refusal for a worker that the caller's worker.yml does not list; null when it does. Pure. */
export function judgeAllowed(caller: Caller, workerName: string): string | null {
  if (caller.calls.includes(workerName)) return null;
  return `${caller.worker_name} may not call ${workerName}: list it under calls in worker.yml and push again.`;
}

/**
 * Is the child of a call to be started anew for this attempt of its caller? One that has completed, or lives, is as good for
 * every attempt; one that ended otherwise is the answer of the attempt that started it, and of no later one. Pure.
 */
export function isToStartAnew(
  call: { attempt: number },
  asked: { attempt: number; status: RunStatus },
): boolean {
  return asked.attempt > call.attempt && isTerminal(asked.status) && asked.status !== "completed";
}
