import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { refuse } from "../tool-result.ts";
import type { ToolResult } from "../tool-result.ts";
import type { ToolCall, ToolSource } from "../tool-source.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import { findHalfCharacter } from "./find-half-character.ts";

/** A client may give its call a key by this name, under which a repeat starts nothing. */
const KEY = "floom/idempotency_key";

const listParams = z.looseObject({});
const callParams = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.json()).default({}) });

/** Answers what is asked of the tools in this caller's name. */
export function serveTools(server: Server, sources: readonly ToolSource[], caller: McpCaller): void {
  server.setRequestHandler("tools/list", { params: listParams }, async () => {
    const lists = await Promise.all(sources.map((source) => source.list(caller)));
    return { tools: lists.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
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
  const half = findHalfCharacter(call.args);
  if (half !== null) {
    const detail = `${half}: this text holds half a character.`;
    return refuse({ code: "invalid_arguments", detail, errors: [{ pointer: half, detail }] });
  }
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
