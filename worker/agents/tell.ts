import type { JournalEntry } from "#contract/runner/runner";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { AgentState } from "./agent-storage.ts";
import type { AssistantPart } from "./models/model-api.ts";

type Level = (JournalEntry & { type: "log" })["level"];

const PREVIEW_CHARACTERS = 300;
const TEXT_CHARACTERS = 16_000;

/** A line of the log. What the agent says itself is its standard output; all else is the platform's word. Pure. */
export function tellLine(at: number, text: string, of: { own?: boolean; level?: Level } = {}): JournalEntry {
  const { own = false, level = "info" } = of;
  const cut = text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS)}…` : text;
  return { type: "log", at, stream: own ? "stdout" : "system", level, text: cut.replace(/\n+$/, "") };
}

/** The beginning of a value, on one line. Pure. */
export function preview(value: Json): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}…` : text;
}

/** What an agent has said and wants called in one turn. Pure. */
export function tellTurn(at: number, parts: readonly AssistantPart[]): JournalEntry[] {
  return parts.flatMap((part) => {
    if (part.type === "call") return [tellLine(at, `→ ${part.tool} ${preview(part.input)}`)];
    if (part.text.trim() === "") return [];
    const isThought = part.type === "reasoning";
    return [tellLine(at, part.text, { own: true, level: isThought ? "debug" : "info" })];
  });
}

/** The last entry of an agent's journal. Pure. */
export function buildResult(
  at: number,
  end: {
    startedAt: number;
    outputs: Record<string, Json>;
    failure: { code: string; message: string } | null;
    /** What its models have asked, in dollars. */
    costUsd: number;
  },
): JournalEntry {
  const { startedAt, outputs, failure, costUsd } = end;
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
export function tellUsage({
  turn,
  input_tokens,
  output_tokens,
  cost_usd,
  cost_is_partial,
}: AgentState): string {
  const cost = `$${cost_usd.toFixed(4)}${cost_is_partial ? " and what has no known price" : ""}`;
  return `${turn} turns, ${input_tokens} tokens read and ${output_tokens} written, ${cost}.`;
}
