import type { Principal, RunPrincipal, Scope } from "#contract/access/access";
import type { Route } from "#contract/route";
import { AppError } from "../platform/app-error.ts";
import { askEachKey } from "../platform/signing-keys.ts";
import { verifyRunToken } from "./run-token.ts";
import { authenticate, readToken, unauthenticated } from "./service.ts";
import type { AccessDeps } from "./service.ts";

/** A request to a route, before its query and body are looked at. */
export interface AskedRequest {
  raw: Request;
  /** The parameters of the route's path. */
  params: Record<string, string>;
}

/**
 * Who asks for `route`, null where anybody may: the one place where a request is let in or turned away. Throws
 * `unauthenticated` (401) for whoever has no credential of the kind the route takes, and `insufficient_scope` (403) for
 * a principal that lacks the route's scope.
 */
export async function authorize(
  deps: AccessDeps,
  route: Pick<Route, "access">,
  request: AskedRequest,
): Promise<Principal | null> {
  if (route.access === "public") return null;
  if (route.access === "run_token") return authorizeRun(deps, request);
  return requireScope(await authenticate(deps, request.raw), route.access);
}

/** A run reaches its own routes alone; the token of another is none. */
async function authorizeRun(
  deps: Pick<AccessDeps, "signingKey" | "earlierSigningKeys" | "clock">,
  { raw, params }: AskedRequest,
): Promise<RunPrincipal> {
  const token = raw.headers.get("x-workeros-run-token") ?? readToken(raw);
  const principal = await askEachKey(deps, (key) => verifyRunToken(key, token, deps.clock()));
  if (principal === null || principal.id !== params["run"]) throw unauthenticated();
  return principal;
}

function requireScope(principal: Principal, scope: Scope): Principal {
  if (principal.scopes.includes(scope)) return principal;
  throw new AppError("insufficient_scope", `This needs a token with the scope ${scope}.`);
}
