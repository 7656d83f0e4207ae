import type { RestingSandbox, RoomClaim, RoomVerdict } from "../runs/ports/room.ts";

/** The remote calls of the CapacityObject. */
export interface CapacityApi {
  /** Asks for room for a sandbox; whoever finds none stands in line, on the record, and is called. */
  claim(asked: RoomClaim): Promise<RoomVerdict>;
  /** The provider had no room for a sandbox that was granted here: nobody starts one for a while, and it waits again. */
  turnedAway(asked: RoomClaim, retryAfterMs: number | null): Promise<RoomVerdict>;
  /** Takes a sandbox that its run has left for the next one; false where it is not wanted. It is held in memory alone. */
  keep(resting: RestingSandbox, runId: string): Promise<boolean>;
  /** A run needs no sandbox any more. A repeat changes nothing. Answers the rows written since the last release. */
  release(runId: string): Promise<number>;
}

/** What is called once there is room for it. */
export interface RoomGuest {
  /** There is room for its sandbox, for a short while. It asks for it then; answers whether it still wants any. */
  roomFree(): Promise<boolean>;
}
