import { EventSourceParserStream } from "eventsource-parser/stream";
import type { LiveText } from "#contract/agents/live-text";
import { followEvents, isPassingFailure } from "#contract/follow";
import type { RunEvent } from "#contract/runs/run-event";
import { runRoutes } from "#contract/runs/routes";
import type { Api } from "../api/api-context.ts";

/** How the stream is doing. */
export type Connection = "connecting" | "live" | "interrupted" | "ended";

export interface Follower {
  onEvent: (event: RunEvent) => void;
  onConnection: (connection: Connection) => void;
  onLive?: (live: LiveText) => void;
}

export interface FollowOptions {
  api: Api;
  run: string;
  signal: AbortSignal;
  /** Waits before a stream is opened again; tests do not. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Follows a run from its first event to its last; see contract/follow.ts. Throws what the API refuses for good, a
 * server that stays away, and the abort's reason once `signal` is aborted.
 */
export async function followRun(
  { api, run, signal, pause = pauseFor }: FollowOptions,
  { onEvent, onConnection, onLive }: Follower,
): Promise<void> {
  onConnection("connecting");
  const events = followEvents({
    open: async (lastSeq) => {
      const headers = lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {};
      return readMessages(await api.open(runRoutes.streamRunEvents, { params: { run }, headers, signal }));
    },
    isPassing: isPassingFailure,
    sleep: (ms) => pause(ms, signal),
    now: Date.now,
    signal,
    onContact: () => onConnection("live"),
    onLost: () => onConnection("interrupted"),
    ...(onLive === undefined ? {} : { onLive }),
  });
  for await (const event of events) onEvent(event);
  onConnection("ended");
}

/** The data of a stream's messages, in the order they come. Its reader is used because Safari cannot iterate streams. */
async function* readMessages({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const messages = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (;;) {
      const { done, value } = await messages.read();
      if (done) return;
      yield value.data;
    }
  } finally {
    void messages.cancel().catch(() => undefined);
  }
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
