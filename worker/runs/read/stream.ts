import type { LiveText } from "#contract/agents/live-text";
import type { RunEvent } from "#contract/runs/run-event";
import { formatEvent, lastEventId, openEventStream } from "../../http/sse.ts";
import type { EventWriter } from "../../http/sse.ts";
import { followRun } from "./follow.ts";
import type { FollowDeps } from "./follow.ts";

const KEEPALIVE_MS = 15_000;
const REOPEN_MS = 100;

interface StreamDeps extends FollowDeps {
  sleep: (ms: number) => Promise<void>;
}

/**
 * A run's events as server-sent events, from Last-Event-ID on, ending with `close`. The stream outlives a restart of
 * the run's object: it asks again from the last event it sent. What an agent's model is saying comes in between, unless
 * `showsLive` is false.
 */
export function streamEvents(
  deps: StreamDeps,
  request: { runId: string; request: Request; tell?: TellEvent; showsLive?: boolean },
): Response {
  const { response, writer } = openEventStream();
  const controller = new AbortController();
  request.request.signal.addEventListener("abort", () => controller.abort(), { once: true });
  const { runId, tell = (event) => event, showsLive = true } = request;
  void pump(deps, { runId, tell, showsLive, after: lastEventId(request.request), writer, controller });
  return response;
}

/** What a reader is told of an event; null for nothing. */
type TellEvent = (event: RunEvent) => object | null;

interface Pump {
  runId: string;
  tell: TellEvent;
  showsLive: boolean;
  after: number;
  writer: EventWriter;
  controller: AbortController;
}

async function pump(
  deps: StreamDeps,
  { runId, tell, showsLive, after: from, writer, controller }: Pump,
): Promise<void> {
  let after = from;
  const send = (text: string) => {
    void writer.write(text).then((open) => {
      if (!open) controller.abort();
    });
  };
  const take = (events: readonly RunEvent[]) => {
    // A reconnect may bring an event twice; its number tells.
    const fresh = events.filter((event) => event.seq > after || event.type === "close");
    after = fresh.at(-1)?.seq ?? after;
    const told = fresh.flatMap((event) => {
      const data = tell(event);
      return data === null ? [] : [formatEvent({ id: event.seq, data })];
    });
    if (told.length > 0) send(told.join(""));
  };
  const show = (live: LiveText) => {
    if (showsLive) send(formatEvent({ name: live.type, data: live }));
  };
  const keepalive = setInterval(() => send(": keepalive\n\n"), KEEPALIVE_MS);
  try {
    send(": connected\n\n");
    while (!controller.signal.aborted) {
      if (await followRun(deps, { runId, after, take, show, signal: controller.signal })) break;
      if (!controller.signal.aborted) await deps.sleep(REOPEN_MS);
    }
  } finally {
    clearInterval(keepalive);
    await writer.close();
  }
}
