// Owns who is let in to a page that is open by a password, or to invited addresses.
// Never says whether an address is invited, and never keeps what a mail carries: its SHA-256 alone. Who was let in is said
// by a cookie that this edge signs, and is asked again when the password changes or the address is taken off the list.
// Writes the ways in that were mailed.
import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import { fromBase64Url, toBase64Url } from "../platform/bytes.ts";
import type { Clock } from "../platform/clock.ts";
import { equalInConstantTime, hmacSha256Hex, sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { newId } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import { askEachKey } from "../platform/signing-keys.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import type { Door } from "./door.ts";
import { putEntry, takeEntry } from "./store.ts";
import type { AppRow } from "./store.ts";
import { buildCookie, readCookie } from "./visitor.ts";
import type { Visitor } from "./visitor.ts";

export interface EntryDeps extends SigningKeys {
  db: Db;
  clock: Clock;
  linkOrigin: string;
  takeTurn: (key: string, pace: { requests: number; windowMs: number }) => Promise<number>;
  verifyPassword: (password: string, hash: string) => Promise<boolean>;
  /** Hands a mail to whoever sends them. */
  sendMail: (mail: {
    id: string;
    workspaceId: string;
    to: string;
    subject: string;
    text: string;
  }) => Promise<boolean>;
  /** Has work go on behind the answer. */
  behind: (work: Promise<unknown>) => void;
}

/** What a visitor has to show before the page opens. */
export type Entry = "open" | "password" | "invited";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;
const KEY_BYTES = 32;

const cookieName = ({ worker_id }: AppRow) => `floom_entry_${worker_id.slice(4)}`;

/** Whom a cookie stands for: those who know the password of now, or one address. */
const subjectOf = (app: AppRow, email: string) =>
  app.state === "password" ? `password:${app.password_hash ?? ""}` : `mail:${email}`;

/** `<expiry in base 36>.<address>.<hmac>`; without an address for a password. */
async function signEntry(
  key: string,
  { app, email, expiresAt }: { app: AppRow; email: string; expiresAt: number },
): Promise<string> {
  const mac = await hmacSha256Hex(key, `app-entry:${app.worker_id}:${expiresAt}:${subjectOf(app, email)}`);
  return `${expiresAt.toString(36)}.${toBase64Url(new TextEncoder().encode(email))}.${mac}`;
}

/** What is still to be shown at a door, by the cookies of a request. */
export async function judgeEntry(deps: EntryDeps, door: Door, cookies: string | null): Promise<Entry> {
  const { app, kind } = door;
  if (kind === "link" || app === null || app.state === "public") return "open";
  const asked = app.state === "password" ? "password" : "invited";
  const shown = readCookie(cookies, cookieName(app));
  const [expiry = "", packed = ""] = shown.split(".");
  const email = new TextDecoder().decode(fromBase64Url(packed) ?? new Uint8Array());
  const expiresAt = Number.parseInt(expiry, 36);
  if (!(deps.clock() < expiresAt)) return asked;
  if (asked === "invited" && !app.settings.invited.includes(email)) return asked;
  const isOurs = await askEachKey(deps, async (key) => {
    const signed = await signEntry(key, { app, email, expiresAt });
    return equalInConstantTime(shown, signed) ? true : null;
  });
  return isOurs === true ? "open" : asked;
}

/** The cookie that opens a page from now on. */
async function letIn(
  { signingKey, clock }: EntryDeps,
  app: AppRow,
  { email, isSecure, framed }: { email: string; isSecure: boolean; framed: boolean },
): Promise<string> {
  const seconds = limits.app_entry_days.value * DAY_SECONDS;
  const value = await signEntry(signingKey, { app, email, expiresAt: clock() + seconds * 1000 });
  return buildCookie({ name: cookieName(app), value, seconds }, { isSecure, framed });
}

async function requireTurns(
  deps: EntryDeps,
  turns: readonly [key: string, requests: number, windowMs: number][],
): Promise<void> {
  for (const [key, requests, windowMs] of turns) {
    const waitMs = await deps.takeTurn(key, { requests, windowMs });
    if (waitMs === 0) continue;
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    throw new AppError("rate_limit_exceeded", `Too many tries. Try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

/** How a request came: over TLS, and in another site's frame or not. */
export interface Way {
  isSecure: boolean;
  framed: boolean;
}

/** The cookie for whoever knows the page's password; null for whoever does not. Throws `rate_limit_exceeded`. */
export async function tryPassword(
  deps: EntryDeps,
  door: Door,
  { password, visitor, way }: { password: string; visitor: Visitor; way: Way },
): Promise<string | null> {
  const { app } = door;
  if (app?.state !== "password" || app.password_hash === null) return null;
  const place = visitor.network || "nowhere";
  await requireTurns(deps, [
    [`app_password:${app.worker_id}:${place}`, limits.visitor_password_tries.value, MINUTE_MS],
    [`app_password:${app.worker_id}`, limits.app_password_tries.value, HOUR_MS],
  ]);
  if (password.length > limits.app_password_characters.value) return null;
  if (!(await deps.verifyPassword(password, app.password_hash))) return null;
  return letIn(deps, app, { ...way, email: "" });
}

/**
 * Mails a way in to an address that is invited. For any other nothing is done, and nobody can tell: the mail goes behind
 * the answer. Throws `rate_limit_exceeded`.
 */
export async function mailEntry(
  deps: EntryDeps,
  door: Door,
  { email: given, visitor }: { email: string; visitor: Visitor },
): Promise<void> {
  const { app } = door;
  if (app?.state !== "invited") return;
  const email = given.trim().toLowerCase();
  await requireTurns(deps, [
    [`app_mail:${app.worker_id}:${await sha256Hex(email)}`, limits.app_mails_per_hour.value, HOUR_MS],
    [`app_mail_from:${visitor.network || "nowhere"}`, 4 * limits.app_mails_per_hour.value, HOUR_MS],
  ]);
  if (!app.settings.invited.includes(email)) return;
  deps.behind(
    sendEntry(deps, { app, email, title: door.found.version.manifest.title }).catch((error: unknown) =>
      log("error", "app.mail_failed", { worker_id: app.worker_id, error: describeError(error) }),
    ),
  );
}

async function sendEntry(
  deps: EntryDeps,
  { app, email, title }: { app: AppRow; email: string; title: string },
): Promise<void> {
  const now = deps.clock();
  const key = toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  const expires_at = now + limits.app_mail_seconds.value * 1000;
  await putEntry(deps.db, { hash: await sha256Hex(key), worker_id: app.worker_id, email, expires_at }, now);
  const minutes = Math.round(limits.app_mail_seconds.value / 60);
  await deps.sendMail({
    id: newId("dlv", now),
    workspaceId: app.workspace_id,
    to: email,
    subject: `Your way in to ${title}`,
    text: `Open this link within ${minutes} minutes. It is good once:\n\n${deps.linkOrigin}/a/${app.slug}/enter?key=${key}\n`,
  });
}

/** The cookie for whoever has a mailed key, which is good once; null where it is not good. */
export async function useEntry(
  deps: EntryDeps,
  door: Door,
  { key, way }: { key: string; way: Way },
): Promise<string | null> {
  const { app } = door;
  if (app?.state !== "invited") return null;
  const taken = { hash: await sha256Hex(key), workerId: app.worker_id, now: deps.clock() };
  const email = await takeEntry(deps.db, taken);
  if (email === undefined || !app.settings.invited.includes(email)) return null;
  return letIn(deps, app, { ...way, email });
}
