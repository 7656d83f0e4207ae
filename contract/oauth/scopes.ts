import type { Scope } from "../access/access.ts";

/**
 * What a connected client can be given, in the order in which people read it. Nothing that decides for people, makes
 * tokens, changes who may what or sends keys through a model is among them.
 */
export const clientScopeNames = [
  "workers:read",
  "workers:write",
  "runs:read",
  "runs:write",
  "secrets:read",
  "store:read",
  "store:write",
  "contexts:read",
  "contexts:write",
  "workspace:read",
] as const satisfies readonly Scope[];

export type ClientScope = (typeof clientScopeNames)[number];

/** Each in words, for the person who is asked. */
export const clientScopes: Readonly<Record<ClientScope, string>> = {
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
};

/** With it a client renews its access by itself. It says nothing about what the client may. */
export const OFFLINE_SCOPE = "offline_access";
