import type { Db } from "../platform/db/client.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import type { AccountEngine, AccountSession, EngineDeps } from "./engine-api.ts";
import { hasSessionCookie } from "./open-paths.ts";

// owns accounts: who a browser is signed in as, and what a person may do with their own account.
// never loads the engine for a request that shows no session cookie and asks for none of its paths.

export interface AccountDeps extends EngineDeps {
  db: Db;
  /** One object for each set of settings; an engine is built once for it. */
  settings: object;
}

const engines = new WeakMap<object, Promise<AccountEngine>>();

/** The engine for these settings, loaded the first time it is asked for. Throws `public_url_unset`. */
export function openEngine(deps: AccountDeps): Promise<AccountEngine> {
  requirePublicUrl(deps.publicUrl);
  const known = engines.get(deps.settings);
  if (known) return known;
  const engine = import("./auth.ts").then(({ createEngine }) => createEngine(deps));
  engines.set(deps.settings, engine);
  // One that could not be built is tried again by whoever comes next.
  engine.catch(() => engines.delete(deps.settings));
  return engine;
}

/** Who a request's session cookie stands for; null without one, and for one that is forged, revoked or out of date. */
export async function findSession(deps: AccountDeps, request: Request): Promise<AccountSession | null> {
  if (!hasSessionCookie(request)) return null;
  return (await openEngine(deps)).findSession(request.headers);
}
