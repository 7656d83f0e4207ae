import type { Json } from "#contract/json";
import { approvalIdSchema, runIdSchema } from "#contract/ids";
import { limits } from "#contract/limits";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import type { CallRecord } from "./call-records.ts";

/** What a call holds that may name a secret, with every one masked. */
interface Masked {
  given: Json;
  request: Json;
  message: string | null;
  /** Of its answer. */
  content: Json;
  of: { run_id: string; attempt: number };
}

/** A call's record as people are shown it. Pure. */
export function buildToolCall(
  record: CallRecord,
  { given, request, message, content, of }: Masked,
): ToolCall {
  const { answer, sent_at, ended_at } = record;
  return {
    id: `${of.attempt}.${record.number}`,
    run_id: runIdSchema.parse(of.run_id),
    attempt: of.attempt,
    call_id: record.call_id,
    tool: record.tool,
    source: record.source,
    effect: record.effect,
    method: record.method,
    status: record.state === "answered" && answer?.ok === false ? "failed" : record.state,
    code: record.code,
    message,
    arguments: bound(given),
    request: bound(request),
    answer: bound(content),
    approval_id: approvalIdSchema.nullable().catch(null).parse(record.approval_id),
    edited: record.edited,
    rule: record.rule,
    reason: record.reason,
    started_at: new Date(record.started_at).toISOString(),
    ended_at: ended_at === null ? null : new Date(ended_at).toISOString(),
    duration_ms: sent_at === null || ended_at === null ? null : Math.max(0, ended_at - sent_at),
  };
}

/** What is too large to be shown is its beginning, as text. */
function bound(value: Json): Json {
  const most = limits.tool_call_shown_characters.value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length <= most) return value;
  // Half of a pair of surrogates is no text.
  const kept = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}\n[cut: ${text.length - kept.length} of ${text.length} characters are left out]`;
}
