import {
  createMcpHandler,
  MissingRequiredClientCapabilityError,
  ProtocolError,
} from "@modelcontextprotocol/server";
import type { McpHttpHandler, McpServerFactory, ServerEvent } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Json } from "#contract/json";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { lookFirst, watchChanges } from "../lists/watch-changes.ts";
import { findCalledRun } from "../tasks/find-called-run.ts";
import { runUri } from "../resources/resource-uri.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import { askForRuns, MOST_TASKS, readWatchedRuns, tellWatchedRuns } from "./listen-for-tasks.ts";
import { abilitiesOf, TASKS } from "./read-abilities.ts";
import { tellCalledRunState } from "./serve-tasks.ts";

/** So many listen to one isolate at a time; whoever comes then is told so by the SDK. */
const MOST_LISTENERS = 256;

const wishForm = z.object({
  params: z.object({
    notifications: z.object({
      resourceSubscriptions: z.array(z.string()).catch([]),
      toolsListChanged: z.boolean().optional(),
      promptsListChanged: z.boolean().optional(),
      resourcesListChanged: z.boolean().optional(),
    }),
  }),
});

/** The lists that are watched, by the kind of their change. */
export type WatchedLists = Partial<Record<ServerEvent["kind"], (caller: McpCaller) => Promise<string>>>;

interface Listening {
  caller: McpCaller;
  body: Json;
  /** The ids of tasks that are listened for. */
  tasks?: readonly string[];
  answerBy: (handler: McpHttpHandler, body: Json) => Promise<Response>;
}

/**
 * Answers `subscriptions/listen` of the second era. Each listener has a bus of its own, on which only what they
 * themselves may see is told: the SDK's one bus would tell everybody of every workspace.
 */
export function openListeners(build: McpServerFactory, lists: WatchedLists) {
  let open = 0;
  const answer = async ({ caller, body, tasks = [], answerBy }: Listening): Promise<Response> => {
    const stop = new AbortController();
    const wish = wishForm.safeParse(body).data?.params.notifications;
    const kinds = listChanges.filter((kind) => wish?.[wished[kind]] === true && lists[kind] !== undefined);
    const watched = {
      lists: kinds.flatMap((kind) => lists[kind] ?? []),
      uris: readUris(body),
      tasks: tasks.map(runUri),
    };
    // Before anything is promised: what changes after the answer has begun is told.
    const first = await lookFirst(caller, watched);
    const watch = (tell: (event: ServerEvent) => void) =>
      watchChanges(caller, first, {
        tellList: (at) => {
          const kind = kinds[at];
          if (kind !== undefined) tell({ kind });
        },
        tellResource: (uri) => tell({ kind: "resource_updated", uri }),
        signal: stop.signal,
      }).catch((error: unknown) => log("warn", "mcp.listen_failed", { error: describeError(error) }));
    const handler = createMcpHandler(build, {
      maxSubscriptions: open < MOST_LISTENERS ? 1 : 0,
      bus: {
        publish: () => undefined,
        subscribe: (listener) => {
          open += 1;
          void watch(listener).then(() => handler.close());
          return () => {
            if (!stop.signal.aborted) open -= 1;
            stop.abort();
          };
        },
      },
    });
    return answerBy(handler, body);
  };
  return async (listening: Listening): Promise<Response> => {
    const asked = readWatchedRuns(listening.body);
    if (asked === null) return refuseTaskIds(listening.body);
    return asked.length === 0 ? answer(listening) : answerWithRuns(listening, asked, answer);
  };
}

/** Answers whoever listens for tasks too: of those that they name, the ones that are theirs. */
async function answerWithRuns(
  listening: Listening,
  asked: readonly string[],
  answer: (listening: Listening) => Promise<Response>,
): Promise<Response> {
  const { caller, body } = listening;
  const client = abilitiesOf(body);
  if (client.tasks !== "extension") return refuseTasks(body);
  const found = await Promise.all(asked.map(async (id) => (await findCalledRun(caller, id)) && id));
  const ids = found.filter((id) => id !== null);
  const answered = await answer({ ...listening, tasks: ids, body: askForRuns(body, ids) });
  const read = async (id: string) => {
    const task = await findCalledRun(caller, id);
    return task && tellCalledRunState(task, { ...caller, client });
  };
  return tellWatchedRuns(answered, { uris: readUris(body), ids, read });
}

function refuseTasks(body: Json): Response {
  const needed = { requiredCapabilities: { extensions: { [TASKS]: {} } } };
  return refuse(body, new MissingRequiredClientCapabilityError(needed));
}

function refuseTaskIds(body: Json): Response {
  const detail = `taskIds must be a list of at most ${MOST_TASKS} ids; listen for more by another request.`;
  return refuse(body, new ProtocolError(INVALID_PARAMS, detail));
}

function refuse(body: Json, { code, message, data }: ProtocolError): Response {
  const { id } = idForm.parse(body);
  const error = { code, message, ...(data === undefined ? {} : { data }) };
  return Response.json({ jsonrpc: "2.0", id, error }, { status: 400 });
}

const idForm = z.looseObject({ id: z.union([z.string(), z.number()]).nullable().catch(null) });

const readUris = (body: Json) =>
  wishForm.safeParse(body).data?.params.notifications.resourceSubscriptions ?? [];

/** How a client asks for each of them. */
const wished = {
  tools_list_changed: "toolsListChanged",
  prompts_list_changed: "promptsListChanged",
  resources_list_changed: "resourcesListChanged",
} as const;
const listChanges = ["tools_list_changed", "prompts_list_changed", "resources_list_changed"] as const;
