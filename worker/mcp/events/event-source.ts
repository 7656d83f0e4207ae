import type { Json } from "#contract/json";
import type { McpCaller } from "../caller.ts";

/** Something that has happened, or, with no time yet, may still. */
export interface Happening {
  id: string;
  /** By what the event is known, where that is not the id. */
  key?: string;
  /** ISO 8601; null while it is under way. */
  at: string | null;
  /** What is told of it; null where this event is not about it. */
  data: Record<string, Json> | null;
}

/** One kind of event, read from what is on record anyway: nothing is written for whoever may want to know. */
export interface EventSource {
  name: string;
  description: string;
  /** What its ids begin with. */
  prefix: "run" | "apr" | "mis";
  payload: Readonly<Record<string, Json>>;
  /** Beyond the floor, oldest first; `isWhole` is false where there is more than is ever read at once. */
  since: (
    caller: McpCaller,
    floor: string,
    worker: string | null,
  ) => Promise<{ found: Happening[]; isWhole: boolean }>;
  /** Ids of all that is under way. */
  unsettled: (caller: McpCaller, worker: string | null) => Promise<Set<string>>;
  /** Null for one that is gone, or not the caller's to know. */
  find: (caller: McpCaller, id: string) => Promise<Happening | null>;
}
