import { ApiProblem } from "./client.ts";
import { runEventSchema } from "./runs/run-event.ts";
import type { RunEvent } from "./runs/run-event.ts";

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 3_000;
/** How long a server may be away, e.g. restarting, before a follower gives up. */
const AWAY_LIMIT_MS = 180_000;

/** What a follower needs of the machine it runs on. */
export interface FollowOptions {
  /** Opens the stream behind the event `lastSeq` (0: from the first one); gives the data of its messages, as text. */
  open: (lastSeq: number) => Promise<AsyncIterable<string>>;
  /** True for an error that another try may not meet; every other one ends the following. */
  isPassing: (error: unknown) => boolean;
  /** Waits so many milliseconds; may reject when `signal` aborts. */
  sleep: (ms: number) => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Stops following; the run goes on. */
  signal: { throwIfAborted: () => void };
  /** Told each time a stream was opened. */
  onContact?: () => void;
  /** Told each time contact was lost. */
  onLost?: () => void;
}

/**
 * Every event of a run from its first to its `close`, each once and in order, whatever happens to the connection: a
 * stream that breaks is opened again behind the last event seen. Throws ContactLost when the server stays away, an
 * error that is not passing at once, and the abort's reason.
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<RunEvent, void, void> {
  let lastSeq = 0;
  for await (const event of readAcrossConnections(options, () => lastSeq)) {
    // A reader who had seen everything is told the end once more, under the number of the last event.
    if (event.seq <= lastSeq && event.type !== "close") continue;
    lastSeq = event.seq;
    yield event;
    if (event.type === "close") return;
  }
}

/** The events of one connection after the other, each opened behind the last event seen. */
async function* readAcrossConnections(
  options: FollowOptions,
  lastSeq: () => number,
): AsyncGenerator<RunEvent> {
  const { signal, isPassing, now } = options;
  let awaySinceMs: number | undefined;
  let delayMs = FIRST_DELAY_MS;
  while (true) {
    let error: unknown;
    try {
      signal.throwIfAborted();
      const messages = await options.open(lastSeq());
      awaySinceMs = undefined;
      options.onContact?.();
      for await (const event of readEvents(messages)) {
        delayMs = FIRST_DELAY_MS;
        yield event;
      }
    } catch (caught) {
      signal.throwIfAborted();
      if (!isPassing(caught)) throw caught;
      error = caught;
    }
    if (awaySinceMs === undefined) options.onLost?.();
    awaySinceMs ??= now();
    if (now() - awaySinceMs > AWAY_LIMIT_MS) throw new ContactLost(error);
    await options.sleep(delayMs);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  }
}

/** The events among the messages of one connection, until it ends or breaks. */
async function* readEvents(messages: AsyncIterable<string>): AsyncGenerator<RunEvent> {
  for await (const data of messages) {
    const event = runEventSchema.safeParse(JSON.parse(data));
    // An event of a kind that this reader does not know yet says nothing that it could show.
    if (event.success) yield event.data;
  }
}

/** The server has been away for too long; the run goes on by itself. */
export class ContactLost extends Error {
  constructor(cause: unknown) {
    super("The server has been away for too long.", { cause });
    this.name = "ContactLost";
  }
}

/**
 * True for a failure that may be over a moment later: a network or a stream that broke (fetch says TypeError, half a
 * message is a SyntaxError), and a refusal that says so itself.
 */
export function isPassingFailure(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.problem.retryable || error.problem.status >= 500;
  return error instanceof TypeError || error instanceof SyntaxError;
}
