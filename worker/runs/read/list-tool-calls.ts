import type { Principal } from "#contract/access/access";
import type { ToolCall, ToolCallPage } from "#contract/tool-calls/tool-call";
import * as z from "zod";
import { encodeCursor, readPlace } from "../../platform/page.ts";
import { requireRun } from "./read-run.ts";
import type { ReadDeps } from "./read-run.ts";

/** An attempt's object, as far as its calls go. */
interface AttemptCalls {
  listCalls(range: { after: number; limit: number }): Promise<ToolCall[]>;
}

export interface ToolCallDeps extends ReadDeps {
  attempt: (runId: string, attempt: number) => AttemptCalls;
}

/** A call's id in a cursor. */
const placeSchema = z.string().regex(/^\d{1,6}\.\d{1,9}$/);

/** The calls that a run has wanted to make, by attempt and in their order, a page at a time. */
export async function listToolCalls(
  deps: ToolCallDeps,
  principal: Principal,
  { runId, limit, cursor }: { runId: string; limit: number; cursor?: string | undefined },
): Promise<ToolCallPage> {
  const { detail } = await requireRun(deps, principal, runId);
  const [first = 1, seen = 0] = (readPlace(placeSchema, cursor) ?? "1.0").split(".").map(Number);
  const calls: ToolCall[] = [];
  for (const { attempt } of detail.attempts) {
    if (attempt < first) continue;
    // One more than is shown tells that there is a next page.
    const range = { after: attempt === first ? seen : 0, limit: limit + 1 - calls.length };
    calls.push(...(await deps.attempt(runId, attempt).listCalls(range)));
    if (calls.length > limit) break;
  }
  const page = calls.slice(0, limit);
  const last = calls.length > limit ? page.at(-1) : undefined;
  return { tool_calls: page, next_cursor: last === undefined ? null : encodeCursor(last.id) };
}
