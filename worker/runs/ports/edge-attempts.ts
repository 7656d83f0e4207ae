import type { AttemptContext } from "../lifecycle/run-state.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import type { Executor, LaunchResult, MadeSandbox } from "./executor.ts";

/** An attempt that the edge is to carry out by itself. */
export interface EdgeLaunch {
  /** With the inputs that the attempt gets: what phase the run is in is settled. */
  spec: RunSpec;
  attempt: number;
  /** The number of this try. */
  launch: number;
  /** The number of the only try whose attempt will do; null while any will. */
  chosen: number | null;
  contexts: readonly AttemptContext[];
  /** Asked once it is known of which try the attempt is, and before it begins: whether it may. */
  order: (made: MadeSandbox) => Promise<boolean>;
}

/**
 * The port to attempts that need no sandbox: agents and declared HTTP tools. It promises what an `Executor` does, so that
 * nothing else about a run knows the difference.
 */
export interface EdgeAttempts extends Pick<Executor, "readJournal" | "openFile" | "kill" | "killAttempt"> {
  /** Has the attempt begin; does not wait for it. However often it is asked for, it begins once. */
  launch: (request: EdgeLaunch) => Promise<LaunchResult>;
  /** What an attempt asked people is answered. */
  wake: (runId: string, attempt: number) => Promise<void>;
  /** Deletes what is kept of a run's attempts, of which there were so many. */
  forget: (runId: string, attempts: number) => Promise<void>;
}
