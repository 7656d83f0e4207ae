import { createMcpHandler } from "@modelcontextprotocol/server";
import type { McpHttpHandler, McpServerFactory, ServerEvent } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Json } from "#contract/json";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { watchChanges } from "../lists/watch-changes.ts";

/** So many listen to one isolate at a time; whoever comes then is told so by the SDK. */
const MOST_LISTENERS = 256;

const wishForm = z.object({
  params: z.object({ notifications: z.object({ resourceSubscriptions: z.array(z.string()).catch([]) }) }),
});

/** The lists that are watched, by the kind of their change. */
export type WatchedLists = Partial<Record<ServerEvent["kind"], (caller: McpCaller) => Promise<string>>>;

interface Listening {
  caller: McpCaller;
  body: Json;
  answerBy: (handler: McpHttpHandler) => Promise<Response>;
}

/**
 * Answers `subscriptions/listen` of the second era. Each listener has a bus of its own, on which only what they
 * themselves may see is told: the SDK's one bus would tell everybody of every workspace.
 */
export function openListeners(build: McpServerFactory, lists: WatchedLists) {
  let open = 0;
  return ({ caller, body, answerBy }: Listening): Promise<Response> => {
    const stop = new AbortController();
    const uris = wishForm.safeParse(body).data?.params.notifications.resourceSubscriptions ?? [];
    const watch = (tell: (event: ServerEvent) => void) =>
      watchChanges(caller, {
        lists: listChanges.flatMap((kind) => {
          const write = lists[kind];
          return write === undefined ? [] : [{ write, tell: () => tell({ kind }) }];
        }),
        uris,
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
    return answerBy(handler);
  };
}

const listChanges = ["tools_list_changed", "prompts_list_changed", "resources_list_changed"] as const;
