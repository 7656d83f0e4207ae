import { limits } from "#contract/limits";
import { toolCallRoutes } from "#contract/tool-calls/routes";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import { formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listToolCallsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 200;

/** Lists a run's tool calls, reading as many pages as the limit needs. */
export const run: Run<typeof listToolCallsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const calls: ToolCall[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted - calls.length, limits.page_items.value);
    const query = { limit, cursor };
    const page = await api.call(toolCallRoutes.listToolCalls, { params: { run: args.run }, query });
    calls.push(...page.tool_calls);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && calls.length < wanted);
  if (json) output.document({ tool_calls: calls, next_cursor: cursor ?? null });
  else if (calls.length === 0) output.note("The run has called no tools.");
  else output.table(["CALL", "TOOL", "EFFECT", "STATUS", "TOOK", "WHY"], calls.map(cellsOf));
  return exitCodes.ok.code;
};

function cellsOf(call: ToolCall): string[] {
  const took = call.duration_ms === null ? "" : formatDuration(call.duration_ms);
  const why = call.message ?? call.reason ?? "";
  const effect = call.method === null ? call.effect : `${call.effect} ${call.method}`;
  const status = call.code === null ? call.status : `${call.status} (${call.code})`;
  return [call.id, call.tool, effect, call.edited ? `${status}, edited` : status, took, why];
}
