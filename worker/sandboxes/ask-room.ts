import { describeError, log } from "../platform/log.ts";
import { isOverloaded } from "../platform/objects/remote-error.ts";
import type { Room, RoomVerdict } from "../runs/ports/room.ts";
import type { CapacityApi } from "./capacity-api.ts";

/** Where the object has too much to do, whoever is turned away comes back after so long, up to twice of it. */
const OVERLOADED_MS = 15_000;

export interface AskRoomDeps {
  capacity: () => CapacityApi;
  /** A number in [0, 1). */
  random: () => number;
}

/**
 * Room as the CapacityObject gives it out. Where it cannot be asked there is room: the provider refuses by itself what is
 * too much. Where it has too much to do there is none: everybody would launch at once.
 */
export function askRoom({ capacity, random }: AskRoomDeps): Room {
  const unanswered = (runId: string, error: unknown): RoomVerdict => {
    log("warn", "capacity.unanswered", { run_id: runId, error: describeError(error) });
    if (!isOverloaded(error)) return { kind: "granted" };
    const reason = "Many runs ask for a sandbox at the same time.";
    return { kind: "wait", reason, retry_after_ms: Math.round(OVERLOADED_MS * (1 + random())) };
  };
  return {
    ask: (claim) =>
      capacity()
        .claim(claim)
        .catch((error: unknown) => unanswered(claim.run_id, error)),
    turnedAway: (claim, retryAfterMs) =>
      capacity()
        .turnedAway(claim, retryAfterMs)
        .catch((error: unknown) => {
          log("warn", "capacity.unanswered", { run_id: claim.run_id, error: describeError(error) });
          const reason = "The sandbox provider starts no more sandboxes right now.";
          return { kind: "wait", reason, retry_after_ms: Math.round(OVERLOADED_MS * (1 + random())) };
        }),
    keep: (resting, runId) =>
      capacity()
        .keep(resting, runId)
        .catch(() => false),
    // What it holds ends with the sandbox's life anyway, and the provider's list says when that was.
    giveBack: (runId) =>
      capacity()
        .release(runId)
        .catch(() => 0),
  };
}
