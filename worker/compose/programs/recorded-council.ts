import type { CouncilRecord } from "#contract/councils/council";
import { AttemptStorage } from "../../attempts/attempt-storage.ts";
import { CouncilStorage } from "../../councils/council-storage.ts";
import { viewCouncil } from "../../councils/council-state.ts";
import { newestAgreement } from "../../councils/measure-agreement.ts";

/** The council of an attempt as it is now; null where it holds none, or has not begun. */
export function readRecordedCouncil(entries: SyncKvStorage): CouncilRecord | null {
  const council = new AttemptStorage(entries).order()?.spec.council ?? null;
  const state = council && new CouncilStorage(entries).load();
  if (council === null || state === null) return null;
  return viewCouncil(council, { state, agreement: newestAgreement(council, state) });
}
