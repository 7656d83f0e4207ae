import { EventSourceParserStream } from "eventsource-parser/stream";
import * as z from "zod";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { runUri } from "../resources/resource-uri.ts";

// owns `notifications/tasks` of the Tasks extension, which the SDK knows nothing of. A task is a run, and a run is a
// resource: the SDK is asked for changes of resources, and its words are changed on their way. never keeps anything.

/** More tasks than these are not listened for by one request. */
export const MOST_TASKS = 50;

const wishForm = z.looseObject({
  params: z.looseObject({
    notifications: z.looseObject({
      taskIds: z.array(z.string().max(200)).max(MOST_TASKS).nullable().default([]).catch(null),
      resourceSubscriptions: z.array(z.string()).catch([]).default([]),
    }),
  }),
});

/** The ids of the tasks whose state is asked for; empty for none, null for what is no such list, or too long a one. Pure. */
export function readWatchedRuns(body: Json): readonly string[] | null {
  const wish = wishForm.safeParse(body).data;
  return wish === undefined ? [] : wish.params.notifications.taskIds;
}

/** The same request, for the runs that these tasks are. Pure. */
export function askForRuns(body: Json, ids: readonly string[]): Json {
  const asked = wishForm.safeParse(body).data;
  if (asked === undefined) return body;
  const { taskIds: _, resourceSubscriptions: uris, ...others } = asked.params.notifications;
  const notifications = { ...others, resourceSubscriptions: [...new Set(uris.concat(ids.map(runUri)))] };
  return z.json().parse({ ...asked, params: { ...asked.params, notifications } });
}

/** Whose tasks are told, and how their state is read. */
interface TaskTelling {
  /** Resources that the client itself listens for: those it is told of as well. */
  uris: readonly string[];
  ids: readonly string[];
  /** What `tasks/get` would answer at this moment; null for a task that is there no more. */
  read: (id: string) => Promise<Record<string, unknown> | null>;
}

const messageForm = z.looseObject({
  method: z.string(),
  params: z.looseObject({
    uri: z.string().optional(),
    notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()).optional() }).optional(),
    _meta: z.looseObject({}).optional(),
  }),
});

/** The answer with tasks in it where the SDK told of their runs. */
export function tellWatchedRuns(answer: Response, telling: TaskTelling): Response {
  const { body, status, headers } = answer;
  if (body === null || !(headers.get("content-type") ?? "").startsWith("text/event-stream")) return answer;
  const told = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .pipeThrough(
      new TransformStream<{ data: string }, string>({
        async transform({ data }, out) {
          for (const message of await translate(data, telling))
            out.enqueue(`event: message\ndata: ${message}\n\n`);
        },
      }),
    )
    .pipeThrough(new TextEncoderStream());
  return new Response(told, { status, headers });
}

async function translate(data: string, { uris, ids, read }: TaskTelling): Promise<string[]> {
  const message = messageForm.safeParse(parseJson(data)).data;
  if (message === undefined) return [data];
  const { method, params } = message;
  if (params.notifications !== undefined) {
    const { resourceSubscriptions: honored, ...others } = params.notifications;
    const own = honored?.filter((uri) => uris.includes(uri)) ?? [];
    const resources = own.length > 0 ? { resourceSubscriptions: own } : {};
    const notifications = { ...others, ...resources, taskIds: ids };
    return [JSON.stringify({ ...message, params: { ...params, notifications } })];
  }
  const id = ids.find((one) => runUri(one) === params.uri);
  if (method !== "notifications/resources/updated" || id === undefined) return [data];
  const task = await read(id);
  const tells = { jsonrpc: "2.0", method: "notifications/tasks", params: { ...task, _meta: params._meta } };
  return [...(task === null ? [] : [JSON.stringify(tells)]), ...(uris.includes(runUri(id)) ? [data] : [])];
}
