import type { JournalEntry } from "#contract/runner/runner";
import type { Json } from "#contract/json";
import { LIVE_CHARACTERS } from "#contract/agents/live-text";
import type { LiveText } from "#contract/agents/live-text";
import { limits } from "#contract/limits";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { AgentState, PendingCall } from "./agent-storage.ts";
import type { AssistantPart } from "./models/model-api.ts";

type Level = (JournalEntry & { type: "log" })["level"];

const PREVIEW_CHARACTERS = 300;

/** A line of the log. What the agent says itself is its standard output; all else is the platform's word. Pure. */
export function tellLine(at: number, text: string, of: { own?: boolean; level?: Level } = {}): JournalEntry {
  const { own = false, level = "info" } = of;
  return { type: "log", at, stream: own ? "stdout" : "system", level, text: cut(text).replace(/\n+$/, "") };
}

/** The beginning of a text; half of a pair of surrogates is no text. */
function cut(text: string, most: number = limits.agent_text_characters.value - 1): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

/** The beginning of a value, on one line. Pure. */
export function preview(value: Json): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}…` : text;
}

/** Which of the tools are not there that an agent's instructions name, and why. Pure. */
export function tellLacks(
  at: number,
  { instructions, systemPrompt }: { instructions: string | null; systemPrompt: string | null },
  { lacks }: { lacks: readonly { tool: string; why: string }[] },
): JournalEntry[] {
  const told = `${systemPrompt ?? ""} ${instructions ?? ""}`;
  const missed = lacks.filter(({ tool }) => told.includes(tool));
  return missed.map(({ tool, why }) => tellLine(at, `${tool} is not there: ${why}.`, { level: "warning" }));
}

/** What an agent has said and wants called in one turn. Pure. */
export function tellTurn(at: number, step: number, parts: readonly AssistantPart[]): JournalEntry[] {
  const told = parts.flatMap((part): JournalEntry[] => {
    if (part.type !== "call")
      return part.text.trim() === "" ? [] : [{ type: part.type, at, text: cut(part.text) }];
    const { id: callId, tool: toolName, input } = part;
    return [{ type: "tool-call", at, callId, toolName, args: bound(input), args_preview: preview(input) }];
  });
  return [{ type: "step-start", at, stepNumber: step }, ...told];
}

/** What a model is saying in a turn that is not over: the last of it. Pure. */
export function tellLive(turn: number, kind: LiveText["kind"], soFar: string): LiveText {
  // Half of a pair of surrogates is no text, at neither end.
  const text = soFar.slice(-LIVE_CHARACTERS).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
  return { type: "live", turn, kind, text, characters: soFar.length };
}

/** What a call has come to, as its model reads it. Pure. */
export function tellResult(
  at: number,
  { id: callId, tool: toolName }: Pick<PendingCall, "id" | "tool">,
  { text, isError }: { text: string; isError: boolean },
): JournalEntry {
  const most = limits.agent_shown_characters.value;
  const result = cut(text, most);
  return { type: "tool-result", at, callId, toolName, result, result_preview: preview(text), isError };
}

/** A person is asked about a call. Pure. */
export function tellPending(
  at: number,
  { id: callId, tool: toolName, arguments: given }: PendingCall,
  approval_id: string,
): JournalEntry {
  const { title } = isObject(given) ? given : {};
  const label = typeof title === "string" ? cut(title, limits.agent_shown_characters.value) : toolName;
  return { type: "tool-approval-pending", at, callId, toolName, approval_id, label };
}

/** What is too large to be told is its beginning, as text. */
function bound(value: Json): Json {
  const text = JSON.stringify(value);
  return text.length <= limits.agent_shown_characters.value
    ? value
    : cut(text, limits.agent_shown_characters.value);
}

/** The last entry of an agent's journal. Pure. */
export function buildResult(
  at: number,
  end: {
    startedAt: number;
    outputs: Record<string, Json>;
    failure: { code: string; message: string } | null;
    /** What its models have asked, in dollars, and read and written. */
    costUsd: number;
    tokens: number;
  },
): JournalEntry {
  const { startedAt, outputs, failure, costUsd, tokens } = end;
  return {
    type: "result",
    at,
    outcome: failure === null ? "success" : "failure",
    error_code: failure?.code ?? null,
    error: failure?.message.slice(0, limits.error_characters.value) ?? null,
    error_raw: null,
    exit_code: null,
    outputs,
    usage: {
      wall_ms: Math.max(0, Math.round(at - startedAt)),
      cpu_ms: 0,
      max_memory_bytes: 0,
      log_bytes: 0,
      model_usd: costUsd,
      model_tokens: tokens,
    },
  };
}

/** The line that an agent writes by `log`; null where it says nothing. Pure. */
export function tellOwn(at: number, given: Json): JournalEntry | null {
  const { message, level } = isObject(given) ? given : {};
  if (typeof message !== "string") return null;
  const known = (["debug", "info", "warning", "error"] as const).find((one) => one === level) ?? "info";
  return tellLine(at, message, { own: true, level: known });
}

/** What a run of an agent took. Pure. */
export function tellFinish(at: number, state: AgentState): JournalEntry {
  const { turn: turns, input_tokens, output_tokens, cost_usd: total_cost_usd, cost_is_partial } = state;
  return { type: "finish", at, turns, input_tokens, output_tokens, total_cost_usd, cost_is_partial };
}
