import { limits as contractLimits } from "#contract/limits";
import type { RestingSandbox } from "../runs/ports/room.ts";
import { parseUse } from "#contract/runner/sandbox-use";
import type { CapacityLimits, CapacityState } from "./places.ts";

/*
 * Sandboxes without a run, each kept for the next run of its version, as pure decisions. They are held in memory alone: one
 * that is forgotten ends by itself. What must stay true: none is given to two, and none keeps room from whoever wants it.
 */

/** A sandbox of an ended run, and who left it. */
export interface Leaving {
  resting: RestingSandbox;
  /** Its place is counted no more. */
  runId: string;
}

/** Those that are still there. */
export function dropEnded(resting: readonly RestingSandbox[], now: number): RestingSandbox[] {
  return resting.filter(({ until }) => until > now);
}

/** Whether one more may rest: there are few of its kind, room is left beside it, and nobody else waits for its place. */
export function mayRest(
  resting: readonly RestingSandbox[],
  { leaving, state, limits }: { leaving: Leaving; state: CapacityState; limits: CapacityLimits },
): boolean {
  const { reuse, workspace_id: workspaceId } = leaving.resting;
  const held = state.leases.filter(({ run_id }) => run_id !== leaving.runId);
  const ofWorkspace = (one: { workspace_id: string }) => one.workspace_id === workspaceId;
  if (resting.filter((one) => one.reuse === reuse).length >= contractLimits.sandboxes_kept.value)
    return false;
  if (held.length + resting.length + 1 >= limits.live) return false;
  const inWorkspace = held.filter(ofWorkspace).length + resting.filter(ofWorkspace).length;
  if (inWorkspace + 1 > limits.workspace_live) return false;
  return state.line.length === 0 || state.line.some(({ claim }) => claim.reuse === reuse);
}

/** The one that was left last, which has most of its time before it; and the others. */
export function takeTurn(
  resting: readonly RestingSandbox[],
  reuse: string | undefined,
): { taken: RestingSandbox | null; rest: RestingSandbox[] } {
  const taken = reuse === undefined ? undefined : resting.findLast((one) => one.reuse === reuse);
  return { taken: taken ?? null, rest: resting.filter((one) => one !== taken) };
}

/** Those that have to go, the oldest first, so that the next who asks for a place finds one. */
export function giveWay(
  resting: readonly RestingSandbox[],
  { leases }: CapacityState,
  { live }: CapacityLimits,
): RestingSandbox[] {
  const beyond = leases.length + resting.length + 1 - live;
  return resting.slice(0, Math.max(0, beyond));
}

/** The ids of the sandboxes that these turns are in. */
export function sandboxIdsOf(turns: Iterable<string>): Set<string> {
  return new Set([...turns].map((turn) => parseUse(turn).sandboxId));
}
