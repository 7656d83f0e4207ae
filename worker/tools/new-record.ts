import type { CallRecord } from "./call-records.ts";
import type { ToolDefinition, ToolWish } from "./gate-api.ts";

interface Asked {
  digest: string;
  /** Null where nothing is offered under the name. */
  tool: ToolDefinition | null;
  number: number;
  now: number;
}

/** The record of a call that nothing was decided about yet. Pure. */
export function newRecord(wish: ToolWish, { digest, tool, number, now }: Asked): CallRecord {
  return {
    call_id: wish.call_id,
    number,
    tool: wish.tool,
    digest,
    source: tool?.source ?? "unknown",
    effect: tool?.effect ?? "read",
    method: tool?.method ?? null,
    arguments: wish.arguments,
    request: null,
    credentials: [],
    state: "judged",
    rule: null,
    reason: null,
    approval_id: null,
    edited: false,
    comment: null,
    code: null,
    message: null,
    answer: null,
    started_at: now,
    sent_at: null,
    ended_at: null,
    told: false,
  };
}
