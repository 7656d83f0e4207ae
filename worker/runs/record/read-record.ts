import type { RunEvent } from "#contract/runs/run-event";
import type { AttemptTally } from "./attempt-tally.ts";
import { buildView } from "./build-view.ts";
import type { RunView } from "./run-api.ts";
import type { RunRecord, RunStorage } from "./run-storage.ts";

/** A run as its object knows it; `record` is null where there is none. */
export interface Recorded {
  record: RunRecord | null;
  tally: AttemptTally;
  storage: RunStorage;
}

/** Events in order; `more` says that others follow. */
export interface EventRange {
  events: RunEvent[];
  more: boolean;
}

/** What the run's object knows, for its owner; null when there is no such run. */
export function readView({ record, tally, storage, now }: Recorded & { now: number }): RunView | null {
  if (!record) return null;
  return buildView({ spec: record.spec, state: record.state, tally, tail: storage.tail(record.spec), now });
}

/** Events after `after`, ours and the runner's in one order; null when they lie in the archive. */
export function readEvents(
  { record, storage }: Pick<Recorded, "record" | "storage">,
  after: number,
  limit: number,
): EventRange | null {
  if (!record) return { events: [], more: false };
  if (record.archived) return null;
  const page = storage.eventsAfter(after, limit);
  const last = page.more ? (page.events.at(-1)?.seq ?? after) : Number.MAX_SAFE_INTEGER;
  const own = record.milestones.filter((event) => event.seq > after && event.seq <= last);
  return { events: [...page.events, ...own].sort((a, b) => a.seq - b.seq), more: page.more };
}
