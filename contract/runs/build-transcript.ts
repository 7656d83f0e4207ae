import { agentLimits } from "../agents/limits.ts";
import type { RunEvent } from "./run-event.ts";
import { agentPartSchema, isAgentPart } from "../agents/agent-part.ts";
import type { AgentPart, ToldCall } from "../agents/agent-part.ts";

/** The newest parts of what the newest attempt of an agent has told, oldest first; none of a script's events. Pure. */
export function buildTranscript(events: readonly RunEvent[]): AgentPart[] {
  const parts = events.filter(isAgentPart);
  const begins = parts.findLastIndex((part) => part.type === "step-start" && part.stepNumber === 1);
  return parts
    .slice(Math.max(0, begins))
    .slice(-agentLimits.agent_told_parts.value)
    .map((part) => agentPartSchema.parse(part));
}

/** The calls in a transcript, each with what it has come to. Pure. */
export function buildToldCalls(transcript: readonly AgentPart[]): ToldCall[] {
  const calls: ToldCall[] = [];
  for (const part of transcript) {
    if (part.type === "tool-call")
      calls.push({ id: part.callId, name: part.toolName, arguments: part.args, result: null, error: null });
    if (part.type !== "tool-result") continue;
    // A provider may give the same id again in a later turn.
    const call = calls.findLast(({ id, result, error }) => id === part.callId && (result ?? error) === null);
    if (call !== undefined) call[part.isError ? "error" : "result"] = part.result;
  }
  return calls;
}
