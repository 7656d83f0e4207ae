import type { UserId } from "#contract/ids";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import type { AccountEngine, AccountSession, EngineDeps, NewUser } from "./engine-api.ts";
import { hasSessionCookie, saysItsPage } from "./open-paths.ts";

// owns accounts: who a browser is signed in as, and what a person may do with their own account.
// never loads the engine for a request that shows no session cookie and asks for none of its paths.

export interface AccountDeps extends EngineDeps {
  db: Db;
  clock: Clock;
  /** This is a person's own machine, by the settings. */
  isLocalEnvironment: boolean;
  /** The owner's token from the environment; empty when there is none. */
  ownerToken: string;
  /** Mails leave, or are kept where they can be read. */
  sendsMail: boolean;
  signUp: "open" | "invited";
  /** Is told of the first account, whose person owns the first workspace. */
  onSetUp: (user: NewUser) => Promise<void>;
  /** The workspaces that this person owns and nobody else does. */
  listOwnedAlone: (userId: UserId) => Promise<{ name: string }[]>;
  /** Deletes what other rooms keep of a person whose account goes: their places in workspaces, their tokens. */
  forgetPerson: (userId: UserId) => Promise<void>;
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

/**
 * Who a request's session cookie stands for; null without one, for one that is forged, revoked or out of date, and where
 * it comes with a change that does not say which page asks for it: every browser says so.
 */
export async function findSession(deps: AccountDeps, request: Request): Promise<AccountSession | null> {
  if (!hasSessionCookie(request) || !saysItsPage(request, deps.publicUrl)) return null;
  return (await openEngine(deps)).findSession(request.headers);
}
