import type { Scope } from "../access/access.ts";

/**
 * What a connected client can be given, each in words for the person who is asked. Nothing that decides for people, makes
 * tokens, changes who may what or sends keys through a model is among them.
 */
export const clientScopes = {
  "workers:read": "See your workers and their code",
  "workers:write": "Deploy, change and delete workers",
  "runs:read": "See runs, their logs and results",
  "runs:write": "Start and cancel runs",
  "secrets:read": "See the names of secrets, never what they hold",
  "store:read": "Read what workers remember",
  "store:write": "Change what workers remember",
  "contexts:read": "Read the folders that workers share",
  "contexts:write": "Change the folders that workers share",
  "workspace:read": "See the workspace and who is in it",
} as const satisfies Partial<Record<Scope, string>>;

export type ClientScope = keyof typeof clientScopes;

/** The names of these scopes, in the order in which people read them. */
export const clientScopeNames = Object.keys(clientScopes) as ClientScope[];

/** With it a client renews its access by itself. It says nothing about what the client may. */
export const OFFLINE_SCOPE = "offline_access";
