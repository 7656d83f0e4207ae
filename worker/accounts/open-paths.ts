const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?floom\.session_token=/;

/** Whether a request shows a cookie that could be a person's; what it is worth is for the engine to say. Pure. */
export function hasSessionCookie(request: Request): boolean {
  return SESSION_COOKIE.test(request.headers.get("cookie") ?? "");
}

const READS = new Set(["GET", "HEAD"]);

/** Whether a request reads, or says that a page of this server itself asks for the change. Pure. */
export function saysItsPage(request: Request, publicUrl: string): boolean {
  if (READS.has(request.method)) return true;
  if (request.headers.get("sec-fetch-site") === "same-origin") return true;
  const origin = request.headers.get("origin");
  return origin !== null && (origin === publicUrl || origin === new URL(request.url).origin);
}

/**
 * The engine's own paths that are open, below /api/auth. What is not named here is not there: the library has more than
 * Floom stands for, such as a list of sessions with their tokens.
 */
const OPEN: Readonly<Record<string, RegExp>> = {
  GET: /^\/(?:get-session|verify-email|callback\/(?:github|google)|passkey\/(?:generate-register-options|generate-authenticate-options|list-user-passkeys))$/,
  POST: /^\/(?:sign-up\/email|sign-in\/(?:email|magic-link|social)|sign-out|request-password-reset|reset-password|send-verification-email|change-password|update-user|revoke-other-sessions|callback\/(?:github|google)|passkey\/(?:verify-registration|verify-authentication|delete-passkey|update-passkey))$/,
};

/** Whether the engine may be asked for this; `path` is what comes after /api/auth. Pure. */
export function isOpenPath(method: string, path: string): boolean {
  return OPEN[method]?.test(path) ?? false;
}
