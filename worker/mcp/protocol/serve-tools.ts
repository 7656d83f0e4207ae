import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { parseJson } from "#contract/json";
import type { JsonFault } from "#contract/json-scan";
import { IDEMPOTENCY_KEY } from "../../http/idempotency.ts";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { askPerson } from "../asking/ask-person.ts";
import { withCard } from "../cards/card-resources.ts";
import { tellApproval } from "../cards/tell-approval.ts";
import { startsRuns } from "../asking/starts-runs.ts";
import type { ListShape, WriteTools } from "../lists/write-tools.ts";
import { refuse } from "../tool-result.ts";
import { markCall } from "../sessions/client-session.ts";
import type { ToolResult } from "../tool-result.ts";
import type { ToolAnswer, ToolCall, ToolDescriptor, ToolSource } from "../tool-source.ts";
import { INVALID_PARAMS, METHOD_NOT_FOUND } from "./error-numbers.ts";
import { findHalfCharacter } from "./find-half-character.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { openCallStream } from "./open-call-stream.ts";
import { onePageParams, refuseOtherPages } from "./page-cursor.ts";
import { readAbilities } from "./read-abilities.ts";
import { MAY_BE_TASK, tellCalledRun } from "./serve-tasks.ts";
import type { ToolSplice } from "./splice-tools.ts";

/** A client may give its call a key by this name, under which a repeat starts nothing. */
const KEY = "floom/idempotency_key";

const keyForm = z.union([z.literal(""), z.string().max(200).regex(IDEMPOTENCY_KEY)]).nullable();

const callParams = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.json()).default({}),
  /** By this a call of 2025-11-25 asks for a task. */
  task: z.looseObject({}).optional(),
});

/** For whom a server answers, and in whose words. */
export interface Serving {
  caller: McpCaller;
  /** `legacy`: the versions before 2026-07-28, whose clients say what they can do once and not with each request. */
  era: "legacy" | "modern";
  /** What the request says that did not arrive as it was written. */
  fault: JsonFault | null;
}

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
export function serveTools(
  server: Server,
  { sources, write, splice }: ServedTools,
  { caller, era, fault }: Serving,
): void {
  server.setRequestHandler("tools/list", { params: onePageParams }, async (params, serving) => {
    refuseOtherPages(params);
    const { apps } = readAbilities(serving, sessionIn(era, caller));
    const { text, bytes } = await write(caller, shapeFor(era, apps));
    return { tools: splice.take(caller, bytes) ? [] : listForm.parse(parseJson(text)) };
  });
  server.setRequestHandler("tools/call", { params: callParams }, async (params, serving) => {
    const call = await readCall(params, { ...serving, server }, { caller, era });
    if (call.client.tasks === "asked" && !startsRuns(call.name))
      throw new ProtocolError(METHOD_NOT_FOUND, `${call.name} is no task: call it without asking for one.`);
    const acting = callFirst(sources, caller, { call, fault });
    // Whoever goes away gives the call up, and then there is something to do still: its run is cancelled.
    caller.keep(acting);
    const answer = await acting;
    if (answer !== null) return orProtocolError(tellAnswer(answer, call, caller));
    throw new ProtocolError(INVALID_PARAMS, `There is no tool ${call.name}. tools/list has all.`);
  });
}

async function callFirst(
  sources: readonly ToolSource[],
  caller: McpCaller,
  { call, fault }: { call: ToolCall; fault: JsonFault | null },
): Promise<ToolAnswer | null> {
  const [, place] = /^(?:\/\d+)?\/params\/arguments(\/.*)$/s.exec(fault?.pointer ?? "") ?? [];
  if (fault !== null && place !== undefined) return refusePlace(place, fault.reason);
  const half = findHalfCharacter(call.args);
  if (half !== null) return refusePlace(half, "holds half a character");
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

/** An argument that would be another one by the time a tool has it. */
function refusePlace(pointer: string, reason: string): ToolResult {
  const detail = `${pointer}: this ${reason}.`;
  return refuse({ code: "invalid_arguments", detail, errors: [{ pointer, detail }] });
}

/** A result as it is, or what the protocol has for a call that is still open. */
async function tellAnswer(answer: ToolAnswer, { client }: ToolCall, caller: McpCaller) {
  if (answer.open === undefined) {
    if (client.tasks !== "asked") return client.apps ? tellApproval(caller, answer) : answer;
    // Whoever asked for a task takes nothing else, and there is no run that would be one.
    throw new ProtocolError(INVALID_PARAMS, wordsOf(answer), answer.structuredContent);
  }
  const { run, as } = answer.open;
  if (as === "task") return tellCalledRun(run, { ...caller, client });
  const inputRequests = askPerson(run, { ...caller, client }) ?? {};
  return { resultType: "input_required", inputRequests, requestState: run.id };
}

function wordsOf({ content: [first], structuredContent }: ToolResult): string {
  const detail = structuredContent?.["detail"];
  if (typeof detail === "string") return detail;
  return first?.type === "text" ? first.text : "This call cannot be a task.";
}

/** What a tool is told with besides, by who asks for the list: kept apart by its name. Pure. */
function shapeFor(era: Serving["era"], hasCards: boolean): ListShape {
  const carded = (tool: ToolDescriptor) => (hasCards ? withCard(tool) : tool);
  const isOlder = era === "legacy";
  return {
    name: `${era}${hasCards ? "+cards" : ""}`,
    tell: (tool) => (isOlder && startsRuns(tool.name) ? { ...carded(tool), ...MAY_BE_TASK } : carded(tool)),
  };
}

/** A client of the second era has none, whatever its header says. */
const sessionIn = (era: Serving["era"], { session }: McpCaller) => (era === "legacy" ? session : null);

async function readCall(
  params: z.output<typeof callParams>,
  serving: ServerContext & { server: Server },
  { caller, era }: Pick<Serving, "caller" | "era">,
): Promise<ToolCall> {
  const { mcpReq } = serving;
  const session = sessionIn(era, caller);
  const client = readAbilities(serving, session);
  const state = mcpReq.requestState();
  const token = mcpReq._meta?.progressToken;
  const key = keyForm.safeParse(mcpReq._meta?.[KEY] ?? null);
  if (!key.success)
    throw new ProtocolError(INVALID_PARAMS, `${KEY} must be 1 to 200 printable characters without spaces.`);
  let told = 0;
  return {
    name: params.name,
    args: params.arguments,
    idempotencyKey: key.data === "" ? null : key.data,
    signal: mcpReq.signal,
    mark: session === null ? null : await markCall(caller.principal, session, mcpReq.id),
    stream: openCallStream(serving, session),
    client: era === "legacy" && params.task !== undefined ? { ...client, tasks: "asked" } : client,
    resumes: typeof state === "string" ? { run: state, answers: mcpReq.inputResponses ?? {} } : null,
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
