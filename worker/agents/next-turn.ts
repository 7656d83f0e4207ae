import type { AgentSpec } from "../runs/spec/agent-spec.ts";
import type { AgentState, PendingCall } from "./agent-storage.ts";
import type { ModelReply } from "./models/model-api.ts";

export type EndCode =
  | "tool_iteration_cap_exceeded"
  | "token_cap_exceeded"
  | "output_token_limit"
  | "timeout"
  | "schema_violation"
  | "llm_provider_error";

/** What an agent does next. `correct`: the model is told once what is missing. */
export type NextMove =
  | { kind: "ask"; forced: boolean }
  | { kind: "call"; call: PendingCall }
  | { kind: "wait" }
  | { kind: "correct" }
  | { kind: "finish" }
  | { kind: "fail"; code: EndCode; message: string };

/** Of the same call with the same arguments in a row: from when on the model is told, and when it is stopped. */
export const REPEATS_REMARKED = 3;
export const REPEATS_STOPPED = 6;

export interface TurnCase {
  state: AgentState;
  spec: Pick<AgentSpec, "max_tool_iterations" | "max_total_tokens" | "timeout_seconds">;
  /** It has handed over its outputs as a whole. */
  isFinished: boolean;
  /** Names of required outputs that are not there. */
  lacking: readonly string[];
  now: number;
}

/** Decides from what is on record alone. Pure. */
export function decideNext({ state, spec, isFinished, lacking, now }: TurnCase): NextMove {
  if (isFinished) return { kind: "finish" };
  if (state.held_since === null && now - state.started_at - state.held_ms >= spec.timeout_seconds * 1000)
    return fail("timeout", `The agent had not ended after ${spec.timeout_seconds} seconds.`);
  if (state.child !== null || state.command !== null) return { kind: "wait" };
  if (state.repeats >= REPEATS_STOPPED) {
    const times = `${state.repeats} times in a row with the same arguments`;
    return fail("tool_iteration_cap_exceeded", `The agent was stopped: it made one call ${times}.`);
  }
  const call = state.calls[state.called];
  if (call !== undefined) return { kind: "call", call };
  if (state.is_over && lacking.length === 0) return { kind: "finish" };
  if (state.correction === "taken") {
    const rest = lacking.length > 0 ? ` Missing: ${lacking.join(", ")}.` : "";
    return fail(
      "schema_violation",
      `The agent did not hand over its outputs, also when it was told to.${rest}`,
    );
  }
  const used = state.input_tokens + state.output_tokens;
  if (used > spec.max_total_tokens) {
    return fail(
      "token_cap_exceeded",
      `The agent has used ${used} tokens, and may use ${spec.max_total_tokens}.`,
    );
  }
  if (state.is_over) return { kind: "correct" };
  if (state.correction === "due") return { kind: "ask", forced: true };
  if (state.turn >= spec.max_tool_iterations)
    return fail("tool_iteration_cap_exceeded", `The agent has taken its ${spec.max_tool_iterations} turns.`);
  return { kind: "ask", forced: false };
}

function fail(code: EndCode, message: string): NextMove {
  return { kind: "fail", code, message };
}

/** Why an answer ends the run by itself; null where it does not. Pure. */
export function judgeReply(reply: ModelReply & { kind: "answered" }): (NextMove & { kind: "fail" }) | null {
  if (reply.finish === "length") {
    const message = "The model's answer was cut off at the limit of its length; nothing of it was done.";
    return { kind: "fail", code: "output_token_limit", message };
  }
  if (reply.finish === "refused") {
    const message = "The model's provider has held back the answer by its own rules.";
    return { kind: "fail", code: "llm_provider_error", message };
  }
  return null;
}

/** So often one model is asked again before another takes its place, or the run fails. */
export const MODEL_FAILURES = 4;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;

/** What becomes of a run whose model could not be asked: it waits, another model is asked, or it fails. Pure. */
export function judgeFailure(
  failed: ModelReply & { kind: "failed" },
  { failures, hasFallback, leftMs }: { failures: number; hasFallback: boolean; leftMs: number },
): { kind: "again"; in_ms: number } | { kind: "fallback" } | { kind: "fail" } {
  const wait = failed.retry_after_ms ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  if (failed.retryable && failures + 1 < MODEL_FAILURES && wait < leftMs)
    return { kind: "again", in_ms: wait };
  return hasFallback ? { kind: "fallback" } : { kind: "fail" };
}
