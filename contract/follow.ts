import { ApiProblem } from "./client.ts";
import { liveTextSchema } from "./agents/live-text.ts";
import type { LiveText } from "./agents/live-text.ts";
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
  /** Shown what the model of an agent is saying, before its turn is over; see liveTextSchema. */
  onLive?: (live: LiveText) => void;
}

/**
 * Every event of a run from its first to its `close`, each once and in order, whatever happens to the connection: a
 * stream that breaks is opened again behind the last event seen. Throws ContactLost when the server stays away, an
 * error that is not passing at once, and the abort's reason.
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<RunEvent, void, void> {
  let lastSeq = 0;
  const parse = (data: unknown) => {
    const live = options.onLive && liveTextSchema.safeParse(data).data;
    if (live !== undefined) options.onLive?.(live);
    return live === undefined ? parseRunEvent(data) : null;
  };
  const source = { parse, lastSeq: () => lastSeq };
  for await (const event of readAcrossConnections(options, source)) {
    // A reader who had seen everything is told the end once more, under the number of the last event.
    if (event.seq <= lastSeq && event.type !== "close") continue;
    lastSeq = event.seq;
    yield event;
    if (event.type === "close") return;
  }
}

/** One of many that are told under rising numbers. */
interface Numbered {
  seq: number;
}

/**
 * Whatever is told under rising numbers and has no end, each once and in order, from behind `from` on. Throws as followEvents
 * does.
 */
export async function* followNumbered<Told extends Numbered>(
  options: FollowOptions,
  { from, parse }: { from: number; parse: (data: unknown) => Told | null },
): AsyncGenerator<Told, void, void> {
  let lastSeq = from;
  for await (const told of readAcrossConnections(options, { parse, lastSeq: () => lastSeq })) {
    if (told.seq <= lastSeq) continue;
    lastSeq = told.seq;
    yield told;
  }
}

/** What one connection after the other tells, each opened behind the last one seen. */
async function* readAcrossConnections<Told>(
  options: FollowOptions,
  { parse, lastSeq }: { parse: (data: unknown) => Told | null; lastSeq: () => number },
): AsyncGenerator<Told> {
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
      for await (const told of readMessages(messages, parse)) {
        delayMs = FIRST_DELAY_MS;
        yield told;
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

/** What is known among the messages of one connection, until it ends or breaks. */
async function* readMessages<Told>(
  messages: AsyncIterable<string>,
  parse: (data: unknown) => Told | null,
): AsyncGenerator<Told> {
  for await (const data of messages) {
    const told = parse(JSON.parse(data));
    if (told !== null) yield told;
  }
}

/** An event of a kind that this reader does not know yet says nothing that it could show. */
function parseRunEvent(data: unknown): RunEvent | null {
  return runEventSchema.safeParse(data).data ?? null;
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
