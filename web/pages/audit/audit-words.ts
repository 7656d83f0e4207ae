import type { AuditEvent, AuditOutcome } from "#contract/audit/audit";
import { beginSentence } from "#contract/words";
import type { Tone } from "../../parts/pill.tsx";

/** What events are about, in words. */
export const eventWords: Record<AuditEvent["event"], string> = {
  request: "Requests that change something",
  tool_call: "Calls of tools",
  trust_violation: "What a tier forbade",
  credential_access: "Secrets that were wanted",
  escalation_hold: "Calls that wait for a person",
  anomaly: "What is unusual",
  lifecycle: "Versions that people vouch for",
};

export const outcomeWords: Record<AuditOutcome, { tone: Tone; words: string }> = {
  done: { tone: "good", words: "Done" },
  refused: { tone: "wait", words: "Refused" },
  failed: { tone: "bad", words: "Failed" },
};

/** The id of a route, or of an event, as words: `setSecret` is Set secret. Pure. */
export function readableAction(action: string): string {
  const words = action.replaceAll("_", " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
  return beginSentence(words.toLowerCase());
}
