import type { McpCaller } from "../caller.ts";
import type { ToolSource } from "../tool-source.ts";
import { ListCache } from "./list-cache.ts";
import { listKey } from "./list-key.ts";

/** The tools that a caller is shown, by name, as one JSON array. */
export type WriteTools = (caller: McpCaller) => Promise<string>;

/**
 * Writes the list of tools once for each change of a workspace and each who sees something else in it, not once for each
 * request: what may have changed is asked for every time, with one small query, so that a worker that was deployed just
 * now is a tool just now, in every isolate.
 */
export function openToolList(sources: readonly ToolSource[]): WriteTools {
  const cache = new ListCache();
  return async (caller) => {
    const key = listKey(caller);
    const mark = await caller.readMark();
    const known = cache.find(key, mark);
    if (known !== undefined) return known;
    const lists = await Promise.all(sources.map((source) => source.list(caller)));
    const text = JSON.stringify(lists.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1)));
    // What changed meanwhile may be in the list or not; it is kept for neither mark.
    if ((await caller.readMark()) === mark) cache.keep(key, { mark, text });
    return text;
  };
}
