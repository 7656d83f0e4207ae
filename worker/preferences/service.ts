// Owns what somebody has arranged for themselves: which workers they have starred, which views of lists they have saved.
// Never shows it to anybody else, and never says by it whether a worker is there: names are kept as they were given.
// Writes preferences.
import type { Principal } from "#contract/access/access";
import type { ChangePreferences, Preferences } from "#contract/preferences/preferences";
import { actorOf } from "../access/principal.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { findPreferences, patchPreferences } from "./store.ts";

export interface PreferenceDeps {
  db: Db;
  clock: Clock;
}

const placeOf = (principal: Principal) => ({
  workspaceId: principal.workspace_id,
  actor: actorOf(principal),
});

export async function getPreferences({ db }: PreferenceDeps, principal: Principal): Promise<Preferences> {
  return findPreferences(db, placeOf(principal));
}

/** Changes the lists that are given, and answers all of them as they are now. */
export async function changePreferences(
  { db, clock }: PreferenceDeps,
  principal: Principal,
  { starred, views }: ChangePreferences,
): Promise<Preferences> {
  const change = {
    ...(starred === undefined ? {} : { starred: [...new Set(starred)] }),
    ...(views === undefined ? {} : { views }),
  };
  await patchPreferences(db, placeOf(principal), { change, now: clock() });
  return findPreferences(db, placeOf(principal));
}
