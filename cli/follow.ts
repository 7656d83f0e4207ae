import { EventSourceParserStream } from "eventsource-parser/stream";
import type { LiveText } from "#contract/agents/live-text";
import { ContactLost, followEvents, isPassingFailure } from "#contract/follow";
import { runRoutes } from "#contract/runs/routes";
import type { RunEvent } from "#contract/runs/run-event";
import { isAbort, isTransient } from "./api.ts";
import type { Api } from "./api.ts";
import { CliError, unexpectedAnswer } from "./cli-error.ts";
import type { Host } from "./host.ts";

export interface FollowOptions {
  api: Api;
  host: Host;
  runId: string;
  /** Stops following; the run goes on. */
  signal: AbortSignal;
  /** Told once each time contact was lost. */
  onLost?: () => void;
  /** Shown what the model of an agent is saying, before its turn is over. */
  onLive?: (live: LiveText) => void;
}

/**
 * Every event of a run from its first to its `close`; see contract/follow.ts. Throws CliError when the server stays
 * away, and the abort's reason when the signal aborts.
 */
export async function* followRun(options: FollowOptions): AsyncGenerator<RunEvent, void, void> {
  const { host, signal, onLost, onLive, runId } = options;
  try {
    yield* followEvents({
      open: async (lastSeq) => openMessages(options, lastSeq),
      isPassing: (error) => isTransient(error) || isPassingFailure(error) || isAbort(error),
      sleep: async (ms) => host.sleep(ms, signal),
      now: host.now,
      signal,
      ...(onLost === undefined ? {} : { onLost }),
      ...(onLive === undefined ? {} : { onLive }),
    });
  } catch (error) {
    throw error instanceof ContactLost ? contactLost(runId, error) : error;
  }
}

/** Opens the stream; answers the data of its messages, one by one as they come. */
async function openMessages(
  { api, runId, signal }: FollowOptions,
  lastSeq: number,
): Promise<AsyncIterable<string>> {
  const answer = await api.open(runRoutes.streamRunEvents, {
    params: { run: runId },
    headers: { accept: "text/event-stream", ...(lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {}) },
    signal,
  });
  return readMessages(answer);
}

/** The data of the messages of a stream, one by one as they come. Throws CliError for an answer that is no stream. */
export function readMessages({ body, headers }: Response): AsyncGenerator<string> {
  if (headers.get("content-type")?.startsWith("text/event-stream") !== true) throw unexpectedAnswer();
  return readBody(body);
}

async function* readBody(body: Response["body"]): AsyncGenerator<string> {
  if (body === null) return;
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) yield data;
}

function contactLost(runId: string, cause: ContactLost): CliError {
  return new CliError(cause.message, {
    exit: "unavailable",
    code: "contact_lost",
    hint: `The run goes on by itself. Look again with: floom runs logs -f ${runId}`,
    cause,
  });
}
