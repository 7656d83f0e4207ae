import type { DeletedCounts } from "#contract/retention/retention";
import type { DutyOf } from "./duty.ts";

/** When it looks, and what came of the last look; times are epoch milliseconds. */
export interface HouseState {
  nextLookAt: number;
  lastLook: { at: number; deleted: DeletedCounts } | null;
  /** Deletions that were begun and have not come to their end. */
  duties: number;
}

/** The remote calls of the object that keeps a workspace's house. */
export interface HousekeeperApi {
  /** Sees to it that the workspace is looked after from now on, and says how it stands. */
  open(workspaceId: string): Promise<HouseState>;
  /** Takes over the rest of a worker's deletion, before its rows go. Once this answers it is not forgotten. */
  clearWorker(workspaceId: string, duty: DutyOf<"worker">): Promise<void>;
  /** Takes over a workspace's deletion, before it is marked as deleted. Once this answers it is not forgotten. */
  clearWorkspace(workspaceId: string): Promise<void>;
}

/** What the housekeeper asks of the object that has built a version's dependencies. */
export interface BuildUpkeepApi {
  /** Deletes what it remembers of its build, unless one is under way. Answers whether nothing is left. */
  forget(): Promise<boolean>;
}

/** What the housekeeper asks of a worker's object. */
export interface UpkeepApi {
  /** The runs that have a place in its queue. */
  listQueued(): Promise<{ run_id: string; started: boolean }[]>;
  /** Lets go of deliveries, messages and past times older than this, epoch milliseconds. */
  forgetBefore(before: number): Promise<void>;
  /** Deletes all that the object holds, if no run is in its queue. Answers whether nothing is left. A repeat changes nothing. */
  erase(): Promise<boolean>;
}
