import { EventSourceParserStream } from "eventsource-parser/stream";
import type { LiveText } from "#contract/agents/live-text";
import { followEvents, isPassingFailure } from "#contract/follow";
import type { RunEvent } from "#contract/runs/run-event";
import { runRoutes } from "#contract/runs/routes";
import type { Api } from "../api/api-context.ts";
import { outOfSight, tabSight, whenSeen } from "./when-seen.ts";
import type { Sight } from "./when-seen.ts";

/** Whoever only looks into another tab for a moment keeps the stream. */
const OUT_OF_SIGHT_MS = 5_000;

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
  /** Who looks at the page: a tab that nobody sees holds no stream, since a browser has six connections for all of them. */
  sight?: Sight;
  /** Waits before a stream is opened again; tests do not. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Follows a run from its first event to its last; see contract/follow.ts. Throws what the API refuses for good, a
 * server that stays away, and the abort's reason once `signal` is aborted.
 */
export async function followRun(
  { api, run, signal, sight = tabSight, pause = pauseFor }: FollowOptions,
  { onEvent, onConnection, onLive }: Follower,
): Promise<void> {
  onConnection("connecting");
  const events = followEvents({
    open: async (lastSeq) => {
      await whenSeen(sight, signal);
      const headers = lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {};
      const answer = await api.open(runRoutes.streamRunEvents, { params: { run }, headers, signal });
      return readMessages(answer, sight, signal);
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

/**
 * The data of a stream's messages, in the order they come, until it ends, or the page is out of sight for a while. Its
 * reader is used because Safari cannot iterate streams.
 */
async function* readMessages({ body }: Response, sight: Sight, signal: AbortSignal): AsyncGenerator<string> {
  if (body === null) return;
  const messages = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  const over = new AbortController();
  const listening = AbortSignal.any([signal, over.signal]);
  const gone = outOfSight(sight, OUT_OF_SIGHT_MS, listening);
  gone.addEventListener("abort", () => void messages.cancel().catch(() => undefined), { signal: listening });
  try {
    for (;;) {
      const { done, value } = await messages.read();
      if (done) return;
      yield value.data;
    }
  } finally {
    over.abort();
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
