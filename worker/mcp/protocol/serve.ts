import { createMcpHandler } from "@modelcontextprotocol/server";
import type { McpHttpHandler, McpRequestContext, Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Json } from "#contract/json";
import packageJson from "../../../package.json" with { type: "json" };
import { systemClock } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { describeError, log } from "../../platform/log.ts";
import type { StreamAnswer } from "../questions/hear-answer.ts";
import { startsRuns } from "../asking/starts-runs.ts";
import type { McpCaller } from "../caller.ts";
import { withCards } from "../cards/card-resources.ts";
import { instructions } from "../instructions.ts";
import { openToolList } from "../lists/write-tools.ts";
import type { PromptSource } from "../prompts/prompt-source.ts";
import type { ResourceSource } from "../resources/resource-source.ts";
import { cancelCall } from "../tasks/cancel-call.ts";
import { markCall, nameSession, requestIdForm, SESSION_HEADER } from "../sessions/client-session.ts";
import type { ClientSession } from "../sessions/client-session.ts";
import type { ToolSource } from "../tool-source.ts";
import { openListeners } from "./listen.ts";
import type { JsonFault } from "#contract/json-scan";
import { isRequestOf, messagesOf, readMessage } from "./read-message.ts";
import { servePrompts } from "./serve-prompts.ts";
import { EVENTS, serveEvents } from "./serve-events.ts";
import { serveEventWebhooks } from "./serve-event-webhooks.ts";
import { cardCapabilities, introducedAbilities } from "./read-abilities.ts";
import { RequestServer } from "./request-server.ts";
import { serveResources } from "./serve-resources.ts";
import { serveOlderCalledRuns, serveCalledRuns, calledRunCapabilities } from "./serve-tasks.ts";
import { serveTools } from "./serve-tools.ts";
import type { ServedTools } from "./serve-tools.ts";
import { serveSkills, skillsCapability, withSkills } from "./skills.ts";
import { ToolSplice } from "./splice-tools.ts";
import type { Serving } from "./serve-tools.ts";

// owns how tools are told and called in the words of the protocol, in both of its eras; its room alone knows the SDK.
// never loaded by a start, a hook or a run: whoever is asked for tools imports it then. Holds nothing between requests.

const MOST_BODY_BYTES = 5 * 1024 * 1024;

/**
 * So often a call that waits for a run says that it is alive. Whoever has gone away is noticed by that alone: a connection
 * on which nothing is written does not say that its other end was closed.
 */
const SIGN_OF_LIFE_MS = 5000;

const callForm = z.looseObject({
  method: z.literal("tools/call"),
  params: z.looseObject({ name: z.string() }),
});

const cancelledForm = z.looseObject({
  method: z.literal("notifications/cancelled"),
  params: z.looseObject({ requestId: requestIdForm }),
});

/** Whether a message is a call that may wait for a run. Pure. */
function mayWait(body: Json): boolean {
  const name = callForm.safeParse(body).data?.params.name;
  return name !== undefined && (name === "run_wait" || startsRuns(name));
}

/** Answers requests of MCP by these tools. One serves an isolate for all its life. */
export interface McpServing {
  answer: (request: Request, caller: McpCaller) => Promise<Response>;
}

/** What clients are served. */
export interface Served {
  tools: readonly ToolSource[];
  resources: ResourceSource;
  prompts: PromptSource;
  /** Takes what a client of the first era answers to a question of one of its calls. */
  hearAnswer: (caller: McpCaller, session: ClientSession, answer: StreamAnswer) => Promise<void>;
}

/** Whose each request is, and what it says that did not arrive as it was written. */
interface Asked {
  caller: McpCaller;
  fault: JsonFault | null;
}

/** By what stands for each request within the SDK. */
const asks = new WeakMap<object, Asked>();

export function openServing({ tools: sources, resources, prompts, hearAnswer }: Served): McpServing {
  const splice = new ToolSplice();
  const tools: ServedTools = { sources, write: openToolList(sources), splice };
  const build = (context: McpRequestContext) => buildServer({ tools, resources, prompts }, context);
  const listen = openListeners(build, {
    tools_list_changed: async (caller) => (await tools.write(caller)).text,
    prompts_list_changed: async (caller) => JSON.stringify(await prompts.list(caller, undefined)),
    // Its first page: workers and contexts. Runs come behind them, and each would be a change.
    resources_list_changed: async (caller) => JSON.stringify(await resources.list(caller, undefined)),
  });
  const options = {
    legacy: "stateless",
    maxRequestBodySize: MOST_BODY_BYTES,
    onerror: (error: Error) => log("warn", "mcp.error", { error: describeError(error) }),
  } as const;
  const handler: McpHttpHandler = createMcpHandler(build, options);
  const waiting = createMcpHandler(build, { ...options, responseMode: "sse", keepAliveMs: SIGN_OF_LIFE_MS });
  return {
    answer: async (asked, caller) => {
      const authInfo = { token: "", clientId: caller.principal.id, scopes: [] };
      const read = await readMessage(asked, MOST_BODY_BYTES);
      if (read instanceof Response) return read;
      const { request, body, fault } = read;
      asks.set(authInfo, { caller, fault });
      const answerBy = (by: McpHttpHandler, parsedBody = body) => by.fetch(request, { authInfo, parsedBody });
      if (isRequestOf(body, "initialize")) return introduce(await answerBy(handler), body);
      const answered = caller.session === null ? undefined : answerForm.safeParse(body).data;
      if (caller.session !== null && answered !== undefined)
        return takeAnswer(hearAnswer(caller, caller.session, answered));
      if (caller.session !== null) hearCancels(caller, caller.session, body);
      if (isRequestOf(body, "subscriptions/listen")) return listen({ caller, body, answerBy });
      if (!isRequestOf(body, "tools/list"))
        return answerBy(messagesOf(body).some(mayWait) ? waiting : handler);
      splice.expect(caller);
      return splice.fill(caller, await answerBy(handler));
    },
  };
}

/** Gives a client of the first era the name by which it is known again; of the second there is none to introduce. */
function introduce(answer: Response, body: Json): Response {
  if (!answer.ok) return answer;
  const named = new Response(answer.body, answer);
  named.headers.set(SESSION_HEADER, nameSession(newId("req", systemClock()), introducedAbilities(body)));
  return named;
}

/** What a client of the first era sends in return for what it was asked. */
const answerForm = z
  .looseObject({ id: z.string().max(200), result: z.unknown().optional(), method: z.undefined().optional() })
  .refine((said) => "result" in said || "error" in said);

/** The protocol answers no answer: it is there, whatever it was worth. */
async function takeAnswer(taking: Promise<void>): Promise<Response> {
  try {
    await taking;
    return new Response(null, { status: 202 });
  } catch (error) {
    log("error", "mcp.answer_failed", { error: describeError(error) });
    return new Response(null, { status: 503 });
  }
}

function hearCancels(caller: McpCaller, session: ClientSession, body: Json | undefined): void {
  for (const message of messagesOf(body)) hearCancel(caller, session, message);
}

/** Takes a message for a cancel where it is one. The protocol answers none: what becomes of it is seen in the run. */
function hearCancel(caller: McpCaller, session: ClientSession, body: Json): void {
  const request = cancelledForm.safeParse(body).data?.params.requestId;
  if (request === undefined) return;
  const cancelling = markCall(caller.principal, session, request).then((mark) => cancelCall(caller, mark));
  caller.keep(
    cancelling.catch((error: unknown) => log("warn", "mcp.cancel_failed", { error: describeError(error) })),
  );
}

function askedBy({ authInfo }: McpRequestContext): Asked {
  const asked = authInfo && asks.get(authInfo);
  if (asked === undefined) throw new Error("nobody said who asks");
  return asked;
}

/** What one server serves, of one request. */
interface Parts extends Pick<Served, "resources" | "prompts"> {
  tools: ServedTools;
}

function capabilitiesOf(era: Serving["era"]) {
  const extensions = { ...skillsCapability, ...cardCapabilities };
  if (era === "legacy") return { ...calledRunCapabilities.legacy, extensions };
  return { extensions: { ...calledRunCapabilities.modern.extensions, ...extensions, [EVENTS]: {} } };
}

function buildServer({ tools, resources, prompts }: Parts, context: McpRequestContext): Server {
  const { era } = context;
  const { caller, fault } = askedBy(context);
  const about = { name: "floom", title: "Floom", version: packageJson.version };
  // Whoever is told of a change listens by a request of the second era; the first era tells it in a session, and there
  // is none. No list has a time to be kept for: a worker that was deployed just now is a tool just now.
  const isTold = era === "modern";
  const capabilities = {
    tools: { listChanged: isTold },
    resources: { subscribe: isTold, listChanged: isTold },
    prompts: { listChanged: isTold },
    completions: {},
    ...capabilitiesOf(era),
  };
  const server = new RequestServer(about, { capabilities, instructions });
  serveResources(server, withSkills(withCards(resources)), caller);
  serveSkills(server, caller, { isNewer: isTold });
  serveTools(server, tools, { caller, era, fault });
  servePrompts(server, prompts, caller);
  if (era === "legacy") serveOlderCalledRuns(server, caller);
  else {
    serveCalledRuns(server, caller);
    serveEvents(server, caller);
    serveEventWebhooks(server, caller);
  }
  return server;
}
