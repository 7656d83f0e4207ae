import { EventSourceParserStream } from "eventsource-parser/stream";
import { ApiProblem } from "#contract/client";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { routes } from "#contract/routes";
import type { Api } from "../api/api-context.ts";

/** How the stream is doing. */
export type Connection = "connecting" | "live" | "interrupted" | "ended";

export interface Follower {
  onEvent: (event: RunEvent) => void;
  onConnection: (connection: Connection) => void;
}

export interface FollowOptions {
  api: Api;
  run: string;
  signal: AbortSignal;
  /** Waits before a stream is opened again; tests do not. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;

/**
 * Follows a run from its first event to its last. A stream that breaks is opened again with `Last-Event-ID`, so no event
 * is missed or seen twice. Ends when the run does or `signal` is aborted; throws what the API refuses for good.
 */
export async function followRun(
  { api, run, signal, pause = pauseFor }: FollowOptions,
  follower: Follower,
): Promise<void> {
  let lastSeq = 0;
  let retryMs = FIRST_RETRY_MS;

  /** Hands on what is new in `response`; says whether the run's last event was among it. */
  async function takeStream(response: Response): Promise<boolean> {
    for await (const event of readEvents(response)) {
      // A reader who had seen everything is told the end once more, under the number of the last event.
      if (event.seq <= lastSeq && event.type !== "close") continue;
      lastSeq = event.seq;
      retryMs = FIRST_RETRY_MS;
      follower.onEvent(event);
      if (event.type === "close") return true;
    }
    return false;
  }

  follower.onConnection("connecting");
  while (!signal.aborted) {
    try {
      const headers = lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {};
      const response = await api.open(routes.streamRunEvents, { params: { run }, headers, signal });
      follower.onConnection("live");
      const closed = await takeStream(response);
      if (closed) return follower.onConnection("ended");
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
    }
    follower.onConnection("interrupted");
    await pause(retryMs, signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

/** Fetch and its streams say TypeError when the network fails; the API says itself what may work later. */
function isPassing(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof ApiProblem && error.problem.retryable);
}

/** The events of a stream, in the order they come. */
async function* readEvents(response: Response): AsyncGenerator<RunEvent> {
  if (response.body === null) return;
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (;;) {
      const { done, value } = await messages.read();
      if (done) return;
      yield runEventSchema.parse(JSON.parse(value.data));
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
