import { useQueryClient } from "@tanstack/react-query";
import { preferenceRoutes } from "#contract/preferences/routes";
import type { ChangePreferences, Preferences } from "#contract/preferences/preferences";
import { useApi } from "../api/api-context.ts";
import { useRead } from "../api/use-read.ts";

interface PreferencesHandle {
  preferences: Preferences;
  /** False until they are known: until then nothing may be changed, or what was there would be lost. */
  isKnown: boolean;
  /** Shows the change at once, and keeps it; what was refused is taken back. */
  change: (change: ChangePreferences) => Promise<void>;
}

const none: Preferences = { starred: [], views: [] };
const KEY = [preferenceRoutes.getPreferences.id, {}, {}];

/** What whoever is signed in has starred and saved for themselves in the workspace. */
export function usePreferences(): PreferencesHandle {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useRead(preferenceRoutes.getPreferences);
  async function change(wanted: ChangePreferences): Promise<void> {
    await queries.cancelQueries({ queryKey: KEY });
    const before = queries.getQueryData<Preferences>(KEY);
    queries.setQueryData<Preferences>(KEY, (old = none) => ({
      starred: wanted.starred ?? old.starred,
      views: wanted.views ?? old.views,
    }));
    try {
      queries.setQueryData(KEY, await api.call(preferenceRoutes.changePreferences, { json: wanted }));
    } catch (error) {
      queries.setQueryData(KEY, before);
      throw error;
    }
  }
  return { preferences: data ?? none, isKnown: data !== undefined, change };
}
