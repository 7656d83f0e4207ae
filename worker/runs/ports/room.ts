import type { Priority } from "#contract/runs/run";
import type { GivenTurn, LaunchRefusal } from "./executor.ts";

/** Who wants a sandbox: an attempt of a run, or the build of a version's dependencies. */
export interface RoomClaim {
  /** What the sandbox will be found and counted by: the run's id, or the build's. */
  run_id: string;
  workspace_id: string;
  worker_id: string;
  /** Of a build: with the worker's id it names the object that is called. Null for a run. */
  bundle_digest: string | null;
  priority: Priority;
  /** Since when it is wanted, epoch milliseconds. Whoever comes back stands where it stood. */
  since: number;
  /** How long its sandbox lives at most. */
  lifetime_ms: number;
  /** Whose sandboxes it may go on with, see RestingSandbox; absent for one that has to have its own. */
  reuse?: string;
}

/** A sandbox without a run, in which a run of the same version may have the next turn. */
export interface RestingSandbox {
  workspace_id: string;
  /** Alike for all runs that may have it. */
  reuse: string;
  /** The id of the next turn in it (sandbox-use). */
  turn: string;
  /** Until when somebody may have it, epoch milliseconds. */
  until: number;
  /** When it ends by itself, by what it was told last: later than that, for whoever has it soon need tell it nothing. */
  ends_at: number;
}

/**
 * `wait`: there is none now. With `retry_after_ms` null whoever asked stands in line and is called; otherwise nobody knows
 * of it, and it asks again after so long.
 */
export type RoomVerdict =
  /** `turn`: in a sandbox that is there, and in which nothing goes on; nobody else is given it. `ends_at`: by itself, as it was told. */
  | { kind: "granted"; turn?: string; ends_at?: number }
  | { kind: "wait"; reason: string; retry_after_ms: number | null };

/** The port to whoever gives out the room for sandboxes. Every call may be repeated, and none throws. */
export interface Room {
  /** Asks for room for one sandbox. */
  ask(claim: RoomClaim): Promise<RoomVerdict>;
  /** The provider had none all the same; `retryAfterMs` is its own word on how long. Never grants. */
  turnedAway(claim: RoomClaim, retryAfterMs: number | null): Promise<RoomVerdict>;
  /** Takes what the run `runId` has left for the next one. False: it is not wanted, and has to be ended. */
  keep(resting: RestingSandbox, runId: string): Promise<boolean>;
  /** What was let have room needs it no more. Answers the rows that were written for it. */
  giveBack(runId: string): Promise<number>;
}

/** Who stands in line for room and is not called asks by itself after so long: its call may have been lost. */
const ASK_BY_ITSELF_MS = 600_000;

/**
 * Makes a sandbox once there is room for it; before that, nothing is opened for it. `launch` answers null where it found
 * that none is wanted now, and throws before it has begun one: then the room is given back. Where a launch has failed in
 * any other way there may be a sandbox, so that the room is kept for the next try.
 */
export async function launchInRoom<Launched extends { kind: string }>(
  room: Room,
  claim: RoomClaim,
  launch: (turn: GivenTurn | null) => Promise<Launched | LaunchRefusal | null>,
): Promise<Launched | LaunchRefusal | null> {
  const verdict = await room.ask(claim);
  if (verdict.kind === "wait") return refuseFor(verdict);
  let launched: Launched | LaunchRefusal | null;
  try {
    launched = await launch(turnOf(verdict));
  } catch (error) {
    await room.giveBack(claim.run_id);
    throw error;
  }
  if (launched === null) {
    await room.giveBack(claim.run_id);
    return null;
  }
  if (!isTurnedAway(launched)) return launched;
  const away = await room.turnedAway(claim, launched.retryAfterMs);
  return away.kind === "wait" ? refuseFor(away) : launched;
}

function turnOf({ turn, ends_at = 0 }: RoomVerdict & { kind: "granted" }): GivenTurn | null {
  return turn === undefined ? null : { turn, endsAt: ends_at };
}

function isTurnedAway(launched: { kind: string } | LaunchRefusal): launched is LaunchRefusal {
  return launched.kind === "refused" && "waits" in launched && launched.waits === true;
}

function refuseFor({ reason, retry_after_ms }: RoomVerdict & { kind: "wait" }): LaunchRefusal {
  return {
    kind: "refused",
    code: "e2b_quota_exhausted",
    message: reason,
    retryAfterMs: retry_after_ms,
    waits: true,
    ...(retry_after_ms === null ? { asksAgainMs: ASK_BY_ITSELF_MS } : {}),
  };
}
