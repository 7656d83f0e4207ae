import type { ToolCall } from "#contract/tool-calls/tool-call";
import type { AttemptContext } from "../runs/lifecycle/run-state.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { ToolAnswer } from "../tools/gate-api.ts";

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

/** Calls of an attempt with a higher number than `after`, at most so many. */
export interface CallsAfter {
  after: number;
  limit: number;
}

/** The remote calls of an AttemptObject, which is to its run what a sandbox with a runner is. All may be repeated. */
export interface AttemptApi {
  /** Binds the attempt to the try that asks first; answers the number of the one that it is bound to. */
  bind(launch: number): Promise<number>;
  /** Begins. False where it was stopped before: then it never will. */
  begin(order: AttemptOrder): Promise<boolean>;
  /** Null where there is no such attempt. */
  readJournal(offset: number, maxBytes: number): Promise<AttemptJournal | null>;
  /**
   * Ends it: from then on no further step begins, and whatever one that is under way answers goes nowhere. Answers whether it may
   * have a sandbox, which has to be killed then.
   */
  stop(): Promise<boolean>;
  /** What it waits for may have come. */
  wake(): Promise<void>;
  /** The calls that it has wanted to make; none where there is no such attempt. */
  listCalls(range: CallsAfter): Promise<ToolCall[]>;
  /** What a call was answered, by the digest of its tool and arguments; null where it made none such. */
  findAnswer(digest: string): Promise<ToolAnswer | null>;
  /** Deletes all of it. */
  forget(): Promise<void>;
}
