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
 * the run's object: it asks again from the last event it sent.
 */
export function streamEvents(
  deps: StreamDeps,
  request: { runId: string; request: Request; tell?: TellEvent },
): Response {
  const { response, writer } = openEventStream();
  const controller = new AbortController();
  request.request.signal.addEventListener("abort", () => controller.abort(), { once: true });
  const { runId, tell = (event) => event } = request;
  void pump(deps, { runId, tell, after: lastEventId(request.request), writer, controller });
  return response;
}

/** What a reader is told of an event; null for nothing. */
type TellEvent = (event: RunEvent) => object | null;

interface Pump {
  runId: string;
  tell: TellEvent;
  after: number;
  writer: EventWriter;
  controller: AbortController;
}

async function pump(deps: StreamDeps, { runId, tell, after: from, writer, controller }: Pump): Promise<void> {
  let after = from;
  const send = (text: string) => {
    void writer.write(text).then((open) => {
      if (!open) controller.abort();
    });
  };
  const take = (events: RunEvent[]) => {
    // A reconnect may bring an event twice; its number tells.
    const fresh = events.filter((event) => event.seq > after || event.type === "close");
    after = fresh.at(-1)?.seq ?? after;
    const told = fresh.flatMap((event) => {
      const data = tell(event);
      return data === null ? [] : [formatEvent({ id: event.seq, data })];
    });
    if (told.length > 0) send(told.join(""));
  };
  const keepalive = setInterval(() => send(": keepalive\n\n"), KEEPALIVE_MS);
  try {
    send(": connected\n\n");
    while (!controller.signal.aborted) {
      if (await followRun(deps, { runId, after, take, signal: controller.signal })) break;
      if (!controller.signal.aborted) await deps.sleep(REOPEN_MS);
    }
  } finally {
    clearInterval(keepalive);
    await writer.close();
  }
}
