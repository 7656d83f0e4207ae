import { ApiProblem } from "./client.ts";
import { runEventSchema, type RunEvent } from "./runs/run-event.ts";

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
 * stream that breaks is opened again behind the last event seen. Throws the last error when the server stays away
 * (undefined as its `cause` when it only kept closing), what is not passing at once, and the abort's reason.
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<RunEvent, void, void> {
  const { signal, onLost, now } = options;
  let lastSeq = 0;
  let awaySinceMs: number | undefined;
  let delayMs = FIRST_DELAY_MS;
  let lastError: unknown;
  while (true) {
    signal.throwIfAborted();
    try {
      for await (const message of readStream(options, lastSeq)) {
        if (message === "open") {
          awaySinceMs = undefined;
          continue;
        }
        delayMs = FIRST_DELAY_MS;
        // A reader who had seen everything is told the end once more, under the number of the last event.
        if (message.seq <= lastSeq && message.type !== "close") continue;
        lastSeq = message.seq;
        yield message;
        if (message.type === "close") return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!options.isPassing(error)) throw error;
      lastError = error;
    }
    if (awaySinceMs === undefined) onLost?.();
    awaySinceMs ??= now();
    if (now() - awaySinceMs > AWAY_LIMIT_MS) throw new ContactLost(lastError);
    await options.sleep(delayMs);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
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

/** The opening of one connection and the events on it, until it ends or breaks. */
async function* readStream(
  { open, onContact }: FollowOptions,
  lastSeq: number,
): AsyncGenerator<"open" | RunEvent> {
  const messages = await open(lastSeq);
  onContact?.();
  yield "open";
  for await (const data of messages) {
    const event = runEventSchema.safeParse(JSON.parse(data));
    // An event of a kind that this reader does not know yet says nothing that it could show.
    if (event.success) yield event.data;
  }
}
