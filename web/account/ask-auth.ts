import * as z from "zod";

const refusalSchema = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  detail: z.string().optional(),
});

/** What came of asking to be signed in, up or out. `seconds`: how long to wait before trying again, where that is all. */
export type AuthAnswer =
  { ok: true; body: unknown } | { ok: false; code: string; message: string; seconds: number | null };

/** Asks one of the paths below /api/auth, which are no rows of the table of routes. Throws when no answer comes. */
export async function askAuth(path: string, json?: unknown): Promise<AuthAnswer> {
  const init: RequestInit =
    json === undefined
      ? { method: "GET" }
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
  const answer = await window.fetch(`/api/auth${path}`, init);
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return { ok: true, body };
  const refusal = refusalSchema.safeParse(body).data ?? {};
  const seconds = answer.headers.get("retry-after");
  return {
    ok: false,
    code: refusal.code ?? "",
    message: refusal.detail ?? refusal.message ?? `The server answered ${answer.status}.`,
    seconds: seconds === null ? null : Number(seconds),
  };
}

/** A refusal as people read it. Pure. */
export function describeRefusal({ code, message, seconds }: Extract<AuthAnswer, { ok: false }>): string {
  if (seconds !== null) return `Too many tries. Wait ${seconds} seconds, then try again.`;
  return SENTENCES[code] ?? message;
}

const SENTENCES: Readonly<Record<string, string>> = {
  INVALID_TOKEN: "This link was used already or is too old. Ask for a new one.",
  TOKEN_EXPIRED: "This link is too old. Ask for a new one.",
  PASSWORD_TOO_SHORT: "The password is too short.",
  PASSWORD_TOO_LONG: "The password is too long.",
  SESSION_NOT_FRESH: "You signed in a while ago. Sign out and in again, then do this at once.",
  INVALID_EMAIL: "This is no e-mail address.",
};
