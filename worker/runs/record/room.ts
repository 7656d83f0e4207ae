import type { Artifact } from "#contract/runs/run";
import { carriedBytes } from "../../platform/objects/stored-size.ts";
import type { RunState } from "../lifecycle/run-state.ts";
import { buildFollowUp } from "../spec/follow-up.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildApproval, packApproval } from "./build-approval.ts";

/*
 * How much room each stage of a run may take of what one entry or row can hold (platform/objects/carriers). What comes
 * in is judged before any of it is written, and each stage leaves room for the next: inputs for a question, a question
 * for its answer. Pure.
 */

/** A run as it is started: the largest inputs that are taken, twice, in their widest form, and a webhook. */
const START_BYTES = 1_300_000;
/** A run that acts on an answer: its inputs, and what was answered. It leaves room for its outputs and a failure. */
const FOLLOW_UP_BYTES = 1_600_000;
/** A run that asks. It leaves room for an answer in words. */
const ASKING_BYTES = 1_700_000;
/** A run that was answered. */
const ANSWERED_BYTES = 1_900_000;

interface Held {
  spec: RunSpec;
  state: RunState;
  artifacts: readonly Artifact[];
}

/** May a run begin with this spec? */
export function hasRoomToStart(spec: RunSpec): boolean {
  return carriedBytes(spec) <= START_BYTES;
}

/** Would the run fit with what it asks, and an answer in few words after it? */
export function hasRoomToAsk(held: Held): boolean {
  return fits(held, ASKING_BYTES);
}

/** Would the run fit with what was answered, and the run that acts on it? */
export function hasRoomForAnswer(held: Held): boolean {
  return fits(held, ANSWERED_BYTES);
}

function fits({ spec, state, artifacts }: Held, most: number): boolean {
  const { hold } = state;
  if (!hold) return true;
  const approval = packApproval(buildApproval(spec, hold, artifacts));
  return (
    carriedBytes({ spec, state }) <= most &&
    carriedBytes(approval) <= most &&
    // What is asked in the middle of an attempt is followed by no other run.
    (hold.in_place !== undefined ||
      carriedBytes(buildFollowUp(spec, { hold: asIfApproved(spec, hold), artifacts }, hold.since)) <=
        FOLLOW_UP_BYTES)
  );
}

/** The wait as it would be if it were approved as it stands, where nobody has said anything else. */
function asIfApproved(spec: RunSpec, hold: NonNullable<RunState["hold"]>) {
  const silent = { reason: null, edited_output: null, annotations: null, external_result: null };
  const verdict = hold.verdict ?? { ...silent, status: "approved" as const, at: hold.since };
  return { ...hold, verdict: { ...verdict, follow_up_run_id: spec.run_id } };
}
