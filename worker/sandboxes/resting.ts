import { limits as contractLimits } from "#contract/limits";
import type { RestingSandbox } from "../runs/ports/room.ts";
import { parseUse } from "#contract/runner/sandbox-use";
import type { CapacityLimits, CapacityState } from "./places.ts";

/*
 * Sandboxes without a run, each kept for the next run of its version, as pure decisions. They are held in memory alone: one
 * that is forgotten ends by itself. What must stay true: none is given to two, and none keeps room from whoever wants it.
 */

/** One that waits for its next run. */
export interface KeptSandbox extends RestingSandbox {
  /** Since when, epoch milliseconds. */
  since: number;
  /** Whether it has been told to end by itself when nobody may have it any more; while it is being told, nobody gets it. */
  told: "not yet" | "just now" | "told";
}

/** So long one may have lain before it is told: most are taken sooner, and whoever has it need not take that back. */
export const TELL_AFTER_MS = 1000;

/** A sandbox of an ended run, and who left it. */
export interface Leaving {
  resting: RestingSandbox;
  /** Its place is counted no more. */
  runId: string;
}

/** Those that are still there. */
export function dropEnded(resting: readonly KeptSandbox[], now: number): KeptSandbox[] {
  return resting.filter(({ until }) => until > now);
}

/** Whether one more may rest: there are few of its kind, room is left beside it, and nobody else waits for its place. */
export function mayRest(
  resting: readonly KeptSandbox[],
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
  resting: readonly KeptSandbox[],
  reuse: string | undefined,
): { taken: KeptSandbox | null; rest: KeptSandbox[] } {
  const isMeant = (one: KeptSandbox) => one.reuse === reuse && one.told !== "just now";
  const taken = reuse === undefined ? undefined : resting.findLast(isMeant);
  return { taken: taken ?? null, rest: resting.filter((one) => one !== taken) };
}

/** Those that have to go, the oldest first, so that the next who asks for a place finds one. */
export function giveWay(
  resting: readonly KeptSandbox[],
  { leases }: CapacityState,
  { live }: CapacityLimits,
): KeptSandbox[] {
  const beyond = leases.length + resting.length + 1 - live;
  return resting.slice(0, Math.max(0, beyond));
}

/** Those that have lain for so long that they are to be told when they end; and all of them, as they stand while they are. */
export function tellEnds(
  resting: readonly KeptSandbox[],
  now: number,
): { due: KeptSandbox[]; resting: KeptSandbox[] } {
  const due = resting.filter(({ told, since }) => told === "not yet" && now - since >= TELL_AFTER_MS);
  return { due, resting: resting.map((one) => (due.includes(one) ? { ...one, told: "just now" } : one)) };
}

/** What became of telling one: it ends as it was told, or goes, where nobody knows when it would end. */
export function noteTold(resting: readonly KeptSandbox[], turn: string, isTold: boolean): KeptSandbox[] {
  if (!isTold) return resting.filter((one) => one.turn !== turn);
  return resting.map((one) => (one.turn === turn ? { ...one, told: "told", ends_at: one.until } : one));
}

/** The ids of the sandboxes that these turns are in. */
export function sandboxIdsOf(turns: Iterable<string>): Set<string> {
  return new Set([...turns].map((turn) => parseUse(turn).sandboxId));
}
