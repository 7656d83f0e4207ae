import { toolCallRoutes } from "#contract/tool-calls/routes";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import { formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import type { listToolCallsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 200;

/** Lists a run's tool calls. */
export const run: Run<typeof listToolCallsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { items: calls, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(toolCallRoutes.listToolCalls, { params: { run: args.run }, query: at });
    return { items: page.tool_calls, next_cursor: page.next_cursor };
  });
  if (json) output.document({ tool_calls: calls, next_cursor });
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
