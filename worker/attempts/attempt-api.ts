import type { AttemptContext } from "../runs/lifecycle/run-state.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";

/** What an attempt of the edge is to carry out. */
export interface AttemptOrder {
  spec: RunSpec;
  attempt: number;
  contexts: readonly AttemptContext[];
}

/** A part of the journal. `isAlive`: the program has not ended. */
export interface AttemptJournal {
  bytes: Uint8Array;
  isAlive: boolean;
}

/** The remote calls of an AttemptObject, which is to its run what a sandbox with a runner is. All may be repeated. */
export interface AttemptApi {
  /** Binds the attempt to the try that asks first; answers the number of the one that it is bound to. */
  bind(launch: number): Promise<number>;
  /** Begins. False where it was stopped before: then it never will. */
  begin(order: AttemptOrder): Promise<boolean>;
  /** Null where there is no such attempt. */
  readJournal(offset: number, maxBytes: number): Promise<AttemptJournal | null>;
  /** Ends it: from then on no further step begins, and whatever one that is under way answers goes nowhere. */
  stop(): Promise<void>;
  /** What it waits for may have come. */
  wake(): Promise<void>;
  /** Deletes all of it. */
  forget(): Promise<void>;
}
