import * as z from "zod";
import { sha256Hex } from "../../platform/crypto.ts";

// owns the name by which a client of the first era is known from one request to the next. never keeps one: all that there
// is to know of a session stands in its name. It lets nobody in and proves nothing; a token does that.

export const SESSION_HEADER = "mcp-session-id";
/** What the name of a session ends with whose client shows cards. */
const CARDS = ".cards";
const FORM = /^req_[\da-z]{26}(?:\.cards)?$/;

/** A client of the first era, as it was when it introduced itself. */
export interface ClientSession {
  /** Tells it from whoever else has its token. */
  name: string;
  /** Whether it shows cards (MCP Apps). */
  hasCards: boolean;
}

/** The name for a client that has introduced itself by this request, which there is but one of. Pure. */
export function nameSession(request: string, { hasCards }: { hasCards: boolean }): string {
  return `${request}${hasCards ? CARDS : ""}`;
}

/** The session that a request says it is of; null for none, and for a name that was not given out here. Pure. */
export function readSession(headers: Headers): ClientSession | null {
  const name = headers.get(SESSION_HEADER) ?? "";
  return FORM.test(name) ? { name, hasCards: name.endsWith(CARDS) } : null;
}

/** What names a request within its session; every client counts its own from the same beginning. */
export const requestIdForm = z.union([z.string().max(1000), z.number()]);
type RequestId = z.output<typeof requestIdForm>;

/** What a call is known by to the run that it starts: says nothing of the session to whoever reads the run. */
export async function markCall(
  who: { id: string },
  session: ClientSession,
  request: RequestId,
): Promise<string> {
  const digest = await sha256Hex(JSON.stringify([who.id, session.name, request]));
  return `call_${digest.slice(0, 32)}`;
}
