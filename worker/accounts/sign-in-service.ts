import * as z from "zod";
import type { Account, Setup } from "#contract/accounts/account";
import { userIdSchema } from "#contract/ids";
import type { RequestContext } from "../http/request-context.ts";
import { AppError } from "../platform/app-error.ts";
import type { NewUser } from "./engine-api.ts";
import { isLoopbackOrigin } from "./local-origin.ts";
import { openEngine } from "./service.ts";
import type { AccountDeps } from "./service.ts";
import { hasUsers } from "./store.ts";

// owns the ways in that Floom's own clients know, over the engine's; never decides by itself whether a secret is right.

const RETRY_SECONDS = 60;

/** What the engine answers about a person. */
const signedInSchema = z.object({
  user: z.object({ id: userIdSchema, email: z.string(), emailVerified: z.boolean(), name: z.string() }),
});
const refusalSchema = z.object({ code: z.string() });

/** What of a request the engine judges by: where it comes from. Its cookies are left out: a sign-in begins with none. */
function askEngine(
  { publicUrl }: AccountDeps,
  asked: { path: string; method?: "POST"; json?: unknown; from: Request },
): Request {
  const headers = new Headers({ origin: publicUrl });
  for (const name of ["cf-connecting-ip", "user-agent"]) {
    const value = asked.from.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (asked.json === undefined) return new Request(`${publicUrl}/api/auth${asked.path}`, { headers });
  headers.set("content-type", "application/json");
  const body = JSON.stringify(asked.json);
  return new Request(`${publicUrl}/api/auth${asked.path}`, { method: "POST", headers, body });
}

/** The engine's own answer, but for the refusal that passes: throws `too_many_sign_ins`. */
async function ask(deps: AccountDeps, request: Request, context: RequestContext): Promise<Response> {
  const answer = await (await openEngine(deps)).handle(request, context.waitUntil);
  if (answer.status !== 429) return answer;
  await answer.body?.cancel();
  const seconds = Number(answer.headers.get("x-retry-after")) || RETRY_SECONDS;
  throw new AppError("too_many_sign_ins", "Too many tries from this address.", {
    retryAfterSeconds: seconds,
  });
}

/** Passes a sign-in on: the account, and the cookie of the session that has begun. */
async function passOn(answer: Response): Promise<Response> {
  const { user } = signedInSchema.parse(await answer.json());
  const account: Account = {
    user_id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
  };
  const headers = new Headers();
  for (const line of answer.headers.getSetCookie()) headers.append("set-cookie", line);
  return Response.json(account, { headers });
}

/**
 * Signs in by a password. Throws `sign_in_refused` whatever was wrong, `address_unconfirmed` to whoever knows the
 * password of an address that is not confirmed, and `too_many_sign_ins`.
 */
export async function signInByPassword(
  deps: AccountDeps,
  login: { email: string; password: string },
  context: RequestContext,
): Promise<Response> {
  const request = askEngine(deps, { path: "/sign-in/email", json: login, from: context.request });
  const answer = await ask(deps, request, context);
  if (answer.ok) return passOn(answer);
  const refusal = refusalSchema.safeParse(await answer.json());
  if (refusal.data?.code === "EMAIL_NOT_VERIFIED")
    throw new AppError("address_unconfirmed", "Confirm your address by the link that was mailed to you.");
  throw new AppError("sign_in_refused", "There is no account with this address and this password.");
}

/** Mails a sign-in link, if the address may have one; who asks is not told. Throws `too_many_sign_ins`. */
export async function mailSignInLink(
  deps: AccountDeps,
  email: string,
  context: RequestContext,
): Promise<void> {
  const request = askEngine(deps, { path: "/sign-in/magic-link", json: { email }, from: context.request });
  const answer = await ask(deps, request, context);
  await answer.body?.cancel();
}

/** Signs in by a mailed link, and uses it up. Throws `link_used_or_old`, and `too_many_sign_ins`. */
export async function signInByLink(
  deps: AccountDeps,
  token: string,
  context: RequestContext,
): Promise<Response> {
  const path = `/magic-link/verify?token=${encodeURIComponent(token)}`;
  const answer = await ask(deps, askEngine(deps, { path, from: context.request }), context);
  if (answer.status === 200) return passOn(answer);
  await answer.body?.cancel();
  throw new AppError("link_used_or_old", "This link was used already, is too old, or is none.");
}

/** Ends the session of this browser, if it has one. */
export async function signOut(deps: AccountDeps, context: RequestContext): Promise<Response> {
  const request = askEngine(deps, { path: "/sign-out", json: {}, from: context.request });
  request.headers.set("cookie", context.request.headers.get("cookie") ?? "");
  const answer = await ask(deps, request, context);
  await answer.body?.cancel();
  const headers = new Headers();
  for (const line of answer.headers.getSetCookie()) headers.append("set-cookie", line);
  return new Response(null, { status: 204, headers });
}

/** Makes the first account, whose person owns the first workspace. Throws `set_up_already`. */
export async function setUpFirst(deps: AccountDeps, setup: Setup): Promise<Account> {
  if (await hasUsers(deps.db)) throw new AppError("set_up_already", "There is an account here already.");
  const user: NewUser = await (await openEngine(deps)).createPerson(setup);
  await deps.onSetUp(user);
  return { user_id: user.user_id, email: user.email, email_verified: true, name: user.name };
}

/**
 * The owner's token, for this machine's own page. Throws `not_local` unless the settings are those of one machine, the
 * request came from it, was sent to a name that can only be this machine, and says that a page of that very origin sent
 * it: another port's page and a name that was led here (DNS rebinding) both say another. A sandbox cannot ask: it reaches
 * the routes of its run and nothing else.
 */
export function giveLocalToken(deps: AccountDeps, request: Request): string {
  const origin = new URL(request.url).origin;
  const isHere =
    isAtThisMachine(deps, request) &&
    request.headers.get("origin") === origin &&
    (request.headers.get("sec-fetch-site") ?? "same-origin") === "same-origin";
  if (isHere) return deps.ownerToken;
  throw new AppError(
    "not_local",
    "Only the page of this server on its own machine is let in without signing in.",
  );
}

/** Whether this Floom is one machine's own, which lets in whoever sits before it. Pure. */
export function isLocal({ isLocalEnvironment, publicUrl, ownerToken }: AccountDeps): boolean {
  return isLocalEnvironment && isLoopbackOrigin(publicUrl) && ownerToken !== "";
}

/** Whether this Floom is one machine's own, and the request was sent on it, to a name that can be no other's. Pure. */
export function isAtThisMachine(deps: AccountDeps, request: Request): boolean {
  const peer = request.headers.get("cf-connecting-ip") ?? "";
  const isDirect = !request.headers.has("x-floom-by-proxy");
  return isLocal(deps) && isDirect && isLoopbackOrigin(request.url) && isLoopbackPeer(peer);
}

const isLoopbackPeer = (address: string) =>
  /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address);
