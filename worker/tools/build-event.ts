import type { GateEvent } from "#contract/audit/gate-events";
import type { TrustTier } from "#contract/trust/tiers";
import type { CallRecord } from "./call-records.ts";

/** What is told of an outcome besides what the call's record says. */
export interface EventFacts {
  /** What the tier forbids: a method, or an effect. */
  forbidden?: string | null;
  /** The secret that was denied. */
  credential?: string;
  /** It waits for a person now. */
  isHold?: boolean;
  rate?: { count: number; limit: number; window_seconds: number };
}

interface Told extends EventFacts {
  of: { run_id: string; worker: { id: string; name: string } };
  tier: TrustTier;
  now: number;
}

/** One call's outcome in the words of the record of changes: one event for each outcome. Pure. */
export function buildEvent(record: CallRecord, { of, tier, now, ...facts }: Told): GateEvent {
  const call = { call_id: record.call_id, at: record.ended_at ?? now, ...of, tool: record.tool };
  const asked = { parameters: record.arguments, request: record.request };
  const message = record.message ?? record.reason ?? "";
  if (facts.isHold === true) {
    return {
      event: "escalation_hold",
      ...call,
      ...asked,
      approval_id: record.approval_id ?? "",
      rule: record.rule,
      message: record.reason,
    };
  }
  if (record.code === "tier_forbids") {
    return {
      event: "trust_violation",
      ...call,
      ...asked,
      tier,
      forbidden: facts.forbidden ?? record.effect,
      message,
    };
  }
  if (record.code === "credential_denied") {
    const credential = facts.credential ?? record.credentials[0]?.name ?? "unknown";
    const hosts = record.credentials.find(({ name }) => name === credential)?.hosts ?? [];
    return { event: "credential_access", ...call, credential, granted: false, hosts: [...hosts], message };
  }
  return {
    event: "tool_call",
    ...call,
    ...asked,
    source: record.source,
    effect: record.effect,
    method: record.method,
    outcome: record.state === "denied" ? "refused" : record.answer?.ok === true ? "success" : "error",
    code: record.code,
    message: record.message,
    duration_ms: record.sent_at === null ? 0 : Math.max(0, (record.ended_at ?? now) - record.sent_at),
    credentials: record.credentials.map(({ name }) => name),
    approval_id: record.approval_id,
    rate: facts.rate ?? null,
  };
}
