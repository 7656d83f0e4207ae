import type { Json } from "#contract/json";
import { firstIdAt } from "../../platform/ids.ts";
import type { McpCaller } from "../caller.ts";
import { advance, findDue, writeCursor } from "./event-cursor.ts";
import type { EventCursor } from "./event-cursor.ts";
import type { EventSource, Happening } from "./event-source.ts";

/** What somebody listens for. */
export interface Subscription {
  source: EventSource;
  /** Of one worker alone; null for all that the caller may know of. */
  worker: string | null;
  /** Where it was left; null to begin now. */
  cursor: EventCursor | null;
  /** Epoch milliseconds: what happened before is not told any more. */
  since: number;
  limit: number;
}

/** An event as the protocol has it. */
export interface Occurrence {
  eventId: string;
  name: string;
  timestamp: string;
  data: Record<string, Json>;
}

export interface EventPage {
  events: Occurrence[];
  cursor: string;
  /** Something between this page and the last could not be told. */
  truncated: boolean;
  hasMore: boolean;
}

/** A row may be written down so long after its id was made. */
const LATE_MS = 10 * 60_000;

/**
 * What has happened since the cursor, oldest first. Nothing is lost between two looks but where `truncated` says so: what
 * was under way is looked for again, and so is what was written down late. The same event has the same id, each time.
 */
export async function pollEvents(caller: McpCaller, asked: Subscription, now: number): Promise<EventPage> {
  const { source, worker } = asked;
  const edge = firstIdAt(source.prefix, now - LATE_MS);
  const cursor = asked.cursor ?? { floor: edge, open: [], told: [] };
  const [{ found, isWhole }, unsettled] = await Promise.all([
    source.since(caller, cursor.floor, worker),
    source.unsettled(caller, worker),
  ]);
  for (const { id, at } of found) if (at === null) unsettled.add(id);
  const looked = { ids: found.map(({ id }) => id), unsettled };
  if (asked.cursor === null) return beginNow(looked, edge);
  const due = findDue(cursor, looked);
  const chosen = due.slice(0, asked.limit);
  const known = new Map(found.map((one) => [one.id, one]));
  const told = await Promise.all(chosen.map(async (id) => known.get(id) ?? source.find(caller, id)));
  // What turns out to be under way still is looked for again.
  const delivered = chosen.filter((_, at) => told[at]?.at !== null);
  const after = advance(cursor, looked, { delivered, edge });
  return {
    events: told.flatMap((one) => toOccurrence(asked, one)).toSorted(byTime),
    cursor: writeCursor(after.cursor),
    truncated: after.isCut || !isWhole,
    hasMore: due.length > chosen.length,
  };
}

/** What has happened already is told to nobody who begins now; what is under way is waited for. */
function beginNow(
  looked: { ids: readonly string[]; unsettled: ReadonlySet<string> },
  edge: string,
): EventPage {
  const cursor: EventCursor = {
    floor: edge,
    open: [...looked.unsettled].filter((id) => id <= edge),
    told: [],
  };
  const delivered = looked.ids.filter((id) => !looked.unsettled.has(id));
  const after = advance(cursor, looked, { delivered, edge });
  return { events: [], cursor: writeCursor(after.cursor), truncated: after.isCut, hasMore: false };
}

const byTime = (a: Occurrence, b: Occurrence) => (a.timestamp < b.timestamp ? -1 : 1);

function toOccurrence(
  { source: { name }, worker, since }: Subscription,
  one: Happening | null,
): Occurrence[] {
  if (one === null || one.at === null || one.data === null || Date.parse(one.at) < since) return [];
  // A cursor may name what is another worker's: whoever holds it may have written it.
  if (worker !== null && one.data["worker"] !== worker) return [];
  return [{ eventId: `${name}:${one.key ?? one.id}`, name, timestamp: one.at, data: one.data }];
}
