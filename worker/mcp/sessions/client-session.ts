import * as z from "zod";
import { sha256Hex } from "../../platform/crypto.ts";
import type { ClientAbilities } from "./client-abilities.ts";

// owns the name by which a client of the first era is known from one request to the next. never keeps one: all that there
// is to know of a session stands in its name. It lets nobody in and proves nothing; a token does that.

export const SESSION_HEADER = "mcp-session-id";
const FORM = /^req_[\da-z]{26}(\.cards)?(\.url)?(\.form)?$/;

/** What a client of the first era can do, as far as it matters after it has introduced itself. */
export type SessionAbilities = Pick<ClientAbilities, "apps" | "asksByUrl" | "asksByForm">;

/** A client of the first era, as it was when it introduced itself. */
export interface ClientSession extends SessionAbilities {
  /** Tells it from whoever else has its token. */
  name: string;
}

/** The name for a client that has introduced itself by this request, which there is but one of. Pure. */
export function nameSession(request: string, { apps, asksByUrl, asksByForm }: SessionAbilities): string {
  return `${request}${apps ? ".cards" : ""}${asksByUrl ? ".url" : ""}${asksByForm ? ".form" : ""}`;
}

/** The session that a request says it is of; null for none, and for a name that was not given out here. Pure. */
export function readSession(headers: Headers): ClientSession | null {
  const [name, cards, url, form] = FORM.exec(headers.get(SESSION_HEADER) ?? "") ?? [];
  if (name === undefined) return null;
  return { name, apps: cards !== undefined, asksByUrl: url !== undefined, asksByForm: form !== undefined };
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
