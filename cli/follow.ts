import { EventSourceParserStream } from "eventsource-parser/stream";
import { runRoutes } from "#contract/runs/routes";
import { runEventSchema, type RunEvent } from "#contract/runs/run-event";
import { isAbort, isTransient, type Api } from "./api.ts";
import { CliError } from "./cli-error.ts";
import type { Host } from "./host.ts";

export interface FollowOptions {
  api: Api;
  host: Host;
  runId: string;
  /** Stops following; the run goes on. */
  signal: AbortSignal;
  /** Told once each time contact was lost. */
  onLost?: () => void;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 3000;
/** How long a server may be away, e.g. restarting, before we give up. */
const AWAY_LIMIT_MS = 180_000;

/**
 * Every event of a run from its first to its `close`, each once and in order, whatever happens to the connection:
 * a stream that breaks is opened again after the last event seen. Throws CliError when the server stays away, and the
 * abort's reason when the signal aborts.
 */
export async function* followRun(options: FollowOptions): AsyncGenerator<RunEvent, void, void> {
  let lastSeq = 0;
  for await (const event of readAcrossConnections(options, () => lastSeq)) {
    if (event.seq <= lastSeq) continue;
    lastSeq = event.seq;
    yield event;
    if (event.type === "close") return;
  }
}

/** The events of one connection after the other, each opened after the last event seen. */
async function* readAcrossConnections(
  options: FollowOptions,
  lastSeq: () => number,
): AsyncGenerator<RunEvent> {
  const { host, signal, onLost } = options;
  let awaySinceMs: number | undefined;
  let delayMs = FIRST_DELAY_MS;
  while (true) {
    try {
      for await (const event of readStream(options, lastSeq())) {
        awaySinceMs = undefined;
        delayMs = FIRST_DELAY_MS;
        yield event;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error) && !isBrokenStream(error)) throw error;
    }
    if (awaySinceMs === undefined) onLost?.();
    awaySinceMs ??= host.now();
    if (host.now() - awaySinceMs > AWAY_LIMIT_MS) throw contactLost(options.runId);
    await host.sleep(delayMs, signal);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  }
}

/** The events of one connection, until it ends or breaks. */
async function* readStream({ api, runId, signal }: FollowOptions, lastSeq: number): AsyncGenerator<RunEvent> {
  const response = await api.open(runRoutes.streamRunEvents, {
    params: { run: runId },
    headers: { accept: "text/event-stream", ...(lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {}) },
    signal,
  });
  if (response.body === null) return;
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) {
    // An event of a kind that this CLI does not know yet says nothing it could show.
    const event = runEventSchema.safeParse(JSON.parse(data));
    if (event.success) yield event.data;
  }
}

/** A connection that broke in the middle of the stream: undici's TypeError "terminated", or half a message. */
function isBrokenStream(error: unknown): boolean {
  return error instanceof TypeError || error instanceof SyntaxError || isAbort(error);
}

function contactLost(runId: string): CliError {
  return new CliError("The server has been away for too long.", {
    exit: "unavailable",
    code: "contact_lost",
    hint: `The run goes on by itself. Look again with: floom runs logs -f ${runId}`,
  });
}
