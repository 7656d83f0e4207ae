import type { Json } from "#contract/json";
import * as z from "zod";
import { contextIdSchema } from "#contract/ids";
import type { ContextId, RunId } from "#contract/ids";
import type { RunStatus } from "#contract/runs/run";
import { limits } from "#contract/limits";
import type { FailureCodeName } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import { answeredSchema, holdSchema } from "./hold-state.ts";
import type { Hold, VoteRecord } from "./hold-state.ts";
import { keptResultSchema, runOutcomeSchema } from "./run-outcome.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** `backoff`: the last attempt failed, the next one has not begun. */
export const runPhaseSchema = z.enum([
  "waiting",
  "launching",
  "running",
  "finishing",
  "backoff",
  "held",
  "resuming",
  "ended",
]);
export type RunPhase = z.infer<typeof runPhaseSchema>;

/** An attempt that is over. `lost`: the platform's fault, on the platform's budget; otherwise the author's. */
export const attemptRecordSchema = z.object({
  attempt: z.int(),
  started_at: z.number().nullable(),
  ended_at: z.number(),
  lost: z.boolean(),
  code: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecordSchema>;

const retryTimes = {
  /** Attempts in all, lost ones not counted. */
  max_attempts: z.int(),
  delay_ms: z.number(),
  /** `fixed`: always the same delay; `exponential`: twice as long each time, up to an hour. */
  backoff: z.enum(["fixed", "exponential"]),
};

/** When a failed attempt is followed by another one, as the manifest says. */
export const retryRuleSchema = z.object({
  ...retryTimes,
  /** What holds for a failure of this code instead of the above. */
  rules: z.record(z.string(), z.object(retryTimes)).optional(),
  /** Codes of failures that are tried again; "all" for every failure that is not a decision of somebody. */
  on: z.array(z.string()).readonly(),
});
export type RetryRule = z.infer<typeof retryRuleSchema>;

/** A context as an attempt has it: the version it began with, and the one that its end has made. */
export const attemptContextSchema = z.object({
  context_id: contextIdSchema,
  name: z.string(),
  writeable: z.boolean(),
  version: z.int(),
  /** Of all its files in that version; null for none. */
  digest: z.string().nullable(),
  /** Of the files that are mounted: what their archive goes by. */
  mounted_digest: z.string(),
  paths: z.array(z.string()).readonly(),
  written_version: z.int().nullable(),
});
export type AttemptContext = z.infer<typeof attemptContextSchema>;

/** Where a run stands. Part of its stored record: what is younger than a record has a default. */
export const runStateSchema = z.object({
  phase: runPhaseSchema,
  /** The current attempt, from 1; 0 while the run waits for its turn. */
  attempt: z.int(),
  accepted_at: z.number(),
  /** Since when the current phase lasts. */
  phase_since: z.number(),
  /** When the first sandbox had started. */
  started_at: z.number().nullable(),
  /** When the sandbox of the current attempt had started. */
  attempt_started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  sandbox_id: z.string().nullable(),
  /** The number of the attempt's newest try to launch, from 1: a sandbox that is made goes by the number of its try. */
  launch: z.int().default(1),
  /** The number of the sandbox that the attempt's script is started in, and in no other; null while none is chosen. */
  sandbox_launch: z.int().nullable().default(null),
  /** For how long the spend caps pay the current attempt's sandbox, from its start; null where none is on it. */
  spend_ms: z.number().nullable().default(null),
  /** Launching and backoff: not before this. */
  retry_at: z.number(),
  refusals: z.int(),
  /** Launching: why the last try was turned down; backoff: how the last attempt failed. In words. */
  refused: z.string().nullable(),
  /** Launching: since when; nothing moves it. Null on records of the time before it was written down. */
  launching_since: z.number().nullable().default(null),
  /** Launching: how long its launches have failed, not counting since `failing_since`; waiting for room is no failing. */
  failing_ms: z.number().default(0),
  /** Launching: since when they fail; null while the provider only has no room. */
  failing_since: z.number().nullable().default(null),
  /** Attempts whose sandbox may still be there, each to be looked for and killed until the sandbox's own life is over. */
  owed_kills: z
    .array(z.object({ attempt: z.int(), until: z.number(), sandbox_id: z.string().optional() }))
    .default([]),
  /** The last attempt's sandbox is left for the next run of the version: nobody ends it. */
  sandbox_left: z.boolean().default(false),
  /** Resuming: somebody has cancelled the run; its follow-up must not happen. */
  cancel_wished: z.boolean().default(false),
  /**
   * Launching: whoever has what the run waits for calls it, and the run asks by itself only after so long, or as long as
   * it has waited. Null while nobody calls it.
   */
  asks_again_ms: z.number().nullable().default(null),
  /** How long the worker is known to have been paused while the run waited for its turn; no patience is spent then. */
  paused_ms: z.number().default(0),
  /** The contexts of an attempt, as they were when it began: each of its launches finds the same. */
  mounted: z.object({ attempt: z.int(), contexts: z.array(attemptContextSchema) }).optional(),
  result: keptResultSchema.nullable(),
  outcome: runOutcomeSchema.nullable(),
  /** What the run asked after its script had ended, and the answer. */
  hold: holdSchema.nullable().default(null),
  /** What models have asked for its attempts that are over, in billionths of a dollar. */
  model_nano_usd: z.number().default(0),
  /** Tokens that models have read and written in them; absent where none was asked. */
  model_tokens: z.number().exactOptional(),
  /** What was asked in the middle of the current attempt before that, oldest first. */
  answered: z.array(answeredSchema).default([]),
  /** How long the current attempt had run as it was held in its middle. */
  ran_ms: z.number().default(0),
  /** How long the run has waited for people in the middle of attempts, but for the wait there is now. */
  held_ms: z.number().default(0),
  /** Attempts that are over, oldest first. */
  attempts: z.array(attemptRecordSchema),
});
export type RunState = z.infer<typeof runStateSchema>;

export type RunInput =
  | { type: "go" }
  /** The queue has given the run up, and said so to whoever asks. */
  | { type: "given_up" }
  /** The queue's word on how long the worker has been paused while the run waited. */
  | { type: "waited"; paused_ms: number }
  /** A try to launch is begun that has no number of its own yet. */
  | { type: "relaunching"; attempt: number }
  /** The sandbox of that number is there, and the script is about to be started in it. */
  | { type: "obtained"; attempt: number; launch: number; sandbox_id?: string }
  | { type: "launched"; attempt: number; launch: number; sandbox_id: string; spend_ms?: number | null }
  | {
      type: "refused";
      attempt: number;
      code: FailureCodeName;
      message: string;
      retry_after_ms: number | null;
      /** The number that the try had taken; null for one that was turned down before the provider was asked. */
      launch?: number | null;
      /** No room for another sandbox: that is a wait and no failure. */
      waits?: boolean;
      /** A bare status said it, which anybody in between may have sent. */
      doubtful?: boolean;
      /** The run is called once it may go on, and asks by itself only after so long. */
      asks_again_ms?: number | null;
    }
  /** What the launch waited for is there. */
  | { type: "built"; attempt: number }
  /** There is room for the sandbox that the launch waits for. */
  | { type: "called" }
  /** The versions of its contexts are settled. */
  | { type: "mounted"; attempt: number; contexts: readonly AttemptContext[] }
  /** What the attempt changed in its contexts has become versions of them. */
  | { type: "wrote"; attempt: number; versions: readonly { context_id: ContextId; version: number }[] }
  /** What the script has models do is counted to the run, or some of it given back. */
  | { type: "charged"; nano_usd: number }
  | { type: "reported"; attempt: number; result: RunnerResult }
  | { type: "settled"; attempt: number; outcome: RunOutcome; hold?: Hold | null }
  /** The program of the attempt asks people before it goes on. */
  | { type: "asked"; attempt: number; hold: Hold }
  | { type: "voted"; vote: VoteRecord; follow_up_run_id: RunId }
  | { type: "lapsed"; follow_up_run_id: RunId }
  | { type: "resumed"; payload: Json; by?: readonly string[]; follow_up_run_id: RunId }
  | { type: "parked" }
  | { type: "followed_up" }
  | { type: "revoked" }
  | { type: "lost"; attempt: number; code: FailureCodeName }
  | { type: "expired"; attempt: number }
  | { type: "cancel"; code?: FailureCodeName }
  | { type: "woke" };

export type RunEffect =
  | { type: "launch"; attempt: number }
  | { type: "settle"; attempt: number }
  | { type: "pull"; attempt: number }
  | { type: "nudge" }
  | { type: "ask_pause" }
  | { type: "kill"; sandbox_id: string }
  | { type: "kill_attempt"; attempt: number }
  /** Leaves the sandbox of the attempt for the next run of the version; ends it where nobody wants it. */
  | { type: "leave"; attempt: number }
  | { type: "announce" }
  | { type: "project"; attempt: number; status: RunStatus }
  | { type: "park" }
  | { type: "note"; votes: number }
  /** The attempt's program is told that its question is answered. */
  | { type: "tell"; attempt: number; approval_id: string }
  | { type: "lapse" }
  | { type: "follow_up" }
  | { type: "revoke" }
  | { type: "conclude" };

export interface Step {
  state: RunState;
  effects: RunEffect[];
}

/** How long each phase may last. Milliseconds. */
export interface LifecycleTimes {
  queue_ms: number;
  launch_patience_ms: number;
  /** Install, run and collect together. */
  run_ms: number;
  finish_ms: number;
  /** How long a run may be silent before its journal is fetched. */
  silence_ms: number;
  /** How long a sandbox lives at most, whatever becomes of its run. */
  sandbox_life_ms: number;
}

/** When an event is taken, how long phases may last, and what follows a failure. */
export interface Moment {
  now: number;
  times: LifecycleTimes;
  retry: RetryRule | null;
  /** Whether a sandbox may be left for the next run of the version. */
  reuse?: boolean;
  /** A number in [0, 1) that spreads retries over time. */
  jitter: number;
}

/** How long the sandbox of an attempt is asked to live. */
export function sandboxLifeMs(spec: { timeout_seconds: number; install_timeout_seconds: number }): number {
  const { timeout_seconds, install_timeout_seconds } = spec;
  return (timeout_seconds + install_timeout_seconds + 2 * limits.run_grace_seconds.value) * 1000;
}

/** How much longer one may live that other runs may follow in: a turn that begins soon need tell it nothing. */
export function spareLifeMs({ reuse }: { reuse?: boolean | undefined }): number {
  return reuse === true ? limits.sandbox_idle_seconds.value * 1000 : 0;
}

/** The times of a run, from its version's limits. */
export function buildTimes(spec: {
  timeout_seconds: number;
  install_timeout_seconds: number;
  queue_ttl_seconds: number;
  reuse?: boolean | undefined;
}): LifecycleTimes {
  const seconds = spec.timeout_seconds + spec.install_timeout_seconds + limits.run_grace_seconds.value;
  return {
    queue_ms: spec.queue_ttl_seconds * 1000,
    launch_patience_ms: limits.launch_patience_seconds.value * 1000,
    run_ms: seconds * 1000,
    finish_ms: limits.finish_seconds.value * 1000,
    silence_ms: 30_000,
    sandbox_life_ms: sandboxLifeMs(spec) + spareLifeMs(spec),
  };
}
