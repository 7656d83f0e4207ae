import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { parseJson } from "#contract/json";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import type { WriteTools } from "../lists/write-tools.ts";
import { refuse } from "../tool-result.ts";
import type { ToolResult } from "../tool-result.ts";
import type { ToolCall, ToolSource } from "../tool-source.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import type { ToolSplice } from "./splice-tools.ts";

/** A client may give its call a key by this name, under which a repeat starts nothing. */
const KEY = "floom/idempotency_key";

const listParams = z.looseObject({});
const callParams = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.json()).default({}) });

/** The tools, and how the list of them is written. */
export interface ServedTools {
  sources: readonly ToolSource[];
  write: WriteTools;
  splice: ToolSplice;
}

const listForm = z.array(
  z.looseObject({ name: z.string(), inputSchema: z.looseObject({ type: z.literal("object") }) }),
);

/** Answers what is asked of the tools in this caller's name. */
export function serveTools(server: Server, { sources, write, splice }: ServedTools, caller: McpCaller): void {
  server.setRequestHandler("tools/list", { params: listParams }, async () => {
    const text = await write(caller);
    return { tools: splice.take(caller, text) ? [] : listForm.parse(parseJson(text)) };
  });
  server.setRequestHandler("tools/call", { params: callParams }, async (params, serving) => {
    const call = readCall(params, serving);
    const acting = callFirst(sources, caller, call);
    // Whoever goes away gives the call up, and then there is something to do still: its run is cancelled.
    caller.keep(acting);
    const result = await acting;
    if (result !== null) return result;
    throw new ProtocolError(INVALID_PARAMS, `There is no tool ${call.name}. tools/list has all.`);
  });
}

async function callFirst(
  sources: readonly ToolSource[],
  caller: McpCaller,
  call: ToolCall,
): Promise<ToolResult | null> {
  try {
    for (const source of sources) {
      const result = await source.call(caller, call);
      if (result !== null) return result;
    }
    return null;
  } catch (error) {
    log("error", "mcp.tool_failed", { tool: call.name, error: describeError(error) });
    return refuse({ code: "internal", detail: "The tool failed; that is this server's fault. Try again." });
  }
}

function readCall(params: z.output<typeof callParams>, { mcpReq }: ServerContext): ToolCall {
  const token = mcpReq._meta?.progressToken;
  const key = mcpReq._meta?.[KEY];
  let told = 0;
  return {
    name: params.name,
    args: params.arguments,
    idempotencyKey: typeof key === "string" && key !== "" ? key : null,
    signal: mcpReq.signal,
    progress:
      token === undefined
        ? null
        : async (message) => {
            told += 1;
            const progress = { progressToken: token, progress: told, message };
            await mcpReq.notify({ method: "notifications/progress", params: progress });
          },
  };
}
