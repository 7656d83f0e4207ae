import type { Claim, ClaimVerdict } from "./capacity.ts";

/** The remote calls of the CapacityObject. */
export interface CapacityApi {
  /** Asks whether a run may have a sandbox now. */
  claim(asked: Claim): Promise<ClaimVerdict>;
  /** A run needs no sandbox any more. A repeat changes nothing. */
  release(runId: string): Promise<void>;
}
