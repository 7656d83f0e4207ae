import type { RunId } from "#contract/ids";
import type { Priority } from "#contract/runs/run";
import type { Admission, KeyUse, QueueRule } from "./admission.ts";

/** All that a queue knows of a run; what else there is to it is stored and handed over unread. */
export interface QueuedRun {
  run_id: RunId;
  priority: Priority;
  /** How long it may wait for its turn; who does not say it is in a hurry. */
  queue_ttl_seconds?: number;
}

/** How many runs may be under way, of a group (`key`) and in all, and what happens to one more, as its version says. */
export interface ConcurrencyRule extends QueueRule {
  key: string;
}

/** A key somebody made up for a request. `digest` is of the request, to tell a repeat from another request under it. */
export interface IdempotencyClaim {
  key: string;
  digest: string;
}

/** One run asking to be let in. */
export interface AdmitRequest<Run extends QueuedRun> {
  run: Run;
  idempotency: IdempotencyClaim | null;
  concurrency: ConcurrencyRule;
}

/** What a run in the queue waits for, and its place in line (1: next). */
export interface QueueWait {
  position: number;
  why: string;
}

/**
 * `admitted`: on the record; `wait` is null for one that starts at once. `skipped`: the rule lets no more in; `run_id`
 * is the run that is there already.
 */
export type Admitted =
  | { kind: "admitted"; run_id: RunId; started: boolean; wait: QueueWait | null }
  | { kind: "repeat"; run_id: RunId }
  | { kind: "skipped"; run_id: RunId };

/** `conflict`: the key was used for another request. */
export type AdmitRefusal = Extract<KeyUse, { kind: "conflict" }> | Extract<Admission, { kind: "full" }>;

export type AdmitReply = Admitted | AdmitRefusal;

/** The remote calls of a worker's queue. */
export interface QueueApi<Run extends QueuedRun> {
  /** Takes a run into the worker's queue; once this answers, the run is on the record and will start. */
  admit(request: AdmitRequest<Run>): Promise<AdmitReply>;
  /** The run that an idempotency key started; "new" when it has not been used within a day. */
  findByKey(claim: IdempotencyClaim): Promise<KeyUse>;
  /**
   * Sees to it that the key starts no run any more, also where the request that carries it is still on its way: later
   * ones find `runId` under it, as a repeat. Answers "repeat" with the run that is there already.
   */
  forbid(claim: IdempotencyClaim, runId: RunId): Promise<KeyUse>;
  /** Looks again at what may start. */
  nudge(): Promise<void>;
  /**
   * Has the run's object told of it now, when that is still owed: somebody wants to look at a run that waits. False when
   * the run is not in this queue.
   */
  tell(runId: string): Promise<boolean>;
  /** Null when the run does not wait here. */
  queueWait(runId: string): Promise<QueueWait | null>;
  /**
   * Does the queue still wait for the run? False once the run has ended, asks people, or was given up. A run that asks is not
   * silent: where the answer is yes, it is not given up within minutes.
   */
  awaits(runId: string): Promise<boolean>;
  /** How long the worker has been paused since the run came into the queue; 0 when it is not there. */
  pausedMs(runId: string): Promise<number>;
  /** The worker is gone: whoever a pause holds still waits only as long as it would have anyway. */
  endPatience(): Promise<void>;
  /** Paused: no waiting run starts. A repeat changes nothing. */
  setPaused(paused: boolean): Promise<void>;
  /** Throttled: one run at a time, whatever its versions say. A repeat changes nothing. */
  setThrottled(throttled: boolean): Promise<void>;
}
