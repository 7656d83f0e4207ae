import type { Duty } from "./duty.ts";
import type { RetentionDeps } from "./retention-deps.ts";

/** One duty's surroundings. */
export interface DutyPlace {
  deps: RetentionDeps;
  workspaceId: string;
  /** Writes down what must be done after what is about to be done. */
  promise: (duty: Duty) => void;
  /** All that was begun and has not come to its end, this duty too. */
  listDuties: () => Duty[];
  /** Forgets what was looked at so far: what is looked at next is another workspace. */
  forgetLooks: () => void;
}
